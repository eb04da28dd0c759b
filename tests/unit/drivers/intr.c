/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver of test_ddi_intr: a device with four interrupts, and the checks, which are its own. */
#include <sys/conf.h>
#include <sys/ddi.h>
#include <sys/ddifm.h>
#include <sys/fm/protocol.h>
#include <sys/fm/util.h>
#include <sys/modctl.h>
#include <sys/pci.h>
#include <sys/sunddi.h>
#include <sundog/sim.h>

#include "intr.h"

static dev_info_t *dip;
static kmutex_t lock; /* protects the fields below */
static kcondvar_t changed;
static int calls, held;
static void *first, *second;

/* ---- the driver ---- */

static int
intr_attach(dev_info_t *d, ddi_attach_cmd_t cmd)
{
	dip = d;
	calls = held = 0;
	mutex_init(&lock, NULL, MUTEX_DRIVER, NULL);
	cv_init(&changed, NULL, CV_DRIVER, NULL);
	return (DDI_SUCCESS);
}

static int
intr_detach(dev_info_t *d, ddi_detach_cmd_t cmd)
{
	cv_destroy(&changed);
	mutex_destroy(&lock);
	return (DDI_SUCCESS);
}

static struct cb_ops intr_cb_ops = {
	.cb_open = nulldev, .cb_close = nulldev, .cb_strategy = nodev, .cb_print = nodev, .cb_dump = nodev,
	.cb_read = nodev, .cb_write = nodev, .cb_ioctl = nodev, .cb_devmap = nodev, .cb_mmap = nodev,
	.cb_segmap = nodev, .cb_chpoll = nochpoll, .cb_prop_op = ddi_prop_op, .cb_flag = D_MP, .cb_rev = CB_REV,
};
static struct dev_ops intr_dev_ops = {
	.devo_rev = DEVO_REV, .devo_getinfo = nulldev, .devo_identify = nulldev, .devo_probe = nulldev,
	.devo_attach = intr_attach, .devo_detach = intr_detach, .devo_reset = nodev,
	.devo_cb_ops = &intr_cb_ops, .devo_quiesce = ddi_quiesce_not_needed,
};
static struct modldrv modldrv = { &mod_driverops, "interrupts", &intr_dev_ops };
static struct modlinkage modlinkage = { MODREV_1, { &modldrv, NULL } };

int
intr_init(void)
{
	return (mod_install(&modlinkage));
}

int
intr_info(struct modinfo *info)
{
	return (mod_info(&modlinkage, info));
}

int
intr_fini(void)
{
	return (mod_remove(&modlinkage));
}

/* ---- handlers ---- */

static uint_t
handler(caddr_t arg1, caddr_t arg2)
{
	mutex_enter(&lock);
	calls++;
	first = arg1;
	second = arg2;
	cv_broadcast(&changed);
	while (held)
		cv_wait(&changed, &lock);
	mutex_exit(&lock);
	return (DDI_INTR_CLAIMED);
}

static uint_t
old_handler(caddr_t arg)
{
	return (handler(arg, NULL));
}

static void
wait_calls(int n)
{
	mutex_enter(&lock);
	while (calls < n)
		cv_wait(&changed, &lock);
	VERIFY3S(calls, ==, n);
	mutex_exit(&lock);
}

static void
set_held(int on)
{
	mutex_enter(&lock);
	held = on;
	cv_broadcast(&changed);
	mutex_exit(&lock);
}

/* ---- checks ---- */

