/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/instance.h>: numbers of device instances. */
#ifndef _SYS_INSTANCE_H
#define _SYS_INSTANCE_H

#include <sys/types.h>

/* What comes along with it. */
#include <sys/dditypes.h>
#include <sys/list_impl.h>
#include <sys/param.h>

#endif
