/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/ioctl.h>: ioctl numbers. */
#ifndef _SYS_IOCTL_H
#define _SYS_IOCTL_H

#include <sys/ioccom.h>

#endif
