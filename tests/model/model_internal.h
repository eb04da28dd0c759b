/* SPDX-License-Identifier: BSD-2-Clause */
/* model_internal.h: what model.c tells plan.c. */
#ifndef TESTS_MODEL_MODEL_INTERNAL_H
#define TESTS_MODEL_MODEL_INTERNAL_H

#include "model.h"

#define PAGE MDL_PAGE
#define RW_READ 1u /* directions of an access */
#define RW_WRITE 2u
#define FC_PROT 4

uint64_t model_end_of(const struct model_handle *h);
bool model_is_mapped(const struct model_process *p, uint64_t addr);
/* Handles that a LOCK keeps others out of, those of one minor and one devmap_access function: a bit; 0: none. */
unsigned model_order_of(const struct model_handle *h);
/* May commands name it: its private data is nobody else's, and the driver hears when it goes? */
bool model_is_tracked(const struct model_handle *h);
/* The orders that locks in force hold. */
unsigned model_orders_locked(const struct model *m);
/* Would unmapping wait for an unlock? */
bool model_is_held(const struct model *m, int process, uint64_t addr, uint64_t len);
/* Would an access wait for one? */
bool model_access_waits(const struct model *m, int process, uint64_t addr, bool kernel);
/* FC_MAKE_ERR() */
int model_fc_error(const struct model *m, int error);

#endif
