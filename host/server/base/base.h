/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * base.h: what all rooms of host/server use.  Processes and threads at the other end are in peers.h, what Linux knows of
 * them is in linux.h.
 */
#ifndef HOST_SERVER_BASE_BASE_H
#define HOST_SERVER_BASE_BASE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "host/posix/posix.h"
#include "kernel/sys/sys.h"
#include "wire/wire.h"

#define PAGE_SIZE 4096u
#define PAGE_MASK (PAGE_SIZE - 1u)

struct process;
struct open;

/* ---- state.c: the server as a whole ---- */

struct server {
	pthread_mutex_t lock; /* protects the fields below, and more: see server.h */
	LIST_HEAD(process_list, process)
	processes;
	unsigned nprocesses, nopens;
	LIST_HEAD(, open)
	opens;
	bool stopping;
};
extern struct server server;
extern bool server_verbose;

void server_lock(void);
void server_unlock(void);
/* Not 0. */
uint64_t server_random(void);
/* Something was closed, unmapped or ended: a thread that waits until the devices are free looks again. */
void server_changed(void);
/* server_changed() writes to this eventfd while *awaited; for good. */
void server_changed_tell(int eventfd, const atomic_bool *awaited);

/* ---- jobs.c: work that no caller waits for, in a thread of its own ---- */

enum job_state {
	JOB_RUNNING,
	JOB_BLOCKED, /* in a driver's wait, a moment ago */
	JOB_STUCK,   /* nobody waits for it any more */
};
struct job {
	void (*run)(void *arg);
	void *arg;
	enum job_state state; /* these two: jobs.lock */
	TAILQ_ENTRY(job)
	link, queue;
};
/* find() begins the jobs that are due, if there are any: jobs_settle() asks it first. */
int jobs_start(void (*find)(void));
/* From now on requests wait for the job; storage is the caller's until run has returned. */
void job_begin(struct job *job);
void job_end(struct job *job);
/* After job_begin(): runs run(arg) in a new thread; run calls job_end() itself, before it frees the storage. */
void job_spawn(struct job *job);
/* Instead of job_spawn(): the calling thread does the job. */
void job_enter(struct job *job);
/* The calling thread's job waits, outside of the kernel part, for something that may never come; and goes on. */
void job_blocks(void);
void job_resumes(void);
/* Waits until every job, those that are due included, is done or blocked in a driver's wait, or p is dying. */
void jobs_settle(const struct process *p);
/* Waits until every job is done, however long it takes. */
void jobs_drain(void);

/* ---- watch.c: numbers for objects, and descriptors whose hangup means something ---- */

enum watch_kind {
	WATCH_NONE,
	WATCH_PIDFD,
	WATCH_CONNECTION,
	WATCH_OPEN,
	WATCH_LEASH,
};
#define WATCH_NO_ID 0u
/* A number for object, never used twice; 0: no memory.  server.lock is held, as for all of these. */
uint64_t watch_id_create(enum watch_kind kind, void *object);
void watch_id_destroy(uint64_t id);
/* The object, or NULL if there is none of that number. */
void *watch_find(uint64_t id, enum watch_kind *kind);

/* ---- ranges.c: a set of address ranges ---- */

struct range {
	uint64_t start, end;
};
struct ranges {
	struct range *at;
	size_t count, room;
};
/*
 *	        [ start ........ end )
 *	[ a )   [ b )      [ c )           add: b and c overlap, so false
 */
bool ranges_overlap(const struct ranges *r, uint64_t start, uint64_t end);
/* The first range that meets [start, end); false: none. */
bool ranges_first(const struct ranges *r, uint64_t start, uint64_t end, struct range *first);
int ranges_add(struct ranges *r, uint64_t start, uint64_t end); /* ENOMEM */
/* Overlaps and neighbours become one with it; ENOMEM. */
int ranges_unite(struct ranges *r, uint64_t start, uint64_t end);
int ranges_remove(struct ranges *r, uint64_t start, uint64_t end); /* ENOMEM: a cut in the middle */
void ranges_fini(struct ranges *r);

/* ---- hello.c: answers to new connections ---- */

/* Another hello is being answered, and has been. */
void hello_begin(void);
void hello_done(void);
void hellos_drain(void);
/* fd -1: no descriptor. */
/*
 * A listening socket refuses descriptors of strangers, and so do its connections until connection_allow(), where Linux can
 * (6.16).  Elsewhere they come, and the last close of one may sleep for as long as its sender likes (a TCP socket that
 * lingers): whoever serves everybody neither receives such a message nor closes a connection that may hold one.
 */
void connection_refuse(int socket);
void connection_allow(int connection);
/* Closes it, in a thread of its own if that may sleep. */
void connection_close(int connection);

void hello_answer(int connection, int error, int fd, uint64_t size);

/* ---- nodes.c: the table of device nodes that every client maps ---- */

int nodes_start(void);
int nodes_descriptor(void);
/* After each call: publishes nodes that came or went. */
void nodes_refresh(void);

/* ---- crash.c: a crash names the function ---- */

void crash_prepare(void);

#endif
