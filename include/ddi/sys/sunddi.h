/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/sunddi.h>: device information, soft state, minor nodes, copies, and what the driver asks of the framework.
 */
#ifndef _SYS_SUNDDI_H
#define _SYS_SUNDDI_H

#include <sys/cmn_err.h>
#include <sys/avl.h>
#include <sys/cred.h>
#include <sys/ddi.h>
#include <sys/ddi_impldefs.h>
#include <sys/ddiacc.h>
#include <sys/ddi_intr.h>
#include <sys/ddidevmap.h>
#include <sys/ddidmareq.h>
#include <sys/ddifm.h>
#include <sys/ddipropdefs.h>
#include <sys/dditypes.h>
#include <sys/devops.h>
#include <sys/kmem.h>
#include <sys/list.h>
#include <sys/mman.h>
#include <sys/model.h>
#include <sys/nvpair.h>
#include <sys/sysevent.h>
#include <sys/taskq.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>

#define DDI_SUCCESS 0
#define DDI_FAILURE (-1)
#define DDI_NOT_WELL_FORMED (-2)
#define DDI_EAGAIN (-3)
#define DDI_EINVAL (-4)
#define DDI_ENOTSUP (-5)
#define DDI_EPENDING (-6)
#define DDI_EALREADY (-7)
#define DDI_ENOMEM 1
#define DDI_ECONTEXT 4

#define DDI_SLEEP 0x00
#define DDI_NOSLEEP 0x01

/* Data model of a mapping process: the model argument of devmap(9E). */
#define DDI_MODEL_MASK DATAMODEL_MASK
#define DDI_MODEL_ILP32 DATAMODEL_ILP32
#define DDI_MODEL_LP64 DATAMODEL_LP64
#define DDI_MODEL_NATIVE DATAMODEL_NATIVE
#define DDI_MODEL_NONE DATAMODEL_NONE

/* Node types of ddi_create_minor_node(9F). */
#define DDI_NT_SERIAL "ddi_serial"
#define DDI_NT_BLOCK "ddi_block"
#define DDI_NT_BLOCK_CHAN "ddi_block:channel"
#define DDI_NT_CD "ddi_block:cdrom"
#define DDI_NT_FD "ddi_block:diskette"
#define DDI_NT_TAPE "ddi_byte:tape"
#define DDI_NT_NET "ddi_network"
#define DDI_NT_DISPLAY "ddi_display"
#define DDI_NT_MOUSE "ddi_mouse"
#define DDI_NT_KEYBOARD "ddi_keyboard"
#define DDI_NT_AUDIO "ddi_audio"
#define DDI_PSEUDO "ddi_pseudo"

#define CLONE_DEV 1
#define PRIVONLY_DEV 0x0010

/*
 * Device information, any context.  A node's names are all the driver's; name_addr: its instance as text; pathname (room
 * for MAXPATHLEN bytes): /pseudo/DRIVER@INSTANCE; its parent: pseudo.
 */
