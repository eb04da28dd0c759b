/* SPDX-License-Identifier: BSD-2-Clause */
/* Bits, identifier spaces, hash tables. */
#include <sys/bitmap.h>
#include <sys/id_space.h>
#include <sys/kmem.h>
#include <sys/modhash.h>
#include <sys/sunddi.h>
#include <sys/systm.h>

#include "interface.h"

void check_words(void)
{
	static const struct {
		ulong_t word;
		int low, high;
	} words[] = {{0, 0, 0}, {1, 1, 1}, {2, 2, 2}, {6, 2, 3}, {0x80000000ul, 32, 32}, {0x100000000ul, 33, 33}, {~0ul, 1, 64}, {1ul << 63, 64, 64}};

	for (int i = 0; i < 8; i++) {
		VERIFY3S(lowbit(words[i].word), ==, words[i].low);
		VERIFY3S(ffs(words[i].word), ==, words[i].low);
		VERIFY3S(highbit(words[i].word), ==, words[i].high);
		VERIFY3S(highbit64(words[i].word), ==, words[i].high);
	}
}

void check_bit_maps(void)
{
	ulong_t map[BT_BITOUL(130)] = {0};

	VERIFY3U(BT_BITOUL(0), ==, 0);
	VERIFY3U(BT_BITOUL(64), ==, 1);
	VERIFY3U(BT_BITOUL(65), ==, 2);
	VERIFY3U(BT_SIZEOFMAP(130), ==, sizeof(map));
	for (int i = 0; i < 130; i += 43)
		BT_SET(map, i);
	for (int i = 0; i < 130; i++)
		VERIFY3S(BT_TEST(map, i), ==, i % 43 == 0);
	BT_CLEAR(map, 129);
	VERIFY(!BT_TEST(map, 129) && BT_TEST(map, 86));
}

/* ---- identifier spaces ---- */

void check_identifiers(void)
{
	id_space_t *ids = id_space_create("ids", 0, 3);

	VERIFY(id_space_create("none", 5, 5) == NULL && id_space_create("below", -1, 5) == NULL);
	VERIFY3S(id_alloc(ids), ==, 0);
	VERIFY3S(id_alloc(ids), ==, 1);
	id_free(ids, 0);
	VERIFY3S(id_alloc(ids), ==, 2); /* the next, not the lowest */
	VERIFY3S(id_alloc(ids), ==, 0); /* around */
	VERIFY3S(id_alloc_nosleep(ids), ==, -1);
	VERIFY3S(id_allocff_nosleep(ids), ==, -1);
	id_free(ids, 2);
	id_free(ids, 1);
	VERIFY3S(id_allocff(ids), ==, 1);
	VERIFY3S(id_alloc_specific_nosleep(ids, 1), ==, -1);
	VERIFY3S(id_alloc_specific_nosleep(ids, 2), ==, 2);
	VERIFY3S(id_alloc_specific_nosleep(ids, 3), ==, -1);
	VERIFY3S(id_alloc_specific_nosleep(ids, -1), ==, -1);
	id_space_extend(ids, 10, 12);
	VERIFY3S(id_allocff(ids), ==, 10);
	VERIFY3S(id_alloc_specific_nosleep(ids, 11), ==, 11);
	VERIFY3S(id_allocff_nosleep(ids), ==, -1);
	for (id_t i = 0; i < 3; i++)
		id_free(ids, i);
	id_free(ids, 10);
	id_free(ids, 11);
	id_space_destroy(ids);
}

static void give_back(void *space)
{
	id_free(space, 4);
}

/* Whoever waits for a number gets the one that is freed. */
void check_identifiers_wait(void)
{
	id_space_t *ids = id_space_create("one", 4, 5);

	VERIFY3S(id_alloc(ids), ==, 4);
	beside(give_back, ids);
	VERIFY3S(id_alloc(ids), ==, 4);
	beside_wait();
	id_free(ids, 4);
	id_space_destroy(ids);
}

void bug_identifier_free(void)
{
	id_space_t *ids = id_space_create("ids", 5, 9);

	id_free(ids, 7);
}

