/* SPDX-License-Identifier: BSD-2-Clause */
/* Hash tables whose chains the driver chooses: <sys/modhash.h>. */
#include "kernel/ddi/core/leak.h"
#include "kernel/lib/message.h"
#include <sys/kmem.h>
#include <sys/ksynch.h>
#include <sys/modhash.h>
#include <sys/string.h>

struct entry {
	struct entry *next;
	mod_hash_key_t key;
	mod_hash_val_t value;
};

struct mod_hash {
	/* constant */
	char name[32];
	void (*key_destroy)(mod_hash_key_t);
	void (*value_destroy)(mod_hash_val_t);
	uint_t (*hash)(void *, mod_hash_key_t);
	void *hash_data;
	int (*compare)(mod_hash_key_t, mod_hash_key_t);
	size_t nchains;

	krwlock_t lock; /* protects the chains; held while find_cb and walk call the driver */
	struct entry *chain[];
};

static size_t hash_bytes(size_t nchains)
{
	return sizeof(struct mod_hash) + nchains * sizeof(struct entry *);
}

static void entry_free(struct entry *e)
{
	host_free(e, sizeof(*e));
}

/* What is left at the halt: the driver's destructors are not called any more. */
static void hash_leaked(void *key, size_t bytes)
{
	mod_hash_t *h = key;

	for (size_t i = 0; i < h->nchains; i++) {
		struct entry *next;

		for (struct entry *e = h->chain[i]; e != NULL; e = next) {
			next = e->next;
			entry_free(e);
		}
	}
	rw_destroy(&h->lock);
	host_free(h, hash_bytes(h->nchains));
}

static const struct leak_kind hash_leak = {"mod_hash", hash_leaked};

/* ---- making ---- */

static mod_hash_t *hash_create(const struct mod_hash *like, size_t nchains, int sleep, const void *caller)
{
	mod_hash_t *h;

	if (nchains == 0)
		nchains = 1;
	h = host_alloc(hash_bytes(nchains), (sleep & KM_NOSLEEP) == 0);
	if (h == NULL)
		return NULL;
	*h = *like;
	h->nchains = nchains;
	rw_init(&h->lock, NULL, RW_DEFAULT, NULL);
	leak_add(&hash_leak, h, 0, caller);
	return h;
}

static struct mod_hash hash_like(const char *name, uint_t (*hash)(void *, mod_hash_key_t), void *data, int (*compare)(mod_hash_key_t, mod_hash_key_t),
				 void (*key_destroy)(mod_hash_key_t), void (*value_destroy)(mod_hash_val_t))
{
	struct mod_hash like = {.hash = hash, .hash_data = data, .compare = compare, .key_destroy = key_destroy, .value_destroy = value_destroy};

	(void)strlcpy(like.name, name, sizeof(like.name));
	return like;
}

mod_hash_t *mod_hash_create_extended(char *name, size_t nchains, void (*key_destroy)(mod_hash_key_t),
				     void (*value_destroy)(mod_hash_val_t), uint_t (*hash)(void *, mod_hash_key_t), void *data,
				     int (*compare)(mod_hash_key_t, mod_hash_key_t), int sleep)
{
	struct mod_hash like = hash_like(name, hash, data, compare, key_destroy, value_destroy);

	return hash_create(&like, nchains, sleep, CALLER());
}

mod_hash_t *mod_hash_create_strhash(char *name, size_t nchains, void (*value_destroy)(mod_hash_val_t))
{
	struct mod_hash like = hash_like(name, mod_hash_bystr, NULL, mod_hash_strkey_cmp, mod_hash_strkey_dtor, value_destroy);

	return hash_create(&like, nchains, KM_SLEEP, CALLER());
}

