/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The I2C bus of every device instance: at its end is the chip that sim_i2c_chip() has put there, or nothing, which
 * acknowledges nothing.
 */
#include "kernel/ddi/device/i2c.h"
#include "kernel/ddi/core/leak.h"
#include "kernel/ddi/device/devinfo.h"
#include "kernel/lib/message.h"
#include <sundog/sim.h>
#include <sys/i2c/misc/i2c_svc.h>
#include <sys/sunddi.h>

struct i2c_client_hdl {
	dev_info_t *dip;
};

static struct {
	struct host_mutex lock; /* protects dip->i2c of all instances; dropped for the chips */
	struct host_cond done;
} buses;

static void client_free(void *key, size_t bytes)
{
	host_free(key, sizeof(struct i2c_client_hdl));
}

static const struct leak_kind client_leak = {"i2c client", client_free};

/* ---- the bus ---- */

/* Called with the lock held: one transfer of a device after the other. */
static void bus_take(struct dev_info *dip)
{
	while (dip->i2c.busy)
		(void)host_cond_wait(&buses.done, &buses.lock, HOST_FOREVER, false);
	dip->i2c.busy = true;
}

static void bus_give(struct dev_info *dip)
{
	dip->i2c.busy = false;
	host_cond_broadcast(&buses.done);
}

void sim_i2c_chip(struct dev_info *dip, const struct sim_i2c *chip, void *arg)
{
	host_mutex_lock(&buses.lock);
	bus_take(dip);
	dip->i2c.chip = chip;
	dip->i2c.arg = arg;
	bus_give(dip);
	host_mutex_unlock(&buses.lock);
}

static size_t at_most(size_t n, size_t most)
{
	return n < most ? n : most;
}

/* Called without the lock, the bus is the caller's. */
static int transfer_run(const struct i2c_line *line, i2c_transfer_t *t)
{
	size_t asked = 0, moved = 0, n;

	if (t->i2c_flags == I2C_WR || t->i2c_flags == I2C_WR_RD) {
		asked = t->i2c_wlen;
		moved = line->chip->write == NULL ? 0 : at_most(line->chip->write(line->arg, t->i2c_wbuf, asked), asked);
		t->i2c_w_resid = (uint16_t)(asked - moved);
	}
	if (moved == asked && t->i2c_flags != I2C_WR) {
		n = line->chip->read == NULL ? 0 : at_most(line->chip->read(line->arg, t->i2c_rbuf, t->i2c_rlen), t->i2c_rlen);
		t->i2c_r_resid = (uint16_t)(t->i2c_rlen - n);
		asked += t->i2c_rlen;
		moved += n;
	}
	return moved == asked ? I2C_SUCCESS : moved > 0 ? I2C_INCOMPLETE
							: I2C_FAILURE;
}

static bool transfer_valid(const i2c_transfer_t *t)
{
	bool writes = t->i2c_flags == I2C_WR || t->i2c_flags == I2C_WR_RD;
	bool reads = t->i2c_flags == I2C_RD || t->i2c_flags == I2C_WR_RD;

	return t->i2c_version == I2C_XFER_REV && (writes || reads) && (!writes || t->i2c_wlen == 0 || t->i2c_wbuf != NULL) &&
	       (!reads || t->i2c_rlen == 0 || t->i2c_rbuf != NULL);
}

int i2c_transfer(i2c_client_hdl_t hdl, i2c_transfer_t *t)
{
	struct dev_info *dip = hdl->dip;
	int result = I2C_FAILURE;

	t->i2c_w_resid = t->i2c_wlen;
	t->i2c_r_resid = t->i2c_rlen;
	if (transfer_valid(t)) {
		host_mutex_lock(&buses.lock);
		bus_take(dip);
		host_mutex_unlock(&buses.lock);
		if (dip->i2c.chip != NULL)
			result = transfer_run(&dip->i2c, t);
		host_mutex_lock(&buses.lock);
		bus_give(dip);
		host_mutex_unlock(&buses.lock);
	}
	t->i2c_result = (int16_t)result;
	return result;
}

/* ---- clients and their transfers ---- */

int i2c_client_register(dev_info_t *dip, i2c_client_hdl_t *hdl)
{
	struct i2c_client_hdl *client;

	if (dip == NULL || dip->module == NULL)
		return I2C_FAILURE;
	client = host_alloc(sizeof(*client), true);
	client->dip = dip;
	leak_add(&client_leak, client, 0, CALLER());
	*hdl = client;
	return I2C_SUCCESS;
}

void i2c_client_unregister(i2c_client_hdl_t hdl)
{
	if (!leak_remove(&client_leak, hdl, NULL))
		driver_bug(CALLER(), "i2c_client_unregister: %p is not an I2C client", (void *)hdl);
	client_free(hdl, 0);
}

/* [ transfer | what is written | what is read ] */
static size_t transfer_bytes(size_t wlen, size_t rlen)
{
	return sizeof(i2c_transfer_t) + wlen + rlen;
}

static void transfer_free(void *key, size_t bytes)
{
	host_free(key, bytes);
}

static const struct leak_kind transfer_leak = {"i2c transfer", transfer_free};

int i2c_transfer_alloc(i2c_client_hdl_t hdl, i2c_transfer_t **out, uint16_t wlen, uint16_t rlen, uint_t flags)
{
	i2c_transfer_t *t = host_alloc(transfer_bytes(wlen, rlen), flags != I2C_NOSLEEP);

	*out = t;
	if (t == NULL)
		return I2C_FAILURE;
	t->i2c_version = I2C_XFER_REV;
	t->i2c_wlen = wlen;
	t->i2c_rlen = rlen;
	t->i2c_wbuf = wlen > 0 ? (uchar_t *)(t + 1) : NULL;
	t->i2c_rbuf = rlen > 0 ? (uchar_t *)(t + 1) + wlen : NULL;
	leak_add(&transfer_leak, t, transfer_bytes(wlen, rlen), CALLER());
	return I2C_SUCCESS;
}

/* The driver may have changed the lengths. */
void i2c_transfer_free(i2c_client_hdl_t hdl, i2c_transfer_t *t)
{
	size_t bytes;

	if (!leak_remove(&transfer_leak, t, &bytes))
		driver_bug(CALLER(), "i2c_transfer_free: %p is not an I2C transfer", (void *)t);
	host_free(t, bytes);
}
