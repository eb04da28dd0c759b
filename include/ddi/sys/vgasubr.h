/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/vgasubr.h>: the text console of the original, of which drivers use nothing here. */
#ifndef _SYS_VGASUBR_H
#define _SYS_VGASUBR_H

#include <sys/types.h>

#endif
