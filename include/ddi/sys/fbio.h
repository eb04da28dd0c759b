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

#define FBTYPE_SUN2BW 2
#define FBTYPE_SUN3COLOR 6
#define FBTYPE_SUN4COLOR 8

#define FB_CUR_SETCUR 1
#define FB_CUR_SETPOS 2
#define FB_CUR_SETHOT 4
#define FB_CUR_SETCMAP 8
#define FB_CUR_SETSHAPE 0x10

#define FBIOGCURMAX 17948
#define FBIOGCURPOS 17947
#define FBIOGCURSOR 17945
#define FBIOGETCMAP 17924
#define FBIOGXINFO 17959
#define FBIOMONINFO 17960
#define FBIOPUTCMAP 17923
#define FBIOSCURPOS 17946
#define FBIOSCURSOR 17944
#define FBIOVERTICAL 17929
#define FBIOVRTOFFSET 17958
#define GRABATTACH 17932
#define GRABLOCKINFO 17949
#define GRABPAGEALLOC 17930
#define GRABPAGEFREE 17931

struct fbcurpos {
	short x;
	short y;
};

struct mon_info {
	uint_t mon_type;
	uint_t pixfreq;
	uint_t hfreq;
	uint_t vfreq;
	uint_t vsync;
	uint_t hsync;
	ushort_t hfporch;
	ushort_t hbporch;
	ushort_t vfporch;
	ushort_t vbporch;
};

#define FBDBL_A 1
#define FBDBL_B 2
#define FBDBL_BOTH 3
#define FBDBL_NONE 4
#define FBDBL_AVAIL 0x80000000

#define FBIO_DEVID 17954
#define FBIO_ASSIGNWID 17963
#define FBIO_STEREO 17964

#define FBIO_WID_ALLOC 17950
#define FBIO_WID_FREE 17951
#define FBIO_WID_PUT 17952
#define FBIO_WID_GET 17953
#define FBIO_WID_DBL_SET 17957

#define FBTYPE_NOTYPE (-1)
#define FBTYPE_SUN1BW 0
#define FBTYPE_SUN1COLOR 1
#define FBTYPE_SUN2COLOR 3
#define FBTYPE_SUN2GP 4
#define FBTYPE_SUN5COLOR 5
#define FBTYPE_NOTSUN1 9
#define FBTYPE_NOTSUN2 10
#define FBTYPE_NOTSUN3 11
#define FBTYPE_SUNGIFB 15
#define FBTYPE_SUNGPLAS 16
#define FBTYPE_SUNGP3 17
#define FBTYPE_SUNGT 18
#define FBTYPE_SUNLEO 19
#define FBTYPE_MDICOLOR 20

#define FB_ATTR_AUTOINIT 1
#define FB_ATTR_DEVSPECIFIC 2
#define FB_ATTR_NEMUTYPES 4
#define FB_ATTR_NDEVSPECIFIC 8

#define FB_WID_SHARED_8 0
#define FB_WID_SHARED_24 1
#define FB_WID_DBL_8 2
#define FB_WID_DBL_24 3

#define MON_TYPE_GRAY 1
#define MON_TYPE_OVERSCAN 2
#define MON_TYPE_0_OFFSET 4
#define MON_TYPE_STEREO 8

#define FBDBL_AVAIL_PG 0x20000000
#define FBDBL_DONT_BLOCK 0x40000000
#define FBIOAVAILPLNGRP 17937
#define FBIODBLGINFO 17938
#define FBIODBLSINFO 17939
#define FBIOGCMSIZE 17934
#define FBIOGETCMAPI 17962
#define FBIOGINFO 17922
#define FBIOGPIXRECT 17921
#define FBIOGPLNGRP 17933
#define FBIOPUTCMAPI 17961
#define FBIORESWINFD 17942
#define FBIOSAVWINFD 17941
#define FBIOSCMS 17936
#define FBIOSCMSIZE 17935
#define FBIOSRWINFD 17943
#define FBIOSWINFD 17940
#define FBIO_FULLSCREEN_ELIMINATION_GROUPS 17956
#define FBIO_U_RST 17955
#define FBTYPE_SUNFB_VIDEO 14
#define FBTYPE_SUNROP_COLOR 13
#define FB_CMAP_BLOCK 1
#define FB_CMAP_KERNEL 2
#define FB_CUR_SETALL 0x1f
#define FB_WIN_STEREO 2

struct cg6_info {
	ushort_t accessible_width;
	ushort_t accessible_height;
	ushort_t line_bytes;
	ushort_t hdb_capable;
	ushort_t vmsize;
	uchar_t boardrev;
	uchar_t slot;
	uint_t pad1;
};

struct fbcmap {
	int index;
	int count;
	unsigned char *red;
	unsigned char *green;
	unsigned char *blue;
};

struct fbcursor {
	short set;
	short enable;
	struct fbcurpos pos;
	struct fbcurpos hot;
	struct fbcmap cmap;
	struct fbcurpos size;
	char *image;
	char *mask;
};

#endif