int ddi_get_instance(dev_info_t *) SUNDOG_LINK(ddi_get_instance);
char *ddi_get_name(dev_info_t *) SUNDOG_LINK(ddi_get_name);
char *ddi_node_name(dev_info_t *) SUNDOG_LINK(ddi_node_name);
char *ddi_binding_name(dev_info_t *) SUNDOG_LINK(ddi_binding_name);
char *ddi_get_name_addr(dev_info_t *) SUNDOG_LINK(ddi_get_name_addr);
const char *ddi_driver_name(dev_info_t *) SUNDOG_LINK(ddi_driver_name);
major_t ddi_driver_major(dev_info_t *) SUNDOG_LINK(ddi_driver_major);
major_t ddi_name_to_major(const char *) SUNDOG_LINK(ddi_name_to_major);
char *ddi_major_to_name(major_t) SUNDOG_LINK(ddi_major_to_name);
char *ddi_pathname(dev_info_t *, char *) SUNDOG_LINK(ddi_pathname);
dev_info_t *ddi_get_parent(dev_info_t *) SUNDOG_LINK(ddi_get_parent);
dev_info_t *ddi_root_node(void) SUNDOG_LINK(ddi_root_node);
struct dev_ops *ddi_get_driver(dev_info_t *) SUNDOG_LINK(ddi_get_driver);
void *ddi_get_driver_private(dev_info_t *) SUNDOG_LINK(ddi_get_driver_private);
void ddi_set_driver_private(dev_info_t *, void *) SUNDOG_LINK(ddi_set_driver_private);
void ddi_report_dev(dev_info_t *) SUNDOG_LINK(ddi_report_dev);
/* DDI_FAILURE: a device here does not identify itself, and may be a bus master. */
int ddi_dev_is_sid(dev_info_t *) SUNDOG_LINK(ddi_dev_is_sid);
int ddi_slaveonly(dev_info_t *) SUNDOG_LINK(ddi_slaveonly);

/* Neighbours in the tree; NULL: none.  A node that is found may be detached at any time, as long as nobody holds it. */
dev_info_t *ddi_get_child(dev_info_t *) SUNDOG_LINK(ddi_get_child);
dev_info_t *ddi_get_next_sibling(dev_info_t *) SUNDOG_LINK(ddi_get_next_sibling);
/* The next instance of the same driver. */
dev_info_t *ddi_get_next(dev_info_t *) SUNDOG_LINK(ddi_get_next);
/* name, instance or -1 for any, whether it must be attached (0: it may still be attaching). */
dev_info_t *ddi_find_devinfo(char *, int, int) SUNDOG_LINK(ddi_find_devinfo);
/*
 * Calls fn(dip, arg) for dip, its siblings behind it, and before those the children of each; fn returns one of these:
 * on with children, without this one's children, without the rest of its siblings, no more.
 */
#define DDI_WALK_CONTINUE 0
#define DDI_WALK_PRUNECHILD (-1)
#define DDI_WALK_PRUNESIB (-2)
#define DDI_WALK_TERMINATE (-3)
#define DDI_WALK_ERROR (-4)
void ddi_walk_devs(dev_info_t *, int (*)(dev_info_t *, void *), void *) SUNDOG_LINK(ddi_walk_devs);
/* A nexus driver's own pointer. */
void *ddi_get_parent_data(dev_info_t *) SUNDOG_LINK(ddi_get_parent_data);
void ddi_set_parent_data(dev_info_t *, void *) SUNDOG_LINK(ddi_set_parent_data);

/* getinfo(9E) of a driver whose minor numbers are its instances, and of one that has no minor nodes. */
int ddi_getinfo_1to1(dev_info_t *, ddi_info_cmd_t, void *, void **) SUNDOG_LINK(ddi_getinfo_1to1);
int ddi_no_info(dev_info_t *, ddi_info_cmd_t, void *, void **) SUNDOG_LINK(ddi_no_info);

/*
 * The older power functions: dip, component, level.  ddi_dev_is_needed() is pm_raise_power(9F); ddi_power() sets the level, up or
 * down; ddi_removing_power() is 0: no suspend takes power away here.
 */
int ddi_dev_is_needed(dev_info_t *, int, int) SUNDOG_LINK(ddi_dev_is_needed);
int ddi_power(dev_info_t *, int, int) SUNDOG_LINK(ddi_power);
int ddi_removing_power(dev_info_t *) SUNDOG_LINK(ddi_removing_power);

/* minor nodes: what detach(9E) leaves is removed, with a note at -v */
/*
 * name (unique in the instance), S_IFCHR or S_IFBLK, minor number, DDI_PSEUDO or DDI_NT_*, 0.  DDI_SUCCESS or
 * DDI_FAILURE.
 */
int ddi_create_minor_node(dev_info_t *, const char *, int, minor_t, const char *, int)
	SUNDOG_LINK(ddi_create_minor_node);
