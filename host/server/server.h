/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * server.h: shared by the files of host/server only.
 *
 * Threads:
 *	main       options, supervisor, order of start and stop
 *	listener   accepts, reads hellos; never waits for anybody else
 *	lifecycle  deaths, execs, closes that nobody announced, interrupts
 *	one per WIRE_THREAD connection: the kernel half of an application's thread
 *	one per process with a userfaultfd sits in read(2) on it and serves what comes; more while some wait (fault/uffd/events.c)
 *	one per teardown or close that no caller waits for (jobs.c)
 *	demotion   shared pages that nobody holds (demote.c); begins with the first promotion, as the next one
 *	sleepers   threads that sleep on futexes in pages that have moved (sleepers.c)
 *
 * Locks, in the order in which they are taken; none is held across a call of the kernel part.  Who waits with locks.lock
 * or agent.lock may leave his seat in fault/uffd/events.c: that takes process.lock and faults.lock, which are never held when
 * locks.lock is taken.
 *
 *	server.lock     table of processes, table of opens, watches, the states of both
 *	process.lock    its threads, its proven opens
 *	host_as.lock    its claimed ranges, its intercepted windows
 *	faults.lock     threads that serve its faults, failures
 *	services.lock   its faults in service
 *	jobs.lock       jobs in progress
 *	locks.begin     while a process begins to lock memory; held while its client answers
 *	locks.lock      the process's locked memory; held while its agent answers
 *	agent.lock      one command at a time; held while the agent answers
 *	demotion.lock   whose shared pages are looked after
 *	sleepers.lock   whose threads are looked at; dropped for locks.lock
 *	nodes.lock      is taken alone, and held across sys_devnode_each()
 */
#ifndef HOST_SERVER_SERVER_H
#define HOST_SERVER_SERVER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "host/posix/posix.h"
#include "kernel/sys/sys.h"
#include "wire/channel.h"
#include "wire/wire.h"

#define PAGE_SIZE 4096u
#define PAGE_MASK (PAGE_SIZE - 1u)
#define USER_TOP_64 (UINT64_C(1) << 47)
#define USER_TOP_32 (UINT64_C(1) << 32)

#define THREADS_MAX 4096u /* per process */
#define OPENS_MAX 65536u  /* per process */
#define FORKS_MAX 64u     /* per process, begun and not yet followed by WIRE_FORKED */

struct process;
struct open;
struct thread;

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
int jobs_start(void);
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
/* Waits until every job is done or blocked in a driver's wait, or p is dying; false: nothing to wait for. */
bool jobs_settle(const struct process *p);
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

/* ---- windows.c: the windows that are intercepted, by address ---- */

