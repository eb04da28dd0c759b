/* SPDX-License-Identifier: BSD-2-Clause */
/* state.c: the state of the server as a whole, and who waits for a change of it. */
#define _GNU_SOURCE
#include <sys/random.h>
#include <unistd.h>

#include "host/server/base/base.h"

struct server server = {.lock = PTHREAD_MUTEX_INITIALIZER};
bool server_verbose;

static struct {
	const atomic_bool *_Atomic awaited; /* NULL: nobody has asked to be told */
	int eventfd;
} changed;

void server_lock(void)
{
	pthread_mutex_lock(&server.lock);
}

void server_unlock(void)
{
	pthread_mutex_unlock(&server.lock);
}

uint64_t server_random(void)
{
	uint64_t value = 0;

	while (value == 0)
		if (getrandom(&value, sizeof(value), 0) != sizeof(value))
			value = 0;
	return value;
}

void server_changed(void)
{
	const atomic_bool *awaited = atomic_load(&changed.awaited);
	uint64_t one = 1;

	if (awaited != NULL && atomic_load(awaited))
		(void)!write(changed.eventfd, &one, sizeof(one));
}

void server_changed_tell(int eventfd, const atomic_bool *awaited)
{
	changed.eventfd = eventfd;
	atomic_store(&changed.awaited, awaited);
}
