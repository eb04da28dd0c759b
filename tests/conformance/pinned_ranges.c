/* SPDX-License-Identifier: BSD-2-Clause */
/* Which ranges of a process are pinned: sys_pin, sys_unpin, sys_pinned, against a plain list. */
#include <sys/errno.h>

#include "kernel/sys/sys.h"
#include "tests/conformance/conformance.h"

#define PAGES 64u
#define PINS 100u

static struct host_as *as;
static struct sys_proc *process;
static uintptr_t base; /* of PAGES pages */

static struct sys_proc *process_create(struct host_as *of, int pid)
{
	struct sys_proc_info info = {.pid = pid, .name = "pinner"};
	struct sys_proc *p;

	sys_thread_enter(NULL);
	CHECK(sys_proc_create(&info, of, &p) == 0);
	sys_thread_leave();
	return p;
}

static void setup(void)
{
	CHECK(sys_boot(&(struct sys_config){0}) == 0);
	as = fixture_as_create();
	base = 0;
	CHECK(fixture_map(as, &base, PAGES * PAGE, HOST_PROT_READ | HOST_PROT_WRITE) == 0);
	process = process_create(as, 1000);
	sys_thread_enter(process);
}

static void teardown(void)
{
	sys_proc_destroy(process);
	sys_thread_leave();
	fixture_as_destroy(as);
	sys_thread_enter(NULL);
	CHECK(sys_halt(NULL, NULL) == 0);
	sys_thread_leave();
}

static struct entry {
	unsigned first, pages;
	struct sys_pin *pin; /* NULL: free */
} entries[PINS];
static unsigned seed;

static bool overlaps(unsigned first, unsigned pages)
{
	for (unsigned i = 0; i < PINS; i++) {
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
	e->first = random_below(&seed, PAGES);
	e->pages = 1 + random_below(&seed, longest);
	if (e->pages > PAGES - e->first)
		e->pages = PAGES - e->first;
	CHECK(sys_pin(base + e->first * PAGE, e->pages * PAGE, random_below(&seed, 2) == 0, &e->pin) == 0);
}

static void check_all(void)
{
	for (unsigned first = 0; first < PAGES; first += 1 + random_below(&seed, 5)) {
		unsigned pages = 1 + random_below(&seed, PAGES - first);

		CHECK(sys_pinned(base + first * PAGE, pages * PAGE) == overlaps(first, pages));
		CHECK(sys_pinned(base + first * PAGE, PAGE) == overlaps(first, 1));
	}
}

CONFORMANCE_WITH(pins_are_known_as_a_list_has_them, setup, teardown)
{
	seed = 1;
	for (unsigned step = 0; step < 6000; step++) {
		/* long and short ones by turns, and now and then few */
		unsigned which = random_below(&seed, step / 1000 % 2 == 0 ? PINS : 5);

		take_or_give(&entries[which], step / 500 % 2 == 0 ? 3 : PAGES);
		if (step % 10 == 0)
			check_all();
	}
	for (unsigned i = 0; i < PINS; i++)
		if (entries[i].pin != NULL)
			take_or_give(&entries[i], 1);
	CHECK(!sys_pinned(0, SIZE_MAX));
}

CONFORMANCE_WITH(a_range_that_touches_a_pin_is_not_pinned, setup, teardown)
{
	struct sys_pin *pin;

	CHECK(sys_pin(base + 2 * PAGE, 3 * PAGE, true, &pin) == 0);
	CHECK(!sys_pinned(base, 2 * PAGE) && sys_pinned(base, 2 * PAGE + 1));
	CHECK(sys_pinned(base + 5 * PAGE - 1, 1) && !sys_pinned(base + 5 * PAGE, PAGE));
	CHECK(!sys_pinned(base + 3 * PAGE, 0));
	sys_unpin(pin);
	CHECK(!sys_pinned(base + 2 * PAGE, PAGE));
}

CONFORMANCE_WITH(lengths_near_2_64_do_not_wrap, setup, teardown)
{
	struct sys_pin *pin, *refused;

	CHECK(sys_pin(base, PAGE, true, &pin) == 0);
	CHECK(sys_pinned(0, SIZE_MAX) && sys_pinned(base, SIZE_MAX));
	CHECK(!sys_pinned(base + PAGE, SIZE_MAX) && !sys_pinned(UINTPTR_MAX, SIZE_MAX));
	CHECK(sys_pin(base, SIZE_MAX & ~(PAGE - 1), false, &refused) == EFAULT);
	CHECK(sys_pin(UINTPTR_MAX & ~(PAGE - 1), PAGE, false, &refused) == EFAULT);
	CHECK(sys_pin(UINTPTR_MAX & ~(PAGE - 1), 2 * PAGE, false, &refused) == EFAULT);
	CHECK(sys_pin(0, SIZE_MAX & ~(PAGE - 1), false, &refused) == EFAULT);
	CHECK(sys_munmap(base + PAGE, SIZE_MAX) == EINVAL);
	CHECK(sys_mprotect(base + PAGE, SIZE_MAX & ~(PAGE - 1), 0) == ENOMEM);
	sys_unpin(pin);
}

CONFORMANCE_WITH(pins_of_one_place_end_in_any_order, setup, teardown)
{
	struct sys_pin *pins[20];

	for (unsigned i = 0; i < 20; i++)
		CHECK(sys_pin(base + PAGE, (1 + i % 4) * PAGE, true, &pins[i]) == 0);
	for (unsigned i = 0; i < 20; i++) {
		CHECK(sys_pinned(base + PAGE, PAGE));
		sys_unpin(pins[(i * 7 + 3) % 20]);
	}
	CHECK(!sys_pinned(base, PAGES * PAGE));
}

CONFORMANCE_WITH(exit_leaves_a_pin_to_its_holder, setup, teardown)
{
	struct host_as *dead_as = fixture_as_create();
	struct sys_proc *dead;
	struct sys_pin *pin;
	uintptr_t at = 0;

	CHECK(fixture_map(dead_as, &at, PAGE, HOST_PROT_READ) == 0);
	dead = process_create(dead_as, 1001);
	sys_thread_enter(dead);
	CHECK(sys_pin(at, PAGE, true, &pin) == EACCES);
	CHECK(sys_pin(at, PAGE, false, &pin) == 0);
	sys_proc_destroy(dead);
	sys_thread_leave();
	fixture_as_destroy(dead_as);
	sys_unpin(pin);
}
