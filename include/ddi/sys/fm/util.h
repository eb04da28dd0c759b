/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/fm/util.h>: numbers of error reports. */
#ifndef _SYS_FM_UTIL_H
#define _SYS_FM_UTIL_H

#include <sys/ddifm.h>


#define FM_MAX_CLASS 100

#define FM_ERROR_CHAN "com.sun:fm:error"

/* What comes along with it. */
#include <sys/errorq.h>
#include <sys/nvpair.h>
#include <sys/systm.h>

#endif
