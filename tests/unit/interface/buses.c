/* SPDX-License-Identifier: BSD-2-Clause */
/* Events of devices, and chips on their I2C buses. */
#include <sundog/sim.h>
#include <sys/i2c/misc/i2c_svc.h>
#include <sys/sunndi.h>

#include "card.h"

#define DIP (cards[0].dip)
#define OTHER (cards[1].dip)

/* ---- events ---- */

struct hearer {
	int heard;
	void *data;
	ddi_callback_id_t id;
	boolean_t leaves; /* when it hears */
};

static void hear(dev_info_t *dip, ddi_eventcookie_t cookie, void *arg, void *data)
{
	struct hearer *h = arg;

	h->heard++;
	h->data = data;
	if (h->leaves)
		VERIFY0(ddi_remove_event_handler(h->id));
}

static void hearer_add(struct hearer *h, dev_info_t *dip, char *name)
{
	ddi_eventcookie_t cookie;

	VERIFY0(ddi_get_eventcookie(dip, name, &cookie));
	VERIFY0(ddi_add_event_handler(dip, cookie, hear, h, &h->id));
}

void check_event_cookies(void)
{
	static char *names[] = {DDI_DEVI_INSERT_EVENT, DDI_DEVI_REMOVE_EVENT, DDI_DEVI_FAULT_EVENT, DDI_DEVI_BUS_RESET_EVENT,
				DDI_DEVI_DEVICE_RESET_EVENT};
	ddi_eventcookie_t cookie = NULL, other;
	ddi_callback_id_t id;

	for (int i = 0; i < 5; i++) {
		VERIFY0(ddi_get_eventcookie(DIP, names[i], &other));
		VERIFY(other != NULL && other != cookie);
		cookie = other;
	}
	VERIFY(ddi_get_eventcookie(DIP, "DDI:NOTHING", &other) == DDI_FAILURE && other == cookie);
	VERIFY(ddi_get_eventcookie(DIP, NULL, &other) == DDI_FAILURE && ddi_get_eventcookie(NULL, names[0], &other) == DDI_FAILURE);
	VERIFY(ddi_add_event_handler(NULL, cookie, hear, NULL, &id) == DDI_FAILURE);
	VERIFY(ddi_add_event_handler(DIP, NULL, hear, NULL, &id) == DDI_FAILURE);
	VERIFY(ddi_add_event_handler(DIP, cookie, NULL, NULL, &id) == DDI_FAILURE);
	VERIFY(ddi_remove_event_handler(NULL) == DDI_FAILURE && ndi_post_event(DIP, DIP, NULL, NULL) == NDI_FAILURE);
	VERIFY(sim_event(DIP, "nothing", NULL) == DDI_FAILURE && sim_event(NULL, DDI_DEVI_REMOVE_EVENT, NULL) == DDI_FAILURE);
}

void check_events(void)
{
	struct hearer one = {0}, two = {0}, reset = {0}, leaver = {.leaves = B_TRUE};

	VERIFY0(sim_event(DIP, DDI_DEVI_REMOVE_EVENT, NULL)); /* nobody hears it */
	hearer_add(&one, DIP, DDI_DEVI_REMOVE_EVENT);
	hearer_add(&leaver, DIP, DDI_DEVI_REMOVE_EVENT);
	hearer_add(&two, OTHER, DDI_DEVI_REMOVE_EVENT);
	hearer_add(&reset, OTHER, DDI_DEVI_BUS_RESET_EVENT);
	VERIFY0(sim_event(DIP, DDI_DEVI_REMOVE_EVENT, &one));
	VERIFY(one.heard == 1 && one.data == &one && leaver.heard == 1 && two.heard == 0 && reset.heard == 0);
	VERIFY3S(ddi_remove_event_handler(leaver.id), ==, DDI_FAILURE); /* it did that itself */
	VERIFY0(sim_event(DIP, DDI_DEVI_REMOVE_EVENT, NULL));
	VERIFY(one.heard == 2 && one.data == NULL && leaver.heard == 1);
	VERIFY0(sim_event(DIP, DDI_DEVI_BUS_RESET_EVENT, NULL)); /* every device hears it */
	VERIFY3S(reset.heard, ==, 1);
	VERIFY0(ddi_remove_event_handler(one.id));
	VERIFY3S(ddi_remove_event_handler(one.id), ==, DDI_FAILURE);
	VERIFY0(ddi_remove_event_handler(two.id));
	/* that of the reset is left to the detach */
}

static struct {
	kmutex_t lock;
	kcondvar_t moved;
	int inside, go;
	ddi_callback_id_t id;
} slow;

static void hear_slowly(dev_info_t *dip, ddi_eventcookie_t cookie, void *arg, void *data)
{
	mutex_enter(&slow.lock);
	slow.inside = 1;
	cv_broadcast(&slow.moved);
	while (!slow.go)
		cv_wait(&slow.moved, &slow.lock);
	slow.inside = 2;
	mutex_exit(&slow.lock);
}

static void post_beside(void *arg)
{
	VERIFY0(sim_event(DIP, DDI_DEVI_FAULT_EVENT, NULL));
}

static void let_go(void *arg)
{
	mutex_enter(&slow.lock);
	slow.go = 1;
	cv_broadcast(&slow.moved);
	mutex_exit(&slow.lock);
}

