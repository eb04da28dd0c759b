/* SPDX-License-Identifier: BSD-2-Clause */
/* kphysm_setup_func_register(): memory neither comes nor goes, so that nobody is ever called. */
#include "kernel/ddi/core/leak.h"
#include "kernel/host.h"
#include "kernel/lib/message.h"
#include <sys/mem_config.h>

struct registration {
	struct registration *next;
	const kphysm_setup_vector_t *vector;
	const void *arg;
};

static struct {
	struct host_mutex lock; /* protects the list; a leaf lock but for the leaks' */
	struct registration *first;
} registrations;

/* Called with the lock held. */
static struct registration **registration_link(const kphysm_setup_vector_t *vector, const void *arg)
{
	struct registration **link;

	for (link = &registrations.first; *link != NULL; link = &(*link)->next)
		if ((*link)->vector == vector && (*link)->arg == arg)
			break;
	return link;
}

/* At the halt: the driver has not unregistered. */
static void registration_drop(void *key, size_t bytes)
{
	struct registration *r = key;

	host_mutex_lock(&registrations.lock);
	*registration_link(r->vector, r->arg) = r->next;
	host_mutex_unlock(&registrations.lock);
	host_free(r, sizeof(*r));
}

static const struct leak_kind registration_leak = {"kphysm registration", registration_drop};

int kphysm_setup_func_register(kphysm_setup_vector_t *vector, void *arg)
{
	struct registration *r, **link;
	bool twice;

	if (vector->version != KPHYSM_SETUP_VECTOR_VERSION)
		return KPHYSM_ENOTSUP;
	r = host_alloc(sizeof(*r), true);
	r->vector = vector;
	r->arg = arg;
	host_mutex_lock(&registrations.lock);
	link = registration_link(vector, arg);
	twice = *link != NULL;
	if (!twice)
		*link = r;
	host_mutex_unlock(&registrations.lock);
	if (twice) {
		host_free(r, sizeof(*r));
		return KPHYSM_EDUP;
	}
	leak_add(&registration_leak, r, 0, CALLER());
	return KPHYSM_OK;
}

void kphysm_setup_func_unregister(kphysm_setup_vector_t *vector, void *arg)
{
	struct registration *r, **link;

	host_mutex_lock(&registrations.lock);
	link = registration_link(vector, arg);
	r = *link;
	if (r != NULL)
		*link = r->next;
	host_mutex_unlock(&registrations.lock);
	if (r == NULL)
		return;
	(void)leak_remove(&registration_leak, r, NULL);
	host_free(r, sizeof(*r));
}
