/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/ddidevmap.h>: mappings of device memory and of kernel memory into applications.
 */
#ifndef _SYS_DDIDEVMAP_H
#define _SYS_DDIDEVMAP_H

#include <sys/dditypes.h>
#include <sys/ksynch.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <vm/faultcode.h>

struct as;
struct buf;
struct cred;
struct proc;
struct seg;
struct uio;

typedef struct as *ddi_as_handle_t;

/*
 * DRIVER CALLBACKS of one mapping handle: devmap_callback_ctl(9S).  off and len are bytes, whole pages, in the offsets that
 * the application gave to mmap(2).  User context: curproc is the process meant here (of dup: the parent).  They may
 * block, and take a mutex that the driver holds while it calls devmap_setup(), devmap_load(), devmap_unload(), a remap, or
 * ddi_umem_alloc(), _free(), _lock(), _unlock().  Within one address space map, dup and unmap run one at a time, dup
 * and unmap never while an access does; a handle stays valid until its unmap has returned.  A dying process first has
 * its waits in access interrupted (cv_wait_sig(9F) returns 0).
 *
 * devmap_map(9E)     before mmap(2) returns.  flags: MAP_*; *pvtp: the handle's private data, for the others.  Not 0:
 *                    mmap fails with ENXIO, without an unmap of this handle.
 * devmap_access(9E)  an access to the page at off that is not loaded, or a lock (DEVMAP_LOCK, DEVMAP_UNLOCK) of what the
 *                    range has in this handle.  Calls devmap_load(), devmap_default_access() or devmap_do_ctxmgt(), and
 *                    returns their result.  0: the access is tried again, and comes back if nothing was loaded;
 *                    EINTR: again, after the signals; FC_PROT of a load: SIGSEGV, SEGV_ACCERR; anything else: SIGBUS,
 *                    BUS_OBJERR.  Many at once, in one process and in several; a LOCK excludes all others of the same
 *                    device and function until its UNLOCK.  NULL: pages are loaded without asking, MAP_PRIVATE is refused.
 * devmap_dup(9E)     fork(2), before the child runs: new_dhp is the child's, nothing of it is loaded.  *new_pvtp: its
 *                    data.  Not 0: fork fails with ENOMEM, if it was that, or EAGAIN.  NULL: pvtp is the child's, too.
 * devmap_unmap(9E)   [off, off + len) goes: munmap(2), something else mapped over it, exec, exit.  Its pages are not loaded
 *                    any more, the handle's fields are still the old ones.  What remains:
 *
 *	  dhp        |################|     new_dhp1, before it    new_dhp2, behind it
 *	  whole      [                ]     NULL                   NULL
 *	  head       [       ]########      NULL                   dhp itself
 *	  tail        ########[       ]     dhp itself             NULL
 *	  middle      ####[       ]####     dhp itself             a new one
 *
 *                    *new_pvtp1 and *new_pvtp2 are pvtp unless it stores others.  A whole handle's cookie may be freed here.
 */
#define DEVMAP_OPS_REV 1

struct devmap_callback_ctl {
	int devmap_rev; /* DEVMAP_OPS_REV */
	int (*devmap_map)(devmap_cookie_t dhp, dev_t dev, uint_t flags, offset_t off, size_t len, void **pvtp);
	int (*devmap_access)(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw);
	int (*devmap_dup)(devmap_cookie_t dhp, void *pvtp, devmap_cookie_t new_dhp, void **new_pvtp);
	void (*devmap_unmap)(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len,
			     devmap_cookie_t new_dhp1, void **new_pvtp1, devmap_cookie_t new_dhp2,
			     void **new_pvtp2);
};

/* Kind of a fault: the type argument of devmap_access(9E) and devmap_load(9F). */
#define DEVMAP_ACCESS 0 /* F_INVAL: a translation is missing */
#define DEVMAP_PROT 1
#define DEVMAP_LOCK 2
#define DEVMAP_UNLOCK 3

/* Direction of a fault: the rw argument. */
#define DEVMAP_OTHER 0
#define DEVMAP_READ 1
#define DEVMAP_WRITE 2
#define DEVMAP_EXEC 3
#define DEVMAP_CREATE 4

