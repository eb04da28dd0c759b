/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/i2c/clients/pcf8591.h>: an analogue converter. */
#ifndef _SYS_I2C_CLIENTS_PCF8591_H
#define _SYS_I2C_CLIENTS_PCF8591_H

#include <sys/types.h>

#define PCF8591_4SINGLE 0
#define PCF8591_3DIFF 1
#define PCF8591_MIXED 2
#define PCF8591_2DIFF 3
#define PCF8591_IOCTL 0x5000

#define PCF8591_SET_IPMODE 20480

#endif
