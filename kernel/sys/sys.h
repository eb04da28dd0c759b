/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sys.h: the only door by which a host enters the kernel part.  Like host.h it needs only the
 * compiler's headers.  Errors are positive errno values, 0 is success.
 *
 * Context: every function may block for as long as a driver's callback likes, unless stated
 * otherwise.  "The current process" is the one that sys_thread_enter() bound to the thread.
 */
#ifndef KERNEL_SYS_SYS_H
#define KERNEL_SYS_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct host_as;
struct modinfo;
struct sys_proc;    /* a process: the DDI's proc_t */
struct sys_account; /* what a process's locked memory is charged to: its project, zone and own limits */
struct sys_file;    /* one open: what open(2) made, shared by dup and fork */

/* ---- the system ---- */

struct sys_config {
	bool verbose;
	bool strict_lock; /* non-pageable memory that cannot be locked fails */
	unsigned hz;      /* ticks per second, 0 = 100 */
};
/* Once, before anything else; again only after sys_halt().  EPROTO: another HOST_VERSION (host.h); EINVAL: hz. */
int sys_boot(const struct sys_config *config);

struct sys_leak {
	const char *kind;   /* "umem cookie", "soft state", "minor node", "kmem", "umem lock", ... */
	const char *driver; /* module that holds it, "" if unknown */
	size_t bytes;       /* total of the entry */
	size_t count;
	const void *caller; /* return address of the allocating call; the host finds its function */
};
/*
 * Detaches all instances and unloads all modules.  Calls leak once per thing left behind (merged by
 * kind and caller), forgets it, and frees all of it.  No process is alive.  EBUSY: a driver refused
 * to detach (it is reported by host_log); the rest was halted all the same.  EINPROGRESS: functions of drivers have
 * not returned within ten seconds (timeouts, tasks), or never will (threads): the drivers' code must stay.
 */
int sys_halt(void (*leak)(void *arg, const struct sys_leak *), void *arg);

/* ---- modules and device nodes ---- */

enum sys_prop_type {
	SYS_PROP_INT,
	SYS_PROP_STRING,
	SYS_PROP_BOOLEAN,
};
struct sys_prop {
	const char *name;
	enum sys_prop_type type;
	size_t count; /* elements of ints or strings */
	const int32_t *ints;
	const char *const *strings;
};
struct sys_node {           /* one device instance: a node line of driver.conf(4) */
	const char *parent; /* "pseudo" */
	int instance;       /* -1: the next free one */
	const struct sys_prop *props;
	size_t nprops;
};
struct sys_module {
	const char *name;  /* of the driver: file name without .so */
	int (*init)(void); /* the driver's _init, _info, _fini */
	int (*info)(struct modinfo *);
	int (*fini)(void);
	const void *base; /* address range of its code and data, to name a leak's driver; may be NULL, 0 */
	size_t size;
	const struct sys_node *nodes; /* copied */
	size_t nnodes;                /* 0: one instance 0 under pseudo */
};
enum sys_module_step {
	SYS_STEP_NAME,
	SYS_STEP_INIT,
	SYS_STEP_NO_DRIVER,
	SYS_STEP_ATTACH,
};
/*
 * Runs init, then probe and attach of every node.  On failure everything is undone, and *step is
 * what failed (EEXIST: the name is taken; errno of _init; ENXIO: probe or attach), *instance for SYS_STEP_ATTACH.  Its
 * code must stay where it is, failed or not, until sys_halt() has reported what it left behind.
 */
int sys_module_load(const struct sys_module *m, enum sys_module_step *step, int *instance);

struct sys_devnode {
	uint64_t dev;  /* major << 32 | minor */
	uint32_t mode; /* permission bits, 0666 unless the driver asked for others */
	bool block;
	char dev_path[128];     /* /dev/NODE */
	char devices_path[192]; /* /devices/pseudo/DRIVER@INSTANCE:NODE */
};
/* Node by either path; ENOENT. */
int sys_devnode_find(const char *path, struct sys_devnode *out);
/* Calls fn for each node until it returns false, then whenever a node comes or goes changed(arg). */
void sys_devnode_each(bool (*fn)(void *arg, const struct sys_devnode *), void *arg);
void sys_devnode_watch(void (*changed)(void *arg), void *arg);

/* ---- processes and threads ---- */

