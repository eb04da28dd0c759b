/* SPDX-License-Identifier: BSD-2-Clause */
/* The 64-bit layouts that drivers are compiled against: sizes, and fields that drivers read. */
#include <sys/conf.h>
#include <sys/ddi.h>
#include <sys/modctl.h>
#include <sys/sunddi.h>
#include <vm/as.h>
#include <vm/seg.h>

#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type)
#define FIELD(type, field, kind) \
	_Static_assert(__builtin_types_compatible_p(__typeof__(((type *)0)->field), kind), #type "." #field)
#define AT(type, field, bytes) _Static_assert(offsetof(type, field) == (bytes), #type "." #field)
#define SIGNED(type) _Static_assert((type)-1 < 0, #type)
#define UNSIGNED(type) _Static_assert((type)-1 > 0, #type)

SIZE(dev_t, 8);
SIZE(major_t, 4);
SIZE(minor_t, 4);
SIZE(off_t, 8);
SIZE(offset_t, 8);
SIZE(u_offset_t, 8);
SIZE(size_t, 8);
SIZE(ssize_t, 8);
SIZE(time_t, 8);
SIZE(clock_t, 8);
SIZE(hrtime_t, 8);
SIZE(daddr_t, 8);
SIZE(pfn_t, 8);
SIZE(pgcnt_t, 8);
SIZE(pid_t, 4);
SIZE(uid_t, 4);
SIZE(gid_t, 4);
SIZE(mode_t, 4);
SIZE(model_t, 4);
SIZE(pri_t, 2);
SIZE(longlong_t, 8);
SIZE(uchar_t, 1);
SIZE(ushort_t, 2);
SIZE(uint_t, 4);
SIZE(ulong_t, 8);
SIZE(boolean_t, 4);
SIZE(o_dev_t, 2);
SIZE(caddr_t, 8);
SIZE(caddr32_t, 4);
SIZE(size32_t, 4);
SIZE(dev32_t, 4);
SIZE(timeout_id_t, 8);
SIGNED(off_t);
SIGNED(offset_t);
SIGNED(clock_t);
SIGNED(daddr_t);
SIGNED(pid_t);
UNSIGNED(dev_t);
UNSIGNED(minor_t);
UNSIGNED(uid_t);
UNSIGNED(pfn_t);

/* The host's locks fit: struct host_mutex is six words, struct host_cond four. */
SIZE(kmutex_t, 64);
SIZE(kcondvar_t, 32);
SIZE(krwlock_t, 128);
SIZE(ksema_t, 96);
AT(devmap_handle_t, dh_seg, 0);

SIZE(struct dev_ops, 88);
AT(struct dev_ops, devo_rev, 0);
AT(struct dev_ops, devo_refcnt, 4);
AT(struct dev_ops, devo_getinfo, 8);
AT(struct dev_ops, devo_attach, 32);
AT(struct dev_ops, devo_detach, 40);
AT(struct dev_ops, devo_cb_ops, 56);
AT(struct dev_ops, devo_bus_ops, 64);
AT(struct dev_ops, devo_power, 72);
AT(struct dev_ops, devo_quiesce, 80);

SIZE(struct cb_ops, 136);
AT(struct cb_ops, cb_open, 0);
AT(struct cb_ops, cb_close, 8);
AT(struct cb_ops, cb_strategy, 16);
AT(struct cb_ops, cb_read, 40);
AT(struct cb_ops, cb_ioctl, 56);
AT(struct cb_ops, cb_devmap, 64);
AT(struct cb_ops, cb_mmap, 72);
AT(struct cb_ops, cb_segmap, 80);
AT(struct cb_ops, cb_chpoll, 88);
AT(struct cb_ops, cb_prop_op, 96);
AT(struct cb_ops, cb_str, 104);
AT(struct cb_ops, cb_flag, 112);
AT(struct cb_ops, cb_rev, 116);
AT(struct cb_ops, cb_awrite, 128);

SIZE(struct modldrv, 24);
SIZE(struct modlinkage, 64);
AT(struct modlinkage, ml_linkage, 8);

SIZE(struct devmap_callback_ctl, 40);
AT(struct devmap_callback_ctl, devmap_rev, 0);
AT(struct devmap_callback_ctl, devmap_map, 8);
AT(struct devmap_callback_ctl, devmap_access, 16);
AT(struct devmap_callback_ctl, devmap_dup, 24);
AT(struct devmap_callback_ctl, devmap_unmap, 32);

SIZE(struct umem_callback_ops, 16);
SIZE(ddi_device_acc_attr_t, 6);
SIZE(struct iovec, 16);
SIZE(uio_t, 48);
SIZE(struct pollfd, 8);
SIZE(timespec_t, 16);
SIZE(ddi_dma_cookie_t, 24);
SIZE(struct regspec, 12);
AT(ddi_dma_cookie_t, dmac_size, 8);
_Static_assert(offsetof(ddi_dma_cookie_t, dmac_address) == 0, "low half first");

FIELD(devmap_handle_t, dh_seg, struct seg *);
FIELD(devmap_handle_t, dh_len, size_t);
FIELD(devmap_handle_t, dh_roff, offset_t);
FIELD(devmap_handle_t, dh_uoff, offset_t);
FIELD(devmap_handle_t, dh_uvaddr, caddr_t);
FIELD(devmap_handle_t, dh_cvaddr, caddr_t);
FIELD(devmap_handle_t, dh_pfn, pfn_t);
FIELD(devmap_handle_t, dh_prot, uint_t);
FIELD(devmap_handle_t, dh_maxprot, uint_t);
FIELD(devmap_handle_t, dh_orig_maxprot, uint_t);
FIELD(devmap_handle_t, dh_hat_attr, uint_t);
FIELD(devmap_handle_t, dh_mmulevel, int);
FIELD(devmap_handle_t, dh_flags, uint_t);
FIELD(devmap_handle_t, dh_callbackops, struct devmap_callback_ctl);
FIELD(devmap_handle_t, dh_pvtp, void *);
FIELD(devmap_handle_t, dh_next, struct devmap_handle *);
FIELD(devmap_handle_t, dh_cookie, ddi_umem_cookie_t);
FIELD(devmap_handle_t, dh_dev, dev_t);
FIELD(devmap_handle_t, dh_timeout_length, clock_t);

FIELD(struct ddi_umem_cookie, size, size_t);
FIELD(struct ddi_umem_cookie, cvaddr, caddr_t);
FIELD(struct ddi_umem_cookie, type, uint_t);
FIELD(struct ddi_umem_cookie, pparray, struct page **);
FIELD(struct ddi_umem_cookie, procp, struct proc *);
FIELD(struct ddi_umem_cookie, asp, struct as *);
FIELD(struct ddi_umem_cookie, cook_refcnt, ulong_t);

FIELD(struct seg, s_base, caddr_t);
FIELD(struct seg, s_size, size_t);
FIELD(struct seg, s_as, struct as *);
FIELD(struct seg, s_data, void *);
FIELD(proc_t, p_as, struct as *);
AT(proc_t, p_as, 0);
FIELD(kthread_t, t_procp, struct proc *);

FIELD(buf_t, b_flags, int);
FIELD(buf_t, b_bcount, size_t);
FIELD(buf_t, b_resid, size_t);
FIELD(buf_t, b_un.b_addr, caddr_t);
FIELD(buf_t, b_blkno, daddr_t);
FIELD(buf_t, b_lblkno, diskaddr_t);
FIELD(buf_t, b_edev, dev_t);
FIELD(buf_t, b_proc, struct proc *);
FIELD(buf_t, b_private, void *);
FIELD(buf_t, b_shadow, struct page **);
FIELD(uio_t, uio_loffset, offset_t);
FIELD(uio_t, uio_offset, off_t);
FIELD(uio_t, uio_resid, ssize_t);
