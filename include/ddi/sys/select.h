/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/select.h>: nothing: drivers have chpoll(9E), of <sys/poll.h>. */
#ifndef _SYS_SELECT_H
#define _SYS_SELECT_H

#include <sys/feature_tests.h>

#endif
