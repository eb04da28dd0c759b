/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/spl.h>: priorities of the processor. */
#ifndef _SYS_SPL_H
#define _SYS_SPL_H

#include <sys/types.h>

#define SPL7 13

#endif
