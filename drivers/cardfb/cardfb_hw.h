/* SPDX-License-Identifier: BSD-2-Clause */
/* cardfb_hw.h: the card itself, for its driver. */
#ifndef CARDFB_HW_H
#define CARDFB_HW_H

#include <sys/types.h>

#include "cardfb_reg.h"

struct cardfb_hw {
	volatile uint32_t *registers;
	volatile uint32_t *retrace;
	uint32_t *bank[CARDFB_BANKS];
	int on; /* the screen */
};

/* The screen has shown a picture: counts it, and carries out what waits. */
void cardfb_hw_retrace(struct cardfb_hw *hw);
/* Carries out the command that waits, if any. */
void cardfb_hw_run(struct cardfb_hw *hw);

#endif
