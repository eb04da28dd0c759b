/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/atomic.h>
#include <sys/conf.h>
#include <sys/ddi.h>
#include <sys/file.h>
#include <sys/modctl.h>
#include <sys/stat.h>
#include <sys/sunddi.h>

#include "ddi_device.h"

struct dd dd;

#define GET(field) __atomic_load_n(&dd.field, __ATOMIC_SEQ_CST)
#define SET(field, value) __atomic_store_n(&dd.field, value, __ATOMIC_SEQ_CST)
#define COUNT(field) __atomic_add_fetch(&dd.field, 1, __ATOMIC_SEQ_CST)

#define MINOR_CLONE 100 /* opens become 101, 102, ... */
#define DATA_SIZE 100

struct state {
	dev_info_t *dip;
	char data[DATA_SIZE];
	ddi_umem_cookie_t cookie;
};

static void *states;
static kmutex_t lock; /* protects the fields below and waits for the test */
static kcondvar_t moved;
static minor_t last_clone;
static int readable;
static pollhead_t pollhead;

static struct state *state_of(dev_t dev)
{
	return (ddi_get_soft_state(states, getminor(dev) % 10));
}

/* The test holds callers here. */
static void wait_released(int *entered, int *held)
{
	(void)__atomic_add_fetch(entered, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(held, __ATOMIC_SEQ_CST))
		delay(1);
}

static int
dd_open(dev_t *devp, int flag, int otyp, cred_t *cr)
{
	VERIFY3S(otyp, ==, OTYP_CHR);
	SET(last_open_flag, flag);
	if (GET(open_error))
		return (GET(open_error));
	wait_released(&dd.open_entered, &dd.open_held);
	if (GET(open_fails_after))
		return (GET(open_fails_after));
	if (getminor(*devp) == MINOR_CLONE) {
		mutex_enter(&lock);
		*devp = makedevice(getmajor(*devp), ++last_clone);
		mutex_exit(&lock);
	}
	COUNT(opens);
	return (0);
}

static int
dd_close(dev_t dev, int flag, int otyp, cred_t *cr)
{
	VERIFY3S(otyp, ==, OTYP_CHR);
	wait_released(&dd.close_entered, &dd.close_held);
	SET(last_close_flag, flag);
	COUNT(closes);
	return (0);
}

static int
dd_read(dev_t dev, struct uio *uio, cred_t *cr)
{
	struct state *sp = state_of(dev);
	int limit = GET(read_limit), error;
	size_t n;

	COUNT(reads);
	if (uio->uio_loffset >= DATA_SIZE)
		return (0);
	n = MIN((size_t)uio->uio_resid, (size_t)(DATA_SIZE - uio->uio_loffset));
	if (GET(read_error))
		n = MIN(n, (size_t)limit);
	error = uiomove(sp->data + uio->uio_loffset, n, UIO_READ, uio);
	return (error != 0 ? error : GET(read_error));
}

static int
dd_write(dev_t dev, struct uio *uio, cred_t *cr)
{
	struct state *sp = state_of(dev);

	if (uio->uio_loffset >= DATA_SIZE)
		return (ENOSPC);
	return (uiomove(sp->data + uio->uio_loffset,
			MIN((size_t)uio->uio_resid, (size_t)(DATA_SIZE - uio->uio_loffset)), UIO_WRITE, uio));
}

static int
dd_double(intptr_t arg, int mode)
{
	int value;

	if (ddi_copyin((void *)arg, &value, sizeof(value), mode) != 0)
		return (EFAULT);
	value *= 2;
	return (ddi_copyout(&value, (void *)arg, sizeof(value), mode) != 0 ? EFAULT : 0);
}

static int
dd_rename(dev_info_t *dip)
{
	major_t major = ddi_driver_major(dip);

	ddi_remove_minor_node(dip, "extra");
	ddi_remove_minor_node(dip, "never there");
	VERIFY(ddi_name_to_major("dd") == major && strcmp(ddi_major_to_name(major), "dd") == 0);
	return (ddi_create_minor_node(dip, "other", S_IFCHR, 30, DDI_PSEUDO, 0) == DDI_SUCCESS ? 0 : EIO);
}

