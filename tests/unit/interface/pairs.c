/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of named values, as they are, as bytes, and in events. */
#include <sys/nvpair.h>
#include <sys/sysevent.h>

#include "card.h"

static nvlist_t *list_new(uint_t flags)
{
	nvlist_t *list = NULL;

	VERIFY0(nvlist_alloc(&list, flags, KM_SLEEP));
	VERIFY(list != NULL && nvlist_empty(list) && nvlist_nvflag(list) == flags);
	return (list);
}

static int pairs_of(nvlist_t *list)
{
	int n = 0, back = 0;

	for (nvpair_t *p = nvlist_next_nvpair(list, NULL); p != NULL; p = nvlist_next_nvpair(list, p))
		n++;
	for (nvpair_t *p = nvlist_prev_nvpair(list, NULL); p != NULL; p = nvlist_prev_nvpair(list, p))
		back++;
	VERIFY3S(n, ==, back);
	return (n);
}

void check_pair_numbers(void)
{
	nvlist_t *list = list_new(NV_UNIQUE_NAME);
	nvpair_t *pair;

/* The least and the greatest come back, an array as well; another type does not. */
#define NUMBERS(name, ctype, low, high) \
	do { \
		ctype value = 0, two[2] = {low, high}, *several = NULL; \
		uint_t n = 0; \
		VERIFY0(nvlist_add_##name(list, #name, low)); \
		VERIFY(nvlist_lookup_##name(list, #name, &value) == 0 && value == (low)); \
		VERIFY0(nvlist_add_##name(list, #name, high)); \
		VERIFY0(nvlist_lookup_nvpair(list, #name, &pair)); \
		VERIFY(nvpair_value_##name(pair, &value) == 0 && value == (high)); \
		VERIFY3S(nvpair_value_string(pair, (char **)&several), ==, EINVAL); \
		VERIFY0(nvlist_add_##name##_array(list, #name "s", two, 2)); \
		VERIFY(nvlist_lookup_##name##_array(list, #name "s", &several, &n) == 0 && n == 2); \
		VERIFY(several != two && several[0] == (low) && several[1] == (high)); \
		VERIFY3S(nvlist_add_##name##_array(list, #name "s", NULL, 2), ==, EINVAL); \
		VERIFY0(nvlist_add_##name##_array(list, #name "s", NULL, 0)); \
		VERIFY0(nvlist_lookup_nvpair(list, #name "s", &pair)); \
		VERIFY(nvpair_value_##name##_array(pair, &several, &n) == 0 && n == 0 && several == NULL); \
		VERIFY(nvpair_type_is_array(pair)); \
	} while (0)
	NUMBERS(byte, uchar_t, 0, 255);
	NUMBERS(int8, int8_t, -128, 127);
	NUMBERS(uint8, uint8_t, 0, 255);
	NUMBERS(int16, int16_t, -32768, 32767);
	NUMBERS(uint16, uint16_t, 0, 65535);
	NUMBERS(int32, int32_t, -2147483647 - 1, 2147483647);
	NUMBERS(uint32, uint32_t, 0, 4294967295u);
	NUMBERS(int64, int64_t, -9223372036854775807ll - 1, 9223372036854775807ll);
	NUMBERS(uint64, uint64_t, 0, 18446744073709551615ull);
	VERIFY3S(pairs_of(list), ==, 18);
	nvlist_free(list);
}

void check_pair_others(void)
{
	nvlist_t *list = list_new(NV_UNIQUE_NAME), *inner = list_new(0), *lists[2] = {inner, inner}, *found, **several;
	char *text, **texts, *words[] = {"", "two", "three"};
	boolean_t yes = B_FALSE, *flags, both[] = {B_TRUE, B_FALSE};
	hrtime_t time = 0;
	nvpair_t *pair;
	uint_t n;

	VERIFY0(nvlist_add_boolean(list, "there"));
	VERIFY(nvlist_lookup_boolean(list, "there") == 0 && nvlist_lookup_boolean(list, "here") == ENOENT);
	VERIFY0(nvlist_add_boolean_value(list, "yes", B_TRUE));
	VERIFY(nvlist_lookup_boolean_value(list, "yes", &yes) == 0 && yes && nvlist_lookup_boolean(list, "yes") == ENOENT);
	VERIFY0(nvlist_add_boolean_array(list, "both", both, 2));
	VERIFY(nvlist_lookup_boolean_array(list, "both", &flags, &n) == 0 && n == 2 && flags[0] && !flags[1]);
	VERIFY0(nvlist_add_hrtime(list, "time", 7));
	VERIFY(nvlist_lookup_hrtime(list, "time", &time) == 0 && time == 7);
	VERIFY0(nvlist_add_string(list, "text", "words"));
	VERIFY(nvlist_lookup_string(list, "text", &text) == 0 && strcmp(text, "words") == 0);
	VERIFY3S(nvlist_add_string(list, "text", NULL), ==, EINVAL);
	VERIFY0(nvlist_add_string_array(list, "texts", words, 3));
	VERIFY(nvlist_lookup_string_array(list, "texts", &texts, &n) == 0 && n == 3 && texts[0][0] == '\0' && strcmp(texts[2], "three") == 0);
	words[1] = NULL;
	VERIFY3S(nvlist_add_string_array(list, "texts", words, 3), ==, EINVAL);
	VERIFY0(nvlist_add_int32(inner, "n", 5));
	VERIFY0(nvlist_add_nvlist(list, "inner", inner));
	VERIFY0(nvlist_add_nvlist_array(list, "lists", lists, 2));
	VERIFY0(nvlist_add_int32(inner, "n", 6)); /* the copies do not change */
	VERIFY(nvlist_lookup_nvlist(list, "inner", &found) == 0 && pairs_of(found) == 1 && pairs_of(inner) == 2);
	VERIFY(nvlist_lookup_nvlist_array(list, "lists", &several, &n) == 0 && n == 2 && pairs_of(several[1]) == 1);
	VERIFY3S(nvlist_add_nvlist(list, "none", NULL), ==, EINVAL);
	VERIFY(nvlist_lookup_nvpair(list, "lists", &pair) == 0 && strcmp(nvpair_name(pair), "lists") == 0);
	VERIFY(nvpair_type(pair) == DATA_TYPE_NVLIST_ARRAY && nvpair_value_nvlist(pair, &found) == EINVAL);
	VERIFY(nvlist_lookup_nvpair(list, "text", &pair) == 0 && !nvpair_type_is_array(pair) && strcmp(NVP_NAME(pair), "text") == 0);
	VERIFY(strcmp(NVP_VALUE(pair), "words") == 0 && NVP_NELEM(pair) == 1);
	nvlist_free(inner);
	nvlist_free(list);
}

/* What adding "a" as 1, "a" as 2, "a" as text leaves. */
void check_pair_names(void)
{
	static const struct {
		uint_t flags;
		int pairs, lookup, removed;
	} kinds[] = {{0, 3, ENOTSUP, 0}, {NV_UNIQUE_NAME, 1, ENOENT, ENOENT}, {NV_UNIQUE_NAME_TYPE, 2, 0, 0}};

	for (int i = 0; i < 3; i++) {
		nvlist_t *list = list_new(kinds[i].flags);
		int32_t value = 0;

		VERIFY(nvlist_add_int32(list, "a", 1) == 0 && nvlist_add_int32(list, "a", 2) == 0 && nvlist_add_string(list, "a", "b") == 0);
		VERIFY3S(pairs_of(list), ==, kinds[i].pairs);
		VERIFY3S(nvlist_lookup_int32(list, "a", &value), ==, kinds[i].lookup);
		VERIFY(kinds[i].lookup != 0 || value == 2);
		VERIFY(nvlist_exists(list, "a") && !nvlist_exists(list, "b") && !nvlist_exists(list, NULL));
		VERIFY3S(nvlist_remove(list, "a", DATA_TYPE_INT32), ==, kinds[i].removed);
		VERIFY0(nvlist_remove_all(list, "a"));
		VERIFY(nvlist_empty(list) && nvlist_remove_all(list, "a") == ENOENT);
		nvlist_free(list);
	}
}

void check_pair_arguments(void)
{
	nvlist_t *list = list_new(0), *none;
	static char name[40000];
	int32_t value;

	VERIFY(nvlist_alloc(NULL, 0, KM_SLEEP) == EINVAL && nvlist_alloc(&none, 8, KM_SLEEP) == EINVAL);
	VERIFY(nvlist_add_int32(NULL, "a", 1) == EINVAL && nvlist_add_int32(list, NULL, 1) == EINVAL);
	VERIFY(nvlist_lookup_int32(NULL, "a", &value) == EINVAL && nvlist_remove(NULL, "a", DATA_TYPE_INT32) == EINVAL);
	VERIFY(nvlist_dup(NULL, &none, KM_SLEEP) == EINVAL && nvlist_merge(list, NULL, 0) == EINVAL);
	VERIFY(nvlist_merge(list, list, 0) == 0 && nvlist_next_nvpair(NULL, NULL) == NULL && nvlist_empty(NULL));
	memset(name, 'n', sizeof(name) - 1);
	VERIFY3S(nvlist_add_int32(list, name, 1), ==, EINVAL); /* longer than a pair can hold */
	name[32766] = '\0';
	VERIFY0(nvlist_add_int32(list, name, 1));
	VERIFY0(nvlist_remove_nvpair(list, nvlist_next_nvpair(list, NULL)));
	nvlist_free(NULL);
	nvlist_free(list);
}

void bug_list_inner(void)
{
	nvlist_t *list = list_new(NV_UNIQUE_NAME), *inner = list_new(0);

	VERIFY0(nvlist_add_nvlist(list, "inner", inner));
	VERIFY0(nvlist_lookup_nvlist(list, "inner", &inner));
	nvlist_free(inner);
}

/* ---- as bytes ---- */

static nvlist_t *list_full(void)
{
	nvlist_t *list = list_new(NV_UNIQUE_NAME), *inner = list_new(NV_UNIQUE_NAME_TYPE), *lists[2] = {inner, inner};
	char *words[] = {"one", "", "three"};
	uint16_t halves[] = {1, 65535, 3};
	int8_t bytes[] = {-1, 1};

	VERIFY0(nvlist_add_boolean(list, "boolean"));
	VERIFY0(nvlist_add_int8(list, "int8", -5));
	VERIFY0(nvlist_add_int16(list, "int16", -500));
	VERIFY0(nvlist_add_uint64(list, "uint64", 0x123456789abcdefull));
	VERIFY0(nvlist_add_string(list, "string", "a string"));
	VERIFY0(nvlist_add_byte_array(list, "byte_array", (uchar_t *)"12345", 5));
	VERIFY0(nvlist_add_int8_array(list, "int8_array", bytes, 2));
	VERIFY0(nvlist_add_uint16_array(list, "uint16_array", halves, 3));
	VERIFY0(nvlist_add_uint16_array(list, "nothing", NULL, 0));
	VERIFY0(nvlist_add_string_array(list, "string_array", words, 3));
	VERIFY0(nvlist_add_hrtime(inner, "time", -1));
	VERIFY0(nvlist_add_nvlist(list, "nvlist", inner));
	VERIFY0(nvlist_add_nvlist_array(list, "nvlist_array", lists, 2));
	nvlist_free(inner);
	return (list);
}

static void expect_full(nvlist_t *list)
{
	nvlist_t *inner, **lists;
	uint64_t wide;
	int16_t half;
	int8_t small, *smalls;
	uchar_t *bytes;
	uint16_t *halves;
	char *text, **texts;
	hrtime_t time;
	uint_t n;

	VERIFY(pairs_of(list) == 12 && nvlist_nvflag(list) == NV_UNIQUE_NAME && nvlist_lookup_boolean(list, "boolean") == 0);
	VERIFY(nvlist_lookup_int8(list, "int8", &small) == 0 && small == -5);
	VERIFY(nvlist_lookup_int16(list, "int16", &half) == 0 && half == -500);
	VERIFY(nvlist_lookup_uint64(list, "uint64", &wide) == 0 && wide == 0x123456789abcdefull);
	VERIFY(nvlist_lookup_string(list, "string", &text) == 0 && strcmp(text, "a string") == 0);
	VERIFY(nvlist_lookup_byte_array(list, "byte_array", &bytes, &n) == 0 && n == 5 && memcmp(bytes, "12345", 5) == 0);
	VERIFY(nvlist_lookup_int8_array(list, "int8_array", &smalls, &n) == 0 && n == 2 && smalls[0] == -1);
	VERIFY(nvlist_lookup_uint16_array(list, "uint16_array", &halves, &n) == 0 && n == 3 && halves[1] == 65535);
	VERIFY(nvlist_lookup_uint16_array(list, "nothing", &halves, &n) == 0 && n == 0);
	VERIFY(nvlist_lookup_string_array(list, "string_array", &texts, &n) == 0 && n == 3 && strcmp(texts[2], "three") == 0);
	VERIFY(nvlist_lookup_nvlist(list, "nvlist", &inner) == 0 && nvlist_lookup_hrtime(inner, "time", &time) == 0 && time == -1);
	VERIFY(nvlist_lookup_nvlist_array(list, "nvlist_array", &lists, &n) == 0 && n == 2 && pairs_of(lists[1]) == 1);
	VERIFY3U(nvlist_nvflag(lists[0]), ==, NV_UNIQUE_NAME_TYPE);
}

void check_pairs_packed(void)
{
	for (int encoding = NV_ENCODE_NATIVE; encoding <= NV_ENCODE_XDR; encoding++) {
		nvlist_t *list = list_full(), *copy, *back = NULL;
		char *bytes = NULL, own[4];
		size_t size, got = sizeof(own);

		VERIFY0(nvlist_dup(list, &copy, KM_SLEEP));
		expect_full(copy);
		VERIFY0(nvlist_size(list, &size, encoding));
		VERIFY(size % 4 == 0);
		VERIFY(nvlist_pack(list, &bytes, &got, encoding, KM_SLEEP) == 0 && got == size);
		VERIFY0(nvlist_unpack(bytes, got, &back, KM_SLEEP));
		expect_full(back);
		nvlist_free(back);
		bytes[1] ^= (char)encoding; /* XDR says nothing of the byte order */
		VERIFY0(nvlist_unpack(bytes, got, &back, KM_SLEEP));
		nvlist_free(back);
		kmem_free(bytes, got);
		bytes = own;
		got = sizeof(own);
		VERIFY3S(nvlist_pack(list, &bytes, &got, encoding, KM_SLEEP), ==, ENOSPC);
		VERIFY(nvlist_size(list, &size, 2) == ENOTSUP && nvlist_pack(list, &bytes, &got, 2, KM_SLEEP) == ENOTSUP);
		nvlist_free(copy);
		nvlist_free(list);
	}
}

/* A list of one number in XDR, byte by byte as RFC 4506 has it. */
void check_pairs_xdr(void)
{
	static const char expected[] = "\1\1\0\0"
				       "\0\0\0\0"
				       "\0\0\0\1"
				       "\0\0\0\034"
				       "\0\0\0\040"
				       "\0\0\0\3abc\0"
				       "\0\0\0\3"
				       "\0\0\0\1"
				       "\377\377\377\376"
				       "\0\0\0\0\0\0\0\0";
	nvlist_t *list = list_new(NV_UNIQUE_NAME);
	char bytes[64], *at = bytes;
	size_t size = sizeof(bytes);

	VERIFY0(nvlist_add_int16(list, "abc", -2));
	VERIFY0(nvlist_pack(list, &at, &size, NV_ENCODE_XDR, KM_SLEEP));
	VERIFY3U(size, ==, sizeof(expected) - 1);
	bytes[19] = '\040'; /* its size in memory is nobody's business */
	VERIFY(memcmp(bytes, expected, size) == 0);
	nvlist_free(list);
}

/* Whatever bytes: a list, or an error, and nothing is left. */
void check_pairs_damaged(void)
{
	nvlist_t *list = list_full(), *back;
	char *bytes = NULL, *copy;
	size_t size;
	uint32_t seed = 5;
	int refused = 0;

	VERIFY0(nvlist_pack(list, &bytes, &size, NV_ENCODE_XDR, KM_SLEEP));
	copy = kmem_alloc(size, KM_SLEEP);
	for (size_t cut = 0; cut < size; cut++)
		VERIFY3S(nvlist_unpack(bytes, cut, &back, KM_SLEEP), ==, EFAULT);
	for (int i = 0; i < 5000; i++) {
		memcpy(copy, bytes, size);
		for (int changes = 0; changes < 2; changes++) {
			seed = seed * 1664525u + 1013904223u;
			copy[4 + (seed >> 8) % (size - 4)] ^= (char)(1 << (seed >> 28 & 7));
		}
		if (nvlist_unpack(copy, size, &back, KM_SLEEP) == 0)
			nvlist_free(back);
		else
			refused++;
	}
	VERIFY(refused > 1000 && refused < 5000);
	bytes[0] = 2;
	VERIFY3S(nvlist_unpack(bytes, size, &back, KM_SLEEP), ==, ENOTSUP);
	VERIFY(nvlist_unpack(NULL, size, &back, KM_SLEEP) == EINVAL && nvlist_unpack(bytes, size, NULL, KM_SLEEP) == EINVAL);
	kmem_free(copy, size);
	kmem_free(bytes, size);
	nvlist_free(list);
}

/* Lists within lists: so deep, and no deeper, are they read. */
void check_pairs_deep(void)
{
	nvlist_t *list = list_new(NV_UNIQUE_NAME), *outer, *back;

	for (int depth = 0; depth < 22; depth++) {
		char *bytes = NULL;
		size_t size;
		int error;

		VERIFY0(nvlist_pack(list, &bytes, &size, NV_ENCODE_XDR, KM_SLEEP));
		error = nvlist_unpack(bytes, size, &back, KM_SLEEP);
		VERIFY3S(error, ==, depth <= 20 ? 0 : EFAULT);
		if (error == 0)
			nvlist_free(back);
		kmem_free(bytes, size);
		outer = list_new(NV_UNIQUE_NAME);
		VERIFY0(nvlist_add_nvlist(outer, "in", list));
		nvlist_free(list);
		list = outer;
	}
	nvlist_free(list);
}

/* ---- events ---- */

void check_system_events(void)
{
	nvlist_t *list = list_full();
	sysevent_id_t one = {0}, two = {0};

	VERIFY0(ddi_log_sysevent(cards[0].dip, "SUNW", "EC_card", "ESC_card_in", list, &one, DDI_SLEEP));
	VERIFY(strstr(last_note(), "card0: event ESC_card_in of EC_card, SUNW: boolean int8=-5 int16=-500") != NULL);
	VERIFY(strstr(last_note(), " string=\"a string\" byte_array=(5 of type 10)") != NULL);
	VERIFY0(ddi_log_sysevent(cards[0].dip, "SUNW", "EC_card", "ESC_card_out", NULL, &two, DDI_NOSLEEP));
	VERIFY(two.eid_seq == one.eid_seq + 1 && two.eid_ts >= one.eid_ts);
	VERIFY0(ddi_log_sysevent(cards[0].dip, "SUNW", "EC_card", "ESC_card_out", NULL, NULL, DDI_NOSLEEP));
	VERIFY3S(ddi_log_sysevent(NULL, "SUNW", "EC_card", "ESC_card_out", NULL, NULL, DDI_NOSLEEP), ==, DDI_EINVAL);
	VERIFY3S(ddi_log_sysevent(cards[0].dip, "SUNW", NULL, "ESC_card_out", NULL, NULL, DDI_NOSLEEP), ==, DDI_EINVAL);
	VERIFY3S(ddi_log_sysevent(cards[0].dip, "SUNW", "EC_card", "ESC_card_out", NULL, NULL, 7), ==, DDI_EINVAL);
	nvlist_free(list);
}
