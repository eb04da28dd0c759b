/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/i2c/clients/i2c_client.h>: devices on an I2C bus: ioctls. */
#ifndef _SYS_I2C_CLIENTS_I2C_CLIENT_H
#define _SYS_I2C_CLIENTS_I2C_CLIENT_H

#include <sys/types.h>

#define I2C_GET_PORT 19712
#define I2C_GET_BIT 19714
#define I2C_GET_REG 19716
#define I2C_GET_TEMPERATURE 19719
#define I2C_GET_FAN_SPEED 19720
#define I2C_GET_OUTPUT 19723
#define I2C_GET_INPUT 19724
#define I2C_GET_MODE 19726

#define I2C_SET_PORT 19713
#define I2C_SET_BIT 19715
#define I2C_SET_REG 19717
#define I2C_SET_FAN_SPEED 19721
#define I2C_SET_OUTPUT 19722
#define I2C_SET_MODE 19725

#define DIR_OUTPUT 1
#define DIR_INPUT 2
#define DIR_NO_CHANGE 0
#define I2C_BASE_IOCTL 0x4d00
#define I2C_NORMAL 0
#define I2C_DEBUG 1
#define I2C_PVT_BASE_IOCTL 19840

typedef struct i2c_bit {
	uchar_t bit_num;
	boolean_t bit_value;
	uint8_t direction;
} i2c_bit_t;

typedef struct i2c_port {
	uint8_t value;
	uint8_t direction;
	uint8_t dir_mask;
} i2c_port_t;

typedef struct i2c_reg {
	uint8_t reg_num;
	int32_t reg_value;
} i2c_reg_t;

/* What comes along with it. */
#include <sys/i2c/misc/i2c_svc.h>

#endif
