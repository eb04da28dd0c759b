/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fault.h: address spaces of real processes: what is intercepted in them, the agent that changes them, and the engines that
 * make accesses known to us.
 *
 * An engine is a file of its own (or a folder), and a row in the table of engine.c; nothing else knows which there are.
 */
#ifndef HOST_SERVER_FAULT_FAULT_H
#define HOST_SERVER_FAULT_FAULT_H

#include "host/server/base/peers.h"

/* ---- windows.c: the windows that are intercepted, by address ---- */

struct window {
	uint64_t start, end;
	struct host_pages *pages;    /* NULL: nothing is behind it */
	uint64_t offset;             /* of start, in pages */
	unsigned prot;               /* of its translations */
	bool writable;               /* the process may write there, if not now */
	bool registered;             /* the engine's: see windows_change() */
	uint64_t loaded, loaded_end; /* outside of that part nothing has been loaded since it was unloaded last; may be empty */
	unsigned loads;              /* counts, for windows_unloaded() */
};
struct windows {
	struct window **at;
	size_t count, room;
};
/* The first window that meets [start, end), whole; false: none. */
bool windows_first(const struct windows *ws, uint64_t start, uint64_t end, struct window *first);
bool windows_cover(const struct windows *ws, uint64_t start, uint64_t end);
/* The part of a window that lies in [start, end). */
void window_clip(struct window *w, uint64_t start, uint64_t end);
/* ENOMEM for these three.  lay: over what is there. */
int windows_lay(struct windows *ws, const struct window *w);
int windows_cut(struct windows *ws, uint64_t start, uint64_t end);
int windows_change(struct windows *ws, uint64_t start, uint64_t end, unsigned prot, bool registered);
/* What is to be loaded in [start, end) counts as loaded from now on. */
void windows_load(struct windows *ws, uint64_t start, uint64_t end);
/*
 * Makes [*start, *end) smaller, to what may be loaded of it; false: nothing.  *loads is for windows_unloaded(), which
 * records that it has been unloaded, except for windows where something was loaded meanwhile.
 */
bool windows_loaded(const struct windows *ws, uint64_t *start, uint64_t *end, unsigned *loads);
void windows_unloaded(struct windows *ws, uint64_t start, uint64_t end, unsigned loads);
void windows_fini(struct windows *ws);

/* ---- agent.c: who changes mappings while the application runs or is stopped ---- */

struct agent {
	atomic_bool exists;   /* a socket is or was there: looked at without the lock, which may be held for long */
	pthread_mutex_t lock; /* protects the fields below, and orders the commands */
	int socket;           /* -1: there is none */
	int commands;         /* a pipe to it */
	int pidfd;            /* of the agent, when it has answered once */
	uint64_t sequence;
	struct wire_agent_answer *answer; /* shared with the agent; NULL: none yet */
	struct channel_wait wait;         /* for it */
	uint32_t file;                    /* of struct wire_agent_command: what it has been sent; 0: none */
	bool met, failed, ended;
	bool claimed;  /* a hello is being answered, or has been */
	bool replaced; /* it has gone, and somebody waits for another one */
	unsigned successors;
	pthread_cond_t changed; /* of socket and replaced */
};
void agent_init(struct agent *a);
void agent_fini(struct agent *a);
/* It is not needed any more, and none may come. */
void agent_end(struct host_as *as);
/* True from its hello on, and after it has failed. */
bool agent_exists(struct agent *a);
/*
 * Runs one command, with a descriptor unless fd is -1; waits for its result (of WIRE_AGENT_MAP to wherever: c->addr).
 * It announces that it waits when this takes long.  ESRCH: there is no agent, or it has failed, and the process is dead or as
 * good as dead.
 */
int agent_run(struct process *p, struct wire_agent_command *c, int fd);
/* The agent returned error where there is no other way: the process is killed. */
void agent_condemn(struct process *p, int error);
/* An agent's connection, from its process; consumes it; answers. */
void agent_hello(const struct wire_hello *hello, int connection, pid_t pid, uid_t uid);

/* ---- as.c ---- */

#define ENGINES_MAX 8u