int ddi_create_priv_minor_node(dev_info_t *, const char *, int, minor_t, const char *, int, const char *, const char *,
			       mode_t) SUNDOG_LINK(ddi_create_priv_minor_node);
/* name NULL: all of the instance. */
void ddi_remove_minor_node(dev_info_t *, const char *) SUNDOG_LINK(ddi_remove_minor_node);
minor_t ddi_getiminor(dev_t) SUNDOG_LINK(ddi_getiminor);

/* soft state */
/* *state NULL before; size in bytes of each, not 0; n: hint.  0, EINVAL or ENOMEM. */
int ddi_soft_state_init(void **, size_t, size_t) SUNDOG_LINK(ddi_soft_state_init);
/* Item number n from 0 on, zero-filled.  DDI_FAILURE: negative, there already, or no memory.  User, kernel context. */
int ddi_soft_state_zalloc(void *, int) SUNDOG_LINK(ddi_soft_state_zalloc);
/* NULL: there is none.  Any context. */
void *ddi_get_soft_state(void *, int) SUNDOG_LINK(ddi_get_soft_state);
/* Nothing happens if it is not there.  The item must not be in use any more. */
void ddi_soft_state_free(void *, int) SUNDOG_LINK(ddi_soft_state_free);
/* Frees all items, too; *state becomes NULL. */
void ddi_soft_state_fini(void **) SUNDOG_LINK(ddi_soft_state_fini);

/*
 * Copies len bytes from or to the process that called ioctl(9E); mode: as ioctl got it (with FKIOCTL the address is the
 * kernel's).  0, or -1: the driver returns EFAULT.  A device mapping there is asked by its devmap_access(9E), so no
 * mutex that this takes may be held.  User context; may block.
 */
int ddi_copyin(const void *, void *, size_t, int) SUNDOG_LINK(ddi_copyin);
int ddi_copyout(const void *, void *, size_t, int) SUNDOG_LINK(ddi_copyout);

/* the calling process */
pid_t ddi_get_pid(void) SUNDOG_LINK(ddi_get_pid);
kt_did_t ddi_get_kt_did(void) SUNDOG_LINK(ddi_get_kt_did);
/* Of the calling process: DDI_MODEL_LP64 or DDI_MODEL_ILP32. */
model_t ddi_mmap_get_model(void) SUNDOG_LINK(ddi_mmap_get_model);
/* DDI_MODEL_ILP32: structures must be converted; DDI_MODEL_NONE: not. */
model_t ddi_model_convert_from(model_t) SUNDOG_LINK(ddi_model_convert_from);

/*
 * Mapping the old way, by mmap(9E) page by page, in the form of a segmap(9E).  The last two arguments are ignored.  0;
 * ENODEV: no mmap(9E); EINVAL: not MAP_SHARED; ENXIO: a page has no frame; ENOMEM: no free range.
 */
int ddi_segmap(dev_t, off_t, struct as *, caddr_t *, off_t, uint_t, uint_t, uint_t, cred_t *)
	SUNDOG_LINK(ddi_segmap);
int ddi_segmap_setup(dev_t, off_t, struct as *, caddr_t *, off_t, uint_t, uint_t, uint_t, cred_t *,
		     const ddi_device_acc_attr_t *, uint_t) SUNDOG_LINK(ddi_segmap_setup);

/* pages */
ulong_t ddi_btop(dev_info_t *, ulong_t) SUNDOG_LINK(ddi_btop);
ulong_t ddi_btopr(dev_info_t *, ulong_t) SUNDOG_LINK(ddi_btopr);
ulong_t ddi_ptob(dev_info_t *, ulong_t) SUNDOG_LINK(ddi_ptob);

/* time */
time_t ddi_get_time(void) SUNDOG_LINK(ddi_get_time);

