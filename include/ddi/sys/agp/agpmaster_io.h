/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/agp/agpmaster_io.h>: the AGP side of a graphics card, which its driver lends to the AGP driver. */
#ifndef _SYS_AGP_AGPMASTER_IO_H
#define _SYS_AGP_AGPMASTER_IO_H

#include <sys/cred.h>
#include <sys/ddidevmap.h>
#include <sys/dditypes.h>
#include <sys/types.h>

#define AGPMASTER_NAME "agpmaster"
#define AGPMASTER_DEVLINK "/dev/agp/agpmaster"

#define AGPMASTERIOC_BASE 77
#define AGP_MASTER_SETCMD (-2147201771)
#define DEVICE_DETECT 1074023690
#define I810_SET_GTT_BASE (-2147201780)
#define I8XX_ADD2GTT (-2145366771)
#define I8XX_GET_INFO 1074810123
#define I8XX_REM_GTT (-2145366770)
#define I8XX_RW_GTT (-2145366769)
#define I8XX_UNCONFIG 536890640

typedef struct igd_gtt_seg {
	uint32_t igs_pgstart;
	uint32_t igs_npage;
	uint32_t *igs_phyaddr;
	uint32_t igs_type;
	uint32_t igs_flags;
	uint32_t igs_scratch;
} igd_gtt_seg_t;

typedef struct igd_info {
	uint32_t igd_devid;
	uint32_t igd_aperbase;
	size_t igd_apersize;
} igd_info_t;

typedef struct gtt_impl {
	ddi_acc_handle_t gtt_mmio_handle;
	caddr_t gtt_mmio_base;
	ddi_acc_handle_t gtt_handle;
	caddr_t gtt_addr;
	igd_info_t gtt_info;
} gtt_impl_t;

typedef struct agp_master_softc {
	uint32_t agpm_id; /* device and vendor */
	ddi_acc_handle_t agpm_acc_hdl;
	int agpm_dev_type; /* DEVICE_IS_* of <sys/agp/agpdefs.h> */
	union {
		off_t agpm_acaptr; /* DEVICE_IS_AGP: its capability in the configuration space */
		gtt_impl_t agpm_gtt;
	} agpm_data;
} agp_master_softc_t;

/*
 * dip, *softc, the card's configuration space, minor number: makes the node agpmasterN (N: the instance) and *softc.
 * DDI_FAILURE: the card has no AGP capability, or the node cannot be made.
 */
int agpmaster_attach(dev_info_t *, agp_master_softc_t **, ddi_acc_handle_t, minor_t) SUNDOG_LINK(agpmaster_attach);
/* The node is left to the driver; *softc becomes NULL. */
void agpmaster_detach(agp_master_softc_t **) SUNDOG_LINK(agpmaster_detach);
/*
 * An ioctl of that node: DEVICE_DETECT: *(int *)arg becomes DEVICE_IS_AGP; AGP_MASTER_SETCMD: the uint32_t at arg goes to the
 * card's command register.  EINVAL: others, as the memory tables of built-in cards are not here; EPERM; EFAULT.
 */
int agpmaster_ioctl(dev_t, int, intptr_t, int, cred_t *, int *, agp_master_softc_t *) SUNDOG_LINK(agpmaster_ioctl);

#endif
