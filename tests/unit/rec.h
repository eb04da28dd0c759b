/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rec.h: between the recording driver and the tests that script it.  It includes neither world's headers.
 *
 * The driver passes each callback to a function of the test; the test calls the DDI through the rec_*
 * functions, with the DDI's own numbers.
 */
#ifndef TESTS_UNIT_REC_H
#define TESTS_UNIT_REC_H

#include <stdbool.h>
#include <stddef.h>

struct modinfo;

/* ---- the test's side: called by the driver ---- */

int rec_on_devmap(void *dhp, long long off, size_t len, size_t *maplen, unsigned model);
int rec_on_map(void *dhp, unsigned flags, long long off, size_t len, void **pvtp);
int rec_on_access(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw);
int rec_on_dup(void *dhp, void *pvtp, void *new_dhp, void **new_pvtp);
void rec_on_unmap(void *dhp, void *pvtp, long long off, size_t len, void *new_dhp1, void **new_pvtp1,
		  void *new_dhp2, void **new_pvtp2);
int rec_on_segmap(long off, void *as, char **addrp, long len, unsigned prot, unsigned maxprot, unsigned flags);
int rec_on_mmap(long off, int prot);
int rec_on_ioctl(int cmd, long arg, int *rval);
void rec_on_close(int flag);

void rec_on_cleanup(void *cookie);

/* ---- the driver's side ---- */

int rec_init(void);
int rec_info(struct modinfo *);
int rec_fini(void);

/* What stands in a slot of cb_ops. */
enum rec_slot {
	REC_NULL,
	REC_NODEV,
	REC_NULLDEV,
	REC_OWN,
	REC_DDI_SEGMAP,
	REC_DDI_DEVMAP_SEGMAP,
};
void rec_slots(enum rec_slot segmap, enum rec_slot devmap, enum rec_slot mmap, bool d_devmap);

/* Callbacks of a devmap_callback_ctl. */
#define REC_MAP 1u
#define REC_ACCESS 2u
#define REC_DUP 4u
#define REC_UNMAP 8u
#define REC_ALL 15u
#define REC_ACCESS_NODEV 16u /* nodev in the slot of devmap_access */
#define REC_ACCESS_OTHER 32u /* another function than REC_ACCESS's */
#define REC_NO_CALLBACKS 64u /* no devmap_callback_ctl at all */

struct rec_umem {
	void *cookie;
	long long koff;
	size_t len;
	unsigned maxprot, flags, callbacks;
};
int rec_umem_setup(void *dhp, const struct rec_umem *umem);
int rec_umem_remap(void *dhp, void *cookie, long long koff, size_t len, unsigned maxprot, unsigned flags);
int rec_invalidate(void *dhp, size_t len, unsigned maxprot);
int rec_setup(long long off, void *as, char **addrp, size_t len, unsigned prot, unsigned maxprot, unsigned flags);
/* segmap(9E)'s usual call. */
int rec_load(void *dhp, long long off, size_t len, unsigned type, unsigned rw);
int rec_unload(void *dhp, long long off, size_t len);
int rec_default_access(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw);
int rec_ctxmgt(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw,
	       int (*contextmgt)(void *, void *, long long, size_t, unsigned, unsigned));
void rec_ctx_timeout(void *dhp, long ticks);

void *rec_umem_alloc(size_t size, int flags, void **cookiep);
void rec_umem_free(void *cookie);
size_t rec_cookie_size(const void *cookie);
unsigned rec_cookie_type(const void *cookie);
void rec_cookie_set_type(void *cookie, unsigned type);
char *rec_cookie_address(const void *cookie);
unsigned long rec_cookie_count(const void *cookie);
/* A cookie of the driver's own making, over part of another one's memory. */
void *rec_cookie_make(void *cookie, size_t offset, size_t size);
void rec_cookie_drop(void *cookie);
/* Frame number of kernel memory, for mmap(9E). */
int rec_frame(char *address);

/* Locked user memory: of the calling process. */
#define REC_READ 1
#define REC_WRITE 2
#define REC_LONGTERM 4
int rec_umem_lock(unsigned long addr, size_t len, int flags, void **cookiep);
/* version < 0: no callback ops; callback false: ops without one.  proc: of rec_current_proc(), or NULL. */
int rec_umem_lockmemory(unsigned long addr, size_t len, int flags, void **cookiep, int version, bool callback,
			void *proc);
void rec_umem_unlock(void *cookie);
void *rec_current_proc(void);
int rec_proc_pid(void *proc);
void *rec_cookie_proc(const void *cookie);
/* Runs fn(arg) in interrupt context and waits until it has returned. */
void rec_interrupt(void (*fn)(void *arg), void *arg);

int rec_copyin(unsigned long from, void *to, size_t len);
int rec_copyout(const void *from, unsigned long to, size_t len);

/* Fields of a handle. */
void *rec_handle_as(void *dhp);
unsigned long rec_handle_address(void *dhp);
long long rec_handle_uoff(void *dhp);
long long rec_handle_roff(void *dhp);
size_t rec_handle_len(void *dhp);
unsigned rec_handle_maxprot(void *dhp);
unsigned rec_handle_flags(void *dhp);
unsigned rec_handle_attr(void *dhp);
char *rec_handle_kernel(void *dhp); /* dh_cvaddr */
void *rec_handle_cookie(void *dhp);
unsigned long rec_segment_base(void *dhp);
size_t rec_segment_size(void *dhp);
void *rec_current_as(void);
int rec_current_pid(void);

/* One of the driver's own mutexes, and a wait that a signal interrupts (false). */
void rec_lock(void);
void rec_unlock(void);
bool rec_wait(void); /* under the lock */
void rec_wake(void);

#endif
