/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/i2c/clients/ssc050.h>: a controller of fans and pins. */
#ifndef _SYS_I2C_CLIENTS_SSC050_H
#define _SYS_I2C_CLIENTS_SSC050_H

#include <sys/types.h>

#endif