struct host_as {
	struct process *process;
	atomic_bool forking;  /* made by fork(2): Linux copies the memory, there is nothing to do */
	pthread_mutex_t lock; /* protects the fields below */
	struct ranges claims;
	struct windows windows;                 /* the intercepted ones, within claims; they do not go from below a call of the engine */
	const struct as_engine *_Atomic engine; /* constant from the agent's hello on */
	void *engine_data[ENGINES_MAX];         /* by row; constant */
	struct agent agent;
	struct pins *pins; /* made by the first pin; constant from then on */
};
/* ENOMEM. */
int as_init(struct host_as *as, struct process *p);
/* But for its pins. */
void as_fini(struct host_as *as);
bool as_empty(struct host_as *as);
/* The first intercepted window that meets [start, end), whole; false: none. */
bool as_window_at(struct host_as *as, uint64_t start, uint64_t end, struct window *whole);
/* A descriptor for a window's pages, close-on-exec; -1 and errno. */
int as_window_descriptor(const struct host_window *w);
/* Where in that file the window begins: a page object need not begin at 0. */
uint64_t as_window_offset(const struct host_window *w);

/* ---- engine.c: which engine ---- */

/*
 * What happens to windows whose accesses must be intercepted.  An operation that is NULL has nothing to do, but for window,
 * load, unload and protect, which there must be.
 */
struct as_engine {
	const char *name;  /* of the option */
	const char *means; /* what Linux may refuse, for messages; NULL: nothing */

	/* Once per server that may use it. */
	void (*start)(void);
	/* What an address space has of it, which is asked for by engine_data(); NULL: no memory. */
	void *(*init)(struct host_as *as);
	void (*fini)(void *data);
	/*
	 * Comes to terms with a client that starts its agent; NULL: there is nothing to agree upon.  errno, the answer is the
	 * caller's: the client does not keep to what was agreed.  *refused: errno, why it cannot be had, so another may be tried.
	 */
	int (*agree)(struct host_as *as, int connection, int *refused);
	/* What the agent has of it, and another agent must keep; -1. */
	int (*descriptor)(const struct host_as *as);

	/* The client has laid a new window, without any access; *open: it is to give the window its protection. */
	int (*laid)(struct host_as *as, const struct host_window *w, bool *open);
	/* Replaces one that is there. */
	int (*window)(struct host_as *as, const struct host_window *w);
	int (*load)(struct host_as *as, uintptr_t addr, size_t len, unsigned prot);
	void (*unload)(struct host_as *as, uintptr_t addr, size_t len);
	int (*protect)(struct host_as *as, uintptr_t addr, size_t len, unsigned prot);

	/* A thread's access met a protection; true: *answer is all there is to it. */
	bool (*refused)(struct host_as *as, uint32_t tid, uint64_t page, enum sys_rw rw, struct sys_fault *answer);
	/* That thread has left the access that it waits in, for a signal handler. */
	void (*interrupt)(struct host_as *as, uint32_t tid);
	/* That thread calls: it is past its accesses that have failed. */
	void (*forgive)(struct host_as *as, uint32_t tid);

	/* The process is dying: threads that serve it end, and are woken, again and again, until false: none is left. */
	void (*end)(struct host_as *as);
	bool (*wake)(struct host_as *as);
	/*
	 * ... and while it still exits: reads what events there are, since a system call in the application may wait until its
	 * event has been read.  By one thread at a time.
	 */
	void (*drain)(struct host_as *as);
	/* They have ended: accesses that still wait are Linux's alone.  The address space may live on for long. */
	void (*close)(struct host_as *as);

	/* Has the agent stop writers of pages that are becoming shared by the engine's means; *how it does, in *words. */
	int (*watch)(struct process *p, enum wire_watch *how, const char **words);
};
/* Used for a part of others' windows. */
extern const struct as_engine as_engine_sigsegv;

/* name: the only one that is allowed, or NULL: the best that works.  EINVAL: no such, and *names are those that there are. */
int engine_start(const char *name, const char **names);
int engines_init(struct host_as *as);
void engines_fini(struct host_as *as);
void *engine_data(const struct host_as *as, const struct as_engine *engine);
/* Comes to terms with a client that starts its agent; 0 or errno, the answer is the caller's. */
int engine_agree(struct host_as *as, int connection);
/* As the operations of that name of the address space's engine. */
int engine_descriptor(const struct host_as *as);
void engine_interrupt(struct host_as *as, uint32_t tid);
void engine_forgive(struct host_as *as, uint32_t tid);
void engine_end(struct host_as *as);
bool engine_wake(struct host_as *as);
void engine_drain(struct host_as *as);
void engine_close(struct host_as *as);
/* Of the best that is allowed and has one. */
int engine_watch(struct process *p, enum wire_watch *how, const char **words);

#endif
