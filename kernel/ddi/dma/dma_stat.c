/* SPDX-License-Identifier: BSD-2-Clause */
/* The kstat sundog:0:dma: what simulated devices have moved, and what of it went nowhere. */
#include "kernel/ddi/dma/dma.h"
#include <sys/kstat.h>

static const char *const names[DMA_STATS] = {
	[DMA_STAT_BOUND] = "bound",
	[DMA_STAT_READ] = "bytes_read",
	[DMA_STAT_WRITTEN] = "bytes_written",
	[DMA_STAT_REFUSED] = "refused",
	[DMA_STAT_DISCARDED] = "bytes_discarded",
};

static uint64_t counters[DMA_STATS]; /* atomic */
static kmutex_t values_lock;         /* protects the values: held by their readers */
static kstat_named_t values[DMA_STATS];
static kstat_t *published;

void dma_stat_add(enum dma_stat stat, int64_t by)
{
	(void)__atomic_add_fetch(&counters[stat], (uint64_t)by, __ATOMIC_RELAXED);
}

static int stat_update(kstat_t *k, int rw)
{
	for (int i = 0; i < DMA_STATS; i++)
		values[i].value.ui64 = __atomic_load_n(&counters[i], __ATOMIC_RELAXED);
	return 0;
}

void dma_stat_boot(void)
{
	for (int i = 0; i < DMA_STATS; i++) {
		__atomic_store_n(&counters[i], 0, __ATOMIC_RELAXED);
		kstat_named_init(&values[i], names[i], KSTAT_DATA_UINT64);
	}
	published = kstat_create("sundog", 0, "dma", "misc", KSTAT_TYPE_NAMED, DMA_STATS, KSTAT_FLAG_VIRTUAL);
	if (published == NULL)
		return;
	published->ks_data = values;
	published->ks_lock = &values_lock;
	published->ks_update = stat_update;
	kstat_install(published);
}

void dma_stat_halt(void)
{
	kstat_delete(published);
	published = NULL;
}
