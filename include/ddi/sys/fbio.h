/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/fbio.h>: ioctls that frame buffers share. */
#ifndef _SYS_FBIO_H
#define _SYS_FBIO_H

#include <sys/types.h>

#define FIOC ('F' << 8)

struct fbtype {
	int fb_type;
	int fb_height; /* pixels */
	int fb_width;
	int fb_depth;  /* bits a pixel */
	int fb_cmsize; /* entries of the colour map */
	int fb_size;   /* bytes */
};
#define FBIOGTYPE (FIOC | 0)

struct fbsattr {
	int flags;
	int emu_type;
	int dev_specific[8];
};
struct fbgattr {
	int real_type;
	int owner;
	struct fbtype fbtype;
	struct fbsattr sattr;
	int emu_types[4];
};
#define FBIOSATTR (FIOC | 5)
#define FBIOGATTR (FIOC | 6)

/* Video on or off: argument int *. */
#define FBIOSVIDEO (FIOC | 7)
#define FBIOGVIDEO (FIOC | 8)
#define FBVIDEO_OFF 0
#define FBVIDEO_ON 1

#define FBTYPE_SUNFAST_COLOR 12
#define FBTYPE_MEMCOLOR 7
#define FBTYPE_LASTPLUSONE 21

#endif
