/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors of handles, of which there are none here, and of a PCI device's status register. */
#include "kernel/ddi/device/devinfo.h"
#include "kernel/lib/message.h"
#include <sys/ddifm.h>
#include <sys/pci.h>
#include <sys/sunddi.h>

static void version_check(const char *function, int version, const void *caller)
{
	if (version != DDI_FME_VER0 && version != DDI_FME_VER1)
		driver_bug(caller, "%s: version %d of ddi_fm_error_t: %d is the last", function, version, DDI_FME_VERSION);
}

static void error_none(ddi_fm_error_t *error, int version)
{
	*error = (ddi_fm_error_t){.fme_version = version, .fme_status = DDI_FM_OK, .fme_flag = DDI_FM_ERR_UNEXPECTED};
}

void ddi_fm_acc_err_get(ddi_acc_handle_t handle, ddi_fm_error_t *error, int version)
{
	version_check("ddi_fm_acc_err_get", version, CALLER());
	error_none(error, version);
	error->fme_acc_handle = handle;
}

void ddi_fm_acc_err_clear(ddi_acc_handle_t handle, int version)
{
	version_check("ddi_fm_acc_err_clear", version, CALLER());
}

void ddi_fm_dma_err_get(ddi_dma_handle_t handle, ddi_fm_error_t *error, int version)
{
	version_check("ddi_fm_dma_err_get", version, CALLER());
	error_none(error, version);
	error->fme_dma_handle = handle;
}

void ddi_fm_dma_err_clear(ddi_dma_handle_t handle, int version)
{
	version_check("ddi_fm_dma_err_clear", version, CALLER());
}

/* ---- the driver's own handler: of errors that pci_ereport_post() of another driver finds, which are not told to it ---- */

void ddi_fm_handler_register(dev_info_t *dip, ddi_err_func_t handler, void *arg)
{
	if ((dip->fm_capable & DDI_FM_EREPORT_CAPABLE) == 0 || handler == NULL)
		driver_warning(CALLER(), "ddi_fm_handler_register: %s%d has no use for a handler: see ddi_fm_init(9F)", dip->name, dip->instance);
}

void ddi_fm_handler_unregister(dev_info_t *dip)
{
}

/* ---- PCI ---- */

static const struct {
	uint16_t bit;
	const char *class;
	int status;
} pci_errors[] = {
	{PCI_STAT_PERROR, "pci.dpe", DDI_FM_NONFATAL},
	{PCI_STAT_S_SYSERR, "pci.sserr", DDI_FM_FATAL},
	{PCI_STAT_R_MAST_AB, "pci.ma", DDI_FM_NONFATAL},
	{PCI_STAT_R_TARG_AB, "pci.rta", DDI_FM_NONFATAL},
	{PCI_STAT_S_TARG_AB, "pci.sta", DDI_FM_NONFATAL},
	{PCI_STAT_S_PERROR, "pci.mdpe", DDI_FM_NONFATAL},
};
#define PCI_ERRORS (sizeof(pci_errors) / sizeof(pci_errors[0]))

void pci_ereport_setup(dev_info_t *dip)
{
}

void pci_ereport_teardown(dev_info_t *dip)
{
}

/* A report for each error bit, which is cleared. */
static int status_post(dev_info_t *dip, uint64_t ena, uint16_t status)
{
	int worst = DDI_FM_OK;

	for (size_t i = 0; i < PCI_ERRORS; i++) {
		if ((status & pci_errors[i].bit) == 0)
			continue;
		ddi_fm_ereport_post(dip, pci_errors[i].class, ena, DDI_NOSLEEP, NULL);
		if (worst == DDI_FM_OK || pci_errors[i].status == DDI_FM_FATAL)
			worst = pci_errors[i].status;
	}
	return worst;
}

static uint16_t error_bits(void)
{
	uint16_t bits = 0;

	for (size_t i = 0; i < PCI_ERRORS; i++)
		bits |= pci_errors[i].bit;
	return bits;
}

void pci_ereport_post(dev_info_t *dip, ddi_fm_error_t *error, uint16_t *status)
{
	ddi_acc_handle_t config;
	uint16_t found;

	if (pci_config_setup(dip, &config) != DDI_SUCCESS)
		return;
	found = pci_config_get16(config, PCI_CONF_STAT);
	error->fme_status = status_post(dip, error->fme_ena, found);
	pci_config_put16(config, PCI_CONF_STAT, (uint16_t)(found & ~error_bits()));
	pci_config_teardown(&config);
	if (status != NULL)
		*status = found;
}
