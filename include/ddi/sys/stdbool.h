/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/stdbool.h>: bool, true, false. */
#ifndef _SYS_STDBOOL_H
#define _SYS_STDBOOL_H

#include <stdbool.h>

/* What comes along with it. */
#include <sys/feature_tests.h>

#endif
