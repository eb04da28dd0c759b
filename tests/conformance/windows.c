/* SPDX-License-Identifier: BSD-2-Clause */
/* Address spaces: ranges, windows, translations. */
#include <sys/errno.h>
#include <sys/string.h>

#include "tests/conformance/conformance.h"

#define RW (HOST_PROT_READ | HOST_PROT_WRITE)
#define PAGES 8u

static struct host_as *as;
static struct host_pages *pages; /* PAGES of them */
static char *kernel;             /* where they are for a driver */

static void setup(void)
{
	as = fixture_as_create();
	CHECK(host_pages_create(PAGES * PAGE, 0, &pages) == 0);
	kernel = host_pages_address(pages);
}

static void teardown(void)
{
	fixture_as_destroy(as);
	host_pages_destroy(pages);
}

static uintptr_t reserve(size_t n)
{
	uintptr_t addr = 0;

	CHECK(host_as_reserve(as, &addr, n * PAGE, 0) == 0);
	return addr;
}

static uintptr_t window(size_t n, bool intercept)
{
	struct host_window w = {.addr = reserve(n), .len = n * PAGE, .pages = pages, .prot = RW, .intercept = intercept};

	CHECK(host_as_window(as, &w) == 0);
	return w.addr;
}

static enum fixture_result put(uintptr_t at, char c)
{
	return fixture_access(as, at, &c, 1, HOST_PROT_WRITE);
}

static char get(uintptr_t at)
{
	char c = 0;

	CHECK(fixture_access(as, at, &c, 1, HOST_PROT_READ) == FIXTURE_DONE);
	return c;
}

CONFORMANCE_WITH(ranges_are_found_and_taken_as_asked, setup, teardown)
{
	uintptr_t first = reserve(3), second = reserve(1), hint, fixed = first + PAGE;

	CHECK(first % PAGE == 0 && (second >= first + 3 * PAGE || second + PAGE <= first));
	hint = first;
	CHECK(host_as_reserve(as, &hint, PAGE, 0) == 0 && hint != first); /* taken: elsewhere */
	CHECK(host_as_reserve(as, &fixed, PAGE, HOST_AS_FIXED) == 0 && fixed == first + PAGE);
	fixed = UINTPTR_MAX - PAGE + 1;
	CHECK(host_as_reserve(as, &fixed, 2 * PAGE, HOST_AS_FIXED) == ENOMEM);
	hint = 0;
	CHECK(host_as_reserve(as, &hint, SIZE_MAX & ~(PAGE - 1), 0) == ENOMEM);
	host_as_release(as, first, 3 * PAGE);
	CHECK(put(first, 1) == FIXTURE_NOT_MAPPED);
}

CONFORMANCE_WITH(a_reserved_range_is_not_memory_yet, setup, teardown)
{
	CHECK(put(reserve(1), 1) != FIXTURE_DONE);
}

CONFORMANCE_WITH(an_intercepted_window_shows_what_is_loaded, setup, teardown)
{
	uintptr_t at = window(4, true);

	CHECK(put(at, 1) == FIXTURE_NO_TRANSLATION);
	CHECK(host_as_load(as, at + PAGE, PAGE, HOST_PROT_READ) == 0);
	CHECK(!fixture_loaded(as, at, HOST_PROT_READ) && !fixture_loaded(as, at + 2 * PAGE, HOST_PROT_READ));
	kernel[PAGE + 3] = 'k';
	CHECK(get(at + PAGE + 3) == 'k');
	CHECK(put(at + PAGE, 1) == FIXTURE_NO_TRANSLATION); /* loaded for reading only */
	CHECK(host_as_load(as, at, 4 * PAGE, RW) == 0);
	CHECK(put(at + 2 * PAGE, 'u') == FIXTURE_DONE && kernel[2 * PAGE] == 'u');
	host_as_unload(as, at + PAGE, 2 * PAGE);
	CHECK(fixture_loaded(as, at, RW) && fixture_loaded(as, at + 3 * PAGE, RW));
	CHECK(!fixture_loaded(as, at + PAGE, HOST_PROT_READ) && !fixture_loaded(as, at + 2 * PAGE, HOST_PROT_READ));
	CHECK(kernel[2 * PAGE] == 'u');
}

CONFORMANCE_WITH(protections_reach_what_is_loaded, setup, teardown)
{
	uintptr_t at = window(4, true), plain = window(2, false);

	CHECK(host_as_load(as, at, PAGE, RW) == 0);
	CHECK(host_as_protect(as, at, 4 * PAGE, HOST_PROT_READ) == 0);
	CHECK(fixture_loaded(as, at, HOST_PROT_READ) && !fixture_loaded(as, at, HOST_PROT_WRITE));
	CHECK(!fixture_loaded(as, at + PAGE, HOST_PROT_READ)); /* nothing is loaded by it */
	CHECK(fixture_loaded(as, plain + PAGE, RW));
	CHECK(host_as_protect(as, plain, PAGE, 0) == 0);
	CHECK(!fixture_loaded(as, plain, HOST_PROT_READ) && fixture_loaded(as, plain + PAGE, RW));
	CHECK(host_as_protect(as, plain, PAGE, RW) == 0 && fixture_loaded(as, plain, RW));
}

