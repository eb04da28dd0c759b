/* SPDX-License-Identifier: BSD-2-Clause */
/* cardfb.h: between the files of the driver. */
#ifndef CARDFB_H
#define CARDFB_H

#include <sys/types.h>
#include <sys/conf.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

#include "cardfb_hw.h"

struct cardfb_context;

struct cardfb {
	dev_info_t *dip;
	ddi_umem_cookie_t registers_cookie, retrace_cookie, bank_cookie[CARDFB_BANKS];
	ddi_periodic_t retrace;

	kmutex_t lock; /* protects the fields below, the card, and every context of it */
	struct cardfb_hw hw;
	struct cardfb_context *current; /* whose registers the card has; NULL: nobody's */
	unsigned int switches;
	int open; /* by programs */
};

/* The card behind a device number. */
struct cardfb *cardfb_get(dev_t dev);
/* devmap(9E) of the card. */
int cardfb_map(struct cardfb *fb, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen);

#endif
