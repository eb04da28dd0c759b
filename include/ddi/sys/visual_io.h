/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/visual_io.h>: consoles on frame buffers: ioctls. */
#ifndef _SYS_VISUAL_IO_H
#define _SYS_VISUAL_IO_H

#include <sys/types.h>
#include <sys/dditypes.h>

#define VIS_TEXT 0
#define VIS_PIXEL 1
#define VIS_MAXNAMELEN 128
#define VIS_SETCURSOR 17944
#define VIS_GETCURSOR 17945
#define VIS_MOVECURSOR 17946
#define VIS_GETCURSORPOS 17947
#define VIS_GETIDENTIFIER 22016
#define VIS_DEVINIT 22017
#define VIS_DEVFINI 22018
#define VIS_CONSCURSOR 22019
#define VIS_CONSDISPLAY 22021
#define VIS_CONSCOPY 22023
#define VIS_CONSCLEAR 22024
#define VIS_GETCMAP 22025
#define VIS_PUTCMAP 22026

#define VIS_CURSOR_SETCURSOR 1
#define VIS_CURSOR_SETPOSITION 2
#define VIS_CURSOR_SETHOTSPOT 4
#define VIS_CURSOR_SETCOLORMAP 8
#define VIS_CURSOR_SETSHAPE 0x10
#define VIS_CURSOR_SETALL 31

#define VIOC 0x5600
#define VIOCF 0x4600
#define VIS_CONS_REV 5
#define VIS_DISPLAY_CURSOR 1
#define VIS_GET_CURSOR 2
#define VIS_HIDE_CURSOR 0

typedef union {
	unsigned char mono;
	unsigned char four;
	unsigned char eight;
	unsigned char sixteen[2];
	unsigned char twentyfour[3];
	unsigned char thirtytwo[4];
} color_t;

struct vis_cmap {
	int index;
	int count;
	unsigned char *red;
	unsigned char *green;
	unsigned char *blue;
};

struct vis_consclear {
	color_t bg_color;
};

typedef short screen_pos_t;

struct vis_conscopy {
	screen_pos_t s_row;
	screen_pos_t s_col;
	screen_pos_t e_row;
	screen_pos_t e_col;
	screen_pos_t t_row;
	screen_pos_t t_col;
};

typedef short screen_size_t;

struct vis_conscursor {
	screen_pos_t row;
	screen_pos_t col;
	screen_size_t width;
	screen_size_t height;
	color_t fg_color;
	color_t bg_color;
	short action;
};

struct vis_consdisplay {
	screen_pos_t row;
	screen_pos_t col;
	screen_size_t width;
	screen_size_t height;
	unsigned char *data;
	color_t fg_color;
	color_t bg_color;
};

struct vis_cursorcmap {
	int version;
	int reserved;
	unsigned char *red;
	unsigned char *green;
	unsigned char *blue;
};

struct vis_cursorpos {
	short x;
	short y;
};

struct vis_cursor {
	short set;
	short enable;
	struct vis_cursorpos pos;
	struct vis_cursorpos hot;
	struct vis_cursorcmap cmap;
	struct vis_cursorpos size;
	char *image;
	char *mask;
};

typedef uint32_t (*color_map_fn_t)(uint8_t);
struct vis_modechg_arg;
struct vis_devinit;
typedef void (*vis_modechg_cb_t)(struct vis_modechg_arg *, struct vis_devinit *);

struct vis_devinit {
	int version;
	screen_size_t width;
	screen_size_t height;
	screen_size_t linebytes;
	int depth;
	color_map_fn_t color_map;
	short mode;
	struct vis_polledio *polledio;
	vis_modechg_cb_t modechg_cb;
	struct vis_modechg_arg *modechg_arg;
};

struct vis_identifier {
	char name[128];
};

struct vis_polledio {
	struct vis_polledio_arg *arg;
	void (*display)(struct vis_polledio_arg *, struct vis_consdisplay *);
	void (*copy)(struct vis_polledio_arg *, struct vis_conscopy *);
	void (*cursor)(struct vis_polledio_arg *, struct vis_conscursor *);
};

struct visual_ops {
	const struct vis_identifier *ident;
	int (*kdsetmode)(int);
	int (*devinit)(struct vis_devinit *);
	void (*cons_copy)(struct vis_conscopy *);
	void (*cons_display)(struct vis_consdisplay *);
	void (*cons_cursor)(struct vis_conscursor *);
	int (*cons_clear)(struct vis_consclear *);
	int (*cons_put_cmap)(struct vis_cmap *);
};

#endif
