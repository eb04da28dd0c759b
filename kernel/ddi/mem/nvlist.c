/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/mem/nvlist.h"
#include "kernel/ddi/core/leak.h"
#include "kernel/host.h"
#include "kernel/lib/message.h"
#include <sys/int_limits.h>
#include <sys/string.h>

struct pair {
	struct pair *next, *previous;
	nvpair_t nvp; /* last: its name and value follow */
};

/* What nvl_priv points to. */
struct pairs {
	struct pair *first, *last;
	bool wait; /* for memory */
};

static struct pairs *pairs_of(const nvlist_t *list)
{
	return (struct pairs *)(uintptr_t)list->nvl_priv;
}

static struct pair *pair_of(nvpair_t *nvp)
{
	return (struct pair *)(void *)((char *)nvp - offsetof(struct pair, nvp));
}

static size_t pair_bytes(const struct pair *p)
{
	return offsetof(struct pair, nvp) + (size_t)p->nvp.nvp_size;
}

/* ---- pairs ---- */

static void pair_free(struct pair *p)
{
	nvlist_t *inner = (nvlist_t *)(void *)NVP_VALUE(&p->nvp);

	if (p->nvp.nvp_type == DATA_TYPE_NVLIST_ARRAY)
		inner = (nvlist_t *)(void *)((nvlist_t **)(void *)inner + p->nvp.nvp_value_elem);
	if (p->nvp.nvp_type == DATA_TYPE_NVLIST || p->nvp.nvp_type == DATA_TYPE_NVLIST_ARRAY)
		for (int i = 0; i < p->nvp.nvp_value_elem; i++)
			nvlist_end(&inner[i]);
	host_free(p, pair_bytes(p));
}

static void pair_unlink(struct pairs *all, struct pair *p)
{
	*(p->previous != NULL ? &p->previous->next : &all->first) = p->next;
	*(p->next != NULL ? &p->next->previous : &all->last) = p->previous;
	pair_free(p);
}

static void pair_append(struct pairs *all, struct pair *p)
{
	p->previous = all->last;
	*(p->previous != NULL ? &p->previous->next : &all->first) = p;
	all->last = p;
}

static bool holds_strings(data_type_t type)
{
	return type == DATA_TYPE_STRING || type == DATA_TYPE_STRING_ARRAY;
}

/* Bytes of the value; SIZE_MAX: too much, or a NULL where something is needed. */
static size_t value_bytes(data_type_t type, size_t n, const void *value)
{
	size_t each = nv_element_size(type), bytes = 0;
	const char *const *element = value;

	if (value == NULL || n == 0)
		return n == 0 ? 0 : SIZE_MAX;
	if (n > INT32_MAX / sizeof(nvlist_t))
		return SIZE_MAX;
	if (each > 0)
		return n * each;
	for (size_t i = 0; i < n; i++) {
		if (element[i] == NULL)
			return SIZE_MAX;
		bytes += holds_strings(type) ? strlen(element[i]) + 1 : sizeof(nvlist_t);
	}
	return nv_is_array(type) ? bytes + n * sizeof(char *) : bytes;
}

/* Strings one after the other at to, and pointers to them. */
static void strings_copy(const char *const *from, size_t n, char **pointer, char *to)
{
	for (size_t i = 0; i < n; i++) {
		if (pointer != NULL)
			pointer[i] = to;
		to = strcpy(to, from[i]) + strlen(from[i]) + 1;
	}
}

static int lists_copy(nvlist_t *const *from, size_t n, nvlist_t **pointer, nvlist_t *to, bool wait)
{
	for (size_t i = 0; i < n; i++) {
		int error = nvlist_begin(&to[i], from[i]->nvl_nvflag, wait);

		if (error == 0)
			error = nvlist_merge(&to[i], from[i], 0);
		if (error != 0) {
			nvlist_end(&to[i]);
			while (i-- > 0)
				nvlist_end(&to[i]);
			return error;
		}
		if (pointer != NULL)
			pointer[i] = &to[i];
	}
	return 0;
}

