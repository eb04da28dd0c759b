/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver that the model is compared with: it records each callback and does what its script says. */
#include <sys/conf.h>
#include <sys/ddi.h>
#include <sys/ddi_impldefs.h>
#include <sys/modctl.h>
#include <sys/proc.h>
#include <sys/stat.h>
#include <sys/sunddi.h>
#include <vm/as.h>
#include <vm/seg.h>

#include "../mdl.h"

#define HANDLES 4096

static struct {
	dev_info_t *dip;
	ddi_umem_cookie_t cookies[MDL_COOKIES];
	kmutex_t lock; /* protects the fields below; held across no call of the DDI that may call back */
	struct mdl_script script;
	int next_id;
	devmap_cookie_t handles[HANDLES]; /* by private data */
	int context;                      /* of which handle; 0: none */
	ddi_umem_cookie_t locks[MDL_LOCKS];
	struct mdl_event events[MDL_EVENTS];
	int nevents;
} mdl;

/* ---- events ---- */

static void
event_add(const struct mdl_event *event)
{
	mutex_enter(&mdl.lock);
	if (mdl.nevents < MDL_EVENTS) {
		mdl.events[mdl.nevents] = *event;
		mdl.events[mdl.nevents].pid = ddi_get_pid();
	}
	mdl.nevents++;
	mutex_exit(&mdl.lock);
}

struct mdl_event *
mdl_take_events(int *count)
{
	*count = mdl.nevents;
	mdl.nevents = 0;
	return mdl.events;
}

static int
handle_is_own(devmap_cookie_t dhp)
{
	return ((devmap_handle_t *)dhp)->dh_seg->s_as == curproc->p_as;
}

static unsigned long long
handle_address(devmap_cookie_t dhp)
{
	return (uintptr_t)((devmap_handle_t *)dhp)->dh_uvaddr;
}

/* ---- private data: numbers ---- */

static int
id_of(void *pvtp)
{
	return (int)(intptr_t)pvtp;
}

static int
id_new(devmap_cookie_t dhp)
{
	int id;

	mutex_enter(&mdl.lock);
	id = ++mdl.next_id;
	mdl.handles[id % HANDLES] = dhp;
	mutex_exit(&mdl.lock);
	return id;
}

static devmap_cookie_t
id_handle(int id)
{
	return id > 0 ? mdl.handles[id % HANDLES] : NULL;
}

/* ---- callbacks ---- */

static int
counted_down(int *count)
{
	int failed;

	mutex_enter(&mdl.lock);
	failed = *count > 0 && --*count == 0;
	mutex_exit(&mdl.lock);
	return failed;
}

static int
mdl_map(devmap_cookie_t dhp, dev_t dev, uint_t flags, offset_t off, size_t len, void **pvtp)
{
	int id = id_new(dhp);
	struct mdl_event event = {.kind = MDL_EV_MAP, .id = id, .rw = flags, .minor = getminor(dev), .off = off,
		.len = len, .addr = handle_address(dhp), .own = handle_is_own(dhp)};

	event_add(&event);
	*pvtp = (void *)(intptr_t)id;
	return counted_down(&mdl.script.fail_map) ? ENOMEM : 0;
}

static int
mdl_dup(devmap_cookie_t dhp, void *pvtp, devmap_cookie_t new_dhp, void **new_pvtp)
{
	int id = id_new(new_dhp);
	struct mdl_event event = {.kind = MDL_EV_DUP, .id = id_of(pvtp), .after = id, .own = handle_is_own(new_dhp)};

	event_add(&event);
	*new_pvtp = (void *)(intptr_t)id;
	return counted_down(&mdl.script.fail_dup) ? mdl.script.dup_error : 0;
}

/* The part after a hole is a handle of its own, and has private data of its own. */
static int
part_label(devmap_cookie_t part, void **pvtp, int must)
{
	if (part == NULL)
		return -1;
	if (must || mdl.script.relabel)
		*pvtp = (void *)(intptr_t)id_new(part);
	return id_of(*pvtp);
}

static void
mdl_unmap(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, devmap_cookie_t before, void **before_pvtp,
    devmap_cookie_t after, void **after_pvtp)
{
	struct mdl_event event = {.kind = MDL_EV_UNMAP, .id = id_of(pvtp), .off = off, .len = len,
		.addr = handle_address(dhp), .own = handle_is_own(dhp)};

	event.before = part_label(before, before_pvtp, 0);
	event.after = part_label(after, after_pvtp, before != NULL);
	event_add(&event);
	if (mdl.context == event.id)
		mdl.context = event.before > 0 ? event.before : event.after > 0 ? event.after : 0;
}

