/* SPDX-License-Identifier: BSD-2-Clause */
/* Which ranges of a process are pinned: sys_pin, sys_unpin, sys_pinned, against a plain list. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "host/embed/as.h"
#include "host/posix/posix.h"
#include "kernel/sys/sys.h"

#define PAGE ((uintptr_t)AS_PAGE)
#define PAGES 64u
#define LOCKS 100u

static struct host_as *as;
static struct sys_proc *process;
static uintptr_t base; /* of PAGES pages */

static int setup(void **state)
{
	struct sys_proc_info info = {.pid = 1000, .name = "locker"};

	(void)state;
	assert_int_equal(sys_boot(&(struct sys_config){0}), 0);
	as = as_create(false);
	base = 0;
	assert_int_equal(as_map_memory(as, &base, PAGES * PAGE, HOST_PROT_READ | HOST_PROT_WRITE), 0);
	sys_thread_enter(NULL);
	assert_int_equal(sys_proc_create(&info, as, &process), 0);
	sys_thread_leave();
	sys_thread_enter(process);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	sys_proc_destroy(process);
	sys_thread_leave();
	as_destroy(as);
	sys_thread_enter(NULL);
	assert_int_equal(sys_halt(NULL, NULL), 0);
	sys_thread_leave();
	return 0;
}

static struct entry {
	unsigned first, pages;
	struct sys_pin *pin; /* NULL: free */
} entries[LOCKS];

static bool overlaps(unsigned first, unsigned pages)
{
	for (unsigned i = 0; i < LOCKS; i++) {
		const struct entry *e = &entries[i];

		if (e->pin != NULL && e->first < first + pages && first < e->first + e->pages)
			return true;
	}
	return false;
}

static void take_or_give(struct entry *e, unsigned longest)
{
	if (e->pin != NULL) {
		sys_unpin(e->pin);
		e->pin = NULL;
		return;
	}
	e->first = (unsigned)rand() % PAGES;
	e->pages = 1 + (unsigned)rand() % longest;
	if (e->pages > PAGES - e->first)
		e->pages = PAGES - e->first;
	assert_int_equal(sys_pin(base + e->first * PAGE, e->pages * PAGE, rand() % 2 == 0, &e->pin), 0);
}

static void check_all(void)
{
	for (unsigned first = 0; first < PAGES; first += 1 + (unsigned)rand() % 5) {
		unsigned pages = 1 + (unsigned)rand() % (PAGES - first);

		assert_int_equal(sys_pinned(base + first * PAGE, pages * PAGE), overlaps(first, pages));
		assert_int_equal(sys_pinned(base + first * PAGE, PAGE), overlaps(first, 1));
	}
}

static void against_a_list(void **state)
{
	(void)state;
	srand(1);
	for (unsigned step = 0; step < 6000; step++) {
		/* long and short ones by turns, and now and then few */
		take_or_give(&entries[(unsigned)rand() % (step / 1000 % 2 == 0 ? LOCKS : 5)], step / 500 % 2 == 0 ? 3 : PAGES);
		if (step % 10 == 0)
			check_all();
	}
	for (unsigned i = 0; i < LOCKS; i++)
		if (entries[i].pin != NULL)
			take_or_give(&entries[i], 1);
	assert_false(sys_pinned(0, SIZE_MAX));
}

static void a_range_that_touches_is_not_locked(void **state)
{
	struct sys_pin *pin;

	(void)state;
	assert_int_equal(sys_pin(base + 2 * PAGE, 3 * PAGE, true, &pin), 0);
	assert_false(sys_pinned(base, 2 * PAGE));
	assert_true(sys_pinned(base, 2 * PAGE + 1));
	assert_true(sys_pinned(base + 5 * PAGE - 1, 1));
	assert_false(sys_pinned(base + 5 * PAGE, PAGE));
	assert_false(sys_pinned(base + 3 * PAGE, 0));
	sys_unpin(pin);
	assert_false(sys_pinned(base + 2 * PAGE, PAGE));
}

static void lengths_near_2_64(void **state)
{
	struct sys_pin *pin, *refused;

	(void)state;
	assert_int_equal(sys_pin(base, PAGE, true, &pin), 0);
	assert_true(sys_pinned(0, SIZE_MAX));
	assert_true(sys_pinned(base, SIZE_MAX));
	assert_false(sys_pinned(base + PAGE, SIZE_MAX));
	assert_false(sys_pinned(UINTPTR_MAX, SIZE_MAX));
	assert_int_equal(sys_pin(base, SIZE_MAX & ~(PAGE - 1), false, &refused), EFAULT);
	assert_int_equal(sys_pin(UINTPTR_MAX & ~(PAGE - 1), PAGE, false, &refused), EFAULT);
	assert_int_equal(sys_pin(UINTPTR_MAX & ~(PAGE - 1), 2 * PAGE, false, &refused), EFAULT);
	assert_int_equal(sys_pin(0, SIZE_MAX & ~(PAGE - 1), false, &refused), EFAULT);
	assert_int_equal(sys_munmap(base + PAGE, SIZE_MAX), EINVAL);
	assert_int_equal(sys_mprotect(base + PAGE, SIZE_MAX & ~(PAGE - 1), 0), ENOMEM);
	sys_unpin(pin);
}

static void locks_of_one_place_go_in_any_order(void **state)
{
	static struct sys_pin *pins[20];

	(void)state;
	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(sys_pin(base + PAGE, (1 + i % 4) * PAGE, true, &pins[i]), 0);
	for (unsigned i = 0; i < 20; i++) {
		assert_true(sys_pinned(base + PAGE, PAGE));
		sys_unpin(pins[(i * 7 + 3) % 20]);
	}
	assert_false(sys_pinned(base, PAGES * PAGE));
}

static void exit_leaves_a_lock_to_its_holder(void **state)
{
	struct host_as *dead_as = as_create(false);
	struct sys_proc_info info = {.pid = 1001, .name = "dies"};
	struct sys_proc *dead;
	struct sys_pin *pin;
	uintptr_t at = 0;

	(void)state;
	assert_int_equal(as_map_memory(dead_as, &at, PAGE, HOST_PROT_READ), 0);
	sys_thread_enter(NULL);
	assert_int_equal(sys_proc_create(&info, dead_as, &dead), 0);
	sys_thread_leave();
	sys_thread_enter(dead);
	assert_int_equal(sys_pin(at, PAGE, true, &pin), EACCES);
	assert_int_equal(sys_pin(at, PAGE, false, &pin), 0);
	sys_proc_destroy(dead);
	sys_thread_leave();
	as_destroy(dead_as);
	sys_unpin(pin);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(against_a_list, setup, teardown),
		cmocka_unit_test_setup_teardown(a_range_that_touches_is_not_locked, setup, teardown),
		cmocka_unit_test_setup_teardown(lengths_near_2_64, setup, teardown),
		cmocka_unit_test_setup_teardown(locks_of_one_place_go_in_any_order, setup, teardown),
		cmocka_unit_test_setup_teardown(exit_leaves_a_lock_to_its_holder, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