static int
dd_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *cr, int *rvalp)
{
	char byte;

	SET(last_mode, mode);
	switch (cmd) {
	case DD_DOUBLE:
		return (dd_double(arg, mode));
	case DD_RVAL:
		*rvalp = 77;
		return (0);
	case DD_ERROR:
		*rvalp = 77;
		return ((int)arg);
	case DD_MINOR:
		*rvalp = (int)getminor(dev);
		return (0);
	case DD_IDENTITY:
		*rvalp = ddi_get_pid() == (pid_t)arg && curproc->p_pid == (pid_t)arg && cr == CRED() &&
			 curproc != &p0 && ttolwp(curthread) != NULL && crgetuid(cr) == 5 && drv_priv(cr) == EPERM;
		return (0);
	case DD_WAKE:
		mutex_enter(&lock);
		readable = 1;
		mutex_exit(&lock);
		pollwakeup(&pollhead, POLLIN);
		return (0);
	case DD_RENAME:
		return (dd_rename(state_of(dev)->dip));
	case DD_COPY_WILD:
		return (copyin((void *)arg, &byte, 1) == -1 && copyout(&byte, (void *)arg, 1) == -1 ? EFAULT : 0);
	case DD_POLL_CLEAN:
		pollhead_clean(&pollhead);
		return (0);
	default:
		return (ENOTTY);
	}
}

static void
dd_unmap(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, devmap_cookie_t new_dhp1, void **new_pvtp1,
	 devmap_cookie_t new_dhp2, void **new_pvtp2)
{
	COUNT(unmaps);
	SET(closes_at_unmap, GET(closes));
}

static struct devmap_callback_ctl callbacks = {.devmap_rev = DEVMAP_OPS_REV, .devmap_unmap = dd_unmap};

/* One page of the instance's memory. */
static int
dd_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	struct state *sp = state_of(dev);

	*maplen = PAGESIZE;
	return (devmap_umem_setup(dhp, sp->dip, &callbacks, sp->cookie, 0, PAGESIZE, PROT_ALL, 0, NULL));
}

static int
dd_chpoll(dev_t dev, short events, int anyyet, short *revents, struct pollhead **php)
{
	mutex_enter(&lock);
	*revents = readable ? events & POLLIN : 0;
	if (*revents == 0 && !anyyet)
		*php = &pollhead;
	mutex_exit(&lock);
	return (0);
}

static int
dd_getinfo(dev_info_t *dip, ddi_info_cmd_t cmd, void *arg, void **result)
{
	return (DDI_FAILURE);
}

/* ---- attach ---- */

static void
check_props(dev_info_t *dip)
{
	int *ints, one;
	uint_t n;
	char *s, **strings;

	if (!ddi_prop_exists(DDI_DEV_T_ANY, dip, 0, "numbers"))
		return;
	VERIFY3S(ddi_prop_get_int(DDI_DEV_T_ANY, dip, DDI_PROP_DONTPASS, "numbers", -1), ==, 1);
	VERIFY3S(ddi_prop_get_int(DDI_DEV_T_ANY, dip, 0, "none", -1), ==, -1);
	VERIFY3S(ddi_prop_get_int(DDI_DEV_T_ANY, dip, 0, "word", -1), ==, -1); /* a string */
	VERIFY0(ddi_prop_lookup_int_array(DDI_DEV_T_ANY, dip, 0, "numbers", &ints, &n));
	VERIFY(n == 3 && ints[0] == 1 && ints[1] == -2 && ints[2] == 0x10);
	ddi_prop_free(ints);
	VERIFY3S(ddi_prop_lookup_int_array(DDI_DEV_T_ANY, dip, 0, "none", &ints, &n), ==, DDI_PROP_NOT_FOUND);
	VERIFY0(ddi_prop_lookup_string(DDI_DEV_T_ANY, dip, 0, "word", &s));
	VERIFY(strcmp(s, "hello") == 0);
	ddi_prop_free(s);
	VERIFY3S(ddi_prop_lookup_string(DDI_DEV_T_ANY, dip, 0, "numbers", &s), ==, DDI_PROP_NOT_FOUND);
	VERIFY0(ddi_prop_lookup_string_array(DDI_DEV_T_ANY, dip, 0, "words", &strings, &n));
	VERIFY(n == 2 && strcmp(strings[0], "a") == 0 && strcmp(strings[1], "bc") == 0);
	ddi_prop_free(strings);
	VERIFY3S(ddi_getprop(DDI_DEV_T_ANY, dip, 0, "single", -1), ==, 9);
	VERIFY3S(ddi_getprop(DDI_DEV_T_ANY, dip, 0, "none", -1), ==, -1);
	VERIFY3S(ddi_getprop(DDI_DEV_T_ANY, dip, 0, "numbers", -1), ==, -1); /* not one int */
	VERIFY0(ddi_prop_get_int(DDI_DEV_T_ANY, dip, 0, "single", 0) - 9);
	one = sizeof(one);
	VERIFY3S(ddi_getlongprop_buf(DDI_DEV_T_ANY, dip, 0, "numbers", (caddr_t)&one, &one), ==,
		 DDI_PROP_BUF_TOO_SMALL);
}