/* Flags of devmap_umem_setup(9F), devmap_devmem_setup(9F) and the remaps. */
#define DEVMAP_DEFAULTS 0x00
#define DEVMAP_MAPPING_INVALID 0x01 /* every access fails until a remap */
#define DEVMAP_ALLOW_REMAP 0x02
#define DEVMAP_USE_PAGESIZE 0x04

/* The framework's own bits of dh_flags. */
#define DEVMAP_SETUP_FLAGS (DEVMAP_MAPPING_INVALID | DEVMAP_ALLOW_REMAP | DEVMAP_USE_PAGESIZE)
#define DEVMAP_SETUP_DONE 0x100
#define DEVMAP_LOCK_INITED 0x200
#define DEVMAP_LOCKED 0x800
#define DEVMAP_FLAG_LARGE 0x1000

/* Type of a cookie: struct ddi_umem_cookie, type. */
#define KMEM_PAGEABLE 0x100
#define KMEM_NON_PAGEABLE 0x200
#define UMEM_LOCKED 0x400
#define UMEM_TRASH 0x800

/* Flags of ddi_umem_alloc(9F). */
#define DDI_UMEM_SLEEP 0x00
#define DDI_UMEM_NOSLEEP 0x01
#define DDI_UMEM_PAGEABLE 0x02
#define DDI_UMEM_TRASH 0x04

/* Flags of ddi_umem_lock(9F), umem_lockmemory(9F). */
#define DDI_UMEMLOCK_READ 0x01     /* the device will read the memory */
#define DDI_UMEMLOCK_WRITE 0x02    /* the device will write it */
#define DDI_UMEMLOCK_LONGTERM 0x04 /* umem_lockmemory() only */

/*
 * The mapping handle, as drivers read it.  differs: dh_lock is larger, so that offsets are our own.
 */
typedef struct devmap_handle {
	offset_t dh_roff;               /* offset into the cookie or register set */
	offset_t dh_uoff;               /* offset that the application sees at dh_uvaddr */
	size_t dh_len;                  /* length in bytes, whole pages */
	dev_t dh_dev;
	caddr_t dh_cvaddr;              /* kernel address of the memory */
	caddr_t dh_uvaddr;              /* user address */
	kmutex_t dh_lock;
	struct seg *dh_seg;             /* segment; dh_seg->s_as: address space */
	void *dh_pvtp;                  /* the driver's private data */
	struct devmap_handle *dh_next;  /* by ascending address within the segment */
	struct devmap_softlock *dh_softlock; /* the framework's, as dh_ctx is */
	struct devmap_ctx *dh_ctx;
	ddi_umem_cookie_t dh_cookie;
	devmap_pmem_cookie_t dh_pcookie;
	uint_t dh_prot;                 /* asked for */
	uint_t dh_maxprot;              /* granted at most */
	uint_t dh_mmulevel;
	uint_t dh_flags;                /* DEVMAP_* */
	pfn_t dh_pfn;                   /* first page frame of device memory */
	uint_t dh_hat_attr;
	clock_t dh_timeout_length;      /* devmap_set_ctx_timeout(9F), ticks */
	struct devmap_callback_ctl dh_callbackops;
	uint_t dh_orig_maxprot;         /* granted at most by the open */
	void *dh_internal[8];           /* the framework's */
} devmap_handle_t;

/* Cleanup callback of umem_lockmemory(9F). */
#define UMEM_CALLBACK_VERSION 1

struct umem_callback_ops {
	int cbo_umem_callback_version; /* UMEM_CALLBACK_VERSION */
	void (*cbo_umem_lock_cleanup)(ddi_umem_cookie_t *); /* its argument is the cookie itself */
};

/*
 * Kernel memory that can be exported.  size: bytes, rounded up to whole pages; flags: DDI_UMEM_*.  Returns its
 * address (page-aligned, zero-filled) and *cookie; NULL and a NULL cookie if size is 0 or, with NOSLEEP, there is no
 * memory now.  DDI_UMEM_TRASH: NULL with a valid cookie; every page of a mapping of it is one system-wide page.
 * Not charged to any project.  User or kernel context.
 */
