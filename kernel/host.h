/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host.h: everything that the kernel part asks of a host.  Included by kernel/ and implemented by
 * host/posix (memory, threads, locks, clock, log) and by host/embed or host/server (address spaces,
 * user memory).  Only the compiler's own headers are behind it, so that a host may include it
 * beside libc and the kernel part beside <sys/...> of include/ddi.
 *
 * How to write one, and in which context each function is called: doc/host.md.
 *
 * Errors are positive errno values with Linux's numbers, 0 is success.  Unless "may block"
 * stands beside a function, it does not wait for anything but short internal locks.
 */
#ifndef KERNEL_HOST_H
#define KERNEL_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- the contract ---- */

#define HOST_VERSION 1u /* raised with each change below that an older host does not serve */
/* HOST_VERSION as the host was compiled; sys_boot() refuses another than the kernel part's. */
unsigned host_version(void);

/* ---- memory ---- */

/* size bytes, zero-filled, aligned for any type; size > 0.  wait: never returns NULL (may block). */
void *host_alloc(size_t size, bool wait);
/* p may be NULL; size is what was asked for. */
void host_free(void *p, size_t size);

/* ---- page objects: zero-filled memory that can be shared with processes ---- */

struct host_pages;

#define HOST_PAGES_LOCKED 0x1u /* resident and locked for its whole life */
#define HOST_PAGES_NOWAIT 0x2u /* ENOMEM or EAGAIN rather than waiting for memory */

/* bytes: a multiple of the page size, > 0.  May block without HOST_PAGES_NOWAIT. */
int host_pages_create(size_t bytes, unsigned flags, struct host_pages **out);
/* No mapping of it is left in any address space. */
void host_pages_destroy(struct host_pages *pages);
/* Its kernel address; page-aligned, constant for the object's life. */
void *host_pages_address(const struct host_pages *pages);
/*
 * Shows pages, from offset on, at kernel addresses [at, at + len) of another page object, all page-aligned, in place of what is
 * shown there.  Before that object is destroyed its own pages must be shown again.  0 or ENOMEM.
 */
int host_pages_show(void *at, size_t len, struct host_pages *pages, uint64_t offset);

/* ---- threads ---- */

struct host_thread;

/* Starts fn(arg); name is at most 15 bytes for the host's listings.  The thread must be joined. */
int host_thread_create(void (*fn)(void *), void *arg, const char *name, struct host_thread **out);
/* Waits until fn has returned and frees the thread.  May block. */
void host_thread_join(struct host_thread *thread);
/* One pointer of the kernel part's per thread of execution; NULL in a thread never seen before. */
void *host_thread_local(void);
void host_thread_set_local(void *value);

/* ---- locks ----
 * Storage is the caller's and small enough to sit in the DDI's kmutex_t and kcondvar_t.  All-zero
 * bytes are a valid initialised mutex or condition (drivers rely on it for kmutex_t). */

struct host_mutex {
	uint64_t opaque[6];
};
struct host_cond {
	uint64_t opaque[4];
};

void host_mutex_init(struct host_mutex *m);
void host_mutex_destroy(struct host_mutex *m);
void host_mutex_lock(struct host_mutex *m); /* may block */
bool host_mutex_trylock(struct host_mutex *m);
void host_mutex_unlock(struct host_mutex *m);

void host_cond_init(struct host_cond *c);
void host_cond_destroy(struct host_cond *c);
void host_cond_signal(struct host_cond *c);
void host_cond_broadcast(struct host_cond *c);

enum host_wake {
	HOST_WOKEN,       /* by signal or broadcast */
	HOST_TIMEDOUT,    /* the deadline passed first */
	HOST_INTERRUPTED, /* interruptible, and a signal is pending or the process is dying */
};
#define HOST_FOREVER UINT64_MAX
/*
 * Releases m, sleeps, takes m again.  deadline: absolute host_time_monotonic() nanoseconds or
 * HOST_FOREVER.  No spurious wake-ups: waiters are woken one by one in the order of their waits.
 * may block.
 */
enum host_wake host_cond_wait(struct host_cond *c, struct host_mutex *m, uint64_t deadline,
			      bool interruptible);

/* ---- time ---- */

uint64_t host_time_monotonic(void); /* nanoseconds since some fixed point */
uint64_t host_time_real(void);      /* nanoseconds since 1970-01-01 UTC */
/* Busy-waits. */
void host_time_spin(uint64_t nanoseconds);
/* CPUs online, >= 1. */
unsigned host_cpus(void);
/* Bytes of memory that the machine has. */
uint64_t host_memory(void);
/* Fills to with numbers that nobody can guess; false: there are none. */
bool host_random(void *to, size_t len);

/* ---- messages ---- */

enum host_log_level {
	HOST_LOG_DEBUG, /* shown at -v only */
	HOST_LOG_INFO,  /* cmn_err CE_CONT, CE_NOTE */
	HOST_LOG_WARN,  /* cmn_err CE_WARN, a driver's bug */
};
/* One message without a newline at its end. */
void host_log(enum host_log_level level, const char *text);
_Noreturn void host_panic(const char *text);

