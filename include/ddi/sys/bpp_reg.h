/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/bpp_reg.h>: parallel ports: registers. */
#ifndef _SYS_BPP_REG_H
#define _SYS_BPP_REG_H

#include <sys/types.h>

struct bpp_regs {
	uint_t dma_csr;
	uint_t dma_addr;
	uint_t dma_bcnt;
	uint_t unused;
	ushort_t hw_config;
	ushort_t op_config;
	uchar_t data;
	uchar_t trans_cntl;
	uchar_t out_pins;
	uchar_t in_pins;
	ushort_t int_cntl;
};

#endif
