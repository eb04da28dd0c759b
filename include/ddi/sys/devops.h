/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/devops.h>: entry points of a driver: dev_ops(9S), cb_ops(9S). */
#ifndef _SYS_DEVOPS_H
#define _SYS_DEVOPS_H

#include <sys/cred.h>
#include <sys/dditypes.h>
#include <sys/errno.h>
#include <sys/types.h>
#include <sys/uio.h>

struct aio_req;
struct as;
struct buf;
struct bus_ops;
struct pollhead;
struct streamtab;

#define CB_REV 1
#define DEVO_REV 4

/*
 * ENTRY POINTS: cb_ops(9S).  User context of the calling process, except strategy; they may block, and run at once
 * for any number of callers.  NULL or nodev: ENXIO, unless stated otherwise.  They return 0 or an errno (Linux's
 * numbers), which becomes the system call's.
 *
 * open      flag: FREAD, FWRITE, FNDELAY, FNONBLOCK, FEXCL; otyp: OTYP_CHR or OTYP_BLK.  *devp may be changed to another
 *           minor of the driver's (a clone).
 * close     once, when the last open of the minor and the last mapping made by one are gone; flag: of the last close, 0
 *           if it was a mapping; the result is ignored.  It undoes all ddi_umem_lock(9F) that were for the minor.
 * strategy  starts the transfer of a buf, whose end is biodone(9F); the result is ignored.  Called for read(2) and
 *           write(2) of a block node, and by physio(9F).
 * read, write  uio_offset: the file's, or pread(2)'s; what uio has advanced is the result.  EINTR after a part: the part
 *           counts.
 * ioctl     arg: as the application passed it; mode: the flags of the open, and FILP32 or FLP64, the caller's data model;
 *           *rvalp: the result, if 0 is returned.  cmd and arg are a stranger's: whatever comes with arg is checked before it
 *           is used as a length, an index or an offset, and once it has been copied, since the application may change it.
 * devmap    describes with devmap_umem_setup(9F) or devmap_devmem_setup(9F) the memory at off: *maplen bytes, whole pages,
 *           of the len (never rounded) that remain; called again for the rest.  Any error: mmap(2) fails with ENXIO.
 *           With D_DEVMAP, or without a usable mmap.  off and len are a stranger's: any multiple of a page, negative ones too
 *           (a 32-bit process's is sign-extended), with which off / SIZE is an index before an array; len may reach beyond
 *           any end.
 * mmap      the old way: the page frame at off, -1 if there is none.
 * segmap    all of mmap(2): *addrp is its result.  NULL, nulldev or nodev: devmap_setup(9F), where there is a devmap.
 *           off, len and, with MAP_FIXED, *addrp are a stranger's, as for devmap.
 * chpoll    *reventsp: which of events are there; if none, *phpp: what pollwakeup(9F) will be called with.  anyyet is 0.
 *           An error: POLLERR.
 * Never called here: print, dump, prop_op, aread, awrite, and nothing by str: there are no streams.
 */
struct cb_ops {
	int (*cb_open)(dev_t *devp, int flag, int otyp, cred_t *credp);
	int (*cb_close)(dev_t dev, int flag, int otyp, cred_t *credp);
	int (*cb_strategy)(struct buf *bp);
	int (*cb_print)(dev_t dev, char *str);
	int (*cb_dump)(dev_t dev, caddr_t addr, daddr_t blkno, int nblk);
	int (*cb_read)(dev_t dev, struct uio *uiop, cred_t *credp);
	int (*cb_write)(dev_t dev, struct uio *uiop, cred_t *credp);
	int (*cb_ioctl)(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *credp, int *rvalp);
	int (*cb_devmap)(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model);
	int (*cb_mmap)(dev_t dev, off_t off, int prot);
	int (*cb_segmap)(dev_t dev, off_t off, struct as *as, caddr_t *addrp, off_t len, unsigned int prot,
			 unsigned int maxprot, unsigned int flags, cred_t *credp);
	int (*cb_chpoll)(dev_t dev, short events, int anyyet, short *reventsp, struct pollhead **phpp);
	int (*cb_prop_op)(dev_t dev, dev_info_t *dip, ddi_prop_op_t prop_op, int mod_flags, char *name,
			  caddr_t valuep, int *length);
	struct streamtab *cb_str;
	int cb_flag; /* D_* of <sys/conf.h> */
	int cb_rev;  /* CB_REV */
	int (*cb_aread)(dev_t dev, struct aio_req *aio, cred_t *credp);
	int (*cb_awrite)(dev_t dev, struct aio_req *aio, cred_t *credp);
};

/*
 * dev_ops(9S).  A thread of the system, one at a time.
 *
 * probe   NULL, nulldev, DDI_PROBE_SUCCESS or DDI_PROBE_DONTCARE: attach follows; else the driver does not come up.
 * attach  cmd: DDI_ATTACH.  DDI_SUCCESS: its minor nodes can be opened; else they are removed, and `sundog run` fails.
 * detach  cmd: DDI_DETACH, when nothing of the instance is open or mapped.  DDI_SUCCESS, or it stays.
 * Never called here: getinfo, identify, reset, power, quiesce.
 */
struct dev_ops {
	int devo_rev; /* DEVO_REV */
	int devo_refcnt;
	int (*devo_getinfo)(dev_info_t *dip, ddi_info_cmd_t infocmd, void *arg, void **result);
	int (*devo_identify)(dev_info_t *dip);
	int (*devo_probe)(dev_info_t *dip);
	int (*devo_attach)(dev_info_t *dip, ddi_attach_cmd_t cmd);
	int (*devo_detach)(dev_info_t *dip, ddi_detach_cmd_t cmd);
	int (*devo_reset)(dev_info_t *dip, ddi_reset_cmd_t cmd);
	struct cb_ops *devo_cb_ops;
	struct bus_ops *devo_bus_ops;
	int (*devo_power)(dev_info_t *dip, int component, int level);
	int (*devo_quiesce)(dev_info_t *dip);
};

/* Results of devo_probe. */
#define DDI_PROBE_FAILURE ENXIO
#define DDI_PROBE_DONTCARE 0
#define DDI_PROBE_PARTIAL 1
#define DDI_PROBE_SUCCESS 2

int nochpoll(dev_t, short, int, short *, struct pollhead **) SUNDOG_LINK(nochpoll);
int ddi_quiesce_not_needed(dev_info_t *) SUNDOG_LINK(ddi_quiesce_not_needed);
int ddi_quiesce_not_supported(dev_info_t *) SUNDOG_LINK(ddi_quiesce_not_supported);

#define BUSO_REV 10

/* What comes along with it. */
#include <sys/ddi_intr.h>
#include <sys/ddidevmap.h>
#include <sys/ddidmareq.h>
#include <sys/ddifm.h>
#include <sys/ddimapreq.h>
#include <sys/nexusdefs.h>
#include <sys/poll.h>
#include <vm/as.h>

#endif