enum sys_model {
	SYS_LP64,
	SYS_ILP32,
};
struct sys_cred {
	uint32_t ruid, euid, suid, rgid, egid, sgid;
	const uint32_t *groups; /* copied */
	size_t ngroups;
	bool privileged; /* holds the privilege to lock memory and to raise limits */
};
struct sys_proc_info {
	int32_t pid, ppid;
	enum sys_model model;
	struct sys_cred cred;
	const char *name;            /* for reports; may be NULL */
	int32_t zone;                /* as sys_zone_create() gave it; 0: global */
	int32_t project;             /* SYS_PROJECT_*, or any other number >= 0 */
	struct sys_account *account; /* instead of these two: the process's own before its exec; NULL: a new one */
};
/* A process with an empty address space, which as is (stays the host's).  ESRCH: no such zone. */
int sys_proc_create(const struct sys_proc_info *info, struct host_as *as, struct sys_proc **out);
/* New credentials from now on. */
int sys_proc_setcred(struct sys_proc *p, const struct sys_cred *cred);
/*
 * The process dies or execs: interrupts and waits for its accesses in progress, unmaps
 * everything in address order.  The host has closed its files first (exit) or does so afterwards (exec).
 * Then frees p; no other thread uses it.  Runs in a thread that has entered p.
 */
void sys_proc_destroy(struct sys_proc *p);
/*
 * fork: copies every device segment to a new process, in the parent's context; zone, project and limits are the
 * parent's, whatever info has.  The child runs only
 * afterwards.  EAGAIN or ENOMEM: fork(2) fails with it and nothing is left.  When the fork itself then
 * fails the host calls sys_proc_destroy(child).
 */
int sys_proc_fork(struct sys_proc *parent, const struct sys_proc_info *info, struct host_as *child_as,
		  struct sys_proc **child);
/* The pid of a fork child, which nobody knows before Linux has made it (info->pid was 0); no thread has entered it. */
void sys_proc_setpid(struct sys_proc *p, int32_t pid);

/* Binds the calling thread to p (NULL: a thread of the system's own, p0) until sys_thread_leave(). */
void sys_thread_enter(struct sys_proc *p);
void sys_thread_leave(void);

/* ---- system calls: in the context of the current process ---- */

#define SYS_FREAD 0x1u
#define SYS_FWRITE 0x2u
#define SYS_FNDELAY 0x4u
#define SYS_FNONBLOCK 0x80u
#define SYS_FEXCL 0x400u
#define SYS_FBLOCK 0x10000u /* of sys_open() only: the block node of dev, which may have a character node too */

/* dev as sys_devnode_find() gave it.  Permission is checked against the node.  flags: SYS_F*. */
int sys_open(uint64_t dev, unsigned flags, struct sys_file **out);
/* The last descriptor is gone; frees f.  Mappings made from it live on. */
void sys_close(struct sys_file *f);
uint64_t sys_file_dev(const struct sys_file *f); /* of the clone, if it was cloned */
/* F_SETFL: only SYS_FNDELAY and SYS_FNONBLOCK change. */
void sys_file_setflags(struct sys_file *f, unsigned flags);
unsigned sys_file_flags(const struct sys_file *f);

struct sys_iovec {
	uint64_t base, len;
};
#define SYS_OFFSET_FILE (-1) /* use and advance the open's own offset */
/* At most 1024 vectors, lengths checked here.  *done is set on success; a partial transfer is one. */
int sys_read(struct sys_file *f, const struct sys_iovec *iov, size_t niov, int64_t offset, uint64_t *done);
int sys_write(struct sys_file *f, const struct sys_iovec *iov, size_t niov, int64_t offset, uint64_t *done);
/* whence: 0 SET, 1 CUR, 2 END: of the size that the device has as a property (Size, Nblocks, ...), else 0. */
int sys_seek(struct sys_file *f, int64_t offset, int whence, int64_t *result);
int sys_ioctl(struct sys_file *f, int cmd, uint64_t arg, int32_t *rval);
/* Linux poll bits now. */
int sys_poll(struct sys_file *f, short events, short *revents);
/* From now on wake(arg) is called, from any thread and without locks, at each pollwakeup(9F) for f. NULL: no more. */
void sys_file_pollwake(struct sys_file *f, void (*wake)(void *arg), void *arg);