/* As on the caller's stack: the length goes where the caller says. */
static void
check_prop_bytes(dev_info_t *dip)
{
	int length = 0, buffer[3];
	char *value;

	VERIFY0(ddi_getproplen(DDI_DEV_T_ANY, dip, 0, "list", &length));
	VERIFY3S(length, ==, 3 * (int)sizeof(int));
	VERIFY0(ddi_getlongprop(DDI_DEV_T_ANY, dip, DDI_PROP_CANSLEEP, "list", (caddr_t)&value, &length));
	VERIFY(length == 12 && ((int *)value)[2] == 6);
	kmem_free(value, (size_t)length);
	VERIFY0(ddi_getlongprop_buf(DDI_DEV_T_ANY, dip, 0, "list", (caddr_t)buffer, &length));
	VERIFY(length == 12 && buffer[0] == 4);
	length = 11;
	VERIFY3S(ddi_getlongprop_buf(DDI_DEV_T_ANY, dip, 0, "list", (caddr_t)buffer, &length), ==,
		 DDI_PROP_BUF_TOO_SMALL);
	VERIFY3S(length, ==, 12);
	VERIFY3S(ddi_prop_op(DDI_DEV_T_ANY, dip, PROP_EXISTS, 0, "list", NULL, NULL), ==, 1);
	VERIFY3S(ddi_prop_op(DDI_DEV_T_ANY, dip, PROP_LEN, 0, "none", NULL, &length), ==, DDI_PROP_NOT_FOUND);
	VERIFY3S(ddi_prop_op(DDI_DEV_T_ANY, dip, PROP_LEN, 0, "empty", NULL, &length), ==, DDI_PROP_SUCCESS);
	VERIFY3S(length, ==, 0);
}

