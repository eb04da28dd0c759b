/* SPDX-License-Identifier: BSD-2-Clause */
/* Ordinary memory of a process: copies, and pins of it. */
#include <sys/errno.h>
#include <sys/string.h>

#include "tests/conformance/conformance.h"

#define RW (HOST_PROT_READ | HOST_PROT_WRITE)

static struct host_as *as;
static uintptr_t base; /* of four pages */

static void setup(void)
{
	as = fixture_as_create();
	base = 0;
	CHECK(fixture_map(as, &base, 4 * PAGE, RW) == 0);
}

static void teardown(void)
{
	fixture_as_destroy(as);
}

static uint32_t word_at(uintptr_t at)
{
	uint32_t value = 0;

	CHECK(fixture_access(as, at, &value, sizeof(value), HOST_PROT_READ) == FIXTURE_DONE);
	return value;
}

static void put_word(uintptr_t at, uint32_t value)
{
	CHECK(fixture_access(as, at, &value, sizeof(value), HOST_PROT_WRITE) == FIXTURE_DONE);
}

static struct host_pin *pin_of(uintptr_t at, size_t n, unsigned flags)
{
	struct host_pin *pin;

	CHECK(host_pin_create(as, at, n * PAGE, flags, &pin) == 0);
	return pin;
}

CONFORMANCE_WITH(copies_go_over_pages_and_stop_at_what_is_not_there, setup, teardown)
{
	char back[8] = "";

	CHECK(host_copyout(as, base + PAGE - 3, "across", 7) == 0);
	CHECK(host_copyin(as, back, base + PAGE - 3, 7) == 0 && memcmp(back, "across", 7) == 0);
	fixture_protect(as, base, PAGE, HOST_PROT_READ);
	CHECK(host_copyout(as, base, "x", 1) == EFAULT && host_copyin(as, back, base, 1) == 0);
	fixture_unmap(as, base, PAGE);
	CHECK(host_copyin(as, back, base, 1) == EFAULT && host_copyin(as, back, base + PAGE, 1) == 0);
	CHECK(host_copyin(as, back, base + 4 * PAGE - 1, 2) == EFAULT);
	CHECK(host_copyin(as, back, UINTPTR_MAX - 3, 8) == EFAULT);
}

CONFORMANCE_WITH(pins_are_of_memory_that_is_there_and_permitted, setup, teardown)
{
	uintptr_t claimed = 0;
	struct host_pin *pin;

	CHECK(host_as_reserve(as, &claimed, PAGE, 0) == 0);
	CHECK(host_pin_create(as, claimed, PAGE, 0, &pin) == EFAULT);
	CHECK(host_pin_create(as, base, 5 * PAGE, 0, &pin) == EFAULT);
	CHECK(host_pin_create(as, ~(PAGE - 1), PAGE, 0, &pin) == EFAULT);
	fixture_protect(as, base + PAGE, PAGE, HOST_PROT_READ);
	CHECK(host_pin_create(as, base, 3 * PAGE, HOST_PIN_WRITE, &pin) == EACCES);
	host_pin_destroy(pin_of(base, 3, 0));
	fixture_unmap(as, base + PAGE, PAGE);
	CHECK(host_pin_create(as, base, 3 * PAGE, 0, &pin) == EFAULT);
}

CONFORMANCE_WITH(a_pin_reaches_what_the_process_reaches, setup, teardown)
{
	struct host_pin *pin = pin_of(base + PAGE, 3, HOST_PIN_WRITE);
	uint32_t value = 7;

	put_word(base + PAGE + 4, 5);
	CHECK(host_pin_read(pin, 4, &value, sizeof(value)) == 0 && value == 5);
	value = 0x01020304;
	CHECK(host_pin_write(pin, PAGE - 2, &value, sizeof(value)) == 0); /* over two pages */
	CHECK(word_at(base + 2 * PAGE) == 0x0102 && word_at(base + 2 * PAGE - 4) == 0x03040000);
	host_pin_destroy(pin);
}

CONFORMANCE_WITH(pins_over_each_other_end_in_any_order, setup, teardown)
{
	struct host_pin *first = pin_of(base, 4, 0), *second = pin_of(base + PAGE, 2, HOST_PIN_WRITE);
	uint32_t value = 3;

	host_pin_destroy(first);
	CHECK(host_pin_write(second, PAGE, &value, sizeof(value)) == 0 && word_at(base + 2 * PAGE) == 3);
	host_pin_destroy(second);
}

CONFORMANCE_WITH(a_pins_object_and_the_process_share_the_pages, setup, teardown)
{
	struct host_pages *pages, *again;
	struct host_pin *pin;
	uint32_t *kernel;

	fixture_protect(as, base + 2 * PAGE, PAGE, HOST_PROT_READ | HOST_PROT_EXEC); /* one pin over several mappings */
	put_word(base + PAGE, 5);
	pin = pin_of(base + PAGE, 3, 0);
	CHECK(host_pin_pages(pin, &pages) == 0 && host_pin_pages(pin, &again) == 0);
	kernel = host_pages_address(pages);
	CHECK(kernel[0] == 5);
	put_word(base + 3 * PAGE, 9);
	CHECK(kernel[2 * PAGE / 4] == 9);
	kernel[2 * PAGE / 4] = 10;
	CHECK(word_at(base + 3 * PAGE) == 10);
	host_pages_destroy(pages);
	host_pin_destroy(pin);
	kernel = host_pages_address(again); /* longer than the pin */
	kernel[0] = 11;
	CHECK(word_at(base + PAGE) == 11);
	host_pages_destroy(again);
}

CONFORMANCE_WITH(an_object_outlives_its_process, setup, teardown)
{
	struct host_pages *pages;
	struct host_pin *pin;
	uint32_t value = 0;

	put_word(base, 77);
	pin = pin_of(base, 1, 0);
	CHECK(host_pin_pages(pin, &pages) == 0);
	fixture_as_destroy(as);
	as = fixture_as_create();
	CHECK(host_pin_read(pin, 0, &value, sizeof(value)) == 0 && value == 77);
	host_pin_destroy(pin);
	CHECK(*(uint32_t *)host_pages_address(pages) == 77);
	host_pages_destroy(pages);
}
