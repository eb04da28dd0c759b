/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/cpu_module.h>: models of processors; nothing of it is provided. */
#ifndef _SYS_CPU_MODULE_H
#define _SYS_CPU_MODULE_H

#include <sys/types.h>

/* What comes along with it. */
#include <sys/mc.h>
#include <sys/sunddi.h>
#include <sys/x86_archext.h>

#endif
