/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The controller that drivers/disk drives, in software: what <sundog/sim.h> is for.  It does one command after the
 * other in a thread of its own, looks at nothing but its registers and what the driver has bound for DMA, and raises
 * interrupt 0.
 */
#include <sys/types.h>
#include <sys/kmem.h>
#include <sys/ksynch.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>
#include <sundog/sim.h>

#include "disk_reg.h"

struct disk_hw {
	dev_info_t *dip;
	struct disk_registers *regs;
	char *media;
	uint32_t blocks;
	ddi_taskq_t *thread;

	kmutex_t lock;    /* protects the fields below */
	kcondvar_t rung;
	boolean_t doorbell, stop;
};

/* A register, as the driver may be looking at it. */
#define REG(field) __atomic_load_n(&(field), __ATOMIC_SEQ_CST)

static int
element_move(struct disk_hw *hw, uint32_t command, char *media, const struct disk_element *e)
{
	if (command == DISK_READ)
		return (sim_dma_write(hw->dip, e->address, media, e->length));
	return (sim_dma_read(hw->dip, e->address, media, e->length));
}

static int
command_run(struct disk_hw *hw, uint32_t command)
{
	uint64_t block = REG(hw->regs->block), length = REG(hw->regs->length);
	uint32_t elements = REG(hw->regs->elements);
	struct disk_element list[DISK_LIST_MAX];
	char *media = hw->media + block * DEV_BSIZE;

	if ((command != DISK_READ && command != DISK_WRITE) || elements > DISK_LIST_MAX || length % DEV_BSIZE != 0 ||
	    block > hw->blocks || length / DEV_BSIZE > hw->blocks - block)
		return (DISK_ERROR);
	if (sim_dma_read(hw->dip, REG(hw->regs->list), list, elements * sizeof (list[0])) != DDI_SUCCESS)
		return (DISK_ERROR);
	for (uint32_t i = 0; i < elements && length > 0; i++) {
		list[i].length = MIN(list[i].length, length);
		if (element_move(hw, command, media, &list[i]) != DDI_SUCCESS)
			return (DISK_ERROR);
		media += list[i].length;
		length -= list[i].length;
	}
	return (length == 0 ? DISK_DONE : DISK_ERROR);
}

static void
hw_main(void *arg)
{
	struct disk_hw *hw = arg;

	mutex_enter(&hw->lock);
	for (;;) {
		while (!hw->doorbell && !hw->stop)
			cv_wait(&hw->rung, &hw->lock);
		if (hw->stop)
			break;
		hw->doorbell = B_FALSE;
		mutex_exit(&hw->lock);
		__atomic_store_n(&hw->regs->status, command_run(hw, REG(hw->regs->command)), __ATOMIC_SEQ_CST);
		(void) sim_interrupt(hw->dip, 0);
		mutex_enter(&hw->lock);
	}
	mutex_exit(&hw->lock);
}

struct disk_hw *
disk_hw_create(dev_info_t *dip, uint32_t blocks)
{
	struct disk_registers *regs = sim_registers(dip, 0, NULL);
	struct disk_hw *hw;

	if (regs == NULL)
		return (NULL);
	hw = kmem_zalloc(sizeof (*hw), KM_SLEEP);
	hw->dip = dip;
	hw->regs = regs;
	hw->blocks = blocks;
	hw->media = kmem_zalloc((size_t)blocks * DEV_BSIZE, KM_SLEEP);
	__atomic_store_n(&regs->blocks, blocks, __ATOMIC_SEQ_CST);
	mutex_init(&hw->lock, NULL, MUTEX_DRIVER, NULL);
	cv_init(&hw->rung, NULL, CV_DRIVER, NULL);
	hw->thread = ddi_taskq_create(dip, "controller", 1, TASKQ_DEFAULTPRI, 0);
	(void) ddi_taskq_dispatch(hw->thread, hw_main, hw, DDI_SLEEP);
	return (hw);
}

void
disk_hw_destroy(struct disk_hw *hw)
{
	mutex_enter(&hw->lock);
	hw->stop = B_TRUE;
	cv_signal(&hw->rung);
	mutex_exit(&hw->lock);
	ddi_taskq_destroy(hw->thread);
	cv_destroy(&hw->rung);
	mutex_destroy(&hw->lock);
	kmem_free(hw->media, (size_t)hw->blocks * DEV_BSIZE);
	kmem_free(hw, sizeof (*hw));
}

void
disk_hw_doorbell(struct disk_hw *hw)
{
	mutex_enter(&hw->lock);
	hw->doorbell = B_TRUE;
	cv_signal(&hw->rung);
	mutex_exit(&hw->lock);
}

char *
disk_hw_media(struct disk_hw *hw)
{
	return (hw->media);
}
