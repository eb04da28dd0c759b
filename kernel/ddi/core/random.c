/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * random_get_bytes(9F): the host's numbers, mixed with what drivers have added: no worse for it, however little
 * they know.
 */
#include "kernel/host.h"
#include <sys/errno.h>
#include <sys/random.h>

static struct {
	struct host_mutex lock; /* protects the fields below; a leaf lock */
	uint8_t bytes[64];
	size_t at;
} added;

int random_add_entropy(uint8_t *from, size_t len, uint_t bits)
{
	if (from == NULL && len > 0)
		return -1;
	host_mutex_lock(&added.lock);
	for (size_t i = 0; i < len; i++) {
		added.bytes[added.at] = (uint8_t)((added.bytes[added.at] << 3 | added.bytes[added.at] >> 5) ^ from[i]);
		added.at = (added.at + 1) % sizeof(added.bytes);
	}
	host_mutex_unlock(&added.lock);
	return 0;
}

int random_get_bytes(uint8_t *to, size_t len)
{
	if (!host_random(to, len))
		return EAGAIN;
	host_mutex_lock(&added.lock);
	for (size_t i = 0; i < len; i++)
		to[i] ^= added.bytes[i % sizeof(added.bytes)];
	host_mutex_unlock(&added.lock);
	return 0;
}

int random_get_pseudo_bytes(uint8_t *to, size_t len)
{
	return random_get_bytes(to, len);
}
