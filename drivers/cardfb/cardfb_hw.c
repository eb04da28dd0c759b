/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The card: what silicon would do.  Registers are any program's: nothing in them is trusted, and they are read once for each
 * command.
 */
#include <sys/types.h>
#include <sys/atomic.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

#include "cardfb_hw.h"

#define FAR 2048 /* coordinates end there on both sides */

struct command {
	uint32_t fg, bg, raster, planes, pattern[2];
	int x0, y0, x1, y1;                     /* with the origin */
	int left, top, right, bottom;           /* the clip, on the screen */
};

static int
clamp(int n, int low, int high)
{
	return (n < low ? low : n > high ? high : n);
}

static int
coordinate(const struct cardfb_hw *hw, int number, int origin)
{
	return (clamp((int)hw->registers[number], -FAR, FAR) + clamp((int)hw->registers[origin], -FAR, FAR));
}

static void
command_read(const struct cardfb_hw *hw, struct command *c)
{
	c->fg = hw->registers[CARDFB_FG];
	c->bg = hw->registers[CARDFB_BG];
	c->raster = hw->registers[CARDFB_RASTER];
	c->planes = hw->registers[CARDFB_PLANES];
	c->pattern[0] = hw->registers[CARDFB_PATTERN0];
	c->pattern[1] = hw->registers[CARDFB_PATTERN1];
	c->x0 = coordinate(hw, CARDFB_X0, CARDFB_ORIGIN_X);
	c->y0 = coordinate(hw, CARDFB_Y0, CARDFB_ORIGIN_Y);
	c->x1 = coordinate(hw, CARDFB_X1, CARDFB_ORIGIN_X);
	c->y1 = coordinate(hw, CARDFB_Y1, CARDFB_ORIGIN_Y);
	c->left = clamp((int)hw->registers[CARDFB_CLIP_X0], 0, CARDFB_WIDTH);
	c->top = clamp((int)hw->registers[CARDFB_CLIP_Y0], 0, CARDFB_HEIGHT);
	c->right = clamp((int)hw->registers[CARDFB_CLIP_X1], 0, CARDFB_WIDTH);
	c->bottom = clamp((int)hw->registers[CARDFB_CLIP_Y1], 0, CARDFB_HEIGHT);
}

static void
pixel_draw(struct cardfb_hw *hw, const struct command *c, int x, int y, uint32_t colour)
{
	size_t number = (size_t)y * CARDFB_WIDTH + (size_t)x, per_bank = CARDFB_BANK_SIZE / sizeof (uint32_t);
	uint32_t *pixel;

	if (x < c->left || x >= c->right || y < c->top || y >= c->bottom)
		return;
	pixel = &hw->bank[number / per_bank][number % per_bank];
	if (c->raster == 1)
		colour ^= *pixel;
	*pixel = (*pixel & ~c->planes) | (colour & c->planes);
}

static int
pattern_bit(const struct command *c, int x, int y)
{
	uint32_t half = c->pattern[(y & 7) / 4];

	return (half >> ((y & 3) * 8 + (x & 7)) & 1);
}

static void
rectangle_draw(struct cardfb_hw *hw, const struct command *c, int patterned)
{
	for (int y = MAX(c->y0, c->top); y < MIN(c->y1, c->bottom); y++)
		for (int x = MAX(c->x0, c->left); x < MIN(c->x1, c->right); x++)
			pixel_draw(hw, c, x, y, !patterned || pattern_bit(c, x, y) ? c->fg : c->bg);
}

/* Bresenham's way. */
static void
line_draw(struct cardfb_hw *hw, const struct command *c)
{
	int dx = c->x1 > c->x0 ? c->x1 - c->x0 : c->x0 - c->x1, sx = c->x0 < c->x1 ? 1 : -1;
	int dy = c->y1 > c->y0 ? c->y1 - c->y0 : c->y0 - c->y1, sy = c->y0 < c->y1 ? 1 : -1;
	int x = c->x0, y = c->y0, error = dx - dy;

	for (;;) {
		int twice = 2 * error;

		pixel_draw(hw, c, x, y, c->fg);
		if (x == c->x1 && y == c->y1)
			return;
		if (twice > -dy) {
			error -= dy;
			x += sx;
		}
		if (twice < dx) {
			error += dx;
			y += sy;
		}
	}
}

void
cardfb_hw_run(struct cardfb_hw *hw)
{
	uint32_t number = hw->registers[CARDFB_COMMAND];
	struct command c;

	if (number == 0)
		return;
	membar_consumer();
	command_read(hw, &c);
	if (number == CARDFB_CMD_FILL || number == CARDFB_CMD_PATTERN)
		rectangle_draw(hw, &c, number == CARDFB_CMD_PATTERN);
	else if (number == CARDFB_CMD_LINE)
		line_draw(hw, &c);
	hw->registers[CARDFB_DONE]++;
	membar_producer();
	hw->registers[CARDFB_COMMAND] = 0;
}

void
cardfb_hw_retrace(struct cardfb_hw *hw)
{
	if (!hw->on)
		return;
	cardfb_hw_run(hw);
	(*hw->retrace)++;
}
