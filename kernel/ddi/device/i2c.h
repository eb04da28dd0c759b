/* SPDX-License-Identifier: BSD-2-Clause */
/* i2c.h: what is at the end of a device's I2C bus. */
#ifndef KERNEL_DDI_DEVICE_I2C_H
#define KERNEL_DDI_DEVICE_I2C_H

#include <stdbool.h>

struct sim_i2c;

/* Protected by the lock in i2c.c; while it is busy, chip and arg are the one's that has made it so. */
struct i2c_line {
	const struct sim_i2c *chip; /* NULL: nothing */
	void *arg;
	bool busy;
};

#endif