static int value_copy(nvpair_t *nvp, size_t n, const void *value, size_t bytes, bool wait)
{
	char *to = NVP_VALUE(nvp), *behind = to + n * sizeof(char *);

	switch (nvp->nvp_type) {
	case DATA_TYPE_STRING:
		strings_copy(value, n, NULL, to);
		return 0;
	case DATA_TYPE_STRING_ARRAY:
		strings_copy(value, n, (char **)(void *)to, behind);
		return 0;
	case DATA_TYPE_NVLIST:
		return lists_copy(value, n, NULL, (nvlist_t *)(void *)to, wait);
	case DATA_TYPE_NVLIST_ARRAY:
		return lists_copy(value, n, (nvlist_t **)(void *)to, (nvlist_t *)(void *)behind, wait);
	default:
		if (bytes > 0)
			memcpy(to, value, bytes);
		return 0;
	}
}

static int pair_make(const char *name, data_type_t type, size_t n, const void *value, bool wait, struct pair **out)
{
	size_t name_size = strlen(name) + 1, bytes = value_bytes(type, n, value), size;
	struct pair *p;
	int error;

	if (name_size > INT16_MAX || bytes > INT32_MAX - INT16_MAX - 64)
		return EINVAL;
	size = NV_ALIGN(sizeof(nvpair_t) + name_size) + NV_ALIGN(bytes);
	p = host_alloc(offsetof(struct pair, nvp) + size, wait);
	if (p == NULL)
		return ENOMEM;
	p->nvp = (nvpair_t){.nvp_size = (int32_t)size, .nvp_name_sz = (int16_t)name_size, .nvp_value_elem = (int32_t)n, .nvp_type = type};
	(void)strcpy(NVP_NAME(&p->nvp), name);
	error = value_copy(&p->nvp, n, value, bytes, wait);
	if (error != 0) {
		host_free(p, pair_bytes(p)); /* with no list in it */
		return error;
	}
	*out = p;
	return 0;
}

/* Removes what the new pair stands for. */
static void pairs_make_unique(nvlist_t *list, const nvpair_t *nvp)
{
	struct pair *next;

	if (list->nvl_nvflag == 0)
		return;
	for (struct pair *p = pairs_of(list)->first; p != NULL; p = next) {
		bool same = strcmp(NVP_NAME(&p->nvp), NVP_NAME(nvp)) == 0;

		next = p->next;
		if (same && ((list->nvl_nvflag & NV_UNIQUE_NAME) != 0 || p->nvp.nvp_type == nvp->nvp_type))
			pair_unlink(pairs_of(list), p);
	}
}

int nvlist_put(nvlist_t *list, const char *name, data_type_t type, size_t n, const void *value)
{
	struct pair *p;
	int error;

	if (list == NULL || name == NULL || !nv_type_known(type))
		return EINVAL;
	error = pair_make(name, type, n, value, pairs_of(list)->wait, &p);
	if (error != 0)
		return error;
	pairs_make_unique(list, &p->nvp);
	pair_append(pairs_of(list), p);
	return 0;
}

/* ---- lists ---- */

int nvlist_begin(nvlist_t *list, uint_t flags, bool wait)
{
	struct pairs *all = host_alloc(sizeof(*all), wait);

	*list = (nvlist_t){.nvl_version = NV_VERSION, .nvl_nvflag = flags, .nvl_priv = (uintptr_t)all};
	if (all == NULL)
		return ENOMEM;
	all->wait = wait;
	return 0;
}

void nvlist_end(nvlist_t *list)
{
	struct pairs *all = pairs_of(list);

	if (all == NULL)
		return;
	while (all->first != NULL)
		pair_unlink(all, all->first);
	host_free(all, sizeof(*all));
	list->nvl_priv = 0;
}

static void list_free(void *key, size_t bytes)
{
	nvlist_t *list = key;

	nvlist_end(list);
	host_free(list, sizeof(*list));
}

static const struct leak_kind list_leak = {"nvlist", list_free};

nvlist_t *nvlist_publish(nvlist_t *what, const void *caller)
{
	nvlist_t *list = host_alloc(sizeof(*list), true);

	*list = *what;
	leak_add(&list_leak, list, 0, caller);
	return list;
}

int nvlist_alloc(nvlist_t **out, uint_t flags, int kmflags)
{
	nvlist_t list;
	int error;

	if (out == NULL || (flags & ~(uint_t)(NV_UNIQUE_NAME | NV_UNIQUE_NAME_TYPE)) != 0)
		return EINVAL;
	error = nvlist_begin(&list, flags, (kmflags & KM_NOSLEEP) == 0);
	if (error == 0)
		*out = nvlist_publish(&list, CALLER());
	return error;
}

