/* SPDX-License-Identifier: BSD-2-Clause */
/* Simulated address spaces: what is host/embed's own; what any host owes is in tests/conformance. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#include "host/embed/as.h"
#include "host/posix/posix.h"

#define RW (HOST_PROT_READ | HOST_PROT_WRITE)

struct fixture {
	struct host_as *as;
	struct host_pages *pages; /* 8 pages */
	char *kernel;             /* where they are for the driver */
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->as = as_create(false);
	assert_int_equal(host_pages_create(8 * AS_PAGE, 0, &f->pages), 0);
	f->kernel = host_pages_address(f->pages);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	as_destroy(f->as);
	host_pages_destroy(f->pages);
	free(f);
	return 0;
}

static uintptr_t reserve(struct fixture *f, size_t pages)
{
	uintptr_t addr = 0;

	assert_int_equal(host_as_reserve(f->as, &addr, pages * AS_PAGE, 0), 0);
	return addr;
}

#define TEST(name) TEST_WITH(name, setup, teardown)

TEST(places)
{
	struct fixture *f = *state;
	uintptr_t first = reserve(f, 3), second = reserve(f, 1), hint, fixed;

	assert_int_equal(first % AS_PAGE, 0);
	assert_true(second >= first + 3 * AS_PAGE || second + AS_PAGE <= first);
	hint = first + 100 * AS_PAGE;
	assert_int_equal(host_as_reserve(f->as, &hint, AS_PAGE, 0), 0);
	assert_int_equal(hint, first + 100 * AS_PAGE);
	assert_int_equal(host_as_reserve(f->as, &hint, AS_PAGE, 0), 0); /* taken now: elsewhere */
	assert_int_not_equal(hint, first + 100 * AS_PAGE);
	fixed = first + AS_PAGE;
	assert_int_equal(host_as_reserve(f->as, &fixed, AS_PAGE, HOST_AS_FIXED), 0);
	assert_int_equal(fixed, first + AS_PAGE);
	fixed = 0;
	assert_int_equal(host_as_reserve(f->as, &fixed, AS_PAGE, HOST_AS_FIXED), ENOMEM);
	fixed = UINTPTR_MAX - AS_PAGE + 1;
	assert_int_equal(host_as_reserve(f->as, &fixed, 2 * AS_PAGE, HOST_AS_FIXED), ENOMEM);
	fixed = 0;
	assert_int_equal(host_as_reserve(f->as, &fixed, SIZE_MAX & AS_PAGE_MASK, 0), ENOMEM);
	host_as_release(f->as, first, 3 * AS_PAGE);
	assert_int_equal(reserve(f, 3), first);
}

TEST_PLAIN(below_4g)
{
	struct host_as *as = as_create(true);
	uintptr_t addr;
	int n = 0;

	(void)state;
	for (;; n++) {
		addr = 0x123456789000; /* a hint that cannot be */
		if (host_as_reserve(as, &addr, 1u << 28, 0) != 0)
			break;
		assert_true(addr + (1u << 28) <= 1ull << 32);
	}
	assert_in_range(n, 8, 16);
	as_destroy(as);
}

TEST(ordinary_memory)
{
	struct fixture *f = *state;
	uintptr_t at = 0, lent = 0;
	char text[] = "a text that is longer than it seems", back[sizeof(text)];
	struct host_as *child = as_create(false);

	assert_int_equal(as_map_memory(f->as, &at, 2 * AS_PAGE - 5, RW), 0);
	assert_int_equal(host_copyout(f->as, at + AS_PAGE - 4, text, sizeof(text)), 0); /* over two pages */
	assert_int_equal(host_copyin(f->as, back, at + AS_PAGE - 4, sizeof(text)), 0);
	assert_string_equal(back, text);
	assert_int_equal(as_copy_memory(f->as, child), 0);
	assert_int_equal(host_copyout(f->as, at + AS_PAGE - 4, "other", 6), 0);
	assert_int_equal(host_copyin(child, back, at + AS_PAGE - 4, sizeof(text)), 0);
	assert_string_equal(back, text); /* the child has a copy of its own */
	as_destroy(child);
	as_protect_memory(f->as, at, AS_PAGE, HOST_PROT_READ);
	assert_int_equal(host_copyout(f->as, at, "x", 1), EFAULT);
	assert_int_equal(host_copyout(f->as, at + AS_PAGE, "x", 1), 0);
	assert_true(as_has_memory(f->as, at, 1));
	as_unmap_memory(f->as, at, AS_PAGE);
	assert_false(as_has_memory(f->as, at, AS_PAGE));
	assert_int_equal(host_copyin(f->as, back, at, 1), EFAULT);
	assert_int_equal(host_copyin(f->as, back, at + AS_PAGE, 1), 0);
	assert_int_equal(host_copyin(f->as, back, at + 2 * AS_PAGE - 1, 2), EFAULT);
	assert_int_equal(host_copyin(f->as, back, UINTPTR_MAX - 3, 8), EFAULT);
	assert_int_equal(as_lend_memory(f->as, back, 10, &lent), 0);
	assert_int_equal(host_copyout(f->as, lent, "lent", 5), 0);
	assert_string_equal(back, "lent");
	assert_int_equal(host_copyout(f->as, lent + 8, "xyz", 3), EFAULT); /* its end is exact */
	as_unmap_memory(f->as, lent, 10);
	assert_int_equal(host_copyout(f->as, lent, "x", 1), EFAULT);
}

/* ---- locks ---- */

