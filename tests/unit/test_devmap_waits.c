/* SPDX-License-Identifier: BSD-2-Clause */
/* Who waits for whom: accesses, layout changes, locks and what ends their waits; sections 7, 9 and 12. */
#define _GNU_SOURCE
#include "test.h"
#include "lock_host.h"
#include "rec_fixture.h"

#define PAGES 6ul

static uint64_t addr;

static int
setup(void **state)
{
	return fixture_setup(state, PAGES, REC_ALL);
}

static void
map_pages(void)
{
	addr = rec_mmap_pages(process, fd, 0, PAGES);
	rec_forget();
}

static int
work_touch(struct worker *w)
{
	struct sundog_signal_info info = sundog_touch(w->process, w->addr, SUNDOG_READ);

	return info.signo << 8 | info.code;
}

static struct worker
at_page(size_t page)
{
	return (struct worker){.process = process, .fd = fd, .addr = addr + page * PAGE, .len = PAGE};
}

static int
access_locks_and_unlocks(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	lock_and_unlock(dhp);
	return rec_load(dhp, off, len, type, rw);
}

#define TEST(name) TEST_WITH(name, setup, fixture_teardown)

/* ---- accesses and layout changes ---- */

TEST(an_access_waits_for_a_layout_change_that_waits)
{
	struct worker first, second, unmap;

	map_pages();
	first = at_page(0);
	second = at_page(1);
	unmap = at_page(3);
	rec.access = access_locks_and_unlocks;
	rec_lock();
	worker_start_asleep(&first, work_touch);
	worker_start_asleep(&unmap, work_munmap);
	worker_start_asleep(&second, work_touch);
	rec_expect("access h0 p1 off 0 len 1 type 0 rw 1\n");
	rec_unlock();
	assert_int_equal(worker_join(&first), 0);
	assert_int_equal(worker_join(&unmap), 0);
	assert_int_equal(worker_join(&second), 0);
	rec_expect("unmap h0 p1 off 3 len 1 before h0 after h1\naccess h0 p1 off 1 len 1 type 0 rw 1\n");
}

TEST(all_accesses_that_wait_for_a_layout_change_go_on_after_it)
{
	struct worker touch[3], unmap;

	map_pages();
	unmap = at_page(5);
	rec.on_unmap = lock_and_unlock;
	rec_lock();
	worker_start_asleep(&unmap, work_munmap);
	for (size_t i = 0; i < 3; i++) {
		touch[i] = at_page(i);
		worker_start_asleep(&touch[i], work_touch);
	}
	rec_expect("unmap h0 p1 off 5 len 1 before h0 after -\n");
	rec_unlock();
	assert_int_equal(worker_join(&unmap), 0);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(worker_join(&touch[i]), 0);
}

TEST(a_signal_to_an_access_that_waits_for_a_layout_change_is_a_retry)
{
	struct worker touch, unmap;

	map_pages();
	touch = at_page(0);
	unmap = at_page(5);
	rec.on_unmap = lock_and_unlock;
	rec_lock();
	worker_start_asleep(&unmap, work_munmap);
	worker_start_asleep(&touch, work_touch);
	sundog_signal(process);
	wait_asleep(&touch);
	rec_expect("unmap h0 p1 off 5 len 1 before h0 after -\n");
	rec_unlock();
	assert_int_equal(worker_join(&unmap), 0);
	assert_int_equal(worker_join(&touch), 0);
	rec_expect("access h0 p1 off 0 len 1 type 0 rw 1\n");
}

static int
work_exit(struct worker *w)
{
	sundog_exit(w->process);
	return 0;
}

TEST(exit_ends_the_wait_of_an_access_for_a_layout_change)
{
	struct worker touch, unmap, end;

	map_pages();
	touch = at_page(0);
	unmap = at_page(5);
	end = at_page(0);
	rec.on_unmap = lock_and_unlock;
	rec_lock();
	worker_start_asleep(&unmap, work_munmap);
	worker_start_asleep(&touch, work_touch);
	worker_start(&end, work_exit);
	assert_int_not_equal(worker_join(&touch), 0);
	wait_asleep(&end);
	rec_unlock();
	worker_join(&unmap);
	worker_join(&end);
	process = NULL;
}

