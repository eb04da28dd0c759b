/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sundog/embed.h>: the whole of sundog inside one program, with simulated processes: for a driver's unit
 * tests, sanitizers and fuzzers.
 *
 * A system is created, drivers are loaded (a .so made by `sundog cc`, or functions linked into the program),
 * processes are made, and the program's threads make system calls on their behalf.  A simulated process has
 * an address space of its own: addresses are numbers, memory is reached with sundog_peek() and sundog_poke(),
 * which fault exactly as a real access does (the driver's devmap_access runs in the calling thread), or
 * with sundog_touch().
 *
 * Functions that return int give 0 or a positive errno, unless stated otherwise.  One system exists at a
 * time.  Every function may be called from any thread; two threads may act for one process at once.
 */
#ifndef SUNDOG_EMBED_H
#define SUNDOG_EMBED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

struct sundog_system;
struct sundog_process;
struct modinfo;

/* ---- the system ---- */

struct sundog_options {
	bool verbose;
	bool strict_lock;
	unsigned hz;                                         /* 0: 100 */
	void (*log)(void *arg, int level, const char *text); /* NULL: stderr; level 0 debug, 1 info, 2 warning */
	void *log_arg;
};
/* options may be NULL.  EBUSY: there is one already. */
int sundog_system_create(const struct sundog_options *options, struct sundog_system **system);

struct sundog_leak {
	const char *kind, *driver, *function;
	size_t bytes, count;
};
/*
 * Ends processes that are left, detaches and unloads the drivers, frees everything.  leak is called per kind
 * of thing that a driver forgot, with what holds only during the call; NULL: print to stderr.  Returns the number
 * of leaks.  No other thread is in a function of this header.
 */
size_t sundog_system_destroy(struct sundog_system *system,
			     void (*leak)(void *arg, const struct sundog_leak *), void *arg);

/* ---- drivers ---- */

/*
 * Loads driver.so; conf: a driver.conf(4) file, or NULL for DRIVER.conf beside it if that exists.  On an error
 * message (of size bytes) describes in one line what failed and why.
 */
int sundog_driver_load(struct sundog_system *system, const char *so, const char *conf, char *message, size_t size);
/* A driver linked into the program: its _init, _info and _fini; conf as text, or NULL. */
int sundog_driver_attach(struct sundog_system *system, const char *name, int (*init)(void),
			 int (*info)(struct modinfo *), int (*fini)(void), const char *conf, char *message,
			 size_t size);

/* ---- processes ---- */

enum sundog_model {
	SUNDOG_LP64,
	SUNDOG_ILP32,
};
/* uid and gid 0 for a privileged one. */
int sundog_process_create(struct sundog_system *system, enum sundog_model model, uint32_t uid, uint32_t gid,
			  struct sundog_process **process);
int sundog_process_pid(const struct sundog_process *p);
/* fork(2): a child with the same mappings and descriptors.  EAGAIN or ENOMEM when a devmap_dup refuses. */
int sundog_fork(struct sundog_process *p, struct sundog_process **child);
/* exec(2): the address space goes, then the descriptors marked close-on-exec. */
int sundog_exec(struct sundog_process *p);
/*
 * exit(2), or death by a signal: descriptors, then the address space.  Frees p.  May be called while other
 * threads are in calls of p: they are interrupted and waited for (their calls fail with EINTR or ESRCH, their
 * accesses with SIGKILL), not from within such a call.  None may begin once it returns.
 */
void sundog_exit(struct sundog_process *p);
/* A signal arrives at the threads of p that wait interruptibly (cv_wait_sig returns 0 there). */
void sundog_signal(struct sundog_process *p);
/* The signals that drivers and resource controls have sent to p since the last call: bit n for signal n. */
uint64_t sundog_signals(struct sundog_process *p);

/* ---- system calls: as the manual pages, with the process in front; descriptors are small numbers of the process;
 *      ptr arguments of ioctl are simulated addresses ---- */

int sundog_open(struct sundog_process *p, const char *path, int flags, int *fd); /* O_* flags */
int sundog_close(struct sundog_process *p, int fd);
int sundog_dup(struct sundog_process *p, int fd, int *newfd);
int sundog_set_cloexec(struct sundog_process *p, int fd, bool on);
int sundog_read(struct sundog_process *p, int fd, void *buffer, size_t len, size_t *done);
int sundog_write(struct sundog_process *p, int fd, const void *buffer, size_t len, size_t *done);
int sundog_pread(struct sundog_process *p, int fd, void *buffer, size_t len, int64_t offset, size_t *done);
int sundog_pwrite(struct sundog_process *p, int fd, const void *buffer, size_t len, int64_t offset, size_t *done);
/* Vectors of the process's own memory: simulated addresses.  offset SUNDOG_OFFSET_FILE: as sundog_read() and _write(). */
struct sundog_iovec {
	uint64_t addr, len;
};
#define SUNDOG_OFFSET_FILE (-1)
int sundog_readv(struct sundog_process *p, int fd, const struct sundog_iovec *iov, size_t n, int64_t offset,
		 size_t *done);
int sundog_writev(struct sundog_process *p, int fd, const struct sundog_iovec *iov, size_t n, int64_t offset,
		  size_t *done);
int sundog_ioctl(struct sundog_process *p, int fd, int cmd, uint64_t arg, int *rval);
int sundog_poll(struct sundog_process *p, int fd, short events, short *revents);
int sundog_mmap(struct sundog_process *p, uint64_t *addr, size_t len, int prot, int flags, int fd, int64_t offset);
int sundog_munmap(struct sundog_process *p, uint64_t addr, size_t len);
int sundog_mprotect(struct sundog_process *p, uint64_t addr, size_t len, int prot);
/* Ordinary private memory of the process, zero-filled: for buffers of ioctl, read and write. */
int sundog_anon(struct sundog_process *p, size_t len, uint64_t *addr);

/* ---- projects, zones, and limits on the memory that drivers lock: resource_controls(5) ---- */

/*
 * Every process is in a project of a zone: in project 3, default, of zone 0, global, unless it was made elsewhere or
 * its parent was.  A number that has no name yet may be used, too.
 */
/* ESRCH: no such zone. */
int sundog_project_create(struct sundog_system *system, int zone, int id, const char *name);
/* id > 0.  EEXIST. */
int sundog_zone_create(struct sundog_system *system, int id, const char *name);
int sundog_process_create_in(struct sundog_system *system, enum sundog_model model, uint32_t uid, uint32_t gid, int zone,
			     int project, struct sundog_process **process);
/* settaskid(2): the process and what is charged to it.  EAGAIN: the project's limit refuses the charges. */
int sundog_setproject(struct sundog_process *p, int project);

/*
 * Adds values, with privilege: "project.max-locked-memory=(privileged,128K,deny)", likewise zone and process; see
 * sundog-run(1).  id: of the project in that zone, of the zone, or a pid; pid 0: what processes made from now on begin
 * with.  On an error message (of size bytes) tells why in one line.
 */
int sundog_rctl_set(struct sundog_system *system, int zone, int id, const char *setting, char *message, size_t size);
/* Takes all values of a control ("project.max-locked-memory") away. */
int sundog_rctl_clear(struct sundog_system *system, int zone, int id, const char *control);
struct sundog_rctl {
	uint64_t used, limit, refusals;
}; /* bytes; limit UINT64_MAX: none */
int sundog_rctl_get(struct sundog_system *system, int zone, int id, const char *control, struct sundog_rctl *rctl);

/* A named statistic of kstat_create(9F) as text: "caps", 3, "lockedmem_project_3", "usage".  ENOENT. */
int sundog_kstat(struct sundog_system *system, const char *module, int instance, const char *name, const char *statistic,
		 char *value, size_t size);

/* ---- memory accesses of the process ---- */

struct sundog_signal_info {
	int signo, code, error;
}; /* signo 0: the access went through */
enum sundog_access {
	SUNDOG_READ,
	SUNDOG_WRITE,
	SUNDOG_EXEC,
};
struct sundog_signal_info sundog_touch(struct sundog_process *p, uint64_t addr, enum sundog_access access);
struct sundog_signal_info sundog_peek(struct sundog_process *p, uint64_t addr, void *to, size_t len);
struct sundog_signal_info sundog_poke(struct sundog_process *p, uint64_t addr, const void *from, size_t len);
/*
 * Memory of the process, whole pages, locked for a device that reads (SUNDOG_WRITE: writes) it: the driver of a device
 * mapping in it sees DEVMAP_LOCK, and DEVMAP_UNLOCK at the end.  The process's munmap and mprotect wait meanwhile.
 * Unlocked from any thread, before sundog_system_destroy().
 */
struct sundog_lock;
int sundog_lock(struct sundog_process *p, uint64_t addr, size_t len, enum sundog_access access, struct sundog_lock **lock);
void sundog_unlock(struct sundog_lock *lock);
/* Does the page have a translation (one that allows access) now? */
bool sundog_loaded(struct sundog_process *p, uint64_t addr, enum sundog_access access);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif
#endif
