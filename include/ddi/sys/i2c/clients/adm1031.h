/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/i2c/clients/adm1031.h>: a controller of fans and temperatures. */
#ifndef _SYS_I2C_CLIENTS_ADM1031_H
#define _SYS_I2C_CLIENTS_ADM1031_H

#include <sys/types.h>

#define ADM1031_AUTO_MODE 1
#define ADM1031_MANUAL_MODE 0

#endif