static int
mdl_contextmgt(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	struct mdl_event event = {.kind = MDL_EV_CONTEXT, .id = id_of(pvtp), .off = off, .len = len, .type = type, .rw = rw};
	int current = mdl.context;

	event_add(&event);
	if (current != 0 && current != id_of(pvtp) && id_handle(current) != NULL)
		(void) devmap_unload(id_handle(current), 0, 0);
	mdl.context = id_of(pvtp);
	return devmap_load(dhp, off, len, type, rw);
}

static int
do_access(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	devmap_handle_t *dh = dhp;
	enum mdl_access how = mdl.script.access;

	if (type == DEVMAP_UNLOCK)
		return devmap_load(dhp, off, len, type, rw);
	switch (how) {
	case MDL_DEFAULT:
		return devmap_default_access(dhp, pvtp, off, len, type, rw);
	case MDL_WHOLE:
		return type == DEVMAP_LOCK ? devmap_load(dhp, off, len, type, rw) : devmap_load(dhp, 0, 0, type, rw);
	case MDL_RETURN:
		mdl.script.access = MDL_LOAD;
		return mdl.script.value;
	case MDL_LATER:
		mdl.script.access = MDL_LOAD;
		return 0;
	case MDL_CONTEXT:
		return devmap_do_ctxmgt(dhp, pvtp, off, len, type, rw, mdl_contextmgt);
	case MDL_REMAP_FIRST:
		if (type == DEVMAP_ACCESS)
			(void) devmap_umem_remap(dhp, mdl.dip, mdl.cookies[mdl.script.value], dh->dh_roff, dh->dh_len,
			    dh->dh_maxprot, 0, NULL);
		return devmap_load(dhp, off, len, type, rw);
	default:
		return devmap_load(dhp, off, len, type, rw);
	}
}

static int
mdl_access(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	struct mdl_event event = {.kind = MDL_EV_ACCESS, .id = id_of(pvtp), .off = off, .len = len, .type = type, .rw = rw,
		.own = handle_is_own(dhp)};

	event_add(&event);
	return do_access(dhp, pvtp, off, len, type, rw);
}

static int
mdl_access_other(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	return mdl_access(dhp, pvtp, off, len, type, rw);
}

/* ---- devmap(9E) ---- */

static int
part_setup(devmap_cookie_t dhp, const struct mdl_part *part, offset_t koff, size_t len)
{
	unsigned which = part->callbacks;
	struct devmap_callback_ctl ctl = {
		.devmap_rev = DEVMAP_OPS_REV,
		.devmap_map = which & MDL_HAS_MAP ? mdl_map : NULL,
		.devmap_access = which & MDL_OTHER_ACCESS ? mdl_access_other : which & MDL_HAS_ACCESS ? mdl_access : NULL,
		.devmap_dup = which & MDL_HAS_DUP ? mdl_dup : NULL,
		.devmap_unmap = which & MDL_HAS_UNMAP ? mdl_unmap : NULL,
	};

	return devmap_umem_setup(dhp, mdl.dip, which == 0 ? NULL : &ctl, mdl.cookies[part->cookie], koff, len,
	    part->maxprot, part->flags, NULL);
}

/*
 *	device page   | page                                     what is asked for begins here
 *	parts         |--0--|--1--|--2--|                        counted from device page 0 of the layout
 */
static int
layout_devmap(devmap_cookie_t dhp, const struct mdl_layout *layout, long page, size_t len, size_t *maplen)
{
	long step = layout->part_pages, index = step > 0 ? page / step : 0;
	size_t part_len = step > 0 ? ptob((index + 1) * step - page) : step < 0 ? ptob(MDL_COOKIE_PAGES - page) :
	    ptob(btopr(len));
	enum mdl_fault fault = layout->fault != MDL_NO_FAULT && layout->fault_part == index ? layout->fault : MDL_NO_FAULT;
	size_t setup_len = fault == MDL_SHORT ? ptob(1) : part_len;

	if (page >= MDL_COOKIE_PAGES)
		return ENXIO;
	*maplen = fault == MDL_ODD ? part_len - 1 : fault == MDL_NOTHING ? 0 : part_len;
	if (fault == MDL_FAILS)
		return EIO;
	if (fault == MDL_NO_SETUP)
		return 0;
	return part_setup(dhp, &layout->part[step > 0 ? index % 2 : 0], ptob(page), setup_len);
}