TEST(UNLOCK_waits_for_an_unmap_callback_in_progress)
{
	struct worker unlock, unmap;

	map_pages();
	unlock = at_page(0);
	unmap = at_page(5);
	unlock.cookie = lock(process, fd, addr, PAGE, REC_READ);
	rec_forget();
	rec.on_unmap = lock_and_unlock;
	rec_lock();
	worker_start_asleep(&unmap, work_munmap);
	worker_start_asleep(&unlock, work_unlock);
	rec_expect("unmap h0 p1 off 5 len 1 before h0 after -\n");
	rec_unlock();
	worker_join(&unmap);
	worker_join(&unlock);
	rec_expect("access h0 p1 off 0 len 1 type 3 rw 1\n");
}

static uint32_t copied;

static void
copy_the_first_word(void *dhp)
{
	assert_int_equal(rec_copyin(addr, &copied, sizeof(copied)), 0);
}

TEST(an_unmap_callback_may_copy_from_another_page)
{
	map_pages();
	*(uint32_t *)(void *)memory = 91;
	rec.on_unmap = copy_the_first_word;
	assert_int_equal(sundog_munmap(process, addr + 2 * PAGE, PAGE), 0);
	assert_int_equal(copied, 91);
	rec.on_unmap = NULL;
}

TEST(munmap_of_memory_beside_a_mapping_does_not_wait_for_its_accesses)
{
	uint64_t below = anon(process, 3);
	struct worker touch, beside = {.process = process, .len = PAGE};

	addr = below + PAGE;
	assert_int_equal(sundog_mmap(process, &addr, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0), 0);
	touch = at_page(0);
	rec.access = access_locks_and_unlocks;
	rec_lock();
	worker_start_asleep(&touch, work_touch);
	for (size_t i = 0; i < 3; i += 2) {
		beside.addr = below + i * PAGE;
		worker_start(&beside, work_munmap);
		assert_int_equal(worker_join(&beside), 0);
	}
	rec_unlock();
	assert_int_equal(worker_join(&touch), 0);
}

static void
wait_in_close(int flag)
{
	lock_and_unlock(NULL);
}

TEST(a_close_by_the_last_unmap_keeps_no_access_waiting)
{
	int other = rec_open_other(process);
	struct worker unmap, touch;

	map_pages();
	unmap = touch = at_page(0);
	unmap.addr = rec_mmap_pages(process, other, 0, 1);
	assert_int_equal(sundog_close(process, other), 0);
	rec_forget();
	rec.on_close = wait_in_close;
	rec_lock();
	worker_start_asleep(&unmap, work_munmap);
	rec_expect("unmap h1 p2 off 0 len 1 before - after -\nclose 0\n");
	worker_start(&touch, work_touch);
	assert_int_equal(worker_join(&touch), 0);
	rec_unlock();
	assert_int_equal(worker_join(&unmap), 0);
	rec.on_close = NULL;
}

/* ---- the exclusion of a LOCK ---- */

TEST(all_accesses_that_wait_for_an_UNLOCK_go_on)
{
	struct worker touch[3];
	void *locked;

	map_pages();
	locked = lock(process, fd, addr, PAGE, REC_READ);
	for (size_t i = 0; i < 3; i++) {
		touch[i] = at_page(i + 1);
		worker_start_asleep(&touch[i], work_touch);
	}
	rec_umem_unlock(locked);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(worker_join(&touch[i]), 0);
}

TEST(a_LOCK_of_another_device_with_the_same_function_excludes_nothing)
{
	int other = rec_open_other(process);
	uint64_t at;
	void *locked;

	map_pages();
	at = rec_mmap_pages(process, other, 0, 1);
	locked = lock(process, fd, addr, PAGE, REC_READ);
	assert_int_equal(sundog_touch(process, at, SUNDOG_READ).signo, 0);
	rec_umem_unlock(locked);
}

