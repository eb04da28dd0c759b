/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's table of windows, and what it remembers of loaded pages: it may say too much, never too little. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#include "host/server/fault/fault.h"

#define PAGES 64u
#define BASE 0x100000u
#define PAGE 4096u
#define AT(page) (BASE + (uint64_t)(page)*PAGE)

static struct windows table;

static int setup(void **state)
{
	table = (struct windows){0};
	return 0;
}

static int teardown(void **state)
{
	windows_fini(&table);
	return 0;
}

static void lay(unsigned from, unsigned to)
{
	struct window w = {.start = AT(from), .end = AT(to)};

	assert_int_equal(windows_lay(&table, &w), 0);
}

/* What is to be unloaded of [from, to): "none", or pages. */
static bool loaded(unsigned from, unsigned to, unsigned *first, unsigned *last, unsigned *loads)
{
	uint64_t start = AT(from), end = AT(to);
	bool any = windows_loaded(&table, &start, &end, loads);

	*first = any ? (unsigned)((start - BASE) / PAGE) : 0;
	*last = any ? (unsigned)((end - BASE) / PAGE) : 0;
	return any;
}

static void assert_loaded(unsigned from, unsigned to, unsigned first, unsigned last)
{
	unsigned a, b, loads;

	assert_true(loaded(from, to, &a, &b, &loads));
	assert_int_equal(a, first);
	assert_int_equal(b, last);
}

static void assert_none(unsigned from, unsigned to)
{
	unsigned a, b, loads;

	assert_false(loaded(from, to, &a, &b, &loads));
}

static void unload(unsigned from, unsigned to)
{
	unsigned first, last, loads;

	if (loaded(from, to, &first, &last, &loads))
		windows_unloaded(&table, AT(first), AT(last), loads);
}

#define TEST(name) TEST_WITH(name, setup, teardown)

TEST(nothing_is_loaded_at_first)
{
	lay(0, 8);
	assert_none(0, 8);
}

TEST(what_is_loaded_is_unloaded_once)
{
	lay(0, 8);
	windows_load(&table, AT(2), AT(4));
	assert_none(0, 2);
	assert_loaded(0, 8, 2, 4);
	assert_loaded(3, 8, 3, 4);
	unload(0, 8);
	assert_none(0, 8);
	windows_load(&table, AT(7), AT(8));
	assert_loaded(0, 8, 7, 8);
}

TEST(unload_from_an_end_leaves_the_rest)
{
	lay(0, 8);
	windows_load(&table, AT(1), AT(7));
	unload(0, 3);
	assert_loaded(0, 8, 3, 7);
	unload(6, 8);
	assert_loaded(0, 8, 3, 6);
	unload(4, 5); /* a hole is not remembered */
	assert_loaded(0, 8, 3, 6);
}

TEST(load_during_an_unload_is_not_forgotten)
{
	unsigned first, last, loads;

	lay(0, 8);
	windows_load(&table, AT(1), AT(2));
	assert_true(loaded(0, 8, &first, &last, &loads));
	windows_load(&table, AT(1), AT(2));
	windows_unloaded(&table, AT(first), AT(last), loads);
	assert_loaded(0, 8, 1, 2);
}

TEST(a_new_window_has_nothing_loaded)
{
	lay(0, 8);
	windows_load(&table, AT(0), AT(8));
	lay(2, 4);
	assert_none(2, 4);
	assert_loaded(0, 8, 0, 8);
	assert_loaded(0, 3, 0, 2);
}

/* Against a byte for each page: 1 where it may be loaded. */
TEST(random_steps)
{
	unsigned char may[PAGES] = {0}, is[PAGES] = {0}; /* loaded; in a window */

	srand(1);
	for (int step = 0; step < 20000; step++) {
		unsigned from = (unsigned)rand() % PAGES, to = from + 1 + (unsigned)rand() % (PAGES - from), a, b, loads;
		switch (rand() % 6) {
		case 0:
			lay(from, to);
			memset(may + from, 0, to - from);
			memset(is + from, 1, to - from);
			break;
		case 1:
			assert_int_equal(windows_cut(&table, AT(from), AT(to)), 0);
			memset(may + from, 0, to - from);
			memset(is + from, 0, to - from);
			break;
		case 2:
			assert_int_equal(windows_change(&table, AT(from), AT(to), 3, true), 0);
			break;
		case 3:
			windows_load(&table, AT(from), AT(to));
			for (unsigned i = from; i < to; i++)
				may[i] = is[i];
			break;
		default:
			if (loaded(from, to, &a, &b, &loads)) {
				windows_unloaded(&table, AT(a), AT(b), loads);
				assert_true(from <= a && a < b && b <= to);
			} else {
				a = b = from;
			}
			for (unsigned i = from; i < to; i++)
				assert_true(!may[i] || (a <= i && i < b));
			memset(may + from, 0, to - from);
		}
	}
}
