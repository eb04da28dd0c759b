/* SPDX-License-Identifier: BSD-2-Clause */
/* process.h: processes from their hello to their end, forks, what they are charged to, and the device descriptors that they hold. */
#ifndef HOST_SERVER_PROCESS_PROCESS_H
#define HOST_SERVER_PROCESS_PROCESS_H

#include "host/server/pin/pin.h"

#define OPENS_MAX 65536u /* per process */
#define FORKS_MAX 64u    /* per process, begun and not yet followed by WIRE_FORKED */

/* ---- process.c: making them, and watching for their ends ---- */

struct process *process_alloc(enum sys_model model);
/* Into the table; server.lock is held for these five. */
void process_publish(struct process *p, enum process_state state);
int process_watch_pidfd(struct process *p);
int process_watch(struct process *p); /* and its connection */
void process_unwatch(struct process *p);
void process_unwatch_connection(struct process *p);

/* ---- hello.c ---- */

/* Serves the hello of a process image; consumes connection; answers.  May wait for the end of the image before. */
void process_hello(const struct wire_hello *hello, int connection, pid_t pid, uid_t uid, gid_t gid);
/* The account of the process of that number, known or between two images; with a hold; NULL. */
struct sys_account *process_account(pid_t pid);

/* ---- end.c ---- */

/*
 * The process ended.  server.lock is held.  true: the caller must start the teardown, with job_spawn(&p->job)
 * after unlocking or by process_teardown().
 */
bool process_end(struct process *p, enum process_end end, const struct thread *self);
/*
 * Waits for the process's threads but self, closes, unmaps, ends the job, drops the table's reference.  The calling
 * thread is bound to no process.
 */
void process_teardown(struct process *p, const struct thread *self);
void process_wait_gone(struct process *p);
void process_end_all(void);

/* ---- fork.c ---- */

/* *leash: the application's end, for the reply. */
int fork_begin(struct process *parent, uint64_t *token, int *leash);
/* The parent's message: the child's pid, or 0, when the fork failed. */
int fork_named(struct process *parent, uint64_t token, pid_t pid);
/* The thread is between WIRE_FORK and WIRE_FORKED, and is not any more. */
void fork_enter(struct thread *t);
/* ... and Linux forks now: EINVAL if it is not. */
int fork_now(struct thread *t);
void fork_leave(struct thread *t);
/* Around a call that changes mappings: no other thread of the process forks meanwhile. */
void layout_enter(struct thread *t);
void layout_leave(struct thread *t);

/* ---- proofs.c: the opens that a process has proven to hold, by id ---- */

struct proofs {
	struct open **slot;
	uint32_t count, room;
};
struct open *proofs_find(const struct proofs *s, uint64_t id);
int proofs_add(struct proofs *s, struct open *o); /* ENOMEM; EMFILE: OPENS_MAX */
bool proofs_remove(struct proofs *s, const struct open *o);
void proofs_fini(struct proofs *s);

/* ---- open.c ---- */

struct open {
	struct sys_file *file;
	uint64_t id;
	int end;      /* our end of the socket pair; its hangup is the last close */
	dev_t st_dev; /* of the application's end: its identity */
	ino_t st_ino;
	atomic_uint users; /* calls in progress, and one until the last close */
	atomic_uint holds; /* of the struct */
	atomic_bool closing;
	atomic_bool polled, rung;

	/* Protected by server.lock. */
	unsigned proofs; /* processes in whose set it is */
	bool watched;
	bool suspect; /* hung up at the last sweep */
	LIST_ENTRY(open)
	by_ino, all;
	struct job job;
};
/* *fd: the application's end, for the reply. */
int open_create(struct process *p, uint64_t dev, unsigned flags, struct open **out, int *fd);
int open_prove(struct process *p, int fd, struct open **out);
/* The process has closed its last descriptor. */
int open_closed(struct process *p, uint64_t id);
/* For a call on it: NULL unless p has proven to hold it. */
struct open *open_get(struct process *p, uint64_t id);
void open_put(struct open *o);
/* fork: the child holds what the parent holds. */
int open_inherit(struct process *parent, struct process *child);
/* The process is gone: closes those that nobody holds any more; all: forgets the others too. */
void open_drop(struct process *p, bool all);
/* Hangup of an unproven open.  server.lock is held; true: job_spawn(&o->job). */
bool open_hangup(struct open *o);
/* Closes what processes closed behind the library's back; called now and then. */
void open_sweep(void);
void open_close_all(void);
int open_poll(struct open *o, short events, short *revents);
unsigned open_unproven(void);

/* ---- lifecycle.c ---- */

int lifecycle_start(void);
/* Begins the jobs of what has ended until now, for jobs_start(). */
void lifecycle_find(void);
void lifecycle_stop(void);
/* server.lock is held. */
int lifecycle_watch(int fd, uint64_t id);
void lifecycle_unwatch(int fd);
int lifecycle_listen(int fd, uint64_t id); /* interrupts */
/* Without the lock: heirs_purge() will be called when that process has died. */
int lifecycle_listen_heir(int pidfd);
void lifecycle_unlisten(int fd);

/* ---- projects.c: the project database and limits of the command line ---- */

struct projects_options {
	const char *file;      /* --projects; NULL: /etc/project, if there is one */
	const char *project;   /* -p; NULL: each user's default project */
	const char **settings; /* -x */
	size_t nsettings;
};
/* After sys_boot().  false: message is what is wrong with which option or line. */
bool projects_start(const struct projects_options *o, char *message, size_t size);
void projects_stop(void);
/* The project of a user's processes whose parents have none. */
int32_t projects_of_user(uid_t uid);
/* A new account begins there: it gets the process limits that the database has for the project. */
void projects_enter(struct sys_account *account, int32_t project);
/* May the user be in that project? */
bool projects_admit(int32_t project, uid_t uid);
/* By name or number; false: there is none. */
bool projects_lookup(const char *text, int32_t *id);

/* ---- heirs.c: accounts of processes between two images ---- */

/* Consumes the hold on the account; pidfd stays the caller's. */
void heir_add(pid_t pid, int pidfd, struct sys_account *account);
/* With a hold; NULL: there is none. */
struct sys_account *heir_account(pid_t pid, bool take);
/* Forgets those that are dead, or all. */
void heirs_purge(bool all);

#endif
