/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/compress.h>: compression of the original; nothing of it is provided. */
#ifndef _SYS_COMPRESS_H
#define _SYS_COMPRESS_H

#include <sys/types.h>

#endif