static void
check_prop_updates(dev_info_t *dip)
{
	int list[3] = {4, 5, 6}, *ints;
	int64_t *big;
	char *words[2] = {"x", "yz"}, **strings, *s;
	uchar_t bytes[2] = {1, 2}, *b;
	uint_t n;

	VERIFY0(ddi_prop_update_int(DDI_DEV_T_NONE, dip, "up", 1));
	VERIFY0(ddi_prop_update_int(DDI_DEV_T_NONE, dip, "up", 2));
	VERIFY3S(ddi_prop_get_int(DDI_DEV_T_ANY, dip, 0, "up", 0), ==, 2);
	VERIFY0(ddi_prop_update_int(makedevice(3, 4), dip, "up", 3)); /* of one device */
	VERIFY3S(ddi_prop_get_int(makedevice(3, 4), dip, 0, "up", 0), ==, 3);
	VERIFY3S(ddi_prop_get_int(DDI_DEV_T_NONE, dip, 0, "up", 0), ==, 2);
	VERIFY3S(ddi_prop_get_int(makedevice(3, 5), dip, 0, "up", 0), ==, 0);
	VERIFY3S(ddi_prop_update_int(DDI_DEV_T_ANY, dip, "up", 1), ==, DDI_PROP_INVAL_ARG);
	VERIFY3S(ddi_prop_update_int(DDI_DEV_T_NONE, dip, "", 1), ==, DDI_PROP_INVAL_ARG);
	VERIFY0(ddi_prop_remove(makedevice(3, 4), dip, "up"));
	VERIFY3S(ddi_prop_remove(makedevice(3, 4), dip, "up"), ==, DDI_PROP_NOT_FOUND);
	VERIFY0(ddi_prop_update_int64(DDI_DEV_T_NONE, dip, "big", 1ll << 40));
	VERIFY3S(ddi_prop_get_int64(DDI_DEV_T_ANY, dip, 0, "big", 0), ==, 1ll << 40);
	VERIFY0(ddi_prop_lookup_int64_array(DDI_DEV_T_ANY, dip, 0, "big", &big, &n));
	VERIFY(n == 1 && *big == 1ll << 40);
	ddi_prop_free(big);
	VERIFY3S(ddi_prop_get_int64(DDI_DEV_T_ANY, dip, 0, "up", 7), ==, 7);
	VERIFY0(ddi_prop_update_int_array(DDI_DEV_T_NONE, dip, "list", list, 3));
	VERIFY0(ddi_prop_update_int_array(DDI_DEV_T_NONE, dip, "empty", NULL, 0));
	VERIFY3S(ddi_prop_get_int(DDI_DEV_T_ANY, dip, 0, "empty", 5), ==, 1); /* it exists: true */
	VERIFY3S(ddi_getprop(DDI_DEV_T_ANY, dip, 0, "empty", 5), ==, 1);
	VERIFY3S(ddi_prop_lookup_int_array(DDI_DEV_T_ANY, dip, 0, "empty", &ints, &n), ==, DDI_PROP_END_OF_DATA);
	VERIFY0(ddi_prop_update_string(DDI_DEV_T_NONE, dip, "name", "me"));
	VERIFY0(ddi_prop_lookup_string(DDI_DEV_T_ANY, dip, 0, "name", &s));
	VERIFY(strcmp(s, "me") == 0);
	ddi_prop_free(s);
	VERIFY0(ddi_prop_update_string_array(DDI_DEV_T_NONE, dip, "names", words, 2));
	VERIFY0(ddi_prop_lookup_string_array(DDI_DEV_T_ANY, dip, 0, "names", &strings, &n));
	VERIFY(n == 2 && strcmp(strings[1], "yz") == 0 && strings[2] == NULL);
	ddi_prop_free(strings);
	VERIFY0(ddi_prop_update_byte_array(DDI_DEV_T_NONE, dip, "bytes", bytes, 2));
	VERIFY0(ddi_prop_lookup_byte_array(DDI_DEV_T_ANY, dip, 0, "bytes", &b, &n));
	VERIFY(n == 2 && b[1] == 2);
	ddi_prop_free(b);
	ddi_prop_free(NULL);
	check_prop_bytes(dip);
	ddi_prop_remove_all(dip);
	VERIFY(!ddi_prop_exists(DDI_DEV_T_ANY, dip, 0, "list"));
}

static void
check_dip(dev_info_t *dip, int instance)
{
	char path[MAXPATHLEN], want[64];

	VERIFY(strcmp(ddi_driver_name(dip), "dd") == 0 && strcmp(ddi_get_name(dip), "dd") == 0);
	VERIFY(strcmp(ddi_node_name(dip), "dd") == 0 && strcmp(ddi_binding_name(dip), "dd") == 0);
	VERIFY(ddi_get_driver(dip) != NULL && ddi_get_driver_private(dip) == NULL);
	ddi_set_driver_private(dip, &lock);
	VERIFY(ddi_get_driver_private(dip) == &lock);
	VERIFY(strcmp(ddi_driver_name(ddi_get_parent(dip)), "pseudo") == 0);
	VERIFY(ddi_get_parent(ddi_get_parent(dip)) == ddi_root_node());
	(void)sprintf(want, "/pseudo/dd@%d", instance);
	VERIFY(strcmp(ddi_pathname(dip, path), want) == 0);
	(void)sprintf(want, "%d", instance);
	VERIFY(strcmp(ddi_get_name_addr(dip), want) == 0);
	ddi_report_dev(dip);
}

