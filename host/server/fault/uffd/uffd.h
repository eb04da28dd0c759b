/* SPDX-License-Identifier: BSD-2-Clause */
/* uffd.h: the engine that uses userfaultfd(2); shared by the files of this folder only. */
#ifndef HOST_SERVER_FAULT_UFFD_UFFD_H
#define HOST_SERVER_FAULT_UFFD_UFFD_H

#include "host/server/fault/fault.h"

extern const struct as_engine as_engine_uffd;

/* ---- services.c: the faults that are being served ---- */

#define SERVICE_BUCKETS 64u
#define PAST_MAX 16u
struct service {
	/* Protected by services.lock; all but left and expected are the thread's that serves. */
	uint32_t tid;
	uint64_t page;
	bool left;         /* its thread has been elsewhere, or may have been */
	unsigned expected; /* returns */
	struct posix_thread *posix;
	LIST_ENTRY(service)
	link;
};
LIST_HEAD(service_list, service);
/* Events of that thread (0: of any) at these pages that were read by that read(2) or before are out of date. */
struct past {
	uint64_t read;
	uint32_t tid;
	struct range pages;
};
struct past_ring {
	struct past past[PAST_MAX];
	unsigned next;
	uint64_t newest; /* its read */
};
struct services {
	atomic_ullong reads;  /* the number of the last read(2) of events that has begun */
	pthread_mutex_t lock; /* protects the fields below; a leaf */
	struct service_list served[SERVICE_BUCKETS];
	struct past_ring ended, wakes;
};
enum service_event {
	SERVICE_NEW,    /* *v is in service */
	SERVICE_RETURN, /* to a fault in service */
	SERVICE_PAST,   /* the caller wakes the thread */
};
void services_init(struct services *s);
void services_fini(struct services *s);
/* The calling thread is about to read an event: the number of the read. */
uint64_t services_read(struct services *s);
/* An event of that read.  The calling thread serves it if it is new. */
enum service_event services_begin(struct services *s, struct service *v, uint32_t tid, uint64_t page, uint64_t read);
/* The thread at the page has been woken; true: it is to be woken once more. */
bool services_end(struct services *s, struct service *v);
/* Who waits at these pages is about to be woken: for *own, which expects it, or NULL. */
void services_wake(struct services *s, const struct service *own, uint64_t start, uint64_t end);
/* That thread has left what it waits for, for a signal handler. */
void services_interrupt(struct services *s, uint32_t tid);
/* ---- fault/uffd/events.c: threads that serve the events of a userfaultfd ---- */

LIST_HEAD(fault_list, fault_thread);
LIST_HEAD(failure_list, failure);
struct faults {
	atomic_int fd;    /* the userfaultfd or -1; from the agent's hello until the process is gone */
	atomic_bool full; /* system calls make events, too */
	atomic_uint nfailures;
	pthread_mutex_t lock; /* protects the fields below */
	bool ended;
	struct fault_list threads, idle;
	unsigned nidle;
	bool draining; /* in faults_drain(): ... */
	pthread_t drainer;
	struct failure_list failures; /* failures.c */
	struct services services;
};
/* Once per server. */
void faults_prepare(void);
void faults_init(struct faults *f);
void faults_fini(struct faults *f);
/* The process has a userfaultfd, ours from now on even on failure: the first thread sits down. */
int faults_start(struct process *p, int fd, bool full);
/* The process is dying: its threads end. */
void faults_end(struct faults *f);
/* The last of them has ended: accesses that still wait are Linux's alone.  The struct may live on for long. */
void faults_close(struct faults *f);
/*
 * The process is dying, and its threads have left: reads what events there are, since a system call in the application may
 * wait until its event has been read.  By one thread at a time.
 */
void faults_drain(struct faults *f);
/* A read(2) that has not begun when faults_end() comes is met by the next kick.  False: none is left. */
bool faults_kick(struct faults *f);
/* The calling thread is about to wait: if it has the seat another one gets it.  false: there is none. */
bool faults_yield(void);
/* Those who wait at these pages are about to be woken. */
void faults_woken(const struct host_as *as, uint64_t start, uint64_t end);
/* The calling thread serves a fault there, and wakes who waits for these pages at its end. */
bool faults_wake_later(const struct host_as *as, uint64_t start, uint64_t end);

/* ---- failures.c: accesses that fail get a signal, by way of the client ---- */

/* An access of that thread is not to succeed; it is woken afterwards. */
void failure_make(struct host_as *as, uint32_t tid, uint64_t page, const struct sys_fault *what);
void failures_fini(struct faults *f);
/* Has an access of that thread to that page failed (tid 0: of any)?  Then *what, the page is open again, and it is forgotten. */
bool faults_failed(struct host_as *as, uint32_t tid, uint64_t page, struct sys_fault *what);
/* The thread is past its failed accesses. */
void faults_forgive(struct host_as *as, uint32_t tid);

/* ---- offer.c: how a client and the server get a userfaultfd ---- */

void offer_prepare(void);
int offer_agree(struct host_as *as, int connection, int *refused);
int offer_watch(struct process *p, enum wire_watch *how, const char **words);

/* ---- engine.c ---- */

struct faults *faults_of(const struct host_as *as);
void uffd_wake(const struct host_as *as, uint64_t start, uint64_t end);
/* The page loses all access (false: it is none of ours any more), and gets what it should have. */
bool uffd_shut(struct host_as *as, uint64_t page);
void uffd_reopen(struct host_as *as, uint64_t page);

#endif
