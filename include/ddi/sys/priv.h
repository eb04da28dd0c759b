/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/priv.h>: privileges, by name and number. */
#ifndef _SYS_PRIV_H
#define _SYS_PRIV_H

#include <sys/types.h>

/* What comes along with it. */
#include <sys/cred.h>

#endif