struct window {
	uint64_t start, end;
	struct host_pages *pages;    /* NULL: nothing is behind it */
	uint64_t offset;             /* of start, in pages */
	unsigned prot;               /* of its translations */
	bool writable;               /* the process may write there, if not now */
	bool registered;             /* with the userfaultfd (fault/uffd/engine.c) */
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
 * Makes [*start, *end) smaller, to what may be loaded of it; false: nothing.  *loads is for windows_unloaded(), which says
 * that it has been unloaded: of windows where something was loaded meanwhile it says nothing.
 */
bool windows_loaded(const struct windows *ws, uint64_t *start, uint64_t *end, unsigned *loads);
void windows_unloaded(struct windows *ws, uint64_t start, uint64_t end, unsigned loads);
void windows_fini(struct windows *ws);

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
void agent_end(struct agent *a);
/* True from its hello on, and after it has failed. */
bool agent_exists(struct agent *a);
/*
 * Runs one command, with a descriptor unless fd is -1; waits for its result (of WIRE_AGENT_MAP to wherever: c->addr).
 * Who serves faults need not mind: it yields when this takes long.  ESRCH: there is no agent, or it has
 * failed, and the process is dead or as good as dead.
 */
int agent_run(struct process *p, struct wire_agent_command *c, int fd);
/* The agent said error where there is no other way: the process is killed. */
void agent_condemn(struct process *p, int error);
/* An agent's connection, from its process; consumes it; answers. */
void agent_hello(const struct wire_hello *hello, int connection, pid_t pid, uid_t uid);

/* ---- as.c ---- */

struct host_as {
	struct process *process;
	atomic_bool forking;  /* made by fork(2): Linux copies the memory, there is nothing to do */
	pthread_mutex_t lock; /* protects the fields below */
	struct ranges claims;
	struct windows windows;                 /* the intercepted ones, within claims; they do not go from below a call of the engine */
	const struct as_engine *_Atomic engine; /* constant from the agent's hello on */
	struct faults faults;
	struct agent agent;
	struct locks *locks; /* made by the first lock; constant from then on */
};
/* The first intercepted window that meets [start, end), whole; false: none. */
bool as_window_at(struct host_as *as, uint64_t start, uint64_t end, struct window *whole);
/* A descriptor for a window's pages, close-on-exec; -1 and errno. */
int as_window_descriptor(const struct host_window *w);
/* Where in that file the window begins: a page object need not begin at 0. */
uint64_t as_window_offset(const struct host_window *w);
void as_init(struct host_as *as, struct process *p);
void as_fini(struct host_as *as);
bool as_empty(struct host_as *as);

/*
 * What happens to windows whose accesses must be intercepted: the fault engines fill this in.  The client itself lays
 * a new window, without any access.  laid(): it has done so; *open: it is to give the window its protection (NULL: never).
 * window() replaces one that is there.  refused(): a thread's access met a protection; true: *answer is all there is
 * to it (NULL: never).
 */
struct as_engine {
	const char *name;
	int (*laid)(struct host_as *as, const struct host_window *w, bool *open);
	int (*window)(struct host_as *as, const struct host_window *w);
	int (*load)(struct host_as *as, uintptr_t addr, size_t len, unsigned prot);
	void (*unload)(struct host_as *as, uintptr_t addr, size_t len);
	int (*protect)(struct host_as *as, uintptr_t addr, size_t len, unsigned prot);
	bool (*refused)(struct host_as *as, uint32_t tid, uint64_t page, enum sys_rw rw, struct sys_fault *answer);
};
extern const struct as_engine as_engine_sigsegv, as_engine_uffd;
void uffd_wake(const struct host_as *as, uint64_t start, uint64_t end);
/* The page loses all access (false: it is none of ours any more), and gets what it should have. */
bool uffd_shut(struct host_as *as, uint64_t page);
void uffd_reopen(struct host_as *as, uint64_t page);

/* ---- engine.c: which one ---- */

/* name: the only one that is allowed, or NULL: the best that works.  EINVAL: no such; ENOSYS. */
int engine_start(const char *name);
/* What an address space begins with, until its agent's hello. */
const struct as_engine *engine_first(void);
/* Comes to terms with a client that starts its agent: what it gets; 0 or errno, the answer is the caller's. */
int engine_agree(struct process *p, int connection);
/* May promotion use a userfaultfd?  *device: /dev/userfaultfd to make it with, or -1. */
bool engine_allows_uffd(int *device);

/* ---- pin/pin.c: locked memory of processes ---- */

struct locks;
void locks_fini(struct locks *l);
/*
 * Linux is about to fork: all pages are the process's own until it has, so that the child has its own.  true: after it, failed
 * or not, comes locks_fork_end().
 */
bool locks_fork_begin(struct host_as *as);
void locks_fork_end(struct host_as *as);
/* A child could not make all of its pages its own. */
void locks_lent(struct host_as *as);
/* Around a call of a driver: what the process has written is there for the driver, and the other way round. */
void locks_meet(struct thread *t);
/* The process has ended. */
void locks_gone(struct host_as *as);
/* Waits until no pages are just becoming shared or private; false: the process has never locked any. */
bool locks_settle(struct host_as *as);
/* demote.c */
void demote_stop(void);
void sleepers_stop(void);

/* ---- proofs.c: the opens that a process has proven to hold, by id ---- */

struct proofs {
	struct open **slot;
	uint32_t count, room;
};
struct open *proofs_find(const struct proofs *s, uint64_t id);
int proofs_add(struct proofs *s, struct open *o); /* ENOMEM; EMFILE: OPENS_MAX */
bool proofs_remove(struct proofs *s, const struct open *o);
void proofs_fini(struct proofs *s);

/* ---- process/process.c ---- */

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
	atomic_bool dying;
	atomic_bool vm_refused; /* process_vm_readv() is not permitted: copies go through the client */
	atomic_uint euid;
	atomic_uint unanswered; /* calls that failed because their threads did not answer */
	enum sys_model model;

