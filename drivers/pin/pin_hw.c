/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The capture card that drivers/pin drives, in software (<sundog/sim.h>): it makes a frame, writes it by DMA to the
 * next place in the ring, and raises interrupt 0.
 */
#include <sys/types.h>
#include <sys/kmem.h>
#include <sys/ksynch.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>
#include <sundog/sim.h>

#include "pin_hw.h"
#include "pin_ioctl.h"

struct pin_hw {
	dev_info_t *dip;
	ddi_taskq_t *thread;
	struct pin_frame frame; /* the thread's */

	kmutex_t lock;          /* protects the fields below */
	kcondvar_t changed;
	struct pin_ring *ring;
	int left;
	boolean_t working, stop;
};

/*
 *	ring:   | piece 0 | piece 1 |  ...  |
 *	             ^ at
 */
static int
ring_write(struct pin_hw *hw, const struct pin_ring *ring, uint64_t at, const char *from, uint64_t len)
{
	for (uint_t i = 0; i < ring->npieces && len > 0; i++) {
		const struct pin_piece *p = &ring->pieces[i];
		uint64_t n;

		if (at >= p->len) {
			at -= p->len;
			continue;
		}
		n = MIN(len, p->len - at);
		if (sim_dma_write(hw->dip, p->address + at, from, n) != DDI_SUCCESS)
			return (-1);
		from += n;
		len -= n;
		at = 0;
	}
	return (len == 0 ? 0 : -1);
}

/* A picture of slanting lines that move. */
static int
frame_capture(struct pin_hw *hw, struct pin_ring *ring)
{
	uint64_t frames = ring->len / PIN_FRAME;

	hw->frame.sequence = ++ring->sequence;
	for (uint_t i = 0; i < PIN_FRAME / 4 - 2; i++)
		hw->frame.pixels[i] = (i % 32 + i / 32 + hw->frame.sequence) % 16 * 0x00101010;
	hw->frame.checksum = pin_checksum(&hw->frame);
	return (ring_write(hw, ring, (hw->frame.sequence - 1) % frames * PIN_FRAME, (const char *)&hw->frame,
	    PIN_FRAME));
}

static void
hw_main(void *arg)
{
	struct pin_hw *hw = arg;
	int error;

	mutex_enter(&hw->lock);
	while (!hw->stop) {
		if (hw->left <= 0) {
			cv_wait(&hw->changed, &hw->lock);
			continue;
		}
		hw->working = B_TRUE;
		mutex_exit(&hw->lock);
		error = frame_capture(hw, hw->ring);
		mutex_enter(&hw->lock);
		hw->working = B_FALSE;
		if (hw->left > 0)
			hw->left = error ? -1 : hw->left - 1;
		cv_broadcast(&hw->changed);
		mutex_exit(&hw->lock);
		(void) sim_interrupt(hw->dip, 0);
		mutex_enter(&hw->lock);
	}
	mutex_exit(&hw->lock);
}

struct pin_hw *
pin_hw_create(dev_info_t *dip)
{
	struct pin_hw *hw = kmem_zalloc(sizeof (*hw), KM_SLEEP);

	hw->dip = dip;
	mutex_init(&hw->lock, NULL, MUTEX_DRIVER, NULL);
	cv_init(&hw->changed, NULL, CV_DRIVER, NULL);
	hw->thread = ddi_taskq_create(dip, "card", 1, TASKQ_DEFAULTPRI, 0);
	(void) ddi_taskq_dispatch(hw->thread, hw_main, hw, DDI_SLEEP);
	return (hw);
}

void
pin_hw_destroy(struct pin_hw *hw)
{
	mutex_enter(&hw->lock);
	hw->stop = B_TRUE;
	cv_broadcast(&hw->changed);
	mutex_exit(&hw->lock);
	ddi_taskq_destroy(hw->thread);
	cv_destroy(&hw->changed);
	mutex_destroy(&hw->lock);
	kmem_free(hw, sizeof (*hw));
}

void
pin_hw_start(struct pin_hw *hw, struct pin_ring *ring, uint32_t frames)
{
	mutex_enter(&hw->lock);
	hw->ring = ring;
	hw->left = (int)frames;
	cv_broadcast(&hw->changed);
	mutex_exit(&hw->lock);
}

void
pin_hw_stop(struct pin_hw *hw)
{
	mutex_enter(&hw->lock);
	hw->left = 0;
	while (hw->working)
		cv_wait(&hw->changed, &hw->lock);
	mutex_exit(&hw->lock);
}

int
pin_hw_left(struct pin_hw *hw)
{
	int left;

	mutex_enter(&hw->lock);
	left = hw->left;
	mutex_exit(&hw->lock);
	return (left);
}
