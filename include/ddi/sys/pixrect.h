/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/pixrect.h>: rectangles of pixels. */
#ifndef _SYS_PIXRECT_H
#define _SYS_PIXRECT_H

#include <sys/types.h>

struct pr_size {
	int x;
	int y;
};

typedef struct pixrect {
	struct pixrectops *pr_ops;
	struct pr_size pr_size;
	int pr_depth;
	caddr_t pr_data;
} Pixrect;

SUNDOG_OPEN_BEGIN
struct pixrectops {
	int (*pro_rop)();
	int (*pro_putcolormap)();
	int (*pro_putattributes)();
	int (*pro_nop)();
};
SUNDOG_OPEN_END

struct pr_pos {
	int x;
	int y;
};

struct pr_prpos {
	Pixrect *pr;
	struct pr_pos pos;
};

struct pr_subregion {
	Pixrect *pr;
	struct pr_pos pos;
	struct pr_size size;
};

union fbunit {
	unsigned int packed;
	struct {
		unsigned int A : 8;
		unsigned int B : 8;
		unsigned int G : 8;
		unsigned int R : 8;
	} channel;
};

#define pr_product(a, b) ((a) * (b))

#endif
