/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/ddimapreq.h>: mapping of registers into the kernel. */
#ifndef _SYS_DDIMAPREQ_H
#define _SYS_DDIMAPREQ_H

#include <sys/dditypes.h>
#include <sys/types.h>

struct regspec {
	uint_t regspec_bustype;
	uint_t regspec_addr;
	uint_t regspec_size;
};

/*
 * The old way to reach registers: register set number (0, 1, ...) of the device, as its property "reg" in
 * driver.conf(4) declares them (space, address, size for each set; see <sundog/sim.h>), bytes [offset, offset + len)
 * of it; len 0: to its end.  *kaddrp: where the driver finds them; no bytes are swapped.  DDI_SUCCESS, or DDI_FAILURE:
 * no such set, or not so many bytes in it.  Context: user, kernel.  Given back by ddi_unmap_regs(9F), which goes by
 * *kaddrp (another offset gets a note at -v) and sets it to NULL.
 */
int ddi_map_regs(dev_info_t *dip, uint_t number, caddr_t *kaddrp, off_t offset, off_t len) SUNDOG_LINK(ddi_map_regs);
void ddi_unmap_regs(dev_info_t *dip, uint_t number, caddr_t *kaddrp, off_t offset, off_t len)
	SUNDOG_LINK(ddi_unmap_regs);
/* *count: register sets of the device.  DDI_SUCCESS, or DDI_FAILURE: it has none.  Any context. */
int ddi_dev_nregs(dev_info_t *dip, int *count) SUNDOG_LINK(ddi_dev_nregs);
/* *size: bytes of register set number.  DDI_SUCCESS, or DDI_FAILURE: there is no such set.  Any context. */
int ddi_dev_regsize(dev_info_t *dip, uint_t number, off_t *size) SUNDOG_LINK(ddi_dev_regsize);

/* What comes along with it. */
#include <sys/mman.h>

#endif