void
check_what_there_is(void)
{
	int types = -1, n = -1;

	VERIFY3S(ddi_intr_get_supported_types(dip, &types), ==, DDI_SUCCESS);
	VERIFY3S(types, ==, DDI_INTR_TYPE_FIXED | DDI_INTR_TYPE_MSI | DDI_INTR_TYPE_MSIX);
	VERIFY(ddi_intr_get_nintrs(dip, DDI_INTR_TYPE_MSI, &n) == DDI_SUCCESS && n == 4);
	VERIFY(ddi_intr_get_navail(dip, DDI_INTR_TYPE_MSIX, &n) == DDI_SUCCESS && n == 4);
	VERIFY(ddi_dev_nintrs(dip, &n) == DDI_SUCCESS && n == 4);
	VERIFY3S(ddi_intr_get_nintrs(dip, 3, &n), ==, DDI_EINVAL);
	VERIFY3S(ddi_intr_get_nintrs(dip, 0, &n), ==, DDI_EINVAL);
	VERIFY3S(ddi_intr_get_nintrs(dip, DDI_INTR_TYPE_MSI, NULL), ==, DDI_EINVAL);
	VERIFY3S(ddi_intr_get_supported_types(NULL, &types), ==, DDI_EINVAL);
}

void
check_none(void)
{
	ddi_intr_handle_t h;
	ddi_iblock_cookie_t iblock;
	ddi_acc_handle_t config;
	int n = -1;

	VERIFY3S(ddi_intr_get_supported_types(dip, &n), ==, DDI_INTR_NOTFOUND);
	VERIFY3S(ddi_intr_get_nintrs(dip, DDI_INTR_TYPE_FIXED, &n), ==, DDI_INTR_NOTFOUND);
	VERIFY3S(ddi_intr_alloc(dip, &h, DDI_INTR_TYPE_FIXED, 0, 1, &n, DDI_INTR_ALLOC_NORMAL), ==, DDI_INTR_NOTFOUND);
	VERIFY3S(ddi_get_iblock_cookie(dip, 0, &iblock), ==, DDI_INTR_NOTFOUND);
	VERIFY3S(sim_interrupt(dip, 0), ==, DDI_FAILURE);
	VERIFY3S(pci_config_setup(dip, &config), ==, DDI_FAILURE);
}

void
check_alloc(void)
{
	ddi_intr_handle_t h[5], more[4];
	int n = -1;

	VERIFY3S(ddi_intr_alloc(dip, h, DDI_INTR_TYPE_MSIX, 0, 5, &n, DDI_INTR_ALLOC_STRICT), ==, DDI_EAGAIN);
	VERIFY(ddi_intr_alloc(dip, h, DDI_INTR_TYPE_MSIX, 0, 5, &n, DDI_INTR_ALLOC_NORMAL) == DDI_SUCCESS && n == 4);
	VERIFY(ddi_intr_get_navail(dip, DDI_INTR_TYPE_MSI, &n) == DDI_SUCCESS && n == 0);
	VERIFY3S(ddi_intr_alloc(dip, more, DDI_INTR_TYPE_MSIX, 1, 2, &n, DDI_INTR_ALLOC_NORMAL), ==, DDI_EAGAIN);
	VERIFY3S(ddi_intr_free(h[1]), ==, DDI_SUCCESS);
	VERIFY(ddi_intr_alloc(dip, more, DDI_INTR_TYPE_MSIX, 1, 2, &n, DDI_INTR_ALLOC_NORMAL) == DDI_SUCCESS && n == 1);
	VERIFY3S(ddi_intr_alloc(dip, more, DDI_INTR_TYPE_MSIX, 4, 1, &n, DDI_INTR_ALLOC_NORMAL), ==, DDI_INTR_NOTFOUND);
	VERIFY3S(ddi_intr_alloc(dip, more, DDI_INTR_TYPE_MSIX, -1, 1, &n, 0), ==, DDI_EINVAL);
	VERIFY3S(ddi_intr_alloc(dip, more, DDI_INTR_TYPE_MSIX, 0, 0, &n, 0), ==, DDI_EINVAL);
	VERIFY3S(ddi_intr_free(h[0]) | ddi_intr_free(more[0]) | ddi_intr_free(h[2]) | ddi_intr_free(h[3]), ==, 0);
	VERIFY3S(ddi_intr_free(NULL), ==, DDI_EINVAL);
}

static ddi_intr_handle_t
alloc_one(int type, int inum)
{
	ddi_intr_handle_t h;
	int n;

	VERIFY3S(ddi_intr_alloc(dip, &h, type, inum, 1, &n, DDI_INTR_ALLOC_STRICT), ==, DDI_SUCCESS);
	return (h);
}