/* data: the size of what keys point to. */
mod_hash_t *mod_hash_create_ptrhash(char *name, size_t nchains, void (*value_destroy)(mod_hash_val_t), size_t size)
{
	struct mod_hash like = hash_like(name, mod_hash_byptr, (void *)size, mod_hash_ptrkey_cmp, mod_hash_null_keydtor, value_destroy);

	return hash_create(&like, nchains, KM_SLEEP, CALLER());
}

mod_hash_t *mod_hash_create_idhash(char *name, size_t nchains, void (*value_destroy)(mod_hash_val_t))
{
	uint_t prime = mod_hash_iddata_gen(nchains);
	struct mod_hash like = hash_like(name, mod_hash_byid, (void *)(uintptr_t)prime, mod_hash_idkey_cmp, mod_hash_null_keydtor, value_destroy);

	return hash_create(&like, nchains, KM_SLEEP, CALLER());
}

static void hash_destroy(mod_hash_t *h, const char *function, const void *caller)
{
	if (!leak_remove(&hash_leak, h, NULL))
		driver_bug(caller, "%s: %p is not a hash", function, (void *)h);
	mod_hash_clear(h);
	hash_leaked(h, 0);
}

void mod_hash_destroy_hash(mod_hash_t *h)
{
	hash_destroy(h, "mod_hash_destroy_hash", CALLER());
}

void mod_hash_destroy_strhash(mod_hash_t *h)
{
	hash_destroy(h, "mod_hash_destroy_strhash", CALLER());
}

void mod_hash_destroy_ptrhash(mod_hash_t *h)
{
	hash_destroy(h, "mod_hash_destroy_ptrhash", CALLER());
}

void mod_hash_destroy_idhash(mod_hash_t *h)
{
	hash_destroy(h, "mod_hash_destroy_idhash", CALLER());
}

/* ---- finding ---- */

/* Where the pointer to the entry lies, or would lie.  Called with the lock held. */
static struct entry **entry_link(mod_hash_t *h, mod_hash_key_t key)
{
	struct entry **link = &h->chain[h->hash(h->hash_data, key) % h->nchains];

	while (*link != NULL && h->compare((*link)->key, key) != 0)
		link = &(*link)->next;
	return link;
}

int mod_hash_find(mod_hash_t *h, mod_hash_key_t key, mod_hash_val_t *value)
{
	const struct entry *e;

	rw_enter(&h->lock, RW_READER);
	e = *entry_link(h, key);
	if (e != NULL)
		*value = e->value;
	rw_exit(&h->lock);
	return e != NULL ? 0 : MH_ERR_NOTFOUND;
}

int mod_hash_find_cb(mod_hash_t *h, mod_hash_key_t key, mod_hash_val_t *value, void (*fn)(mod_hash_key_t, mod_hash_val_t))
{
	const struct entry *e;

	rw_enter(&h->lock, RW_READER);
	e = *entry_link(h, key);
	if (e != NULL) {
		*value = e->value;
		fn(key, e->value);
	}
	rw_exit(&h->lock);
	return e != NULL ? 0 : MH_ERR_NOTFOUND;
}

int mod_hash_find_cb_rval(mod_hash_t *h, mod_hash_key_t key, mod_hash_val_t *value, int (*fn)(mod_hash_key_t, mod_hash_val_t),
			  int *result)
{
	const struct entry *e;

	rw_enter(&h->lock, RW_READER);
	e = *entry_link(h, key);
	if (e != NULL) {
		*value = e->value;
		*result = fn(key, e->value);
	}
	rw_exit(&h->lock);
	return e != NULL ? 0 : MH_ERR_NOTFOUND;
}

static void walk_chains(mod_hash_t *h, uint_t (*fn)(mod_hash_key_t, mod_hash_val_t *, void *), void *arg)
{
	for (size_t i = 0; i < h->nchains; i++)
		for (struct entry *e = h->chain[i]; e != NULL; e = e->next)
			if (fn(e->key, e->value, arg) == MH_WALK_TERMINATE)
				return;
}

