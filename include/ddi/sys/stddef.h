/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/stddef.h>: offsetof. */
#ifndef _SYS_STDDEF_H
#define _SYS_STDDEF_H

#include <stddef.h>

#endif
