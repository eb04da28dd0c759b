/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/ddifm.h>: reports of faults. */
#ifndef _SYS_DDIFM_H
#define _SYS_DDIFM_H

#include <sys/dditypes.h>
#include <sys/types.h>

#define DDI_FM_NOT_CAPABLE 0x00000000
#define DDI_FM_EREPORT_CAPABLE 0x00000001
#define DDI_FM_ACCCHK_CAPABLE 0x00000002
#define DDI_FM_DMACHK_CAPABLE 0x00000004
#define DDI_FM_ERRCB_CAPABLE 0x00000008

#define DDI_FM_OK 0
#define DDI_FM_FATAL (-1)
#define DDI_FM_NONFATAL (-2)
#define DDI_FM_UNKNOWN (-3)

/*
 * There is no fault manager: reports become messages, which `sundog run` shows on stderr.
 *
 * Context: any that may block, unless stated otherwise.
 */

/*
 * From attach(9E): *fmcap is what the driver can do, DDI_FM_*_CAPABLE; on return what there is, which is at most
 * DDI_FM_EREPORT_CAPABLE.  *ibc is an iblock cookie for the driver's mutexes; ibc may be NULL.
 */
void ddi_fm_init(dev_info_t *dip, int *fmcap, ddi_iblock_cookie_t *ibc) SUNDOG_LINK(ddi_fm_init);
/* From detach(9E). */
void ddi_fm_fini(dev_info_t *dip) SUNDOG_LINK(ddi_fm_fini);
/* What ddi_fm_init() left; DDI_FM_NOT_CAPABLE outside of init and fini. */
int ddi_fm_capable(dev_info_t *dip) SUNDOG_LINK(ddi_fm_capable);
/*
 * Reports an error: its class ("device.inval_state"), ena from fm_ena_generate() or 0, sflag DDI_SLEEP or DDI_NOSLEEP, then
 * name (char *), DATA_TYPE_* of <sys/nvpair.h> and value for each of its data, then NULL; the types without arrays.
 * Nothing happens for a device that is not capable.
 */
void ddi_fm_ereport_post(dev_info_t *dip, const char *error_class, uint64_t ena, int sflag, ...)
	SUNDOG_LINK(ddi_fm_ereport_post);
/* A number for reports that belong together, of format FM_ENA_FMT1; timestamp is gethrtime(9F)'s, or 0 for now. */
uint64_t fm_ena_generate(uint64_t timestamp, uchar_t format) SUNDOG_LINK(fm_ena_generate);
/* What an error does to the device's users: DDI_SERVICE_*. */
void ddi_fm_service_impact(dev_info_t *dip, int impact) SUNDOG_LINK(ddi_fm_service_impact);

/* ---- errors of handles ---- */

#define DDI_FME_VER0 0
#define DDI_FME_VER1 1
#define DDI_FME_VERSION DDI_FME_VER1

#define DDI_FME_BUS_TYPE_DFLT 0
#define DDI_FME_BUS_TYPE_PCI 1

#define DDI_FM_ERR_UNEXPECTED 0
#define DDI_FM_ERR_EXPECTED 1
#define DDI_FM_ERR_POKE 2
#define DDI_FM_ERR_PEEK 3

typedef struct ddi_fm_error {
	int fme_version;
	int fme_status; /* DDI_FM_OK, ... */
	int fme_flag;   /* DDI_FM_ERR_* */
	uint64_t fme_ena;
	ddi_acc_handle_t fme_acc_handle;
	ddi_dma_handle_t fme_dma_handle;
	void *fme_bus_specific;
	int fme_bus_type;
} ddi_fm_error_t;

typedef int (*ddi_err_func_t)(dev_info_t *, ddi_fm_error_t *, const void *);

/* handle, *error, DDI_FME_VER* (another is a driver's bug: panic): DDI_FM_OK, as accesses and transfers do not fail here. */
void ddi_fm_acc_err_get(ddi_acc_handle_t, ddi_fm_error_t *, int) SUNDOG_LINK(ddi_fm_acc_err_get);
void ddi_fm_acc_err_clear(ddi_acc_handle_t, int) SUNDOG_LINK(ddi_fm_acc_err_clear);
void ddi_fm_dma_err_get(ddi_dma_handle_t, ddi_fm_error_t *, int) SUNDOG_LINK(ddi_fm_dma_err_get);
void ddi_fm_dma_err_clear(ddi_dma_handle_t, int) SUNDOG_LINK(ddi_fm_dma_err_clear);
/* dip, handler, argument: it would be called for errors of the bus, of which there are none.  A warning if dip has no DDI_FM. */
void ddi_fm_handler_register(dev_info_t *, ddi_err_func_t, void *) SUNDOG_LINK(ddi_fm_handler_register);
void ddi_fm_handler_unregister(dev_info_t *) SUNDOG_LINK(ddi_fm_handler_unregister);

/*
 * A PCI device's own errors: post reports each error bit of its status register as "pci.*", clears it, and sets
 * error->fme_status; *status (may be NULL) becomes the register.  A device without configuration space: nothing.
 */
void pci_ereport_setup(dev_info_t *) SUNDOG_LINK(pci_ereport_setup);
void pci_ereport_teardown(dev_info_t *) SUNDOG_LINK(pci_ereport_teardown);
void pci_ereport_post(dev_info_t *, ddi_fm_error_t *, uint16_t *) SUNDOG_LINK(pci_ereport_post);

#define DDI_FM_ACC_ERR_CAP(cap) (((cap) & DDI_FM_ACCCHK_CAPABLE) != 0)
#define DDI_FM_DMA_ERR_CAP(cap) (((cap) & DDI_FM_DMACHK_CAPABLE) != 0)
#define DDI_FM_EREPORT_CAP(cap) (((cap) & DDI_FM_EREPORT_CAPABLE) != 0)
#define DDI_FM_ERRCB_CAP(cap) (((cap) & DDI_FM_ERRCB_CAPABLE) != 0)

#endif