void
check_capabilities(void)
{
	ddi_intr_handle_t h = alloc_one(DDI_INTR_TYPE_MSI, 0);
	uint_t pri = 0;
	int cap = 0;

	VERIFY3S(ddi_intr_get_cap(h, &cap), ==, DDI_SUCCESS);
	VERIFY((cap & (DDI_INTR_FLAG_EDGE | DDI_INTR_FLAG_LEVEL)) == DDI_INTR_FLAG_EDGE && (cap & DDI_INTR_FLAG_BLOCK));
	VERIFY3S(ddi_intr_set_cap(h, DDI_INTR_FLAG_LEVEL), ==, DDI_ENOTSUP);
	VERIFY3S(ddi_intr_set_cap(h, DDI_INTR_FLAG_PENDING), ==, DDI_EINVAL);
	VERIFY(ddi_intr_get_pri(h, &pri) == DDI_SUCCESS && pri >= DDI_INTR_PRI_MIN && pri < ddi_intr_get_hilevel_pri());
	VERIFY3S(ddi_intr_set_pri(h, DDI_INTR_PRI_MAX + 1), ==, DDI_EINVAL);
	VERIFY3S(ddi_intr_set_pri(h, 0), ==, DDI_EINVAL);
	VERIFY3S(ddi_intr_set_pri(h, 7), ==, DDI_SUCCESS);
	VERIFY(ddi_intr_get_pri(h, &pri) == DDI_SUCCESS && pri == 7);
	VERIFY3S(ddi_intr_add_handler(h, handler, NULL, NULL), ==, DDI_SUCCESS);
	VERIFY3S(ddi_intr_set_pri(h, 8), ==, DDI_EINVAL);
	VERIFY3S(ddi_intr_free(h), ==, DDI_EINVAL); /* it has a handler */
	VERIFY3S(ddi_intr_remove_handler(h) | ddi_intr_free(h), ==, DDI_SUCCESS);
}

void
check_delivery(void)
{
	ddi_intr_handle_t h = alloc_one(DDI_INTR_TYPE_FIXED, 2);

	VERIFY3S(ddi_intr_enable(h), ==, DDI_EINVAL);
	VERIFY3S(ddi_intr_add_handler(h, NULL, NULL, NULL), ==, DDI_EINVAL);
	VERIFY3S(ddi_intr_add_handler(h, handler, &calls, &held), ==, DDI_SUCCESS);
	VERIFY3S(ddi_intr_add_handler(h, handler, NULL, NULL), ==, DDI_EINVAL);
	VERIFY3S(sim_interrupt(dip, 2), ==, DDI_FAILURE); /* disabled: lost */
	VERIFY3S(ddi_intr_enable(h), ==, DDI_SUCCESS);
	VERIFY3S(ddi_intr_enable(h), ==, DDI_EINVAL);
	VERIFY3S(sim_interrupt(dip, 1), ==, DDI_FAILURE);
	for (int i = 1; i <= 100; i++) {
		VERIFY3S(sim_interrupt(dip, 2), ==, DDI_SUCCESS);
		wait_calls(i);
	}
	VERIFY(first == &calls && second == &held);
	VERIFY3S(ddi_intr_remove_handler(h), ==, DDI_EINVAL); /* enabled */
	VERIFY3S(ddi_intr_disable(h), ==, DDI_SUCCESS);
	VERIFY3S(ddi_intr_remove_handler(h), ==, DDI_SUCCESS);
	VERIFY3S(sim_interrupt(dip, 2), ==, DDI_FAILURE);
	VERIFY3S(ddi_intr_free(h), ==, DDI_SUCCESS);
}

