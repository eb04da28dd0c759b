/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peers.h: processes, and their threads that call, as far as all rooms know them.  What makes and ends them is in process/,
 * what serves their calls in call/.
 */
#ifndef HOST_SERVER_BASE_PEERS_H
#define HOST_SERVER_BASE_PEERS_H

#include "host/server/base/base.h"
#include "host/server/base/linux.h"
#include "wire/channel.h"

#define THREADS_MAX 4096u /* per process */
#define MAPS_MAX 64u      /* entries of a reply */

/* ---- call.c: what the client gets from its thread's call besides the result ---- */

struct call {
	uint64_t start, end; /* WIRE_MMAP, WIRE_MUNMAP, WIRE_MPROTECT: the range that the client looks after */
	bool mmap, fixed;
	bool given;             /* mmap: the kernel part has taken the range, which the client had reserved before it called */
	struct ranges released; /* parts of a fixed range that are unmapped if the call fails after all */
	unsigned nmaps, nfds;
	struct wire_map maps[MAPS_MAX];
	int fds[WIRE_FDS_MAX]; /* ours, to be sent with the reply (or the next step) */
};

/* What its client unmaps; see pin/leave.c. */
struct leaving {
	uint64_t addr, len;
	uint32_t file;        /* struct pins' number of ... */
	struct ranges places; /* of shared pages, in their file */
};

struct thread {
	struct process *process;
	struct channel channel;
	struct posix_thread *posix;
	uint32_t tid;
	atomic_bool in_call;
	_Atomic uint32_t interrupted; /* the turn of a call that was interrupted before we received it */
	bool broken;                  /* the channel failed: every further step fails */
	bool left;                    /* the process goes on (or down) without it */
	bool forking;                 /* it has begun to fork */
	bool pins_forking;            /* ... and its pins know: pins_fork_end() is due */
	bool layout;                  /* its call takes mappings in [call.start, call.end) away, or changes them; process.lock */
	struct call call;
	struct leaving leaving;
	LIST_ENTRY(thread)
	link; /* process.lock */
};

typedef int call_fn(struct thread *t, const struct wire_message *in, struct wire_message *out);

/* The range that the client looks after, in whole pages. */
void call_set_range(struct call *c, uint64_t addr, uint64_t len);
bool call_covers(const struct call *c, uint64_t addr, uint64_t len);
/* The range that the client has reserved for its mmap, once; false: none of that size (and address, if it is fixed). */
bool call_take_range(struct call *c, uintptr_t *addr, size_t len, bool fixed);
/* True if the client gives the range back without a step; it is unmapped if the call fails after all. */
bool call_releases(struct call *c, uint64_t addr, uint64_t len);
/* One entry more for the client, and its descriptor, ours from now on (-1: none); those before go as a step if it is full. */
int call_add_map(struct thread *t, const struct wire_map *m, int fd);
/* Entries that were gathered for a part that goes away again. */
void call_forget_maps(struct call *c, uint64_t addr, uint64_t len);
/* Sends the entries gathered so far: as a step, or with the reply. */
int call_flush_maps(struct thread *t);
void call_reply_maps(struct thread *t, struct wire_message *out);
void call_fini(struct call *c);

/* ---- thread.c ---- */

/* The calling server thread is an application's kernel half from now on (NULL: no more). */
void thread_set_current(struct thread *t);
/* The process's thread that waits for the present call, if there is one. */
struct thread *thread_waiting(const struct process *p);
/*
 * Lets the waiting client thread do a step; its result replaces *m.  errno of the step, EPIPE if it is gone or does not
 * answer: then the call fails, whatever the driver returns.
 */
int thread_step(struct thread *t, struct wire_message *m, const int *fds);
/* Interrupts the call of that tid.  turn: as the client counts, of the call that is interrupted. */
void thread_interrupt(struct process *p, uint32_t tid, uint32_t turn);

/* ---- processes.c ---- */

enum process_state {
	PROCESS_PENDING, /* made by WIRE_FORK, the child has not connected yet */
	PROCESS_LIVE,
	PROCESS_DYING,
	PROCESS_DEAD,
};
enum process_end {
	END_EXIT,
	END_EXEC,
};

struct process {
	atomic_uint refs;
	void (*free)(struct process *p); /* its maker's */
	atomic_bool dying;
	atomic_int task;        /* the thread by which its memory is reached, see leader.c; 0: its first */
	atomic_bool vm_refused; /* process_vm_readv() is not permitted: copies go through the client */
	atomic_uint euid, egid;
	atomic_uint unanswered; /* calls that failed because their threads did not answer */
	enum sys_model model;

	/* Protected by server.lock. */
	enum process_state state;
	enum process_end end;
	struct wire_image image;
	pid_t pid;
	int pidfd, connection;
	int proc; /* /proc/PID: whose it is; constant once it is live */
	uint64_t pidfd_id, connection_id;
	uint64_t token;              /* PENDING */
	struct process *parent;      /* PENDING: the process that forks; a reference */
	struct sys_account *account; /* held until it is torn down: an exec goes on with it */
	int leash;                   /* PENDING: our end, or -1 */
	uint64_t leash_id;
	atomic_uint forks; /* PENDING children */
	LIST_ENTRY(process)
	link;

	pthread_mutex_t lock;   /* protects the fields below */
	pthread_cond_t changed; /* nthreads, forking or layouts fell, or gone was set, or it is dying */
	LIST_HEAD(, thread)
	threads;
	unsigned nthreads;
	unsigned forking;         /* threads between WIRE_FORK and WIRE_FORKED */
	struct identity identity; /* identity.c */
	unsigned layouts;         /* calls in progress that take mappings away or change them */
	bool gone;                /* torn down */
	struct proofs *proofs;

	struct host_as *as;   /* as long as the process */
	struct sys_proc *sys; /* constant until it is torn down */
	struct job job;
};

struct process *process_get(struct process *p);
void process_put(struct process *p);
/* A live process of that image to which pid/uid may belong, with a reference; NULL. */
struct process *process_find(const struct wire_image *image, pid_t pid, uid_t uid);
/* Keeps p from being torn down until process_leave(); p is not gone yet.  false: THREADS_MAX. */
bool process_enter(struct process *p);
/* The same where p may be dying: ESRCH; EAGAIN: THREADS_MAX. */
int process_join(struct process *p);
void process_leave(struct process *p);
/* Dead, or on its way: Linux tells nothing of its memory any more. */
bool process_is_ending(const struct process *p);
/* Where its addresses end. */
uint64_t process_top(const struct process *p);
/* Bytes that the process may have at all; pages of it, from an aligned address on, up to the end of the last one. */
bool process_has_range(const struct process *p, uint64_t addr, uint64_t len);
bool process_has_pages(const struct process *p, uint64_t addr, uint64_t len);

#endif