/* A handler that is removed while it runs elsewhere has returned by then. */
void check_events_beside(void)
{
	ddi_eventcookie_t cookie;
	timeout_id_t id;

	slow.inside = slow.go = 0;
	VERIFY0(ddi_get_eventcookie(DIP, DDI_DEVI_FAULT_EVENT, &cookie));
	VERIFY0(ddi_add_event_handler(DIP, cookie, hear_slowly, NULL, &slow.id));
	beside(post_beside, NULL);
	mutex_enter(&slow.lock);
	while (!slow.inside)
		cv_wait(&slow.moved, &slow.lock);
	mutex_exit(&slow.lock);
	id = timeout(let_go, NULL, 1);
	VERIFY0(ddi_remove_event_handler(slow.id));
	VERIFY3S(slow.inside, ==, 2);
	beside_wait();
	(void)untimeout(id);
}

/* ---- I2C: a chip of 16 registers; the first byte written chooses one ---- */

static struct {
	uint8_t reg[16];
	size_t at, most; /* bytes that it takes or gives at once */
} chip;

static size_t chip_write(void *arg, const uint8_t *bytes, size_t len)
{
	size_t n = len < chip.most ? len : chip.most;

	VERIFY(arg == &chip);
	for (size_t i = 0; i < n; i++) {
		if (i == 0)
			chip.at = bytes[0];
		else
			chip.reg[chip.at++ % 16] = bytes[i];
	}
	return (n);
}

static size_t chip_read(void *arg, uint8_t *bytes, size_t len)
{
	size_t n = len < chip.most ? len : chip.most;

	for (size_t i = 0; i < n; i++)
		bytes[i] = chip.reg[chip.at++ % 16];
	return (n);
}

static const struct sim_i2c whole = {chip_write, chip_read}, mute = {chip_write, NULL};

static void expect_transfer(i2c_client_hdl_t hdl, i2c_transfer_t *t, int flags, int result, int w_resid, int r_resid)
{
	t->i2c_flags = flags;
	VERIFY3S(i2c_transfer(hdl, t), ==, result);
	VERIFY3S(t->i2c_result, ==, result);
	VERIFY3S(t->i2c_w_resid, ==, w_resid);
	VERIFY3S(t->i2c_r_resid, ==, r_resid);
}

void check_i2c(void)
{
	i2c_client_hdl_t hdl;
	i2c_transfer_t *t;

	VERIFY3S(i2c_client_register(NULL, &hdl), ==, I2C_FAILURE);
	VERIFY3S(i2c_client_register(ddi_root_node(), &hdl), ==, I2C_FAILURE);
	VERIFY3S(i2c_client_register(DIP, &hdl), ==, I2C_SUCCESS);
	VERIFY3S(i2c_transfer_alloc(hdl, &t, 3, 2, I2C_SLEEP), ==, I2C_SUCCESS);
	VERIFY(t->i2c_wlen == 3 && t->i2c_rlen == 2 && t->i2c_wbuf[2] == 0 && t->i2c_rbuf[1] == 0 && t->i2c_version == I2C_XFER_REV);
	expect_transfer(hdl, t, I2C_WR, I2C_FAILURE, 3, 2); /* no chip */
	chip.most = 16;
	sim_i2c_chip(DIP, &whole, &chip);
	memcpy(t->i2c_wbuf, "\004\101\102", 3);
	expect_transfer(hdl, t, I2C_WR, I2C_SUCCESS, 0, 2);
	VERIFY(chip.reg[4] == 0x41 && chip.reg[5] == 0x42);
	expect_transfer(hdl, t, I2C_RD, I2C_SUCCESS, 3, 0); /* goes on behind */
	t->i2c_wlen = 1;
	expect_transfer(hdl, t, I2C_WR_RD, I2C_SUCCESS, 0, 0);
	VERIFY(t->i2c_rbuf[0] == 0x41 && t->i2c_rbuf[1] == 0x42);
	expect_transfer(hdl, t, I2C_WR | I2C_RD, I2C_FAILURE, 1, 2);
	expect_transfer(hdl, t, 0, I2C_FAILURE, 1, 2);
	t->i2c_version = 7;
	expect_transfer(hdl, t, I2C_WR, I2C_FAILURE, 1, 2);
	t->i2c_version = I2C_XFER_REV;
	t->i2c_wlen = 3;
	chip.most = 2;
	expect_transfer(hdl, t, I2C_WR_RD, I2C_INCOMPLETE, 1, 2); /* does not come to the reading */
	chip.most = 0;
	expect_transfer(hdl, t, I2C_RD, I2C_FAILURE, 3, 2);
	chip.most = 16;
	sim_i2c_chip(DIP, &mute, &chip);
	expect_transfer(hdl, t, I2C_WR_RD, I2C_INCOMPLETE, 0, 2);
	i2c_transfer_free(hdl, t);
	VERIFY3S(i2c_transfer_alloc(hdl, &t, 0, 0, I2C_NOSLEEP), ==, I2C_SUCCESS);
	VERIFY(t->i2c_wbuf == NULL && t->i2c_rbuf == NULL);
	expect_transfer(hdl, t, I2C_WR, I2C_SUCCESS, 0, 0);
	t->i2c_wlen = 1; /* of nothing */
	expect_transfer(hdl, t, I2C_WR, I2C_FAILURE, 1, 0);
	i2c_transfer_free(hdl, t);
	sim_i2c_chip(DIP, NULL, NULL);
	i2c_client_unregister(hdl);
}

void bug_i2c_transfer_unknown(void)
{
	i2c_transfer_free(NULL, (i2c_transfer_t *)&chip);
}

void bug_i2c_client_unknown(void)
{
	i2c_client_unregister((i2c_client_hdl_t)&chip);
}
