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

/* dip, register set, kernel address out, offset, length (0: to its end).  DDI_SUCCESS or DDI_FAILURE. */
int ddi_map_regs(dev_info_t *, uint_t, caddr_t *, off_t, off_t) SUNDOG_LINK(ddi_map_regs);
void ddi_unmap_regs(dev_info_t *, uint_t, caddr_t *, off_t, off_t) SUNDOG_LINK(ddi_unmap_regs);
int ddi_dev_nregs(dev_info_t *, int *) SUNDOG_LINK(ddi_dev_nregs);
int ddi_dev_regsize(dev_info_t *, uint_t, off_t *) SUNDOG_LINK(ddi_dev_regsize);
int ddi_dev_nintrs(dev_info_t *, int *) SUNDOG_LINK(ddi_dev_nintrs);

#endif