/* Raised with the driver's mutex held, as by a write to a register: the handler waits for it, the driver does not. */
void
check_raised_under_the_mutex(void)
{
	ddi_intr_handle_t h = alloc_one(DDI_INTR_TYPE_MSIX, 0);

	VERIFY3S(ddi_intr_add_handler(h, handler, NULL, NULL) | ddi_intr_enable(h), ==, DDI_SUCCESS);
	mutex_enter(&lock);
	VERIFY3S(sim_interrupt(dip, 0), ==, DDI_SUCCESS);
	VERIFY3S(calls, ==, 0);
	mutex_exit(&lock);
	wait_calls(1);
	VERIFY3S(ddi_intr_disable(h) | ddi_intr_remove_handler(h) | ddi_intr_free(h), ==, DDI_SUCCESS);
}

void
check_pending(void)
{
	ddi_intr_handle_t h = alloc_one(DDI_INTR_TYPE_MSIX, 3);
	int pending = -1;

	VERIFY3S(ddi_intr_set_mask(h), ==, DDI_EINVAL); /* not enabled */
	VERIFY3S(ddi_intr_add_handler(h, handler, NULL, NULL) | ddi_intr_enable(h), ==, DDI_SUCCESS);
	VERIFY3S(ddi_intr_set_mask(h), ==, DDI_SUCCESS);
	VERIFY3S(sim_interrupt(dip, 3) | sim_interrupt(dip, 3), ==, DDI_SUCCESS);
	VERIFY(ddi_intr_get_pending(h, &pending) == DDI_SUCCESS && pending == 1);
	VERIFY3S(calls, ==, 0);
	VERIFY3S(ddi_intr_clr_mask(h), ==, DDI_SUCCESS);
	wait_calls(1); /* two edges, one interrupt */
	VERIFY(ddi_intr_get_pending(h, &pending) == DDI_SUCCESS && pending == 0);
	VERIFY3S(ddi_intr_disable(h) | ddi_intr_remove_handler(h) | ddi_intr_free(h), ==, DDI_SUCCESS);
}

void
check_block_and_dup(void)
{
	ddi_intr_handle_t h[2], dup, same;
	int n;

	VERIFY3S(ddi_intr_alloc(dip, h, DDI_INTR_TYPE_MSI, 0, 2, &n, DDI_INTR_ALLOC_STRICT), ==, DDI_SUCCESS);
	VERIFY3S(ddi_intr_add_handler(h[0], handler, NULL, NULL), ==, DDI_SUCCESS);
	VERIFY3S(ddi_intr_block_enable(h, 2), ==, DDI_EINVAL); /* one has no handler: none is enabled */
	VERIFY3S(sim_interrupt(dip, 0), ==, DDI_FAILURE);
	VERIFY3S(ddi_intr_add_handler(h[1], handler, NULL, NULL), ==, DDI_SUCCESS);
	VERIFY3S(ddi_intr_block_enable(h, 2), ==, DDI_SUCCESS);
	VERIFY3S(sim_interrupt(dip, 0) | sim_interrupt(dip, 1), ==, DDI_SUCCESS);
	wait_calls(2);
	VERIFY3S(ddi_intr_dup_handler(h[0], 2, &dup), ==, DDI_EINVAL); /* not MSI-X */
	VERIFY3S(ddi_intr_block_disable(h, 2), ==, DDI_SUCCESS);
	for (int i = 0; i < 2; i++)
		VERIFY3S(ddi_intr_remove_handler(h[i]) | ddi_intr_free(h[i]), ==, DDI_SUCCESS);

	h[0] = alloc_one(DDI_INTR_TYPE_MSIX, 0);
	VERIFY3S(ddi_intr_add_handler(h[0], handler, &lock, NULL), ==, DDI_SUCCESS);
	VERIFY3S(ddi_intr_dup_handler(h[0], 0, &same), ==, DDI_EAGAIN);
	VERIFY3S(ddi_intr_dup_handler(h[0], 4, &same), ==, DDI_EINVAL);
	VERIFY3S(ddi_intr_dup_handler(h[0], 3, &dup), ==, DDI_SUCCESS);
	VERIFY3S(ddi_intr_enable(dup), ==, DDI_SUCCESS);
	VERIFY3S(sim_interrupt(dip, 3), ==, DDI_SUCCESS);
	wait_calls(3);
	VERIFY(first == &lock);
	VERIFY3S(ddi_intr_disable(dup) | ddi_intr_remove_handler(dup) | ddi_intr_free(dup), ==, DDI_SUCCESS);
	VERIFY3S(ddi_intr_remove_handler(h[0]) | ddi_intr_free(h[0]), ==, DDI_SUCCESS);
}