/* Two mappings side by side, whose functions differ: which[0] is that of the lower one. */
static void
map_two_functions(unsigned lower, unsigned upper)
{
	uint64_t at;

	rec.parts[0].callbacks = lower;
	addr = rec_mmap_pages(process, fd, 0, 4);
	at = addr + 2 * PAGE;
	rec.part = 0;
	rec.parts[0].callbacks = upper;
	assert_int_equal(sundog_mmap(process, &at, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0), 0);
}

TEST(a_LOCK_over_two_functions_excludes_both)
{
	static const unsigned functions[] = {REC_ACCESS, REC_ACCESS_OTHER, REC_ACCESS};

	for (size_t round = 0; round < 2; round++) {
		struct worker lower, upper;
		void *locked;

		map_two_functions(functions[round], functions[round + 1]);
		locked = lock(process, fd, addr + PAGE, 2 * PAGE, REC_READ);
		lower = at_page(0);
		upper = at_page(3);
		worker_start_asleep(&lower, work_touch);
		worker_start_asleep(&upper, work_touch);
		rec_umem_unlock(locked);
		assert_int_equal(worker_join(&lower), 0);
		assert_int_equal(worker_join(&upper), 0);
		assert_int_equal(sundog_munmap(process, addr, 4 * PAGE), 0);
	}
}

static int
work_lock(struct worker *w)
{
	return lock_try(w->process, w->fd, w->addr, w->len, REC_READ, &w->cookie);
}

/* It has excluded one function, and waits for the other one when the signal comes; either may be the first. */
TEST(a_LOCK_that_a_signal_ends_excludes_nothing_any_more)
{
	map_two_functions(REC_ACCESS, REC_ACCESS_OTHER);
	for (size_t held = 0; held < 4; held += 3) {
		struct worker both = at_page(1);
		void *locked = lock(process, fd, addr + held * PAGE, PAGE, REC_READ);

		both.len = 2 * PAGE;
		worker_start_asleep(&both, work_lock);
		sundog_signal(process);
		assert_int_equal(worker_join(&both), EINTR);
		assert_null(both.cookie);
		assert_int_equal(sundog_touch(process, addr + (held == 0 ? 3 : 0) * PAGE, SUNDOG_READ).signo, 0);
		rec_umem_unlock(locked);
		assert_int_equal(sundog_touch(process, addr + held * PAGE, SUNDOG_READ).signo, 0);
		for (size_t i = 0; i < 2; i++)
			assert_int_equal(rec_unload(rec_handle(i), 0, 0), 0);
	}
}

static int
access_asks_for_too_much(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	return rec_load(dhp, off, len, type, 2);
}

TEST(FC_PROT_of_a_load_passed_on_by_a_LOCK_is_EACCES)
{
	void *locked;

	rec.access = access_asks_for_too_much;
	addr = 0;
	assert_int_equal(sundog_mmap(process, &addr, PAGE, PROT_READ, MAP_SHARED, fd, 0), 0);
	assert_int_equal(lock_try(process, fd, addr, PAGE, REC_READ, &locked), EACCES);
	assert_null(locked);
}

/* ---- those who wait for an unlock ---- */

static _Atomic int cleanups;

static void
cleanup_unlocks(void *locked)
{
	cleanups++;
	rec_umem_unlock(locked);
}

static int
work_lock_with_callback(struct worker *w)
{
	w->cookie = lock_with_callback(w->process, w->fd, w->addr, w->len, REC_READ);
	return 0;
}

TEST(munmap_that_waits_for_a_lock_in_the_making_calls_its_callback)
{
	struct worker make, unmap;

	map_pages();
	make = at_page(0);
	unmap = at_page(0);
	cleanups = 0;
	rec.on_cleanup = cleanup_unlocks;
	rec.access = access_locks_and_unlocks;
	rec_lock();
	worker_start_asleep(&make, work_lock_with_callback);
	worker_start_asleep(&unmap, work_munmap);
	rec_unlock();
	assert_int_equal(worker_join(&make), 0);
	assert_int_equal(worker_join(&unmap), 0);
	assert_int_equal(cleanups, 1);
}