	/* Protected by server.lock. */
	enum process_state state;
	enum process_end end;
	struct wire_image image;
	pid_t pid;
	int pidfd, connection;
	uint64_t pidfd_id, connection_id;
	uint64_t token;              /* PENDING */
	struct process *parent;      /* PENDING: who forks; a reference */
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
	unsigned forking; /* threads between WIRE_FORK and WIRE_FORKED */
	unsigned layouts; /* calls in progress that take mappings away or change them */
	bool gone;        /* torn down */
	struct proofs proofs;

	struct host_as as;
	struct sys_proc *sys; /* constant until it is torn down */
	struct job job;
};
LIST_HEAD(process_list, process);

struct cred {
	struct sys_cred sys;
	uint32_t *groups;
	char name[32];
	pid_t ppid;
};
/* cred.c: from /proc/PID/status; without it from what the socket says (uid, gid). */
int cred_read(pid_t pid, uid_t uid, gid_t gid, struct cred *cred);
void cred_fini(struct cred *cred);

struct process *process_alloc(enum sys_model model);
struct process *process_get(struct process *p);
void process_put(struct process *p);
/* Into the table; server.lock is held for these five. */
void process_publish(struct process *p, enum process_state state);
int process_watch_pidfd(struct process *p);
int process_watch(struct process *p); /* and its connection */
void process_unwatch(struct process *p);
void process_unwatch_connection(struct process *p);
/* Keeps p from being torn down until process_leave(); p is not gone yet.  false: THREADS_MAX. */
bool process_enter(struct process *p);
/* The same where p may be dying: ESRCH; EAGAIN: THREADS_MAX. */
int process_join(struct process *p);
void process_leave(struct process *p);
/* A process image said hello; consumes connection; answers.  May wait for the end of the image before. */
void process_hello(const struct wire_hello *hello, int connection, pid_t pid, uid_t uid, gid_t gid);
/* A live process of that image to which pid/uid may belong, with a reference; NULL. */
/* Who pays for the process of that number, known or between two images; with a hold; NULL. */
struct sys_account *process_account(pid_t pid);
/* A descriptor of the process at the other end. */
int pidfd_of_peer(int connection, pid_t pid);
struct process *process_find(const struct wire_image *image, pid_t pid, uid_t uid);
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
/* Processes that hold an open or a mapping; SIGKILL for each of them if kill. */
unsigned process_busy(bool kill);

/* ---- fork.c ---- */

/* *leash: the application's end, for the reply. */
int fork_begin(struct process *parent, uint64_t *token, int *leash);
/* The parent says which pid it was, 0: none, the fork failed. */
int fork_named(struct process *parent, uint64_t token, pid_t pid);
/* The thread is between WIRE_FORK and WIRE_FORKED, and is not any more. */
void fork_enter(struct thread *t);
/* ... and Linux forks now: EINVAL if it is not. */
int fork_now(struct thread *t);
void fork_leave(struct thread *t);
/* Around a call that changes mappings: no other thread of the process forks meanwhile. */
void layout_enter(struct thread *t);
void layout_leave(struct thread *t);

/* ---- thread.c ---- */

#define MAPS_MAX 64u
struct call {
	uint64_t start, end; /* WIRE_MMAP, WIRE_MUNMAP, WIRE_MPROTECT: the range that the client looks after */
	bool mmap, fixed;
	bool reserved;          /* the client has claimed the range before it called */
	bool given;             /* ... and the kernel part has taken it */
	struct ranges released; /* parts of a fixed range that are unmapped if the call fails after all */
	unsigned nmaps, nfds;
	struct wire_map maps[MAPS_MAX];
	int fds[WIRE_FDS_MAX]; /* ours, to be sent with the reply (or the next step) */
};
/* What its client unmaps; see leave.c. */
struct leaving {
	uint64_t addr, len;
	uint32_t file;        /* struct locks' number of ... */
	struct ranges places; /* of shared pages, in their file */
};

