/* SPDX-License-Identifier: BSD-2-Clause */
/* pin_hw.h: the capture card, as its driver reaches it. */
#ifndef PIN_HW_H
#define PIN_HW_H

#define PIN_PIECES 16 /* the card's list of addresses has so many */

struct pin_piece {
	uint64_t address, len;
};
/* A ring in memory, in pieces, and where the card goes on with it. */
struct pin_ring {
	struct pin_piece pieces[PIN_PIECES];
	uint_t npieces;
	uint64_t len;
	uint32_t sequence; /* frames so far */
};

struct pin_hw;
struct pin_hw *pin_hw_create(dev_info_t *dip);
void pin_hw_destroy(struct pin_hw *hw);
/* Captures frames into the ring; interrupt 0 after each.  The card is idle. */
void pin_hw_start(struct pin_hw *hw, struct pin_ring *ring, uint32_t frames);
/* It captures no more when this returns. */
void pin_hw_stop(struct pin_hw *hw);
/* Frames that are still to come; -1: a transfer failed. */
int pin_hw_left(struct pin_hw *hw);

#endif