/* ---- address spaces ----
 * A host makes a struct host_as per process and hands it to kernel/sys.  Ranges are page-aligned.
 * The kernel part serialises calls that change the layout of one address space; load, unload
 * and user copies may come at any time from any thread. */

struct host_as;

#define HOST_AS_FIXED 0x1u /* take *addr as it is */
/*
 * Claims [*addr, *addr + len) for a device mapping; without HOST_AS_FIXED *addr is a hint and is
 * replaced.  Nothing can be accessed in it yet.  ENOMEM when no range is free.  May block.
 */
int host_as_reserve(struct host_as *as, uintptr_t *addr, size_t len, unsigned flags);
/* Gives a claimed range, windows included, back to the process.  May block. */
void host_as_release(struct host_as *as, uintptr_t addr, size_t len);

#define HOST_PROT_READ 0x1u
#define HOST_PROT_WRITE 0x2u
#define HOST_PROT_EXEC 0x4u

/*
 * Lays a window onto pages (from byte offset on) over a claimed range, replacing an older window:
 * every translation of the old one is gone, and no thread sees a mix or a moment without
 * interception.  intercept: an access without a translation enters sys_fault(); without it the
 * whole window is accessible at once.  pages NULL: nothing behind it, every access faults.
 * resident: the pages are in memory anyway, load ahead where that is cheap.  EFAULT: the process is dying.  May block.
 */
struct host_window {
	uintptr_t addr;
	size_t len;
	struct host_pages *pages;
	uint64_t offset;
	unsigned prot; /* HOST_PROT_*, of every translation in the window */
	bool intercept;
	bool resident;
	bool lend_writable; /* some mapping of it may become writable: the process may hold a writable descriptor */
};
int host_as_window(struct host_as *as, const struct host_window *w);

/*
 * Makes the pages of an intercepted window accessible with the given protection.  EFAULT: the
 * window is gone (unmapped or process died).  May block.
 */
int host_as_load(struct host_as *as, uintptr_t addr, size_t len, unsigned prot);
/*
 * Takes every translation in the range away.  On return no thread of the process touches those
 * pages without a new fault, and writes made before are in the pages.  A dying process: nothing to
 * do.  May block.
 */
void host_as_unload(struct host_as *as, uintptr_t addr, size_t len);
/* Changes the protection of a range of a window, loaded translations included.  May block. */
int host_as_protect(struct host_as *as, uintptr_t addr, size_t len, unsigned prot);
/* Sends the process a signal of Linux's number; nothing if it is dead. */
void host_as_signal(struct host_as *as, int signo);

/* ---- user memory ---- 
 * Ranges without device mappings (kernel/vm splits those off).  Copies all or returns EFAULT; what
 * was copied before a fault stays copied.  May block. */
int host_copyin(struct host_as *as, void *to, uintptr_t from, size_t len);
int host_copyout(struct host_as *as, uintptr_t to, const void *from, size_t len);

/* ---- pins: locked user memory ----
 * The process's own pages of an ordinary range (no device mapping in it), held where they are for a device.
 * Nothing is charged here.  Several pins may cover one page. */

struct host_pin;

#define HOST_PIN_WRITE 0x1u    /* the device will write: copy-on-write is broken first */
#define HOST_PIN_TRANSFER 0x4u /* for one transfer: mapped and permitted will do, the pages come in when they are copied */
#define HOST_PIN_LONGTERM 0x2u /* not of a kind of mapping that the specification forbids for long-term pins */
/*
 * Makes [addr, addr + len) resident and records it.  EFAULT: a hole, or a kind of memory that cannot be pinned;
 * EACCES: the protection does not permit it; ENOMEM, EAGAIN: resources.  as may be any process's.  May block.
 * ENOTSUP, with HOST_PIN_TRANSFER: only host_copyin() and host_copyout() in the process's own call reach its memory.
 */
int host_pin_create(struct host_as *as, uintptr_t addr, size_t len, unsigned flags, struct host_pin **out);
/* Also after the process has died.  May block. */
void host_pin_destroy(struct host_pin *pin);
/*
 * Copies from and to the pinned pages, as a device does, without the process's help.  offset + len is within the pin.
 * EFAULT: the process is dead and nobody has asked for its pages before.  May block.
 */
int host_pin_read(struct host_pin *pin, uint64_t offset, void *to, size_t len);
int host_pin_write(struct host_pin *pin, uint64_t offset, const void *from, size_t len);
/*
 * The pinned range as a page object with a kernel address: from now on the process and the object share these pages, and no
 * write of any of the process's threads is lost on the way.  The caller destroys *pages, before or after the pin; the same
 * pages stay behind both as long as one is there.  EFAULT: they cannot be shared, or the process is dead.  May block.
 */
int host_pin_pages(struct host_pin *pin, struct host_pages **pages);

#endif
