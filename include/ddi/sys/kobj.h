/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/kobj.h>: files and modules, as the kernel reads them. */
#ifndef _SYS_KOBJ_H
#define _SYS_KOBJ_H

#include <sys/types.h>

/* What comes along with it. */
#include <sys/modctl.h>
#include <sys/stat.h>

#endif
