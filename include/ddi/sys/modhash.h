/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/modhash.h>: hash tables of keys and values, each a pointer or a number of its size.
 *
 * Results: 0, or MH_ERR_*.  A key is in a table once.  The table keeps what it is given: keys and values are handed to the
 * table's destructors when they leave it, but for the value that mod_hash_remove() returns.
 * Locks: each table has one; it is held while the functions given to find_cb and walk run, which may therefore not change the
 * table.  Destructors run without it.
 * Context: user and kernel; may block.  A table that is left when its driver is unloaded is reported.
 */
#ifndef _SYS_MODHASH_H
#define _SYS_MODHASH_H

#include <sys/types.h>

typedef void *mod_hash_key_t;
typedef void *mod_hash_val_t;
typedef void *mod_hash_hndl_t;
typedef struct mod_hash mod_hash_t;

#define MH_ERR_NOMEM (-1)
#define MH_ERR_DUPLICATE (-2)
#define MH_ERR_NOTFOUND (-3)

#define MH_WALK_CONTINUE 0
#define MH_WALK_TERMINATE 1

/* ---- tables ---- */

/*
 * name, number of chains (0 counts as 1), destructor of values.  Keys are: strings, which the table frees with
 * kmem_free(9F); addresses of things of the given size; numbers.
 */
mod_hash_t *mod_hash_create_strhash(char *, size_t, void (*)(mod_hash_val_t)) SUNDOG_LINK(mod_hash_create_strhash);
mod_hash_t *mod_hash_create_ptrhash(char *, size_t, void (*)(mod_hash_val_t), size_t) SUNDOG_LINK(mod_hash_create_ptrhash);
mod_hash_t *mod_hash_create_idhash(char *, size_t, void (*)(mod_hash_val_t)) SUNDOG_LINK(mod_hash_create_idhash);
/*
 * name, chains, destructors of keys and of values, hash(data, key), data, compare(key, key), which returns 0 for equal
 * ones; KM_SLEEP, or KM_NOSLEEP: NULL if there is no memory.
 */
mod_hash_t *mod_hash_create_extended(char *, size_t, void (*)(mod_hash_key_t), void (*)(mod_hash_val_t),
				     uint_t (*)(void *, mod_hash_key_t), void *, int (*)(mod_hash_key_t, mod_hash_key_t), int)
	SUNDOG_LINK(mod_hash_create_extended);
/* With all that is in it. */
void mod_hash_destroy_strhash(mod_hash_t *) SUNDOG_LINK(mod_hash_destroy_strhash);
void mod_hash_destroy_ptrhash(mod_hash_t *) SUNDOG_LINK(mod_hash_destroy_ptrhash);
void mod_hash_destroy_idhash(mod_hash_t *) SUNDOG_LINK(mod_hash_destroy_idhash);
void mod_hash_destroy_hash(mod_hash_t *) SUNDOG_LINK(mod_hash_destroy_hash);

/* ---- what is in them ---- */

/* MH_ERR_DUPLICATE: key and value stay the caller's. */
int mod_hash_insert(mod_hash_t *, mod_hash_key_t, mod_hash_val_t) SUNDOG_LINK(mod_hash_insert);
/* In place of what the key had, which is destroyed with its old key. */
int mod_hash_replace(mod_hash_t *, mod_hash_key_t, mod_hash_val_t) SUNDOG_LINK(mod_hash_replace);
/* Memory for an insertion that must not fail for want of it; what was not inserted is cancelled. */
int mod_hash_reserve(mod_hash_t *, mod_hash_hndl_t *) SUNDOG_LINK(mod_hash_reserve);
int mod_hash_reserve_nosleep(mod_hash_t *, mod_hash_hndl_t *) SUNDOG_LINK(mod_hash_reserve_nosleep);
int mod_hash_insert_reserve(mod_hash_t *, mod_hash_key_t, mod_hash_val_t, mod_hash_hndl_t) SUNDOG_LINK(mod_hash_insert_reserve);
void mod_hash_cancel(mod_hash_t *, mod_hash_hndl_t *) SUNDOG_LINK(mod_hash_cancel);
/* The key is destroyed, the value becomes the caller's. */
int mod_hash_remove(mod_hash_t *, mod_hash_key_t, mod_hash_val_t *) SUNDOG_LINK(mod_hash_remove);
/* Both are destroyed. */
int mod_hash_destroy(mod_hash_t *, mod_hash_key_t) SUNDOG_LINK(mod_hash_destroy);
void mod_hash_clear(mod_hash_t *) SUNDOG_LINK(mod_hash_clear);
int mod_hash_find(mod_hash_t *, mod_hash_key_t, mod_hash_val_t *) SUNDOG_LINK(mod_hash_find);
/* ... and calls a function with what it found. */
int mod_hash_find_cb(mod_hash_t *, mod_hash_key_t, mod_hash_val_t *, void (*)(mod_hash_key_t, mod_hash_val_t))
	SUNDOG_LINK(mod_hash_find_cb);
int mod_hash_find_cb_rval(mod_hash_t *, mod_hash_key_t, mod_hash_val_t *, int (*)(mod_hash_key_t, mod_hash_val_t), int *)
	SUNDOG_LINK(mod_hash_find_cb_rval);
/* Calls fn(key, value, arg) for each, in no order, until it returns MH_WALK_TERMINATE.  It gets the value itself. */
void mod_hash_walk(mod_hash_t *, uint_t (*)(mod_hash_key_t, mod_hash_val_t *, void *), void *) SUNDOG_LINK(mod_hash_walk);

/* ---- what the ready-made kinds do ---- */

uint_t mod_hash_bystr(void *, mod_hash_key_t) SUNDOG_LINK(mod_hash_bystr);
int mod_hash_strkey_cmp(mod_hash_key_t, mod_hash_key_t) SUNDOG_LINK(mod_hash_strkey_cmp);
void mod_hash_strkey_dtor(mod_hash_key_t) SUNDOG_LINK(mod_hash_strkey_dtor);
void mod_hash_strval_dtor(mod_hash_val_t) SUNDOG_LINK(mod_hash_strval_dtor);
uint_t mod_hash_byptr(void *, mod_hash_key_t) SUNDOG_LINK(mod_hash_byptr);
int mod_hash_ptrkey_cmp(mod_hash_key_t, mod_hash_key_t) SUNDOG_LINK(mod_hash_ptrkey_cmp);
/* A prime above n: the data of mod_hash_byid(). */
uint_t mod_hash_iddata_gen(size_t) SUNDOG_LINK(mod_hash_iddata_gen);
uint_t mod_hash_byid(void *, mod_hash_key_t) SUNDOG_LINK(mod_hash_byid);
int mod_hash_idkey_cmp(mod_hash_key_t, mod_hash_key_t) SUNDOG_LINK(mod_hash_idkey_cmp);
void mod_hash_null_keydtor(mod_hash_key_t) SUNDOG_LINK(mod_hash_null_keydtor);
void mod_hash_null_valdtor(mod_hash_val_t) SUNDOG_LINK(mod_hash_null_valdtor);

#endif
