/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/mode.h>: conversions between kinds of files and their numbers. */
#ifndef _SYS_MODE_H
#define _SYS_MODE_H

#include <sys/types.h>

/* What comes along with it. */
#include <sys/stat.h>
#include <sys/vnode.h>

#endif