void
check_old(void)
{
	ddi_iblock_cookie_t iblock = NULL;
	ddi_idevice_cookie_t idevice;

	VERIFY3S(ddi_get_iblock_cookie(dip, 1, &iblock), ==, DDI_SUCCESS);
	VERIFY(iblock != NULL && ddi_intr_hilevel(dip, 1) == 0);
	VERIFY3S(ddi_add_intr(dip, 4, NULL, NULL, old_handler, NULL), ==, DDI_INTR_NOTFOUND);
	VERIFY3S(ddi_add_intr(dip, 1, NULL, NULL, NULL, NULL), ==, DDI_FAILURE);
	VERIFY3S(ddi_add_intr(dip, 1, &iblock, &idevice, old_handler, (caddr_t)&dip), ==, DDI_SUCCESS);
	VERIFY3S(sim_interrupt(dip, 1), ==, DDI_SUCCESS);
	wait_calls(1);
	VERIFY(first == &dip);
	ddi_remove_intr(dip, 1, iblock);
	VERIFY3S(sim_interrupt(dip, 1), ==, DDI_FAILURE);
}

void
check_softints(void)
{
	ddi_softint_handle_t h;
	ddi_softintr_t id;
	uint_t pri = 0;

	VERIFY3S(ddi_intr_add_softint(dip, &h, DDI_INTR_SOFTPRI_MAX + 1, handler, NULL), ==, DDI_EINVAL);
	VERIFY3S(ddi_intr_add_softint(dip, &h, 3, handler, &first), ==, DDI_SUCCESS);
	VERIFY(ddi_intr_get_softint_pri(h, &pri) == DDI_SUCCESS && pri == 3);
	set_held(1);
	VERIFY3S(ddi_intr_trigger_softint(h, &calls), ==, DDI_SUCCESS);
	wait_calls(1); /* it runs, and is held */
	VERIFY(first == &first && second == &calls);
	VERIFY3S(ddi_intr_trigger_softint(h, &held), ==, DDI_SUCCESS);
	VERIFY3S(ddi_intr_trigger_softint(h, NULL), ==, DDI_EPENDING);
	set_held(0);
	wait_calls(2);
	VERIFY(second == &held);
	VERIFY3S(ddi_intr_remove_softint(h), ==, DDI_SUCCESS);
	VERIFY3S(ddi_intr_trigger_softint(NULL, NULL), ==, DDI_EINVAL);

	VERIFY3S(ddi_add_softintr(dip, DDI_SOFTINT_LOW, &id, NULL, NULL, NULL, NULL), ==, DDI_FAILURE);
	VERIFY3S(ddi_add_softintr(dip, DDI_SOFTINT_LOW, &id, NULL, NULL, old_handler, (caddr_t)&id), ==, DDI_SUCCESS);
	ddi_trigger_softintr(id);
	wait_calls(3);
	VERIFY(first == &id);
	ddi_remove_softintr(id);
}

/* ---- reports of faults ---- */

