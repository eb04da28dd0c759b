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

#define DDI_FM_OK DDI_SUCCESS
#define DDI_FM_FATAL (-3)
#define DDI_FM_NONFATAL (-4)
#define DDI_FM_UNKNOWN (-5)

#define DDI_SERVICE_LOST (-1)
#define DDI_SERVICE_DEGRADED 0
#define DDI_SERVICE_UNAFFECTED 1
#define DDI_SERVICE_RESTORED 2

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

#endif