/*
 *	| 0 | 1 | 2 | 3 |     of the pages
 *	    | 6 |             a window over the second: the third is as it was
 */
CONFORMANCE_WITH(windows_replace_each_other_exactly, setup, teardown)
{
	uintptr_t at = window(4, false);
	struct host_window w = {
		.addr = at + PAGE, .len = PAGE, .pages = pages, .offset = 6 * PAGE, .prot = RW, .intercept = true};

	CHECK(host_as_window(as, &w) == 0);
	CHECK(fixture_loaded(as, at, RW) && !fixture_loaded(as, at + PAGE, HOST_PROT_READ));
	CHECK(host_as_load(as, at + PAGE, PAGE, RW) == 0);
	kernel[6 * PAGE] = 'n';
	kernel[2 * PAGE] = 'o';
	CHECK(get(at + PAGE) == 'n' && get(at + 2 * PAGE) == 'o');
	w.pages = NULL;
	CHECK(host_as_window(as, &w) == 0);
	CHECK(host_as_load(as, at + PAGE, PAGE, RW) == EFAULT && host_as_load(as, at, 3 * PAGE, RW) == EFAULT);
	host_as_release(as, at, 4 * PAGE);
	CHECK(host_as_load(as, at, PAGE, RW) == EFAULT && put(at, 1) == FIXTURE_NOT_MAPPED);
}

/* ---- random loads, unloads and protections against a table of pages ---- */

#define MODEL_PAGES 32u

static int model[MODEL_PAGES]; /* -1: not loaded */

static void model_step(unsigned *seed, uintptr_t base)
{
	unsigned from = random_below(seed, MODEL_PAGES), n = 1 + random_below(seed, MODEL_PAGES - from);
	unsigned prot = random_below(seed, 4), action = random_below(seed, 3);
	uintptr_t at = base + from * PAGE;

	if (action == 0)
		CHECK(host_as_load(as, at, n * PAGE, prot) == 0);
	else if (action == 1)
		host_as_unload(as, at, n * PAGE);
	else
		CHECK(host_as_protect(as, at, n * PAGE, prot) == 0);
	for (unsigned i = from; i < from + n; i++)
		if (action != 2 || model[i] >= 0)
			model[i] = action == 1 ? -1 : (int)prot;
}

CONFORMANCE_WITH(translations_are_as_a_table_has_them, setup, teardown)
{
	struct host_window w = {.addr = reserve(MODEL_PAGES), .len = MODEL_PAGES * PAGE, .prot = RW, .intercept = true};
	unsigned seed = 5;

	CHECK(host_pages_create(w.len, 0, &w.pages) == 0);
	CHECK(host_as_window(as, &w) == 0);
	memset(model, 0xff, sizeof(model));
	for (int round = 0; round < 500; round++) {
		model_step(&seed, w.addr);
		for (unsigned i = 0; i < MODEL_PAGES; i++)
			for (unsigned p = 1; p < 4; p++)
				CHECK(fixture_loaded(as, w.addr + i * PAGE, p) ==
				      (model[i] >= 0 && ((unsigned)model[i] & p) == p));
	}
	host_as_release(as, w.addr, w.len);
	host_pages_destroy(w.pages);
}

/* ---- unload is synchronous ---- */

static struct {
	uintptr_t at;
	_Atomic bool stop;
} writer;

static void writes(void *arg)
{
	uint64_t words[8];

	for (uint64_t n = 1; !writer.stop; n++) {
		for (int i = 0; i < 8; i++)
			words[i] = n;
		if (fixture_access(as, writer.at, words, sizeof(words), HOST_PROT_WRITE) == FIXTURE_NO_TRANSLATION)
			CHECK(host_as_load(as, writer.at, PAGE, RW) == 0);
	}
}

CONFORMANCE_WITH(after_an_unload_the_last_write_is_whole, setup, teardown)
{
	const volatile uint64_t *words = (const volatile uint64_t *)(void *)kernel;
	struct host_thread *thread;

	writer.at = window(1, true);
	writer.stop = false;
	CHECK(host_thread_create(writes, NULL, "writer", &thread) == 0);
	for (int round = 0; round < 500; round++)
		host_as_unload(as, writer.at, PAGE);
	writer.stop = true;
	host_thread_join(thread);
	host_as_unload(as, writer.at, PAGE);
	for (int i = 1; i < 8; i++)
		CHECK(words[i] == words[0]);
}
