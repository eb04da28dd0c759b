/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/intreg.h>: interrupt registers of another machine; nothing is here. */
#ifndef _SYS_INTREG_H
#define _SYS_INTREG_H

#include <sys/types.h>

#endif
