/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/null.h>: NULL. */
#ifndef _SYS_NULL_H
#define _SYS_NULL_H

#include <stddef.h>

/* What comes along with it. */
#include <sys/feature_tests.h>

#endif
