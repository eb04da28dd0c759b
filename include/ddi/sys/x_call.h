/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/x_call.h>: calls from one processor to another. */
#ifndef _SYS_X_CALL_H
#define _SYS_X_CALL_H

#include <sys/types.h>

typedef uintptr_t xc_arg_t;
typedef int (*xc_func_t)(xc_arg_t, xc_arg_t, xc_arg_t);

/* Not provided: what they are about is not simulated. */
void xc_call(xc_arg_t, xc_arg_t, xc_arg_t, ulong_t *, xc_func_t) SUNDOG_ABSENT(xc_call);
void xc_sync(xc_arg_t, xc_arg_t, xc_arg_t, ulong_t *, xc_func_t) SUNDOG_ABSENT(xc_sync);

#endif
