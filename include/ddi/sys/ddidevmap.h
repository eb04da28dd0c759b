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

/* Driver callbacks of one mapping handle: devmap_callback_ctl(9S).  NULL: the framework's default. */
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
#define DEVMAP_FAULTING 0x400
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
 * The mapping handle.  The fields below are read by drivers: this part is ABI.
 */
typedef struct devmap_handle {
	struct seg *dh_seg;             /* segment; dh_seg->s_as: address space */
	size_t dh_len;                  /* length in bytes, whole pages */
	offset_t dh_roff;               /* offset into the cookie or register set */
	offset_t dh_uoff;               /* offset that the application sees at dh_uvaddr */
	caddr_t dh_uvaddr;              /* user address */
	caddr_t dh_cvaddr;              /* kernel address of the memory */
	pfn_t dh_pfn;                   /* first page frame of device memory */
	uint_t dh_prot;                 /* asked for */
	uint_t dh_maxprot;              /* granted at most */
	uint_t dh_orig_maxprot;         /* granted at most by the open */
	uint_t dh_hat_attr;
	int dh_mmulevel;
	dev_t dh_dev;
	uint_t dh_flags;                /* DEVMAP_* */
	clock_t dh_timeout_length;      /* devmap_set_ctx_timeout(9F), ticks */
	struct devmap_callback_ctl dh_callbackops;
	void *dh_pvtp;                  /* the driver's private data */
	struct devmap_handle *dh_next;  /* by ascending address within the segment */
	ddi_umem_cookie_t dh_cookie;
	kmutex_t dh_lock;
	void *dh_ctx;                   /* the framework's, from here on */
	void *dh_softlock;
	void *dh_internal[8];
} devmap_handle_t;

/* Cleanup callback of umem_lockmemory(9F). */
#define UMEM_CALLBACK_VERSION 1

struct umem_callback_ops {
	int cbo_umem_callback_version; /* UMEM_CALLBACK_VERSION */
	void (*cbo_umem_lock_cleanup)(ddi_umem_cookie_t *); /* its argument is the cookie itself */
};

void *ddi_umem_alloc(size_t, int, ddi_umem_cookie_t *) SUNDOG_LINK(ddi_umem_alloc);
void ddi_umem_free(ddi_umem_cookie_t) SUNDOG_LINK(ddi_umem_free);
int ddi_umem_lock(caddr_t, size_t, int, ddi_umem_cookie_t *) SUNDOG_LINK(ddi_umem_lock);
void ddi_umem_unlock(ddi_umem_cookie_t) SUNDOG_LINK(ddi_umem_unlock);
int umem_lockmemory(caddr_t, size_t, int, ddi_umem_cookie_t *, struct umem_callback_ops *, struct proc *)
	SUNDOG_LINK(umem_lockmemory);
struct buf *ddi_umem_iosetup(ddi_umem_cookie_t, off_t, size_t, int, dev_t, daddr_t, int (*)(struct buf *), int)
	SUNDOG_LINK(ddi_umem_iosetup);

int devmap_setup(dev_t, offset_t, struct as *, caddr_t *, size_t, uint_t, uint_t, uint_t, struct cred *)
	SUNDOG_LINK(devmap_setup);
int ddi_devmap_segmap(dev_t, off_t, struct as *, caddr_t *, off_t, uint_t, uint_t, uint_t, struct cred *)
	SUNDOG_LINK(ddi_devmap_segmap);
int devmap_umem_setup(devmap_cookie_t, dev_info_t *, struct devmap_callback_ctl *, ddi_umem_cookie_t, offset_t,
		      size_t, uint_t, uint_t, ddi_device_acc_attr_t *) SUNDOG_LINK(devmap_umem_setup);
int devmap_umem_remap(devmap_cookie_t, dev_info_t *, ddi_umem_cookie_t, offset_t, size_t, uint_t, uint_t,
		      ddi_device_acc_attr_t *) SUNDOG_LINK(devmap_umem_remap);
int devmap_devmem_setup(devmap_cookie_t, dev_info_t *, struct devmap_callback_ctl *, uint_t, offset_t, size_t,
			uint_t, uint_t, ddi_device_acc_attr_t *) SUNDOG_LINK(devmap_devmem_setup);
int devmap_devmem_remap(devmap_cookie_t, dev_info_t *, uint_t, offset_t, size_t, uint_t, uint_t,
			ddi_device_acc_attr_t *) SUNDOG_LINK(devmap_devmem_remap);

int devmap_load(devmap_cookie_t, offset_t, size_t, uint_t, uint_t) SUNDOG_LINK(devmap_load);
int devmap_unload(devmap_cookie_t, offset_t, size_t) SUNDOG_LINK(devmap_unload);
int devmap_default_access(devmap_cookie_t, void *, offset_t, size_t, uint_t, uint_t)
	SUNDOG_LINK(devmap_default_access);
int devmap_do_ctxmgt(devmap_cookie_t, void *, offset_t, size_t, uint_t, uint_t,
		     int (*)(devmap_cookie_t, void *, offset_t, size_t, uint_t, uint_t))
	SUNDOG_LINK(devmap_do_ctxmgt);
void devmap_set_ctx_timeout(devmap_cookie_t, clock_t) SUNDOG_LINK(devmap_set_ctx_timeout);

#endif