/* ---- hash tables ---- */

static int destroyed_keys, destroyed_values;

static void value_destroy(mod_hash_val_t value)
{
	destroyed_values++;
}

static void key_destroy(mod_hash_key_t key)
{
	destroyed_keys++;
}

void check_hash_strings(void)
{
	mod_hash_t *h = mod_hash_create_strhash("strings", 3, mod_hash_strval_dtor);
	mod_hash_val_t value = NULL;

	VERIFY3S(mod_hash_find(h, "a", &value), ==, MH_ERR_NOTFOUND);
	VERIFY0(mod_hash_insert(h, ddi_strdup("a", KM_SLEEP), ddi_strdup("first", KM_SLEEP)));
	VERIFY3S(mod_hash_insert(h, "a", "again"), ==, MH_ERR_DUPLICATE);
	VERIFY(mod_hash_find(h, "a", &value) == 0 && strcmp(value, "first") == 0);
	VERIFY0(mod_hash_replace(h, ddi_strdup("a", KM_SLEEP), ddi_strdup("second", KM_SLEEP)));
	VERIFY0(mod_hash_replace(h, ddi_strdup("b", KM_SLEEP), ddi_strdup("third", KM_SLEEP)));
	VERIFY(mod_hash_find(h, "a", &value) == 0 && strcmp(value, "second") == 0);
	VERIFY0(mod_hash_remove(h, "a", &value));
	VERIFY3S(mod_hash_remove(h, "a", &value), ==, MH_ERR_NOTFOUND);
	strfree(value);
	VERIFY3S(mod_hash_destroy(h, "a"), ==, MH_ERR_NOTFOUND);
	VERIFY0(mod_hash_destroy(h, "b"));
	VERIFY0(mod_hash_insert(h, ddi_strdup("left", KM_SLEEP), ddi_strdup("over", KM_SLEEP)));
	mod_hash_destroy_strhash(h);
}

static uint_t add_up(mod_hash_key_t key, mod_hash_val_t *value, void *arg)
{
	*(uintptr_t *)arg += (uintptr_t)key * (uintptr_t)value;
	return (MH_WALK_CONTINUE);
}

static uint_t count_two(mod_hash_key_t key, mod_hash_val_t *value, void *arg)
{
	return (++*(int *)arg == 2 ? MH_WALK_TERMINATE : MH_WALK_CONTINUE);
}

void check_hash_numbers(void)
{
	mod_hash_t *h = mod_hash_create_idhash("numbers", 0, mod_hash_null_valdtor);
	mod_hash_t *pointers = mod_hash_create_ptrhash("pointers", 7, value_destroy, 8);
	uintptr_t sum = 0, n;
	mod_hash_val_t value;
	int seen = 0;

	for (n = 0; n < 10; n++)
		VERIFY0(mod_hash_insert(h, (mod_hash_key_t)n, (mod_hash_val_t)(n + 1)));
	mod_hash_walk(h, add_up, &sum);
	VERIFY3U(sum, ==, 330);
	mod_hash_walk(h, count_two, &seen);
	VERIFY3S(seen, ==, 2);
	mod_hash_clear(h);
	VERIFY3S(mod_hash_find(h, (mod_hash_key_t)3, &value), ==, MH_ERR_NOTFOUND);
	mod_hash_destroy_idhash(h);
	destroyed_values = 0;
	VERIFY0(mod_hash_insert(pointers, &sum, &n));
	VERIFY0(mod_hash_insert(pointers, &n, &sum));
	VERIFY(mod_hash_find(pointers, &n, &value) == 0 && value == &sum);
	mod_hash_destroy_ptrhash(pointers);
	VERIFY3S(destroyed_values, ==, 2);
}

static uint_t hash_all_the_same(void *data, mod_hash_key_t key)
{
	VERIFY(data == &destroyed_keys);
	return (5);
}

static int compare_last_digit(mod_hash_key_t a, mod_hash_key_t b)
{
	return ((uintptr_t)a % 10 != (uintptr_t)b % 10);
}

static mod_hash_val_t shown;