/*
 * Queues of work: taskq(9F) with other names and results.  At most nthreads threads (at least one), which are made when
 * there is work; the priority, TASKQ_DEFAULTPRI, is not looked at.  dispatch: DDI_SLEEP or DDI_NOSLEEP (any context);
 * DDI_SUCCESS, or DDI_FAILURE: no memory or no thread.  wait: until nothing is queued and nothing runs; destroy: that,
 * then frees it; suspend: what runs goes on, nothing else begins.
 */
#define TASKQ_DEFAULTPRI (-1)
ddi_taskq_t *ddi_taskq_create(dev_info_t *, const char *, int, pri_t, uint_t) SUNDOG_LINK(ddi_taskq_create);
void ddi_taskq_destroy(ddi_taskq_t *) SUNDOG_LINK(ddi_taskq_destroy);
int ddi_taskq_dispatch(ddi_taskq_t *, void (*)(void *), void *, uint_t) SUNDOG_LINK(ddi_taskq_dispatch);
void ddi_taskq_wait(ddi_taskq_t *) SUNDOG_LINK(ddi_taskq_wait);
void ddi_taskq_suspend(ddi_taskq_t *) SUNDOG_LINK(ddi_taskq_suspend);
void ddi_taskq_resume(ddi_taskq_t *) SUNDOG_LINK(ddi_taskq_resume);
boolean_t ddi_taskq_suspended(ddi_taskq_t *) SUNDOG_LINK(ddi_taskq_suspended);

/* Holds on a node: of what e_ddi_hold_devi_by_dev() of <sys/esunddi.h> returned. */
void ddi_release_devi(dev_info_t *) SUNDOG_ABSENT(ddi_release_devi);

/* What a fault does to the device's users: ddi_fm_service_impact(9F). */
#define DDI_SERVICE_LOST (-32)
#define DDI_SERVICE_DEGRADED (-16)
#define DDI_SERVICE_UNAFFECTED 0
#define DDI_SERVICE_RESTORED 16

/* sundry */
int ddi_ffs(long) SUNDOG_LINK(ddi_ffs);
int ddi_fls(long) SUNDOG_LINK(ddi_fls);
int ddi_strtol(const char *, char **, int, long *) SUNDOG_LINK(ddi_strtol);
int ddi_strtoul(const char *, char **, int, unsigned long *) SUNDOG_LINK(ddi_strtoul);
int ddi_strtoll(const char *, char **, int, longlong_t *) SUNDOG_LINK(ddi_strtoll);
int ddi_strtoull(const char *, char **, int, u_longlong_t *) SUNDOG_LINK(ddi_strtoull);
/* 0: a driver that panics runs no more. */
int ddi_in_panic(void) SUNDOG_LINK(ddi_in_panic);

/* Bytes that a transfer of physio(9F) is cut into by minphys(9F). */
extern int maxphys SUNDOG_LINK(maxphys);

/*
 * Calls fn(arg) every interval nanoseconds (> 0), first after one, in a thread of its own; times that pass while it runs
 * are left out.  Level: DDI_IPL_0 to DDI_IPL_10, not looked at further.  NULL: an argument is wrong.  What is left when its
 * driver is unloaded is reported.  delete: on return fn does not run any more, unless it is fn that calls.
 * differs: the interval is not rounded to ticks.  Context: user, kernel.
 */
#define DDI_IPL_0 0
#define DDI_IPL_1 1
#define DDI_IPL_2 2
#define DDI_IPL_3 3
#define DDI_IPL_4 4
#define DDI_IPL_5 5
#define DDI_IPL_6 6
#define DDI_IPL_7 7
#define DDI_IPL_8 8
#define DDI_IPL_9 9
#define DDI_IPL_10 10
ddi_periodic_t ddi_periodic_add(void (*)(void *), void *, hrtime_t, int) SUNDOG_LINK(ddi_periodic_add);
void ddi_periodic_delete(ddi_periodic_t) SUNDOG_LINK(ddi_periodic_delete);

