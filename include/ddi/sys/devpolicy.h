/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/devpolicy.h>: who may open a device. */
#ifndef _SYS_DEVPOLICY_H
#define _SYS_DEVPOLICY_H

#include <sys/types.h>

typedef struct devplcy devplcy_t;

/* What comes along with it. */
#include <sys/priv.h>
#include <sys/vnode.h>

#endif
