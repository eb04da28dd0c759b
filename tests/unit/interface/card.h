/* SPDX-License-Identifier: BSD-2-Clause */
/* card.h: the checks' driver, for the checks: what it is asked to do, and what was asked of it. */
#ifndef TESTS_UNIT_CARD_H
#define TESTS_UNIT_CARD_H

#include <sys/conf.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

#include "interface.h"

struct card {
	dev_info_t *dip;
	int opens, closes, last_otyp, last_flag, open_error;
	minor_t clone; /* 0: none */
	dev_t last_closed;
	ddi_umem_cookie_t exported; /* what is mapped; NULL: nothing can be */
	boolean_t transfers;
	char written[16];
	int (*power)(dev_info_t *, int, int); /* NULL: succeeds */
	int powers, component, level;
};
/* Instances 0 and 1. */
extern struct card cards[2];

#endif