void *ddi_umem_alloc(size_t, int, ddi_umem_cookie_t *) SUNDOG_LINK(ddi_umem_alloc);
/*
 * NULL: nothing happens.  A locked cookie is unlocked.  differs: memory that a live mapping still exports stays until that
 * mapping is gone, and the driver is reported.
 */
void ddi_umem_free(ddi_umem_cookie_t) SUNDOG_LINK(ddi_umem_free);
/*
 * Locks [addr, addr + len) of the current process; addr and len are multiples of the page.  DDI_UMEMLOCK_READ: the
 * device will read the memory; WRITE: will write it (both: write).  0, or *cookie NULL and
 * EINVAL  flags, alignment, or (differs) len is 0
 * ENOMEM  a resource control refuses, or no resources       EAGAIN  none now
 * EFAULT  not mapped, or a mapping that cannot be locked    EACCES  the mapping's protection
 * EINTR   a signal came while a device mapping's DEVMAP_LOCK had to wait
 * The driver of a device mapping in the range sees DEVMAP_LOCK, and DEVMAP_UNLOCK at the unlock; its errors come through.
 * The process's munmap and mprotect of the range wait for the unlock.  differs: its exit and exec do not; the pages stay
 * until the unlock, and a lock that survives them, or the last close(9E), is reported.
 */
int ddi_umem_lock(caddr_t, size_t, int, ddi_umem_cookie_t *) SUNDOG_LINK(ddi_umem_lock);
/* Once per lock; any context: in interrupt context it is done later.  differs: a second time is reported. */
void ddi_umem_unlock(ddi_umem_cookie_t) SUNDOG_LINK(ddi_umem_unlock);
/*
 * The same for any process (NULL: the current one).  With DDI_UMEMLOCK_LONGTERM ops is needed: its callback runs
 * once, in the unmapping thread, when the process unmaps, execs or exits, or changes the range's protection; the driver
 * then unlocks, and munmap and mprotect wait for it.  The cookie's memory is there as long as the callback runs.  The
 * process is alive.  EINVAL also: version of ops, LONGTERM without ops.
 */
int umem_lockmemory(caddr_t, size_t, int, ddi_umem_cookie_t *, struct umem_callback_ops *, struct proc *)
	SUNDOG_LINK(umem_lockmemory);
/*
 * A buf for [off, off + len) of a locked or non-pageable cookie; direction: B_READ or B_WRITE; last argument:
 * DDI_UMEM_SLEEP or NOSLEEP.  NULL: an argument is out of range, or no memory.  Freed by freerbuf(9F).
 */
struct buf *ddi_umem_iosetup(ddi_umem_cookie_t, off_t, size_t, int, dev_t, daddr_t, int (*)(struct buf *), int)
	SUNDOG_LINK(ddi_umem_iosetup);

/*
 * Makes a mapping: from segmap(9E), or with curproc->p_as from anywhere.  off: of the device; *addr: wish, then
 * result; len as the application gave it; prot, maxprot: PROT_*; flags: MAP_*.  Calls devmap(9E) until len is
 * covered, then devmap_map(9E).  0, or
 * EINVAL   no devmap(9E); MAP_PRIVATE without devmap_access; maplen is not whole pages
 * ENXIO    devmap(9E) or devmap_map(9E) refused, or (differs) set nothing up
 * ENOTSUP  handles with different devmap_access             ENOMEM  no free range
 */
int devmap_setup(dev_t, offset_t, struct as *, caddr_t *, size_t, uint_t, uint_t, uint_t, struct cred *)
	SUNDOG_LINK(devmap_setup);
/* devmap_setup() in the form of a segmap(9E) entry point. */
int ddi_devmap_segmap(dev_t, off_t, struct as *, caddr_t *, off_t, uint_t, uint_t, uint_t, struct cred *)
	SUNDOG_LINK(ddi_devmap_segmap);
/*
 * From devmap(9E): the handle exports [koff, koff + len) of the cookie.  callbacks are copied; NULL: none.
 * maxprot: what is granted, PROT_USER included; flags: DEVMAP_* and one IOMEM_DATA_*; the last argument is recorded.
 * DDI_FAILURE: cookie NULL, range beyond it, set up already, the process asked for more than maxprot,
 * MAPPING_INVALID without ALLOW_REMAP, two cache attributes.
 */