/*
 * Events of a device, which the hardware's side makes by sim_event() of <sundog/sim.h>, and other drivers by
 * ndi_post_event().  A bus reset is told to every device, the others only to the one that they are about.
 * get: DDI_FAILURE for a name that is none of these.  add: handler(dip, cookie, arg, data), called by one thread at a time, in
 * the order of their adding.  remove: on return the handler does not run any more, unless it is the handler that calls;
 * DDI_FAILURE: it was removed already.  Handlers that are left at the detach are removed, with a note.
 */
#define DDI_DEVI_INSERT_EVENT "DDI:DEVI_INSERT"
#define DDI_DEVI_REMOVE_EVENT "DDI:DEVI_REMOVE"
#define DDI_DEVI_BUS_RESET_EVENT "DDI:DEVI_BUS_RESET"
#define DDI_DEVI_DEVICE_RESET_EVENT "DDI:DEVI_DEVICE_RESET"
int ddi_get_eventcookie(dev_info_t *, char *, ddi_eventcookie_t *) SUNDOG_LINK(ddi_get_eventcookie);
int ddi_add_event_handler(dev_info_t *, ddi_eventcookie_t, void (*)(dev_info_t *, ddi_eventcookie_t, void *, void *), void *,
			  ddi_callback_id_t *) SUNDOG_LINK(ddi_add_event_handler);
int ddi_remove_event_handler(ddi_callback_id_t) SUNDOG_LINK(ddi_remove_event_handler);

/*
 * dip, vendor, class, subclass, attributes or NULL, *id or NULL, DDI_SLEEP or DDI_NOSLEEP: an event, which becomes a message.
 * DDI_SUCCESS; DDI_EINVAL: a NULL that is not allowed; DDI_ECONTEXT: DDI_SLEEP in an interrupt handler.
 * differs: there is no daemon that might be missing (DDI_TRANSPORT_DOWN) or full (DDI_EBUSY).
 */
int ddi_log_sysevent(dev_info_t *, char *, char *, char *, nvlist_t *, sysevent_id_t *, int) SUNDOG_LINK(ddi_log_sysevent);

/* What the property reg declares of a register set: valid as long as the instance; NULL: no such set. */
struct regspec *ddi_rnumber_to_regspec(dev_info_t *, int) SUNDOG_LINK(ddi_rnumber_to_regspec);

/* Ports of a PC: there are none: reads give all ones, writes go nowhere. */
uint8_t inb(int) SUNDOG_LINK(inb);
void outb(int, uint8_t) SUNDOG_LINK(outb);

#define DEVI_SID_NODEID (-2)

#define DDI_KERNEL_IOCTL "ddi-kernel-ioctl"
#define DDI_NO_AUTODETACH "ddi-no-autodetach"
#define DDI_NT_AGP_CPUGART "ddi_agp:cpugart"
#define DDI_NT_AGP_PSEUDO "ddi_agp:pseudo"
#define DDI_NT_AGP_TARGET "ddi_agp:target"
#define DDI_NT_AV_ASYNC "ddi_av:async"
#define DDI_NT_AV_ISOCH "ddi_av:isoch"
#define DDI_NT_BLOCK_WWN "ddi_block:wwn"
#define DDI_NT_CD_CHAN "ddi_block:cdrom:channel"
#define DDI_NT_DISPLAY_DRM "ddi_display:drm"
#define DDI_NT_NEXUS "ddi_ctl:devctl"
#define DDI_NT_PRINTER "ddi_printer"
#define DDI_NT_SCSI_ATTACHMENT_POINT "ddi_ctl:attachment_point:scsi"
#define DDI_NT_SCSI_NEXUS "ddi_ctl:devctl:scsi"
#define DDI_VENDOR_SUNW "SUNW"

/* What comes along with it. */
#include <sys/sunpm.h>

#endif
