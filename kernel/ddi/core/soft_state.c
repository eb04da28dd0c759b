/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/core/leak.h"
#include "kernel/lib/message.h"
#include "kernel/host.h"
#include <sys/sunddi.h>

/*
 * An array of pointers, read without a lock: it is replaced by a larger one when an item does not fit, and the
 * old ones are kept until the end for readers that still look at them.
 */
struct soft_array {
	size_t size;
	struct soft_array *older;
	void *item[]; /* atomic */
};

struct soft_state {
	struct host_mutex lock;   /* held to change anything below; a leaf lock */
	size_t bytes;             /* of an item */
	struct soft_array *array; /* atomic */
};

static struct soft_array *array_create(size_t size, struct soft_array *older)
{
	struct soft_array *a = host_alloc(sizeof(*a) + size * sizeof(void *), false);

	if (a == NULL)
		return NULL;
	a->size = size;
	a->older = older;
	if (older != NULL)
		memcpy(a->item, older->item, older->size * sizeof(void *));
	return a;
}

static void soft_state_destroy(void *key, size_t bytes)
{
	struct soft_state *s = key;
	struct soft_array *a = s->array, *older;

	for (size_t i = 0; i < a->size; i++)
		host_free(a->item[i], s->bytes);
	for (; a != NULL; a = older) {
		older = a->older;
		host_free(a, sizeof(*a) + a->size * sizeof(void *));
	}
	host_mutex_destroy(&s->lock);
	host_free(s, sizeof(*s));
}

static const struct leak_kind soft_state_leak = {"soft state", soft_state_destroy};

int ddi_soft_state_init(void **state, size_t bytes, size_t expected)
{
	struct soft_state *s;

	if (state == NULL || bytes == 0)
		return EINVAL;
	s = host_alloc(sizeof(*s), true);
	host_mutex_init(&s->lock);
	s->bytes = bytes;
	s->array = array_create(expected == 0 || expected > 4096 ? 8 : expected, NULL);
	if (s->array == NULL) {
		host_free(s, sizeof(*s));
		return ENOMEM;
	}
	leak_add(&soft_state_leak, s, bytes, CALLER());
	*state = s;
	return 0;
}

static struct soft_array *array_of(struct soft_state *s)
{
	return __atomic_load_n(&s->array, __ATOMIC_ACQUIRE);
}

/* Called with the lock held; false: no memory. */
static bool array_reach(struct soft_state *s, size_t item)
{
	struct soft_array *a = s->array, *larger;
	size_t size = a->size;

	while (size <= item)
		size *= 2;
	if (size == a->size)
		return true;
	larger = array_create(size, a);
	if (larger != NULL)
		__atomic_store_n(&s->array, larger, __ATOMIC_RELEASE);
	return larger != NULL;
}

int ddi_soft_state_zalloc(void *state, int item)
{
	struct soft_state *s = state;
	void *memory;
	bool placed;

	if (s == NULL || item < 0)
		return DDI_FAILURE;
	memory = host_alloc(s->bytes, true);
	host_mutex_lock(&s->lock);
	placed = array_reach(s, (size_t)item) && s->array->item[item] == NULL;
	if (placed)
		__atomic_store_n(&s->array->item[item], memory, __ATOMIC_RELEASE);
	host_mutex_unlock(&s->lock);
	if (!placed)
		host_free(memory, s->bytes);
	return placed ? DDI_SUCCESS : DDI_FAILURE;
}

void *ddi_get_soft_state(void *state, int item)
{
	struct soft_array *a;

	if (state == NULL || item < 0)
		return NULL;
	a = array_of(state);
	return (size_t)item < a->size ? __atomic_load_n(&a->item[item], __ATOMIC_ACQUIRE) : NULL;
}

/* An item that is not there: nothing to do. */
void ddi_soft_state_free(void *state, int item)
{
	struct soft_state *s = state;
	void *memory = NULL;

	if (s == NULL || item < 0)
		return;
	host_mutex_lock(&s->lock);
	if ((size_t)item < s->array->size) {
		memory = s->array->item[item];
		__atomic_store_n(&s->array->item[item], NULL, __ATOMIC_RELEASE);
	}
	host_mutex_unlock(&s->lock);
	host_free(memory, s->bytes);
}

void ddi_soft_state_fini(void **state)
{
	if (state == NULL || *state == NULL)
		return;
	if (!leak_remove(&soft_state_leak, *state, NULL))
		driver_bug(CALLER(), "ddi_soft_state_fini: %p is not a soft state", *state);
	soft_state_destroy(*state, 0);
	*state = NULL;
}
