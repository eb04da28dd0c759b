/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/i2c/clients/lm75.h>: a temperature sensor. */
#ifndef _SYS_I2C_CLIENTS_LM75_H
#define _SYS_I2C_CLIENTS_LM75_H

#include <sys/types.h>

#define LM75_GET_HYST 19456
#define LM75_GET_OVERTEMP_SHUTDOWN 19458
#define LM75_GET_CONFIG 19460

#define LM75_SET_HYST 19457
#define LM75_SET_OVERTEMP_SHUTDOWN 19459
#define LM75_SET_CONFIG 19461

#define LM75_IOCTL 0x4c00

#endif