static void show(mod_hash_key_t key, mod_hash_val_t value)
{
	shown = value;
}

static int show_number(mod_hash_key_t key, mod_hash_val_t value)
{
	return ((int)(uintptr_t)value);
}

void check_hash_own(void)
{
	mod_hash_t *h = mod_hash_create_extended("own", 4, key_destroy, value_destroy, hash_all_the_same, &destroyed_keys,
						 compare_last_digit, KM_NOSLEEP);
	mod_hash_val_t value;
	int number = 0;

	destroyed_keys = destroyed_values = 0;
	VERIFY0(mod_hash_insert(h, (mod_hash_key_t)11, (mod_hash_val_t)100));
	VERIFY0(mod_hash_insert(h, (mod_hash_key_t)12, (mod_hash_val_t)200));
	VERIFY3S(mod_hash_insert(h, (mod_hash_key_t)21, NULL), ==, MH_ERR_DUPLICATE);
	VERIFY(mod_hash_find_cb(h, (mod_hash_key_t)31, &value, show) == 0 && shown == (mod_hash_val_t)100);
	VERIFY3S(mod_hash_find_cb(h, (mod_hash_key_t)33, &value, show), ==, MH_ERR_NOTFOUND);
	VERIFY(mod_hash_find_cb_rval(h, (mod_hash_key_t)12, &value, show_number, &number) == 0 && number == 200);
	VERIFY3S(mod_hash_find_cb_rval(h, (mod_hash_key_t)13, &value, show_number, &number), ==, MH_ERR_NOTFOUND);
	VERIFY(mod_hash_remove(h, (mod_hash_key_t)11, &value) == 0 && value == (mod_hash_val_t)100);
	VERIFY(destroyed_keys == 1 && destroyed_values == 0);
	mod_hash_destroy_hash(h);
	VERIFY(destroyed_keys == 2 && destroyed_values == 1);
}

void check_hash_reserved(void)
{
	mod_hash_t *h = mod_hash_create_idhash("reserved", 5, value_destroy);
	mod_hash_hndl_t one, two;

	VERIFY0(mod_hash_reserve(h, &one));
	VERIFY0(mod_hash_reserve_nosleep(h, &two));
	VERIFY0(mod_hash_insert_reserve(h, (mod_hash_key_t)1, NULL, one));
	VERIFY3S(mod_hash_insert_reserve(h, (mod_hash_key_t)1, NULL, two), ==, MH_ERR_DUPLICATE);
	mod_hash_cancel(h, &two);
	VERIFY(two == NULL);
	mod_hash_destroy_idhash(h);
}

#define NUMBERS 200

/* Against a table of what is in. */
void check_hash_random(void)
{
	mod_hash_t *h = mod_hash_create_idhash("random", 17, mod_hash_null_valdtor);
	static uintptr_t in[NUMBERS];
	uint32_t seed = 3;
	mod_hash_val_t value;

	VERIFY3U(mod_hash_iddata_gen(17), >, 17);
	memset(in, 0, sizeof(in));
	for (uintptr_t i = 1; i < 20000; i++) {
		uintptr_t k = (seed = seed * 1664525u + 1013904223u) >> 8 & 0xffffff;

		k %= NUMBERS;
		VERIFY3S(mod_hash_find(h, (mod_hash_key_t)k, &value), ==, in[k] != 0 ? 0 : MH_ERR_NOTFOUND);
		if (in[k] == 0) {
			VERIFY0(mod_hash_insert(h, (mod_hash_key_t)k, (mod_hash_val_t)i));
			in[k] = i;
		} else {
			VERIFY(mod_hash_remove(h, (mod_hash_key_t)k, &value) == 0 && value == (mod_hash_val_t)in[k]);
			in[k] = 0;
		}
	}
	mod_hash_destroy_idhash(h);
}

void bug_hash_unknown(void)
{
	mod_hash_t *h = mod_hash_create_idhash("gone", 1, mod_hash_null_valdtor);

	mod_hash_destroy_idhash(h);
	mod_hash_destroy_idhash(h);
}
