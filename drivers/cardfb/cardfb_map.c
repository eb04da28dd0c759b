/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mappings: the registers, which every mapping has for itself (devmap_do_ctxmgt(9F)); the retrace counter; the picture, a
 * handle for each bank.
 */
#include <sys/kmem.h>
#include <sys/mman.h>

#include "cardfb.h"

struct cardfb_context { /* one per mapping of the registers */
	struct cardfb *fb;
	devmap_cookie_t handle;
	uint32_t saved[CARDFB_REGISTERS];
};

/* ---- registers: called with the lock held ---- */

/* The card finishes what it does before the registers change hands. */
static void
context_save(struct cardfb_context *c)
{
	struct cardfb *fb = c->fb;

	cardfb_hw_run(&fb->hw);
	for (int i = 0; i < CARDFB_REGISTERS; i++)
		c->saved[i] = fb->hw.registers[i];
}

static int
context_switch(struct cardfb_context *next)
{
	struct cardfb *fb = next->fb;
	int error;

	if (fb->current == next)
		return (0);
	if (fb->current != NULL) {
		if ((error = devmap_unload(fb->current->handle, 0, PAGESIZE)) != 0)
			return (error);
		context_save(fb->current);
	}
	for (int i = 0; i < CARDFB_REGISTERS; i++)
		fb->hw.registers[i] = next->saved[i];
	fb->current = next;
	fb->switches++;
	return (0);
}

/* ---- devmap_callback_ctl(9S) ---- */

static int
cardfb_contextmgt(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	struct cardfb_context *c = pvtp;
	int error;

	mutex_enter(&c->fb->lock);
	error = context_switch(c);
	if (error == 0)
		error = devmap_load(dhp, off, len, type, rw);
	mutex_exit(&c->fb->lock);
	return (error);
}

static int
cardfb_access(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	return (devmap_do_ctxmgt(dhp, pvtp, off, len, type, rw, cardfb_contextmgt));
}

static int
cardfb_mapped(devmap_cookie_t dhp, dev_t dev, uint_t flags, offset_t off, size_t len, void **pvtpp)
{
	struct cardfb_context *c = kmem_zalloc(sizeof (*c), KM_SLEEP);

	c->fb = cardfb_get(dev);
	c->handle = dhp;
	c->saved[CARDFB_PLANES] = 0xffffff;
	c->saved[CARDFB_CLIP_X1] = CARDFB_WIDTH;
	c->saved[CARDFB_CLIP_Y1] = CARDFB_HEIGHT;
	devmap_set_ctx_timeout(dhp, drv_usectohz(10000));
	*pvtpp = c;
	return (0);
}

/* The child goes on with the registers as its parent has them now. */
static int
cardfb_dup(devmap_cookie_t dhp, void *pvtp, devmap_cookie_t new_dhp, void **new_pvtpp)
{
	struct cardfb_context *c = pvtp, *child = kmem_zalloc(sizeof (*child), KM_SLEEP);
	struct cardfb *fb = c->fb;

	mutex_enter(&fb->lock);
	if (fb->current == c) {
		(void) devmap_unload(c->handle, 0, PAGESIZE);
		context_save(c);
	}
	bcopy(c->saved, child->saved, sizeof (child->saved));
	mutex_exit(&fb->lock);
	child->fb = fb;
	child->handle = new_dhp;
	*new_pvtpp = child;
	return (0);
}

/* One page: only whole handles can be unmapped. */
static void
cardfb_unmapped(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, devmap_cookie_t new_dhp1, void **new_pvtp1,
    devmap_cookie_t new_dhp2, void **new_pvtp2)
{
	struct cardfb_context *c = pvtp;
	struct cardfb *fb = c->fb;

	mutex_enter(&fb->lock);
	if (fb->current == c) {
		cardfb_hw_run(&fb->hw);
		fb->current = NULL;
	}
	mutex_exit(&fb->lock);
	kmem_free(c, sizeof (*c));
}

static struct devmap_callback_ctl cardfb_callbacks = {
	DEVMAP_OPS_REV, cardfb_mapped, cardfb_access, cardfb_dup, cardfb_unmapped
};

/* ---- devmap(9E) ---- */

/*
 *	0x100000 |---- bank 0 ----|---- bank 1 ----|---- bank 2 ----|
 *	            off |---------- len ----------|
 *	                | maplen  |  then asked for the rest
 */
static int
picture_map(struct cardfb *fb, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen)
{
	offset_t at = off - CARDFB_OFF_PICTURE, within = at % CARDFB_BANK_SIZE;
	int bank = (int)(at / CARDFB_BANK_SIZE);

	if (bank >= CARDFB_BANKS)
		return (ENXIO);
	*maplen = MIN(len, (size_t)(CARDFB_BANK_SIZE - within));
	return (devmap_umem_setup(dhp, fb->dip, NULL, fb->bank_cookie[bank], within, *maplen, PROT_ALL, DEVMAP_DEFAULTS, NULL));
}

int
cardfb_map(struct cardfb *fb, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen)
{
	len = ptob(btopr(len));
	if (off >= CARDFB_OFF_PICTURE)
		return (picture_map(fb, dhp, off, len, maplen));
	*maplen = PAGESIZE;
	if (off == CARDFB_OFF_REGISTERS)
		return (devmap_umem_setup(dhp, fb->dip, &cardfb_callbacks, fb->registers_cookie, 0, PAGESIZE, PROT_ALL,
		    DEVMAP_DEFAULTS, NULL));
	if (off == CARDFB_OFF_RETRACE)
		return (devmap_umem_setup(dhp, fb->dip, NULL, fb->retrace_cookie, 0, PAGESIZE, PROT_READ | PROT_USER,
		    DEVMAP_DEFAULTS, NULL));
	return (ENXIO);
}
