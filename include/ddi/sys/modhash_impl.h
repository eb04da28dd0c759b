/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/modhash_impl.h>: the inside of hash tables. */
#ifndef _SYS_MODHASH_IMPL_H
#define _SYS_MODHASH_IMPL_H

#include <sys/types.h>
#include <sys/modhash.h>

struct mod_hash;

/* What comes along with it. */
#include <sys/thread.h>

#endif