/* fn may neither insert nor remove. */
void mod_hash_walk(mod_hash_t *h, uint_t (*fn)(mod_hash_key_t, mod_hash_val_t *, void *), void *arg)
{
	rw_enter(&h->lock, RW_READER);
	walk_chains(h, fn, arg);
	rw_exit(&h->lock);
}

/* ---- inserting ---- */

static int reserve(mod_hash_hndl_t *handle, bool wait)
{
	*handle = host_alloc(sizeof(struct entry), wait);
	return *handle != NULL ? 0 : MH_ERR_NOMEM;
}

int mod_hash_reserve(mod_hash_t *h, mod_hash_hndl_t *handle)
{
	return reserve(handle, true);
}

int mod_hash_reserve_nosleep(mod_hash_t *h, mod_hash_hndl_t *handle)
{
	return reserve(handle, false);
}

void mod_hash_cancel(mod_hash_t *h, mod_hash_hndl_t *handle)
{
	entry_free(*handle);
	*handle = NULL;
}

/* A reserved entry that is not needed stays the caller's, to be cancelled. */
int mod_hash_insert_reserve(mod_hash_t *h, mod_hash_key_t key, mod_hash_val_t value, mod_hash_hndl_t handle)
{
	struct entry *e = handle, **link;
	int error = 0;

	rw_enter(&h->lock, RW_WRITER);
	link = entry_link(h, key);
	if (*link != NULL)
		error = MH_ERR_DUPLICATE;
	else
		*(*link = e) = (struct entry){.key = key, .value = value};
	rw_exit(&h->lock);
	return error;
}

int mod_hash_insert(mod_hash_t *h, mod_hash_key_t key, mod_hash_val_t value)
{
	mod_hash_hndl_t handle;
	int error = reserve(&handle, true);

	if (error == 0)
		error = mod_hash_insert_reserve(h, key, value, handle);
	if (error == MH_ERR_DUPLICATE)
		mod_hash_cancel(h, &handle);
	return error;
}

int mod_hash_replace(mod_hash_t *h, mod_hash_key_t key, mod_hash_val_t value)
{
	struct entry *e = host_alloc(sizeof(*e), true), *old, **link;

	*e = (struct entry){.key = key, .value = value};
	rw_enter(&h->lock, RW_WRITER);
	link = entry_link(h, key);
	old = *link;
	if (old != NULL)
		e->next = old->next;
	*link = e;
	rw_exit(&h->lock);
	if (old != NULL) {
		h->key_destroy(old->key);
		h->value_destroy(old->value);
		entry_free(old);
	}
	return 0;
}

/* ---- removing ---- */

int mod_hash_remove(mod_hash_t *h, mod_hash_key_t key, mod_hash_val_t *value)
{
	struct entry *e, **link;

	rw_enter(&h->lock, RW_WRITER);
	link = entry_link(h, key);
	e = *link;
	if (e != NULL)
		*link = e->next;
	rw_exit(&h->lock);
	if (e == NULL)
		return MH_ERR_NOTFOUND;
	*value = e->value;
	h->key_destroy(e->key);
	entry_free(e);
	return 0;
}

int mod_hash_destroy(mod_hash_t *h, mod_hash_key_t key)
{
	mod_hash_val_t value;
	int error = mod_hash_remove(h, key, &value);

	if (error == 0)
		h->value_destroy(value);
	return error;
}

static struct entry *chain_take(mod_hash_t *h, size_t i)
{
	struct entry *first;

	rw_enter(&h->lock, RW_WRITER);
	first = h->chain[i];
	h->chain[i] = NULL;
	rw_exit(&h->lock);
	return first;
}

void mod_hash_clear(mod_hash_t *h)
{
	for (size_t i = 0; i < h->nchains; i++) {
		struct entry *next;

		for (struct entry *e = chain_take(h, i); e != NULL; e = next) {
			next = e->next;
			h->key_destroy(e->key);
			h->value_destroy(e->value);
			entry_free(e);
		}
	}
}