/*
 * mmap(2) of a device.  *addr: the wish, then the result.  prot, flags: Linux's numbers.  len and offset as the
 * application gave them, unrounded; offset of a 32-bit process sign-extended.  A MAP_FIXED over locked memory waits as
 * sys_munmap() does, and may fail with EINTR as that does; over a mapping that another thread is making: ENOMEM.
 */
int sys_mmap(struct sys_file *f, uintptr_t *addr, uint64_t len, int prot, int flags, int64_t offset);
/* The errors that it returns before a driver is asked; for a host that waits first (sys_unpin_wait). */
int sys_mmap_check(struct sys_file *f, uintptr_t addr, uint64_t len, int prot, int flags, int64_t offset);
/*
 * Ranges without device mappings are ignored; the host does afterwards what Linux does with them.  But where
 * they are pinned, that is, locked for a device (sys_pinned) both inform the driver and wait until it has unlocked them: the host must
 * come here for those too, and before it lets a MAP_FIXED, a mremap or a madvise replace their pages.
 * EINTR: a signal is pending and something is still pinned; nothing has changed.  The host calls again when the
 * signal has been handled, for to the application neither call is interruptible.
 */
int sys_munmap(uintptr_t addr, size_t len);
int sys_mprotect(uintptr_t addr, size_t len, int prot);
/*
 * The wait of these two, and of a MAP_FIXED, for what is pinned, by itself: for a host that keeps forks away meanwhile, and
 * that the unlock may need a fork.  0, also for a range that they would refuse; EINTR as above.
 */
int sys_unpin_wait(uintptr_t addr, size_t len);
/* True if any device mapping of the current process overlaps the range. */
bool sys_mapped(uintptr_t addr, size_t len);
/* True if memory of the current process in the range, ordinary memory too, is pinned, or just being so. */
bool sys_pinned(uintptr_t addr, size_t len);

/*
 * [addr, addr + len), whole pages of the current process, pinned: locked for a device that reads (write: writes) it, as for one
 * transfer of physio(9F): drivers of device mappings in it see DEVMAP_LOCK and DEVMAP_UNLOCK, nothing is charged.
 * EINVAL: alignment, len 0; EFAULT, EACCES, ENOMEM, EAGAIN: it cannot be pinned; EINTR: a signal is pending.
 */
struct sys_pin;
int sys_pin(uintptr_t addr, size_t len, bool write, struct sys_pin **out);
/* From any thread, also after the process has died. */
void sys_unpin(struct sys_pin *pin);

enum sys_rw {
	SYS_RW_OTHER,
	SYS_RW_READ,
	SYS_RW_WRITE,
	SYS_RW_EXEC,
};
struct sys_fault {
	int signo;       /* 0: go on (retry the access) */
	int code, error; /* si_code, si_errno */
};
/* An access of the current process without a translation. */
struct sys_fault sys_fault(uintptr_t addr, size_t len, enum sys_rw rw);

/* ---- projects, zones and their limits on locked memory: in any thread; nothing here blocks for a driver ---- */

#define SYS_PROJECT_SYSTEM 0
#define SYS_PROJECT_NONE 2
#define SYS_PROJECT_DEFAULT 3
#define SYS_RCTL_NAME_MAX 64u

/*
 * Makes a project known by a name, or renames it.  ESRCH: no such zone.  EINVAL: id < 0, or a name that is
 * empty or too long.
 */
int sys_project_create(int32_t zone, int32_t id, const char *name);
/* EEXIST: the number or name is taken.  id > 0. */
int sys_zone_create(int32_t id, const char *name);

/* The account of a process, which the caller keeps until sys_account_release(): it outlives the process. */
struct sys_account *sys_proc_account(struct sys_proc *p);
/* For a process to come.  ESRCH, EINVAL. */
int sys_account_create(int32_t zone, int32_t project, struct sys_account **out);
struct sys_account *sys_account_hold(struct sys_account *account);
void sys_account_release(struct sys_account *account);
/* A new one with the same project, zone and process values, and nothing charged. */
struct sys_account *sys_account_fork(struct sys_account *account);
/*
 * The process, with all that is charged to it, changes to another project of its zone.  EAGAIN: that one's
 * limit refuses the charges, and nothing has changed.  EINVAL: project < 0.
 */
int sys_proc_setproject(struct sys_proc *p, int32_t project);
int sys_account_setproject(struct sys_account *account, int32_t project);