struct thread {
	struct process *process;
	struct channel channel;
	struct posix_thread *posix;
	uint32_t tid;
	atomic_bool in_call;
	_Atomic uint32_t interrupted; /* the turn of a call that was interrupted before we heard it */
	bool broken;                  /* the channel failed: every further step fails */
	bool left;                    /* the process goes on (or down) without it */
	bool forking;                 /* it has begun to fork */
	bool locks_forking;           /* ... and locked memory knows: locks_fork_end() is due */
	bool layout;                  /* its call takes mappings in [call.start, call.end) away, or changes them; process.lock */
	struct call call;
	struct leaving leaving;
	LIST_ENTRY(thread)
	link; /* process.lock */
};
/* A thread said hello; consumes connection; answers and serves its calls until it is gone. */
void thread_hello(const struct wire_hello *hello, int connection, pid_t pid, uid_t uid);
/* The server thread that runs now as an application's kernel half, or NULL. */
struct thread *thread_current(void);
/* Before its end, if another thread takes the process down. */
void thread_leave_process(struct thread *t);
/* Interrupts the call of that tid. */
/* turn: as the client counts, of the call that is interrupted. */
void thread_interrupt(struct process *p, uint32_t tid, uint32_t turn);

/* ---- step.c ---- */

/*
 * Lets the waiting client thread do a step; its result replaces *m.  errno of the step, EPIPE if it is gone or does not
 * answer: then the call fails, whatever the driver says.
 */
int thread_step(struct thread *t, struct wire_message *m, const int *fds);

/* ---- calls: call/ ---- */

typedef int call_fn(struct thread *t, const struct wire_message *in, struct wire_message *out);
call_fn call_open, call_prove, call_closed, call_read, call_write, call_seek, call_ioctl, call_poll, call_setfl;
call_fn call_mmap, call_munmap, call_mprotect, call_fault;
call_fn call_advise, call_private; /* pin/pins.c */
call_fn call_unmapped;             /* leave.c */
/* The range is about to be unmapped; true: some of it is shared, and the thread is to say when that is done. */
bool leave_begin(struct thread *t, uint64_t addr, uint64_t len);
call_fn call_fork, call_forking, call_forked, call_exit, call_cred;
/* Sends the window entries gathered so far as a step (as.c). */
int call_maps_flush(struct thread *t);
void call_fini(struct call *c);

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

/* Dead, or on its way: Linux says nothing of its memory any more. */
bool process_is_ending(const struct process *p);

int lifecycle_start(void);
void lifecycle_stop(void);
/* Drains what is known of deaths, and waits for the teardowns that they began. */
void lifecycle_settle(const struct process *p);
/* As /proc says it: R, S, D, T, t, Z, X; NUL: it is not there. */
char process_state(pid_t pid);
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
/* After sys_boot().  false: message says what is wrong with which option or line. */
bool projects_start(const struct projects_options *o, char *message, size_t size);
void projects_stop(void);
/* The project of a user's processes that nobody started who has one. */
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
/* Forgets those who are dead, or all. */
void heirs_purge(bool all);

/* ---- admin/admin.c ---- */

/* A command that looks into the server: serves its request, and closes the connection. */
void admin_hello(int connection, pid_t pid, uid_t uid);

/* ---- the rest ---- */

/* crash.c: a crash names the function. */
void crash_prepare(void);

int listener_start(const char *name);
void listener_stop(void);
/* A hello has been answered (thread.c, process.c). */
void listener_hello_done(void);
void hello_answer(int connection, int error, int fd, uint64_t size);
/* Memory to share with a client, and its descriptor for the answer; 0 or errno. */
int hello_memory(const char *name, size_t size, int *fd, void **memory);

int nodes_start(void);
int nodes_descriptor(void);
/* After each call: publishes nodes that came or went. */
void nodes_refresh(void);

/* Loads one "DRIVER.so[:CONF]"; on failure message says what and why. */
int driver_load(const char *spec, char *message, size_t size);
void driver_unload_all(void);

/* Halts the kernel part, prints what was left behind, returns the number of kinds.  !*unload: drivers' code still runs. */
unsigned report_halt(bool *unload);
/* One line of counts. */
void report_stats(char *line, size_t size);

/* Serves the supervisor until it says stop or goes. */
void supervisor_run(int fd);
void supervisor_say(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Something was closed, unmapped or ended: is the device free now? */
void supervisor_changed(void);

struct server {
	pthread_mutex_t lock; /* protects the fields below, and more: see above */
	struct process_list processes;
	unsigned nprocesses, nthreads, nopens;
	LIST_HEAD(, open)
	opens;
	bool stopping;
};
extern struct server server;
extern bool server_verbose;

void server_lock(void);
void server_unlock(void);
uint64_t server_random(void);

#endif