static int
mdl_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	struct mdl_event event = {.kind = MDL_EV_DEVMAP, .minor = getminor(dev), .off = off, .len = len};
	long page = (long)(off / PAGESIZE);

	event_add(&event);
	if (off < 0 || page / MDL_OFFSET_PAGES >= MDL_LAYOUTS)
		return EINVAL;
	return layout_devmap(dhp, &mdl_layouts[page / MDL_OFFSET_PAGES], page % MDL_OFFSET_PAGES, len, maplen);
}

/* ---- commands ---- */

static int
lock_slot(ddi_umem_cookie_t cookie)
{
	int slot = 0;

	while (slot < MDL_LOCKS && mdl.locks[slot] != cookie)
		slot++;
	return slot;
}

static void
mdl_cleanup(ddi_umem_cookie_t *cookie)
{
	int slot = lock_slot(cookie); /* it is the cookie itself */
	struct mdl_event event = {.kind = MDL_EV_CLEANUP, .id = slot + 1};

	event_add(&event);
	mdl.locks[slot] = NULL;
	ddi_umem_unlock(cookie);
}

static int
command_lock(struct mdl_command *c)
{
	struct umem_callback_ops ops = {UMEM_CALLBACK_VERSION, mdl_cleanup};
	int flags = (int)c->prot | (c->cleanup == 2 ? DDI_UMEMLOCK_LONGTERM : 0);
	ddi_umem_cookie_t cookie;
	int error;

	if (c->cleanup)
		error = umem_lockmemory((caddr_t)(uintptr_t)c->addr, c->len, flags, &cookie, &ops, NULL);
	else
		error = ddi_umem_lock((caddr_t)(uintptr_t)c->addr, c->len, flags, &cookie);
	if (error == 0)
		mdl.locks[c->id] = cookie;
	return error;
}

static void
command_unlock(int slot)
{
	ddi_umem_cookie_t cookie = mdl.locks[slot];

	mdl.locks[slot] = NULL;
	ddi_umem_unlock(cookie);
}

static unsigned long long *
cookie_word(const struct mdl_command *c)
{
	struct ddi_umem_cookie *cookie = mdl.cookies[c->id];

	return (unsigned long long *)(void *)(cookie->cvaddr + c->off);
}

static void
command_reset(void)
{
	for (int i = 0; i < MDL_COOKIES; i++)
		if (i != MDL_TRASH)
			bzero(((struct ddi_umem_cookie *)mdl.cookies[i])->cvaddr, ptob(MDL_COOKIE_PAGES));
	mdl.next_id = mdl.nevents = mdl.context = 0;
	bzero(mdl.handles, sizeof (mdl.handles));
	bzero(&mdl.script, sizeof (mdl.script));
}

/* What is done to a handle.  0: the command is another one. */
static int
handle_command(struct mdl_command *c)
{
	devmap_cookie_t dhp = id_handle(c->id);

	switch (c->op) {
	case MDL_OP_UNLOAD:
		c->result = devmap_unload(dhp, c->off, c->len);
		return 1;
	case MDL_OP_DO_LOAD:
		c->result = devmap_load(dhp, c->off, c->len, DEVMAP_ACCESS, c->prot);
		return 1;
	case MDL_OP_REMAP:
		c->result = devmap_umem_remap(dhp, mdl.dip, mdl.cookies[c->cookie], c->off, c->len, c->prot, 0, NULL);
		return 1;
	case MDL_OP_INVALIDATE:
		c->result = devmap_devmem_remap(dhp, mdl.dip, 0, 0, c->len, c->prot, DEVMAP_MAPPING_INVALID, NULL);
		return 1;
	default:
		return 0;
	}
}

int
mdl_command(struct mdl_command *c)
{
	c->result = 0;
	if (handle_command(c))
		return 0;
	switch (c->op) {
	case MDL_OP_COPYIN:
		return ddi_copyin((void *)(uintptr_t)c->addr, &c->value, sizeof (c->value), 0) != 0 ? EFAULT : 0;
	case MDL_OP_COPYOUT:
		return ddi_copyout(&c->value, (void *)(uintptr_t)c->addr, sizeof (c->value), 0) != 0 ? EFAULT : 0;
	case MDL_OP_LOCK:
		return command_lock(c);
	case MDL_OP_UNLOCK:
		command_unlock(c->id);
		return 0;
	case MDL_OP_SCRIPT:
		mdl.script = c->script;
		return 0;
	case MDL_OP_PEEK:
		c->value = *cookie_word(c);
		return 0;
	case MDL_OP_POKE:
		*cookie_word(c) = c->value;
		return 0;
	case MDL_OP_RESET:
		command_reset();
		return 0;
	case MDL_OP_CODES:
		c->addr = FC_NOMAP;
		c->len = FC_OBJERR;
		return 0;
	default:
		return EINVAL;
	}
}

