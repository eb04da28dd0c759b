/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/async.h>: faults that come later than what caused them. */
#ifndef _SYS_ASYNC_H
#define _SYS_ASYNC_H

#include <sys/types.h>
#include <sys/errorq.h>
#include <sys/nvpair.h>

#define AFLT_PROT_NONE 0
#define CPU_FAULT 1
#define DIMM_SERIAL_ID_LEN 16
#define UNUM_NAMLEN 60

struct async_flt;
typedef void (*async_func_t)(struct async_flt *, char *);

struct async_flt {
	uint64_t flt_id;
	uint64_t flt_stat;
	uint64_t flt_addr;
	caddr_t flt_pc;
	async_func_t flt_func;
	uint_t flt_bus_id;
	uint_t flt_inst;
	ushort_t flt_status;
	ushort_t flt_synd;
	uchar_t flt_in_memory;
	uchar_t flt_class;
	uchar_t flt_prot;
	uchar_t flt_priv;
	uchar_t flt_panic;
	uchar_t flt_tl;
	uchar_t flt_core;
	uchar_t flt_pad;
	uint64_t flt_disp;
	uint64_t flt_payload;
	char *flt_erpt_class;
};

/* Not provided: what they are about is not simulated. */
extern errorq_t *ce_queue SUNDOG_ABSENT(ce_queue);
void ce_scrub(struct async_flt *) SUNDOG_ABSENT(ce_scrub);
void error_init(void) SUNDOG_ABSENT(error_init);

#endif