static void
create_nodes(dev_info_t *dip, int instance)
{
	char name[16];

	(void)sprintf(name, "dd%d", instance);
	VERIFY0(ddi_create_minor_node(dip, name, S_IFCHR, (minor_t)instance, DDI_PSEUDO, 0));
	VERIFY3S(ddi_create_minor_node(dip, name, S_IFCHR, 9, DDI_PSEUDO, 0), ==, DDI_FAILURE); /* taken */
	VERIFY3S(ddi_create_minor_node(dip, "", S_IFCHR, 9, DDI_PSEUDO, 0), ==, DDI_FAILURE);
	VERIFY3S(ddi_create_minor_node(dip, NULL, S_IFCHR, 9, DDI_PSEUDO, 0), ==, DDI_FAILURE);
	VERIFY3S(ddi_create_minor_node(dip, "a/b", S_IFCHR, 9, DDI_PSEUDO, 0), ==, DDI_FAILURE);
	VERIFY3S(ddi_create_minor_node(dip, "dir", S_IFDIR, 9, DDI_PSEUDO, 0), ==, DDI_FAILURE);
	VERIFY3S(ddi_create_minor_node(NULL, "x", S_IFCHR, 9, DDI_PSEUDO, 0), ==, DDI_FAILURE);
	VERIFY0(ddi_create_minor_node(dip, "common", S_IFCHR, (minor_t)(10 + instance), NULL, 0));
	if (instance > 0)
		return;
	VERIFY0(ddi_create_minor_node(dip, "extra", S_IFCHR, 20, DDI_PSEUDO, 0));
	VERIFY0(ddi_create_minor_node(dip, "clone", S_IFCHR, MINOR_CLONE, DDI_PSEUDO, CLONE_DEV));
	VERIFY0(ddi_create_priv_minor_node(dip, "private", S_IFCHR, 40, DDI_PSEUDO, PRIVONLY_DEV, NULL, NULL, 0600));
	VERIFY0(ddi_create_priv_minor_node(dip, "readable", S_IFCHR, 50, DDI_PSEUDO, 0, NULL, NULL, 0444));
}

static int
dd_probe(dev_info_t *dip)
{
	return (GET(probe_result));
}

static void
never(void *arg)
{
}

static int
dd_attach(dev_info_t *dip, ddi_attach_cmd_t cmd)
{
	int instance = ddi_get_instance(dip);
	struct state *sp;

	VERIFY3S(cmd, ==, DDI_ATTACH);
	if (GET(attach_fails_at) == instance)
		return (DDI_FAILURE);
	check_dip(dip, instance);
	check_props(dip);
	check_prop_updates(dip);
	VERIFY0(ddi_soft_state_zalloc(states, instance));
	sp = ddi_get_soft_state(states, instance);
	sp->dip = dip;
	VERIFY(ddi_umem_alloc(PAGESIZE, DDI_UMEM_SLEEP, &sp->cookie) != NULL);
	create_nodes(dip, instance);
	if (GET(leak)) {
		VERIFY(kmem_alloc(1000, KM_SLEEP) != NULL && kmem_zalloc(2 * PAGESIZE, KM_SLEEP) != NULL);
		VERIFY(timeout(never, NULL, 1000000) != NULL);
	}
	COUNT(attaches);
	return (DDI_SUCCESS);
}

static int
dd_detach(dev_info_t *dip, ddi_detach_cmd_t cmd)
{
	VERIFY3S(cmd, ==, DDI_DETACH);
	if (GET(detach_fails))
		return (DDI_FAILURE);
	if (!GET(leak))
		ddi_remove_minor_node(dip, NULL);
	ddi_umem_free(((struct state *)ddi_get_soft_state(states, ddi_get_instance(dip)))->cookie);
	ddi_soft_state_free(states, ddi_get_instance(dip));
	COUNT(detaches);
	return (DDI_SUCCESS);
}

