/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/dmaga.h>: a DMA controller of an I/O bus. */
#ifndef _SYS_DMAGA_H
#define _SYS_DMAGA_H

#include <sys/types.h>

#endif
