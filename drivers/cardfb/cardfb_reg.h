/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cardfb_reg.h: a frame buffer card as programs see it: where its parts are in a mapping of /dev/cardfb0, and its registers.
 *
 *	0x000000  registers: 18 of 32 bits; every mapping has its own
 *	0x001000  retrace: how many pictures the screen has shown, read-only
 *	0x100000  picture: CARDFB_WIDTH * CARDFB_HEIGHT pixels of 32 bits, 0x00RRGGBB, in three banks
 */
#ifndef CARDFB_REG_H
#define CARDFB_REG_H

#define CARDFB_OFF_REGISTERS 0x000000
#define CARDFB_OFF_RETRACE 0x001000
#define CARDFB_OFF_PICTURE 0x100000

#define CARDFB_WIDTH 256
#define CARDFB_HEIGHT 192
#define CARDFB_BANKS 3
#define CARDFB_BANK_SIZE 0x10000 /* bytes: 64 lines */
#define CARDFB_PICTURE_SIZE (CARDFB_BANKS * CARDFB_BANK_SIZE)

/* Coordinates are signed; a rectangle is [x0, x1) by [y0, y1). */
enum cardfb_register {
	CARDFB_FG,      /* colours */
	CARDFB_BG,
	CARDFB_RASTER,  /* 0: replaces, 1: exclusive or */
	CARDFB_PLANES,  /* bits of a pixel that may change */
	CARDFB_X0,
	CARDFB_Y0,
	CARDFB_X1,
	CARDFB_Y1,
	CARDFB_CLIP_X0, /* nothing changes outside */
	CARDFB_CLIP_Y0,
	CARDFB_CLIP_X1,
	CARDFB_CLIP_Y1,
	CARDFB_PATTERN0, /* 8 lines of 8 bits, the first in the low byte */
	CARDFB_PATTERN1,
	CARDFB_ORIGIN_X, /* added to all coordinates but those of the clip */
	CARDFB_ORIGIN_Y,
	CARDFB_DONE,    /* commands that have been carried out */
	CARDFB_COMMAND, /* written last; 0 again when it is done */
	CARDFB_REGISTERS
};

#define CARDFB_CMD_FILL 1    /* the rectangle, in FG */
#define CARDFB_CMD_LINE 2    /* from (x0, y0) to (x1, y1), in FG */
#define CARDFB_CMD_PATTERN 3 /* the rectangle, FG where the pattern has a one, BG elsewhere */

struct cardfb_info {
	unsigned int width, height;
	unsigned int switches; /* of the registers from one mapping to another */
	unsigned int power;    /* of the screen: 0 or 1 */
};
#define CARDFB_IOC_INFO ('f' << 8 | 1) /* struct cardfb_info *: filled in */

#endif
