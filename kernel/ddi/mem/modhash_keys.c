/* SPDX-License-Identifier: BSD-2-Clause */
/* What the ready-made kinds of <sys/modhash.h> do with their keys. */
#include <stdbool.h>
#include <sys/kmem.h>
#include <sys/modhash.h>
#include <sys/string.h>

/* ---- strings, which the hash frees ---- */

uint_t mod_hash_bystr(void *data, mod_hash_key_t key)
{
	const uchar_t *c = key;
	uint_t hash = 2166136261u;

	for (; *c != '\0'; c++)
		hash = (hash ^ *c) * 16777619u;
	return hash;
}

int mod_hash_strkey_cmp(mod_hash_key_t a, mod_hash_key_t b)
{
	return strcmp(a, b);
}

static void string_free(char *s)
{
	kmem_free(s, strlen(s) + 1);
}

void mod_hash_strkey_dtor(mod_hash_key_t key)
{
	string_free(key);
}

void mod_hash_strval_dtor(mod_hash_val_t value)
{
	string_free(value);
}

/* ---- addresses of things of one size ---- */

uint_t mod_hash_byptr(void *size, mod_hash_key_t key)
{
	uintptr_t n = (uintptr_t)key;

	return (uint_t)(size != NULL ? n / (uintptr_t)size : n >> 4);
}

int mod_hash_ptrkey_cmp(mod_hash_key_t a, mod_hash_key_t b)
{
	return a == b ? 0 : (uintptr_t)a < (uintptr_t)b ? -1
							: 1;
}

/* ---- numbers ---- */

/* A prime above n, by which numbers are spread. */
uint_t mod_hash_iddata_gen(size_t n)
{
	uint_t prime = (uint_t)n | 1u;

	for (bool found = false; !found;) {
		prime += 2;
		found = true;
		for (uint_t i = 3; i <= prime / i && found; i += 2)
			found = prime % i != 0;
	}
	return prime;
}

uint_t mod_hash_byid(void *prime, mod_hash_key_t key)
{
	return (uint_t)((uintptr_t)key * (uintptr_t)prime);
}

int mod_hash_idkey_cmp(mod_hash_key_t a, mod_hash_key_t b)
{
	return mod_hash_ptrkey_cmp(a, b);
}

/* ---- keys and values that are nobody's memory ---- */

void mod_hash_null_keydtor(mod_hash_key_t key)
{
}

void mod_hash_null_valdtor(mod_hash_val_t value)
{
}