static struct host_pin *lock_memory(struct fixture *f, uintptr_t at, size_t len, unsigned flags)
{
	struct host_pin *lock;

	assert_int_equal(host_pin_create(f->as, at, len, flags, &lock), 0);
	return lock;
}

static uint32_t word_at(struct fixture *f, uintptr_t at)
{
	uint32_t value = 0;

	assert_int_equal(as_access(f->as, at, &value, sizeof(value), HOST_PROT_READ), AS_DONE);
	return value;
}

static void put_word(struct fixture *f, uintptr_t at, uint32_t value)
{
	assert_int_equal(as_access(f->as, at, &value, sizeof(value), HOST_PROT_WRITE), AS_DONE);
}

TEST(a_lock_over_two_memories_has_no_object)
{
	struct fixture *f = *state;
	struct host_pages *pages;
	struct host_pin *lock;
	uintptr_t at = 0, second;
	uint32_t value = 3;

	assert_int_equal(as_map_memory(f->as, &at, 2 * AS_PAGE, RW), 0);
	second = at + 2 * AS_PAGE;
	assert_int_equal(as_map_memory(f->as, &second, AS_PAGE, RW), 0);
	lock = lock_memory(f, at, 3 * AS_PAGE, HOST_PIN_WRITE);
	assert_int_equal(host_pin_write(lock, 2 * AS_PAGE, &value, sizeof(value)), 0);
	assert_int_equal(word_at(f, second), 3);
	assert_int_equal(host_pin_pages(lock, &pages), EFAULT);
	host_pin_destroy(lock);
}

TEST(a_lock_outlives_its_address_space)
{
	struct fixture *f = *state;
	struct host_pages *pages;
	struct host_pin *lock;
	uintptr_t at = 0;
	uint32_t value = 0;

	assert_int_equal(as_map_memory(f->as, &at, AS_PAGE, RW), 0);
	put_word(f, at, 77);
	lock = lock_memory(f, at, AS_PAGE, 0);
	as_destroy(f->as);
	f->as = as_create(false);
	assert_int_equal(host_pin_read(lock, 0, &value, sizeof(value)), 0);
	assert_int_equal(value, 77);
	assert_int_equal(host_pin_pages(lock, &pages), 0);
	assert_int_equal(*(uint32_t *)host_pages_address(pages), 77);
	host_pin_destroy(lock);
	assert_int_equal(*(uint32_t *)host_pages_address(pages), 77);
	host_pages_destroy(pages);
}

/* A buffer of read(2) or write(2): it has what a device wrote, even if it was shared on the way. */
TEST(a_lent_buffer_comes_back_with_what_was_written)
{
	struct fixture *f = *state;
	char buffer[100] = "before", tail[8];
	struct host_pages *pages;
	struct host_pin *lock;
	uintptr_t at;

	assert_int_equal(as_lend_memory(f->as, buffer, sizeof(buffer), &at), 0);
	lock = lock_memory(f, at, AS_PAGE, HOST_PIN_WRITE);
	assert_int_equal(host_pin_write(lock, 0, "direct", 6), 0);
	assert_string_equal(buffer, "direct");
	assert_int_equal(host_pin_read(lock, 96, tail, sizeof(tail)), 0);
	assert_int_equal(tail[7], 0);
	assert_int_equal(host_pin_write(lock, 96, "beyond..", 8), 0); /* what is not there is dropped */
	assert_int_equal(host_pin_pages(lock, &pages), 0);
	memcpy(host_pages_address(pages), "shared", 6);
	assert_string_equal(buffer, "direct");
	as_return_memory(f->as, at);
	assert_string_equal(buffer, "shared");
	assert_memory_equal(buffer + 96, "beyo", 4);
	host_pin_destroy(lock);
	host_pages_destroy(pages);
}

TEST(a_lock_that_is_left_does_not_reach_the_callers_buffer)
{
	struct fixture *f = *state;
	char buffer[AS_PAGE] = "call", seen[5] = "";
	struct host_pin *lock;
	uintptr_t at;

	assert_int_equal(as_lend_memory(f->as, buffer, sizeof(buffer), &at), 0);
	lock = lock_memory(f, at, AS_PAGE, HOST_PIN_WRITE);
	as_return_memory(f->as, at);
	assert_int_equal(host_pin_write(lock, 0, "late", 4), 0);
	assert_string_equal(buffer, "call");
	assert_int_equal(host_pin_read(lock, 0, seen, 4), 0);
	assert_string_equal(seen, "late");
	host_pin_destroy(lock);
}

TEST(a_childs_copy_is_not_locked)
{
	struct fixture *f = *state;
	struct host_as *child = as_create(false);
	struct host_pages *pages;
	struct host_pin *lock;
	uintptr_t at = 0;
	uint32_t value = 1;

	assert_int_equal(as_map_memory(f->as, &at, AS_PAGE, RW), 0);
	lock = lock_memory(f, at, AS_PAGE, 0);
	assert_int_equal(host_pin_pages(lock, &pages), 0);
	put_word(f, at, 4);
	assert_int_equal(as_copy_memory(f->as, child), 0);
	*(uint32_t *)host_pages_address(pages) = 5;
	assert_int_equal(as_access(child, at, &value, sizeof(value), HOST_PROT_READ), AS_DONE);
	assert_int_equal(value, 4);
	assert_int_equal(word_at(f, at), 5);
	host_pages_destroy(pages);
	host_pin_destroy(lock);
	as_destroy(child);
}
