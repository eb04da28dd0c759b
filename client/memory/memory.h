/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memory.h: device mappings, and memory of this process that a driver has locked, which is called pinned here.
 */
#ifndef CLIENT_MEMORY_MEMORY_H
#define CLIENT_MEMORY_MEMORY_H

#include "client/core/core.h"

#define PAGE ((uintptr_t)4096)
#define PAGE_UP(n) (((uintptr_t)(n) + PAGE - 1) & ~(PAGE - 1))

/* ---- range.c: the device ranges of this process ---- */

struct range {
	uintptr_t start, end;
	bool intercept; /* accesses are served one by one, see agent/fault.c */
};

bool range_any(void);
/* The part of [start, end) in the first device range that it meets; false: none.  Asked at every munmap of the program. */
bool range_first(uintptr_t start, uintptr_t end, struct range *part);
/* Takes the place of what was there.  False: there is no memory to remember it. */
bool range_add(uintptr_t start, uintptr_t end, bool intercept);
/* Linux replaces or unmaps a range between these two: no thread changes ranges meanwhile. */
void ranges_leave(void);
void ranges_left(uintptr_t start, uintptr_t end);
/* Both of them, and munmap(2) between.  0 or errno. */
int range_release(uint64_t addr, uint64_t len);
/*
 * Is addr in an intercepted mapping?  From a signal handler, without a lock; true as well if that is unknown in the
 * middle of a change: the server knows.
 */
bool range_intercepted(uintptr_t addr);
/* The part of [start, end) in the first intercepted mapping that it meets.  Without a lock, too; false: none. */
bool range_first_intercepted(uintptr_t start, uintptr_t end, uintptr_t *from, uintptr_t *to);
/* A range of /proc/self/maps is a device mapping's; from a fork child's helper. */
bool range_is_device(uintptr_t start, uintptr_t end);
/* Takes all access to intercepted mappings away. */
void ranges_hide(void);
/* The same from the agent, without libc; then threads that wait for the server try again, and find that it has gone. */
void ranges_abandon(int uffd);
void ranges_fork_lock(void);
void ranges_fork_unlock(void);

/* ---- pin.c: pinned memory ---- */

/* Steps; 0 or errno.  file: of a struct wire_pins. */
int pin_begin(int file);
int pin_populate(uintptr_t addr, size_t len, bool write);
/* Some of the range may be pinned; pin_leaves: or shared with the server since it was, which must know before it is unmapped. */
bool pin_holds(uintptr_t start, uintptr_t end);
bool pin_leaves(uintptr_t start, uintptr_t end);
/* Shared pages in the range have been unmapped, or were to be: see WIRE_UNMAPPED.  Keeps errno. */
void pin_left(uintptr_t start, uintptr_t end);
bool pin_any(void);
/* Something was pinned once: private memory may look unlike ordinary private memory to Linux. */
bool pin_ever(void);
/* Pages may be shared with the server now. */
bool pin_shared(void);
/* In a fork child: nothing is pinned. */
void pin_forget(void);
/* Before mremap: waits for pins; pages that are shared become private.  0 or errno. */
int pin_before_remap(uintptr_t start, uintptr_t end);
/* Before MADV_DONTNEED or MADV_FREE: what is shared reads as zero afterwards, too.  0 or errno. */
int pin_before_discard(uintptr_t start, uintptr_t end);
/* mremap of private memory that Linux has as several mappings, since some of it was shared: by copying. */
void *pin_remap(void *old, size_t old_len, size_t new_len, int flags, void *wish);

/* ---- step.c: what the server asks of the waiting thread ---- */

/* Lays a list of windows: the entries are in the call's data, the descriptors with the message.  0 or errno. */
int windows_lay(struct call *c, uint64_t count);

/* ---- buffer.c: buffers of system calls in intercepted mappings ---- */

/* Some access may have to be served: there is or was an intercepted mapping. */
extern bool fault_possible __attribute__((visibility("hidden")));
/* Loads what of them is intercepted, as a call will write or read it; false: an access failed. */
bool buffer_load(const void *buffer, size_t len, bool write);
bool buffer_load_vector(const struct iovec *iov, int count, bool write);
/* Can it be read at all? */
bool buffer_readable(const void *p, size_t len);
#define BUFFER_TRIES 100 /* while others take the pages away */
/* The system call whose buffers load loads; one check where there are no intercepted mappings. */
#define WITH_BUFFERS(load, call) \
	(__extension__({ \
		ssize_t done_ = -1; \
		if (likely(!__atomic_load_n(&fault_possible, __ATOMIC_RELAXED))) \
			done_ = (call); \
		else \
			for (int try_ = 0; try_ < BUFFER_TRIES && (try_ == 0 || (done_ < 0 && errno == EFAULT)); \
			     try_++) \
				done_ = (load) ? (call) : (try_ = BUFFER_TRIES, fail(EFAULT)); \
		done_; \
	}))

/* ---- newer than some systems' headers ---- */

#ifndef MADV_POPULATE_READ /* Linux 5.14 */
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

#endif
