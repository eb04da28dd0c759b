/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/errorq.h>: queues of error reports. */
#ifndef _SYS_ERRORQ_H
#define _SYS_ERRORQ_H

#include <sys/types.h>

typedef struct errorq errorq_t;

#endif