enum sys_rctl {
	SYS_RCTL_PROJECT, /* project.max-locked-memory */
	SYS_RCTL_ZONE,    /* zone.max-locked-memory */
	SYS_RCTL_PROCESS, /* process.max-locked-memory; does not bind a process that may lock memory */
};
enum sys_rctl_privilege {
	SYS_RCTL_BASIC,
	SYS_RCTL_PRIVILEGED,
	SYS_RCTL_SYSTEM,
};
#define SYS_RCTL_DENY 0x1u
#define SYS_RCTL_SIGNAL 0x2u
/*
 * A lock by which the use would exceed the lowest value is refused, and that value's signal sent.  All values deny.
 * Those of projects and zones are privileged, with or without a signal; those of processes may be basic, and send
 * none.  A control has one more, the fixed system maximum of 2^64 - 1, which is not listed and cannot be changed.
 */
struct sys_rctl_value {
	enum sys_rctl_privilege privilege;
	uint64_t value;  /* bytes */
	unsigned action; /* SYS_RCTL_DENY, SYS_RCTL_SIGNAL */
	int signal;      /* Linux's number, with SYS_RCTL_SIGNAL; else 0 */
};
#define SYS_RCTL_VALUES_MAX 8u
struct sys_rctl_target {
	enum sys_rctl control;
	int32_t zone; /* of a project */
	int32_t id;   /* of the project or zone; pid of a living process, in any zone (0: what new ones begin with) */
};
/* Is it a value for this control?  EINVAL, and *why. */
int sys_rctl_check(enum sys_rctl control, const struct sys_rctl_value *value, const char **why);
/*
 * Changes one value: old NULL sets a new one, value NULL deletes old, both replace old (found by privilege and value).
 * EINVAL: not a value for this control; EPERM: privileged values need privilege; EEXIST: there is one of that
 * privilege and size; ENOENT: no such old one; ENOSPC: SYS_RCTL_VALUES_MAX; ESRCH: no such target.  On an error *why
 * is what is wrong.  A limit below the present use revokes nothing.
 */
int sys_rctl_change(const struct sys_rctl_target *target, const struct sys_rctl_value *old,
		    const struct sys_rctl_value *value, bool privileged, const char **why);
/* The same for the process values of an account, which may have no process yet. */
int sys_account_change(struct sys_account *account, const struct sys_rctl_value *old,
		       const struct sys_rctl_value *value, bool privileged, const char **why);

struct sys_rctl_holder {
	int32_t pid; /* 0: there is none */
	bool alive;  /* false: the process has died, and the driver has not unlocked yet */
	char name[32];
	uint64_t bytes;
};
struct sys_rctl_state {
	struct sys_rctl_target target;
	char name[SYS_RCTL_NAME_MAX]; /* of the project, zone or program; "" if unknown */
	uint64_t used, limit;         /* limit: the lowest value, UINT64_MAX without one */
	uint64_t refusals;
	unsigned nvalues;
	struct sys_rctl_value values[SYS_RCTL_VALUES_MAX]; /* ascending */
	struct sys_rctl_holder most;                       /* the process that holds the most of it */
	int32_t project;                                   /* of a process */
	uint32_t uid;                                      /* effective, of a process */
};
/* ESRCH. */
int sys_rctl_get(const struct sys_rctl_target *target, struct sys_rctl_state *state);
/* All projects, zones or living processes; fn is called with an internal lock held and must not come back here. */
void sys_rctl_each(enum sys_rctl control, void (*fn)(void *arg, const struct sys_rctl_state *state), void *arg);

struct sys_refusal {
	uint64_t time;                 /* host_time_real() */
	struct sys_rctl_target target; /* which control refused */
	char name[SYS_RCTL_NAME_MAX];  /* of its project, zone or program */
	uint64_t requested, used, limit;
	struct sys_rctl_value value; /* the one that decided */
	int32_t pid;                 /* that asked */
	char process[32];
	struct sys_rctl_holder most;
};
#define SYS_REFUSALS_MAX 16u
/* The last ones, newest first: their number. */
unsigned sys_refusals(struct sys_refusal refusals[SYS_REFUSALS_MAX]);

/* ---- statistics: kstat_create(9F) ---- */

struct sys_kstat {
	const char *module, *name, *class;
	int instance;
	const char *statistic;
	const char *value; /* as text */
};
/* Each statistic of the named ones that are installed; drivers' functions bring them up to date.  May block. */
void sys_kstat_each(void (*fn)(void *arg, const struct sys_kstat *kstat), void *arg);

#endif
