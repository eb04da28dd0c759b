/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/bl.h>: parts of the machine that are not to be used any more. */
#ifndef _SYS_BL_H
#define _SYS_BL_H

#include <sys/fm/protocol.h>
#include <sys/nvpair.h>
#include <sys/types.h>

#define BLIOC_INSERT 0x4201
#define BLIOC_DELETE 0x4202
#define BL_FMRI_MAX_BUFSIZE 8192

typedef struct bl_req {
	caddr_t bl_fmri;
	size_t bl_fmrisz;
	caddr_t bl_class;
} bl_req_t;

typedef struct bl_req32 {
	caddr32_t bl_fmri;
	size32_t bl_fmrisz;
	caddr32_t bl_class;
} bl_req32_t;

/* BLIOC_*, scheme, the part, class.  ENOTSUP: nothing of this machine can be left out; EINVAL: an argument is wrong. */
int blacklist(int, const char *, nvlist_t *, const char *) SUNDOG_LINK(blacklist);

#endif