int devmap_umem_setup(devmap_cookie_t, dev_info_t *, struct devmap_callback_ctl *, ddi_umem_cookie_t, offset_t,
		      size_t, uint_t, uint_t, const ddi_device_acc_attr_t *) SUNDOG_LINK(devmap_umem_setup);
/*
 * Another cookie behind a handle that was set up with DEVMAP_ALLOW_REMAP, in whatever process; the next access
 * faults and finds it.  koff, len: only tested against the cookie; flags: 0.  DDI_FAILURE otherwise.
 * differs: a handle that was invalid is valid again.
 */
int devmap_umem_remap(devmap_cookie_t, dev_info_t *, ddi_umem_cookie_t, offset_t, size_t, uint_t, uint_t,
		      const ddi_device_acc_attr_t *) SUNDOG_LINK(devmap_umem_remap);
/*
 * The same for register set rnumber of the device (see ddi_regs_map_setup(9F)): [roff, roff + len), the low bits of roff
 * dropped.  What follows the set's size in its last page can be mapped too, so that a rounded len fits.
 */
int devmap_devmem_setup(devmap_cookie_t, dev_info_t *, struct devmap_callback_ctl *, uint_t, offset_t, size_t,
			uint_t, uint_t, const ddi_device_acc_attr_t *) SUNDOG_LINK(devmap_devmem_setup);
/*
 * Registers behind a handle that was set up with DEVMAP_ALLOW_REMAP, of either kind.  flags: 0, or
 * DEVMAP_MAPPING_INVALID: every access fails until the next remap; rnumber, roff and len are ignored then.  Also inside
 * devmap_dup(9E), on the new handle.
 */
int devmap_devmem_remap(devmap_cookie_t, dev_info_t *, uint_t, offset_t, size_t, uint_t, uint_t,
			const ddi_device_acc_attr_t *) SUNDOG_LINK(devmap_devmem_remap);

/*
 * Makes [off, off + len) of the handle accessible to the calling process, which the handle is of; off and len as
 * devmap_access(9E) got them, len 0: to the end, type and rw: passed through.  Returns 0 or a fault code, not errno:
 * FC_MAKE_ERR(EINVAL)  outside the handle, or another process's (differs: reported)      FC_PROT  protection
 * type DEVMAP_LOCK also pins the range, DEVMAP_UNLOCK lets it go and leaves it loaded: from a callback of that type, for
 * exactly its off and len (else EINVAL).
 * May block; the driver may hold its own mutex.
 */
int devmap_load(devmap_cookie_t, offset_t, size_t, uint_t, uint_t) SUNDOG_LINK(devmap_load);
/*
 * Takes the translations away, of this handle in any process: on return nobody touches those pages through it
 * without a new fault, and what was written is in the memory.  Same range and result.  May block.
 */
int devmap_unload(devmap_cookie_t, offset_t, size_t) SUNDOG_LINK(devmap_unload);
/* devmap_load() in the form of a devmap_access(9E) entry point. */
int devmap_default_access(devmap_cookie_t, void *, offset_t, size_t, uint_t, uint_t)
	SUNDOG_LINK(devmap_default_access);
/*
 * From devmap_access(9E), with its arguments: calls the last one, contextmgt(dhp, the handle's pvtp, off, len, type, rw),
 * which usually unloads the context that has the device, switches, and loads its own, under a mutex of the driver.  With a
 * timeout of the handle and more than one CPU it first waits, uninterruptibly, until no other callback of this device
 * instance and devmap_access runs and the last one's time is over; else there is no waiting.  0; FC_HWERR: it is NULL, or
 * did not return 0.
 */
int devmap_do_ctxmgt(devmap_cookie_t, void *, offset_t, size_t, uint_t, uint_t,
		     int (*)(devmap_cookie_t, void *, offset_t, size_t, uint_t, uint_t))
	SUNDOG_LINK(devmap_do_ctxmgt);
/* Ticks that a context keeps the device at least; 0 or less (0 at first): none.  Any context, usually devmap_map(9E). */
void devmap_set_ctx_timeout(devmap_cookie_t, clock_t) SUNDOG_LINK(devmap_set_ctx_timeout);

#include <sys/umem_cookie.h>

#endif
