/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/fm/util.h>: numbers of error reports. */
#ifndef _SYS_FM_UTIL_H
#define _SYS_FM_UTIL_H

#include <sys/ddifm.h>


/* What comes along with it. */
#include <sys/nvpair.h>
#include <sys/systm.h>

#endif