TEST(of_two_locks_only_the_one_with_a_callback_is_called)
{
	uint64_t at = anon(process, 1);
	struct worker unmap = {.process = process, .addr = at, .len = PAGE};
	void *locked = lock(process, fd, at, PAGE, REC_READ);

	cleanups = 0;
	rec.on_cleanup = cleanup_unlocks;
	(void)lock_with_callback(process, fd, at, PAGE, REC_READ);
	worker_start_asleep(&unmap, work_munmap);
	assert_int_equal(cleanups, 1);
	rec_umem_unlock(locked);
	assert_int_equal(worker_join(&unmap), 0);
	assert_int_equal(cleanups, 1);
}

/* ---- with a mutex of the driver's held, section 12 ---- */

static void
dup_locks_and_unlocks(void *dhp, void *new_dhp)
{
	lock_and_unlock(dhp);
}

/* The worker changes the layout, in a callback that waits for the mutex, while the driver locks and unlocks. */
struct held {
	struct worker worker;
	int (*change)(struct worker *);
	uint64_t addr;
	void *cookie; /* NULL: locked meanwhile */
};

static int
lock_with_mutex_held(void *arg)
{
	struct held *held = arg;
	int error = 0;

	rec_lock();
	worker_start_asleep(&held->worker, held->change);
	if (held->cookie == NULL)
		error = rec_umem_lock(held->addr, PAGE, REC_WRITE, &held->cookie);
	if (error == 0)
		rec_umem_unlock(held->cookie);
	rec_unlock();
	return error;
}

static void
held_succeeds(struct held *held)
{
	assert_int_equal(rec_run(process, fd, lock_with_mutex_held, held), 0);
	assert_int_equal(worker_join(&held->worker), 0);
}

TEST(ordinary_memory_is_locked_while_an_unmap_callback_waits_for_the_drivers_mutex)
{
	struct held held = {.change = work_munmap, .addr = anon(process, 1)};

	rec.on_unmap = lock_and_unlock;
	map_pages();
	held.worker = (struct worker){.process = process, .addr = addr, .len = PAGES * PAGE};
	held_succeeds(&held);
}

/* It has been in the range of another change before, which is over. */
TEST(ordinary_memory_that_was_changed_with_a_mapping_is_locked_likewise)
{
	uint64_t both = anon(process, 2), beside = both + PAGE;
	struct held held = {.change = work_munmap, .addr = both};

	rec.on_unmap = lock_and_unlock;
	assert_int_equal(sundog_mmap(process, &beside, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0), 0);
	assert_int_equal(sundog_mprotect(process, both, 2 * PAGE, PROT_READ | PROT_WRITE), 0);
	rec.part = 0;
	map_pages();
	held.worker = (struct worker){.process = process, .addr = addr, .len = PAGES * PAGE};
	held_succeeds(&held);
}

static int
work_fork(struct worker *w)
{
	struct sundog_process *child;
	int error = sundog_fork(w->process, &child);

	if (error == 0)
		sundog_exit(child);
	return error;
}

TEST(ordinary_memory_is_locked_while_a_dup_callback_waits_for_the_drivers_mutex)
{
	struct held held = {.change = work_fork, .addr = anon(process, 1)};

	rec.on_dup = dup_locks_and_unlocks;
	map_pages();
	held.worker = (struct worker){.process = process};
	held_succeeds(&held);
}

TEST(without_devmap_access_it_is_unlocked_while_an_unmap_callback_waits_for_the_drivers_mutex)
{
	struct held held = {.change = work_munmap};
	uint64_t other;

	rec.on_unmap = lock_and_unlock;
	rec.parts[0].callbacks = REC_MAP | REC_UNMAP;
	map_pages();
	other = rec_mmap_pages(process, fd, 0, 1);
	held.cookie = lock(process, fd, addr, PAGE, REC_WRITE);
	held.worker = (struct worker){.process = process, .addr = other, .len = PAGE};
	held_succeeds(&held);
}
