/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/i2c/clients/i2c_gpio.h>: general-purpose pins on an I2C bus: ioctls. */
#ifndef _SYS_I2C_CLIENTS_I2C_GPIO_H
#define _SYS_I2C_CLIENTS_I2C_GPIO_H

#include <sys/types.h>

#define GPIO_GET_INPUT 19840
#define GPIO_GET_OUTPUT 19841
#define GPIO_GET_POLARITY 19843
#define GPIO_GET_CONFIG 19845

#define GPIO_SET_OUTPUT 19842
#define GPIO_SET_POLARITY 19844
#define GPIO_SET_CONFIG 19846

typedef struct i2c_gpio {
	uint32_t reg_val;
	uint32_t reg_mask;
} i2c_gpio_t;

/* What comes along with it. */
#include <sys/i2c/clients/i2c_client.h>

#endif
