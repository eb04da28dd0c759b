/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/todio.h>: the time of day: ioctls. */
#ifndef _SYS_TODIO_H
#define _SYS_TODIO_H

#include <sys/types.h>

#define TOD_CLEAR_ALARM 29698
#define TOD_GET_DATE 29696
#define TOD_IOC 0x7400
#define TOD_SET_ALARM 29697

#endif
