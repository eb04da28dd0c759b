/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of STREAMS, as buffers that drivers hand to each other: allocb(9F). */
#include "kernel/ddi/core/leak.h"
#include "kernel/host.h"
#include "kernel/lib/message.h"
#include <sys/stream.h>

/* What a message block points to: the block of data, and behind it the bytes. */
static size_t data_bytes(const dblk_t *data)
{
	return sizeof(*data) + (size_t)(data->db_lim - data->db_base);
}

static void block_drop(void *key, size_t bytes)
{
	mblk_t *mp = key;

	if (__atomic_sub_fetch(&mp->b_datap->db_ref, 1, __ATOMIC_ACQ_REL) == 0)
		host_free(mp->b_datap, data_bytes(mp->b_datap));
	host_free(mp, sizeof(*mp));
}

static const struct leak_kind block_leak = {"message block", block_drop};

static mblk_t *block_make(dblk_t *data, const void *caller)
{
	mblk_t *mp = host_alloc(sizeof(*mp), false);

	if (mp == NULL)
		return NULL;
	mp->b_datap = data;
	mp->b_rptr = mp->b_wptr = data->db_base;
	leak_add(&block_leak, mp, 0, caller);
	return mp;
}

mblk_t *allocb(size_t size, uint_t priority)
{
	dblk_t *data = size > SIZE_MAX - sizeof(*data) ? NULL : host_alloc(sizeof(*data) + size, false);
	mblk_t *mp;

	if (data == NULL)
		return NULL;
	data->db_base = (unsigned char *)(data + 1);
	data->db_lim = data->db_base + size;
	data->db_ref = 1;
	data->db_type = M_DATA;
	mp = block_make(data, CALLER());
	if (mp == NULL)
		host_free(data, data_bytes(data));
	return mp;
}

/* Another block of the same bytes; at most 255 of them. */
mblk_t *dupb(mblk_t *mp)
{
	mblk_t *twin;

	if (mp->b_datap->db_ref == 255)
		return NULL;
	twin = block_make(mp->b_datap, CALLER());
	if (twin == NULL)
		return NULL;
	(void)__atomic_add_fetch(&mp->b_datap->db_ref, 1, __ATOMIC_RELAXED);
	twin->b_rptr = mp->b_rptr;
	twin->b_wptr = mp->b_wptr;
	return twin;
}

static void block_free(mblk_t *mp, const char *function, const void *caller)
{
	if (!leak_remove(&block_leak, mp, NULL))
		driver_bug(caller, "%s: %p is not a message block", function, (void *)mp);
	block_drop(mp, 0);
}

void freeb(struct msgb *mp)
{
	block_free(mp, "freeb", CALLER());
}

void freemsg(mblk_t *mp)
{
	mblk_t *next;

	for (; mp != NULL; mp = next) {
		next = mp->b_cont;
		block_free(mp, "freemsg", CALLER());
	}
}
