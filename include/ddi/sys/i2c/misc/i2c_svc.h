/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/i2c/misc/i2c_svc.h>: transfers on the I2C bus that a device is on.  Which chip answers is the hardware's side:
 * sim_i2c_chip() of <sundog/sim.h>.
 *
 * Context: user and kernel; a transfer waits for another one of the same device.
 */
#ifndef _SYS_I2C_MISC_I2C_SVC_H
#define _SYS_I2C_MISC_I2C_SVC_H

#include <sys/dditypes.h>
#include <sys/types.h>

#define I2C_SUCCESS 0
#define I2C_FAILURE (-1)    /* nothing was acknowledged, or the transfer is none */
#define I2C_INCOMPLETE (-2) /* the chip took or gave less */

#define I2C_SLEEP 1
#define I2C_NOSLEEP 2

/* i2c_flags: one of them */
#define I2C_WR 1
#define I2C_RD 2
#define I2C_WR_RD 4 /* writes, then reads, without letting go of the bus */

#define I2C_XFER_REV 0
#define I2C_NEXUS_REV 0

typedef struct i2c_client_hdl *i2c_client_hdl_t;

/* ABI. */
typedef struct i2c_transfer {
	uint16_t i2c_version;
	uchar_t *i2c_wbuf;
	uchar_t *i2c_rbuf;
	int i2c_flags;
	uint16_t i2c_wlen;
	uint16_t i2c_rlen;
	uint16_t i2c_w_resid; /* bytes that were not written, and not read */
	uint16_t i2c_r_resid;
	int16_t i2c_result; /* what i2c_transfer() returned */
} i2c_transfer_t;

typedef struct i2c_nexus_reg {
	int i2c_nexus_version;
	int (*i2c_nexus_transfer)(dev_info_t *, struct i2c_transfer *);
} i2c_nexus_reg_t;

/* I2C_FAILURE: dip is no device's. */
int i2c_client_register(dev_info_t *, i2c_client_hdl_t *) SUNDOG_LINK(i2c_client_register);
void i2c_client_unregister(i2c_client_hdl_t) SUNDOG_LINK(i2c_client_unregister);
/* hdl, *transfer, bytes to write and to read, I2C_SLEEP or I2C_NOSLEEP: a transfer with zeroed buffers, NULL where 0 bytes. */
int i2c_transfer_alloc(i2c_client_hdl_t, i2c_transfer_t **, uint16_t, uint16_t, uint_t) SUNDOG_LINK(i2c_transfer_alloc);
/* With its buffers. */
void i2c_transfer_free(i2c_client_hdl_t, i2c_transfer_t *) SUNDOG_LINK(i2c_transfer_free);
int i2c_transfer(i2c_client_hdl_t, i2c_transfer_t *) SUNDOG_LINK(i2c_transfer);
/* Buses are not a driver's here. */
void i2c_nexus_register(dev_info_t *, i2c_nexus_reg_t *) SUNDOG_ABSENT(i2c_nexus_register);
void i2c_nexus_unregister(dev_info_t *) SUNDOG_ABSENT(i2c_nexus_unregister);

#endif