int mdl_linked;

/* Only for programs of the test itself: the numbers in a command are believed. */
static int
mdl_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *credp, int *rvalp)
{
	struct mdl_command command;
	int error;

	if (cmd == MDL_IOCTL_LINKED && mdl_linked)
		return mdl_command((struct mdl_command *)arg);
	if (cmd != MDL_IOCTL || ddi_copyin((void *)arg, &command, sizeof (command), mode) != 0)
		return cmd != MDL_IOCTL ? ENOTTY : EFAULT;
	if (command.op == MDL_OP_EVENTS) {
		*rvalp = mdl.nevents;
		error = ddi_copyout(mdl.events, (void *)(uintptr_t)command.addr,
		    MIN(mdl.nevents, MDL_EVENTS) * sizeof (struct mdl_event), mode);
		mdl.nevents = 0;
		return error != 0 ? EFAULT : 0;
	}
	error = mdl_command(&command);
	if (ddi_copyout(&command, (void *)arg, sizeof (command), mode) != 0)
		return EFAULT;
	return error;
}

/* ---- the rest ---- */

static int
mdl_open(dev_t *devp, int flag, int otyp, cred_t *credp)
{
	return 0;
}

static int
mdl_close(dev_t dev, int flag, int otyp, cred_t *credp)
{
	struct mdl_event event = {.kind = MDL_EV_CLOSE, .minor = getminor(dev)};

	if (getminor(dev) != MDL_CONTROL)
		event_add(&event);
	return 0;
}

static void
cookies_free(void)
{
	for (int i = 0; i < MDL_COOKIES; i++)
		ddi_umem_free(mdl.cookies[i]);
}

static int
mdl_attach(dev_info_t *dip, ddi_attach_cmd_t cmd)
{
	static const int kinds[MDL_COOKIES] = {DDI_UMEM_SLEEP, DDI_UMEM_PAGEABLE, DDI_UMEM_TRASH};

	mdl.dip = dip;
	mutex_init(&mdl.lock, NULL, MUTEX_DRIVER, NULL);
	for (int i = 0; i < MDL_COOKIES; i++)
		(void) ddi_umem_alloc(ptob(MDL_COOKIE_PAGES), kinds[i], &mdl.cookies[i]);
	if (ddi_create_minor_node(dip, "mdl0", S_IFCHR, 0, DDI_PSEUDO, 0) == DDI_SUCCESS &&
	    ddi_create_minor_node(dip, "mdl1", S_IFCHR, 1, DDI_PSEUDO, 0) == DDI_SUCCESS &&
	    ddi_create_minor_node(dip, "mdl", S_IFCHR, MDL_CONTROL, DDI_PSEUDO, 0) == DDI_SUCCESS)
		return DDI_SUCCESS;
	cookies_free();
	return DDI_FAILURE;
}

static int
mdl_detach(dev_info_t *dip, ddi_detach_cmd_t cmd)
{
	ddi_remove_minor_node(dip, NULL);
	cookies_free();
	mutex_destroy(&mdl.lock);
	return DDI_SUCCESS;
}

static struct cb_ops mdl_cb_ops = {
	.cb_open = mdl_open,
	.cb_close = mdl_close,
	.cb_strategy = nodev,
	.cb_print = nodev,
	.cb_dump = nodev,
	.cb_read = nodev,
	.cb_write = nodev,
	.cb_ioctl = mdl_ioctl,
	.cb_devmap = mdl_devmap,
	.cb_mmap = nodev,
	.cb_chpoll = nochpoll,
	.cb_prop_op = ddi_prop_op,
	.cb_flag = D_NEW | D_MP | D_DEVMAP,
	.cb_rev = CB_REV,
	.cb_aread = nodev,
	.cb_awrite = nodev,
};

static struct dev_ops mdl_ops = {
	.devo_rev = DEVO_REV,
	.devo_getinfo = nodev,
	.devo_identify = nulldev,
	.devo_probe = nulldev,
	.devo_attach = mdl_attach,
	.devo_detach = mdl_detach,
	.devo_reset = nodev,
	.devo_cb_ops = &mdl_cb_ops,
};

static struct modldrv modldrv = {&mod_driverops, "is compared with a model", &mdl_ops};
static struct modlinkage modlinkage = {MODREV_1, {&modldrv, NULL}};

int
mdl_init(void)
{
	return mod_install(&modlinkage);
}

int
mdl_info(struct modinfo *modinfop)
{
	return mod_info(&modlinkage, modinfop);
}

int
mdl_fini(void)
{
	return mod_remove(&modlinkage);
}
