/* SPDX-License-Identifier: BSD-2-Clause */
/* <stdint.h>: what the compiler's own would declare, with the DDI's types, so that both can be had in one file. */
#ifndef _SUNDOG_STDINT_H
#define _SUNDOG_STDINT_H

#include <sys/stdint.h>

#endif
