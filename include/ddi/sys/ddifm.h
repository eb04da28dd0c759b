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

/* dip, class of the error, ena, DDI_SLEEP or DDI_NOSLEEP, then name, type, value..., NULL. */
void ddi_fm_ereport_post(dev_info_t *, const char *, uint64_t, int, ...) SUNDOG_LINK(ddi_fm_ereport_post);
uint64_t fm_ena_generate(uint64_t, uchar_t) SUNDOG_LINK(fm_ena_generate);
void ddi_fm_init(dev_info_t *, int *, ddi_iblock_cookie_t *) SUNDOG_LINK(ddi_fm_init);
void ddi_fm_fini(dev_info_t *) SUNDOG_LINK(ddi_fm_fini);
int ddi_fm_capable(dev_info_t *) SUNDOG_LINK(ddi_fm_capable);
void ddi_fm_service_impact(dev_info_t *, int) SUNDOG_LINK(ddi_fm_service_impact);

#endif