void nvlist_free(nvlist_t *list)
{
	if (list == NULL)
		return;
	if (!leak_remove(&list_leak, list, NULL))
		driver_bug(CALLER(), "nvlist_free: %p is not a list, or one within another", (void *)list);
	list_free(list, 0);
}

int nvlist_dup(nvlist_t *from, nvlist_t **out, int kmflags)
{
	nvlist_t copy;
	int error;

	if (from == NULL || out == NULL)
		return EINVAL;
	error = nvlist_begin(&copy, from->nvl_nvflag, (kmflags & KM_NOSLEEP) == 0);
	if (error == 0)
		error = nvlist_merge(&copy, from, 0);
	if (error == 0)
		*out = nvlist_publish(&copy, CALLER());
	else
		nvlist_end(&copy);
	return error;
}

int nvlist_merge(nvlist_t *to, nvlist_t *from, int flags)
{
	int error = 0;

	if (to == NULL || from == NULL)
		return EINVAL;
	if (to == from)
		return 0;
	for (struct pair *p = pairs_of(from)->first; p != NULL && error == 0; p = p->next)
		error = nvlist_add_nvpair(to, &p->nvp);
	return error;
}

uint_t nvlist_nvflag(nvlist_t *list)
{
	return list->nvl_nvflag;
}

boolean_t nvlist_empty(nvlist_t *list)
{
	return list == NULL || pairs_of(list)->first == NULL;
}

/* ---- looking and removing ---- */

static struct pair *pair_find(nvlist_t *list, const char *name, data_type_t type)
{
	struct pair *p;

	for (p = pairs_of(list)->first; p != NULL; p = p->next)
		if (strcmp(NVP_NAME(&p->nvp), name) == 0 && (type == DATA_TYPE_DONTCARE || p->nvp.nvp_type == type))
			break;
	return p;
}

boolean_t nvlist_exists(nvlist_t *list, const char *name)
{
	return list != NULL && name != NULL && pair_find(list, name, DATA_TYPE_DONTCARE) != NULL;
}

int nvlist_get(nvlist_t *list, const char *name, data_type_t type, uint_t *n, void *value)
{
	struct pair *p;

	if (list == NULL || name == NULL)
		return EINVAL;
	if (list->nvl_nvflag == 0)
		return ENOTSUP;
	p = pair_find(list, name, type);
	return p == NULL ? ENOENT : nvpair_get(&p->nvp, type, n, value);
}

int nvlist_lookup_nvpair(nvlist_t *list, const char *name, nvpair_t **out)
{
	struct pair *p;

	if (list == NULL || name == NULL || out == NULL)
		return EINVAL;
	if ((list->nvl_nvflag & NV_UNIQUE_NAME) == 0)
		return ENOTSUP;
	p = pair_find(list, name, DATA_TYPE_DONTCARE);
	if (p == NULL)
		return ENOENT;
	*out = &p->nvp;
	return 0;
}

int nvlist_remove(nvlist_t *list, const char *name, data_type_t type)
{
	struct pair *p;

	if (list == NULL || name == NULL)
		return EINVAL;
	p = pair_find(list, name, type);
	if (p == NULL)
		return ENOENT;
	pair_unlink(pairs_of(list), p);
	return 0;
}

int nvlist_remove_all(nvlist_t *list, const char *name)
{
	int error = nvlist_remove(list, name, DATA_TYPE_DONTCARE);

	while (error == 0 && nvlist_remove(list, name, DATA_TYPE_DONTCARE) == 0)
		;
	return error;
}

int nvlist_remove_nvpair(nvlist_t *list, nvpair_t *nvp)
{
	if (list == NULL || nvp == NULL)
		return EINVAL;
	pair_unlink(pairs_of(list), pair_of(nvp));
	return 0;
}

nvpair_t *nvlist_next_nvpair(nvlist_t *list, nvpair_t *nvp)
{
	struct pair *p;

	if (list == NULL)
		return NULL;
	p = nvp != NULL ? pair_of(nvp)->next : pairs_of(list)->first;
	return p != NULL ? &p->nvp : NULL;
}

nvpair_t *nvlist_prev_nvpair(nvlist_t *list, nvpair_t *nvp)
{
	struct pair *p;

	if (list == NULL)
		return NULL;
	p = nvp != NULL ? pair_of(nvp)->previous : pairs_of(list)->last;
	return p != NULL ? &p->nvp : NULL;
}