void
say_reports(void)
{
	int capable = DDI_FM_EREPORT_CAPABLE | DDI_FM_DMACHK_CAPABLE;
	ddi_iblock_cookie_t iblock = NULL;
	uint64_t ena = fm_ena_generate(0, FM_ENA_FMT1);

	VERIFY(ena != fm_ena_generate(0, FM_ENA_FMT1) && (ena & 0xf) == FM_ENA_FMT1);
	ddi_fm_ereport_post(dip, "device.early", ena, DDI_SLEEP, NULL); /* not capable: nothing */
	ddi_fm_init(dip, &capable, &iblock);
	VERIFY(capable == DDI_FM_EREPORT_CAPABLE && ddi_fm_capable(dip) == capable && iblock != NULL);
	ddi_fm_ereport_post(dip, "device.inval_state", 0x10, DDI_NOSLEEP, FM_VERSION, DATA_TYPE_UINT8, FM_EREPORT_VERS0,
	    "what", DATA_TYPE_STRING, "it", "n", DATA_TYPE_INT64, -5ll, "big", DATA_TYPE_UINT64, 1ull << 40, "set",
	    DATA_TYPE_BOOLEAN, "on", DATA_TYPE_BOOLEAN_VALUE, B_TRUE, NULL);
	ddi_fm_ereport_post(dip, "device.odd", 1, DDI_NOSLEEP, "array", 11, "never read");
	ddi_fm_service_impact(dip, DDI_SERVICE_LOST);
	ddi_fm_service_impact(dip, DDI_SERVICE_RESTORED);
	ddi_fm_service_impact(dip, 5);
	ddi_fm_fini(dip);
	VERIFY3S(ddi_fm_capable(dip), ==, DDI_FM_NOT_CAPABLE);
}

/* ---- PCI configuration space ---- */

void
check_pci(void)
{
	ddi_acc_handle_t h, again;

	VERIFY3S(pci_config_setup(dip, &h), ==, DDI_SUCCESS);
	VERIFY3U(pci_config_get16(h, PCI_CONF_VENID), ==, 0x8086);
	VERIFY3U(pci_config_get32(h, PCI_CONF_VENID), ==, 0x12348086);
	VERIFY3U(pci_config_get8(h, PCI_CONF_BASCLASS), ==, 2);
	VERIFY3U(pci_config_get8(h, PCI_CONF_SUBCLASS), ==, 7);
	VERIFY3U(pci_config_get16(h, PCI_CONF_SUBSYSID), ==, 0);
	pci_config_put16(h, PCI_CONF_COMM, PCI_COMM_ME);
	pci_config_put64(h, 248, 0x0102030405060708ull);
	pci_config_put8(h, 248, 9);
	pci_config_put32(h, 252, 5);
	VERIFY3S(pci_config_setup(dip, &again), ==, DDI_SUCCESS); /* the same space */
	VERIFY3U(pci_config_get16(again, PCI_CONF_COMM), ==, PCI_COMM_ME);
	VERIFY3U(pci_config_get64(again, 248), ==, 0x0000000505060709ull);
	pci_config_teardown(&again);
	pci_config_teardown(&h);
	VERIFY(h == NULL);
}

void
bug_pci_beyond(void)
{
	ddi_acc_handle_t h;

	VERIFY3S(pci_config_setup(dip, &h), ==, DDI_SUCCESS);
	(void) pci_config_get32(h, 253);
}

/* Left behind: an interrupt and its handler, a soft interrupt. */
void
leave_interrupts(void)
{
	ddi_intr_handle_t h = alloc_one(DDI_INTR_TYPE_FIXED, 0);
	ddi_softint_handle_t soft;

	VERIFY3S(ddi_intr_add_handler(h, handler, NULL, NULL) | ddi_intr_enable(h), ==, DDI_SUCCESS);
	VERIFY3S(ddi_intr_add_softint(dip, &soft, 1, handler, NULL), ==, DDI_SUCCESS);
}

static uint_t
removes_itself(caddr_t arg1, caddr_t arg2)
{
	(void) ddi_intr_remove_softint(*(ddi_softint_handle_t *)(void *)arg1);
	return (DDI_INTR_CLAIMED);
}

void
bug_remove_unknown(void)
{
	ddi_remove_intr(dip, 1, NULL);
}

void
bug_remove_twice(void)
{
	ddi_softint_handle_t h;

	VERIFY3S(ddi_intr_add_softint(dip, &h, 1, removes_itself, &h), ==, DDI_SUCCESS);
	VERIFY3S(ddi_intr_remove_softint(h), ==, DDI_SUCCESS);
	(void) ddi_intr_remove_softint(h);
}