static struct cb_ops dd_cb_ops = {
	.cb_open = dd_open,
	.cb_close = dd_close,
	.cb_strategy = nodev,
	.cb_print = nodev,
	.cb_dump = nodev,
	.cb_read = dd_read,
	.cb_write = dd_write,
	.cb_ioctl = dd_ioctl,
	.cb_devmap = dd_devmap,
	.cb_mmap = nodev,
	.cb_segmap = nodev,
	.cb_chpoll = dd_chpoll,
	.cb_prop_op = ddi_prop_op,
	.cb_flag = D_NEW | D_MP | D_DEVMAP,
	.cb_rev = CB_REV,
};
static struct dev_ops dd_ops = {
	.devo_rev = DEVO_REV,
	.devo_getinfo = dd_getinfo,
	.devo_identify = nulldev,
	.devo_probe = dd_probe,
	.devo_attach = dd_attach,
	.devo_detach = dd_detach,
	.devo_reset = nodev,
	.devo_cb_ops = &dd_cb_ops,
	.devo_quiesce = ddi_quiesce_not_needed,
};
static struct modldrv dd_drv = {&mod_driverops, "test device", &dd_ops};
static struct modlmisc dd_misc = {&mod_miscops, "its library"};
static struct modlmisc dd_str = {&mod_strmodops, "its stream"};
static struct mod_ops foreign_ops;
static struct modldrv foreign = {&foreign_ops, "what is this", &dd_ops};
static struct modlinkage dd_linkage = {MODREV_1, {&dd_drv, &dd_misc, &dd_str, NULL}};
static struct modlinkage foreign_link = {MODREV_1, {&foreign, NULL}};
static struct modlinkage bad_rev = {MODREV_1 + 1, {&dd_drv, NULL}};
static struct modlinkage no_links = {MODREV_1, {NULL}};

int dd_init(void)
{
	int error = GET(init_error);

	if (GET(skip_install))
		return (0);
	VERIFY3S(mod_install(NULL), ==, EINVAL);
	VERIFY3S(mod_install(&bad_rev), ==, EINVAL);
	VERIFY3S(mod_install(&no_links), ==, EINVAL);
	VERIFY3S(mod_install(&foreign_link), ==, EINVAL);
	mutex_init(&lock, NULL, MUTEX_DRIVER, NULL);
	cv_init(&moved, NULL, CV_DRIVER, NULL);
	last_clone = MINOR_CLONE;
	readable = 0;
	VERIFY0(ddi_soft_state_init(&states, sizeof(struct state), 1));
	VERIFY0(mod_install(&dd_linkage));
	VERIFY3S(mod_install(&dd_linkage), ==, EBUSY);
	if (error != 0)
		ddi_soft_state_fini(&states);
	return (error);
}

int dd_info(struct modinfo *info)
{
	return (mod_info(&dd_linkage, info));
}

int dd_fini(void)
{
	struct modinfo info;
	int error;

	COUNT(finis);
	if (GET(fini_error))
		return (GET(fini_error));
	if (GET(skip_install))
		return (0);
	VERIFY(dd_info(&info) == 1 && strcmp(info.mi_name, "dd") == 0);
	VERIFY(strcmp(info.mi_msinfo[0].msi_linkinfo, "test device") == 0);
	VERIFY(strcmp(info.mi_msinfo[1].msi_linkinfo, "its library") == 0 && mod_info(NULL, &info) == 0);
	VERIFY(strcmp(mod_modname(&dd_linkage), "dd") == 0 && mod_modname(&bad_rev) == NULL);
	error = mod_remove(&dd_linkage);
	if (error != 0)
		return (error);
	if (!GET(leak))
		ddi_soft_state_fini(&states);
	cv_destroy(&moved);
	mutex_destroy(&lock);
	return (0);
}
