/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory, page objects, clocks. */
#include <sys/string.h>

#include "tests/conformance/conformance.h"

static bool all_zero(const char *p, size_t len)
{
	while (len > 0 && *p == 0) {
		p++;
		len--;
	}
	return len == 0;
}

CONFORMANCE(memory_is_zero_filled_and_aligned)
{
	static const size_t sizes[] = {1, 7, 64, 4096, 100000};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (int again = 0; again < 2; again++) { /* what was used comes back clean */
			char *p = host_alloc(sizes[i], again == 0);

			CHECK(p != NULL && (uintptr_t)p % _Alignof(max_align_t) == 0 && all_zero(p, sizes[i]));
			memset(p, 0xa5, sizes[i]);
			host_free(p, sizes[i]);
		}
	}
	host_free(NULL, 10);
}

CONFORMANCE(page_objects_are_zero_filled_and_stay_where_they_are)
{
	static const unsigned kinds[] = {0, HOST_PAGES_LOCKED, HOST_PAGES_NOWAIT, HOST_PAGES_LOCKED | HOST_PAGES_NOWAIT};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct host_pages *pages;
		char *kernel;

		CHECK(host_pages_create(3 * PAGE, kinds[i], &pages) == 0);
		kernel = host_pages_address(pages);
		CHECK((uintptr_t)kernel % PAGE == 0 && all_zero(kernel, 3 * PAGE));
		memset(kernel, 0x5a, 3 * PAGE);
		CHECK(host_pages_address(pages) == kernel && kernel[2 * PAGE] == 0x5a);
		host_pages_destroy(pages);
	}
}

/*
 *	shown    | 1 | 2 | 3 |        |   | 8 |   |
 *	               ^ is shown 8 of the other, then its own again
 */
CONFORMANCE(shown_pages_come_and_go_and_the_own_ones_stay)
{
	struct host_pages *shown, *other;
	char *a, *b;

	CHECK(host_pages_create(3 * PAGE, 0, &shown) == 0 && host_pages_create(3 * PAGE, 0, &other) == 0);
	a = host_pages_address(shown);
	b = host_pages_address(other);
	for (int i = 0; i < 3; i++) {
		a[(uintptr_t)i * PAGE] = (char)(1 + i);
		b[(uintptr_t)i * PAGE] = (char)(7 + i);
	}
	CHECK(host_pages_show(a + PAGE, PAGE, other, PAGE) == 0);
	CHECK(a[0] == 1 && a[PAGE] == 8 && a[2 * PAGE] == 3);
	a[PAGE] = 9;
	CHECK(b[PAGE] == 9);
	CHECK(host_pages_show(a + PAGE, PAGE, shown, PAGE) == 0);
	CHECK(a[PAGE] == 2 && b[PAGE] == 9);
	host_pages_destroy(other);
	host_pages_destroy(shown);
}

CONFORMANCE(clocks_go_forward)
{
	uint64_t before = host_time_monotonic();

	host_time_spin(1000000);
	CHECK(host_time_monotonic() - before >= 1000000);
	CHECK(host_time_real() > UINT64_C(1577836800000000000)); /* 2020 */
	CHECK(host_cpus() >= 1 && host_memory() >= PAGE);
}
