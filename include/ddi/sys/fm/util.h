/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/fm/util.h>: numbers of error reports. */
#ifndef _SYS_FM_UTIL_H
#define _SYS_FM_UTIL_H

#include <sys/ddifm.h>

#define FM_ENA_FMT0 0
#define FM_ENA_FMT1 1
#define FM_ENA_FMT2 2

#endif
