/* SPDX-License-Identifier: BSD-2-Clause */
/* DEVMAP_LOCK and DEVMAP_UNLOCK: device mappings that are locked by ddi_umem_lock(9F); sections 7, 9, 13.10. */
#define _GNU_SOURCE
#include "test.h"
#include "lock_host.h"
#include "rec_fixture.h"

#define PAGES 6ul

static uint64_t addr;

static uint32_t *
word(size_t page)
{
	return (uint32_t *)(void *)(memory + page * PAGE);
}

/* Page i of the kernel memory holds i. */
static int
setup(void **state)
{
	fixture_setup(state, PAGES, REC_ALL);
	for (uint32_t i = 0; i < PAGES; i++)
		*word(i) = i;
	return 0;
}

/* All pages at user offset off pages: handle h0, private data p1. */
static void
map_at(long off)
{
	addr = rec_mmap_pages(process, fd, off, PAGES);
	rec_forget();
}

/* Two handles of three pages each. */
static void
map_two(void)
{
	rec.nparts = 2;
	rec.parts[1] = rec.parts[0];
	rec.parts[0].len = rec.parts[0].maplen = 3 * PAGE;
	rec.parts[1].koff = 3 * PAGE;
	map_at(0);
}

static void
refused(uint64_t at, size_t len, int flags, int error)
{
	void *lock_cookie;

	assert_int_equal(lock_try(process, fd, at, len, flags, &lock_cookie), error);
	assert_null(lock_cookie);
}

#define TEST(name) TEST_WITH(name, setup, fixture_teardown)

/* ---- what the driver sees ---- */

TEST(LOCK_and_UNLOCK_have_the_range_and_the_direction)
{
	void *locked;

	map_at(10);
	locked = lock(process, fd, addr + PAGE, 3 * PAGE, REC_READ);
	rec_expect("access h0 p1 off 11 len 3 type 2 rw 1\n");
	rec_umem_unlock(locked);
	rec_expect("access h0 p1 off 11 len 3 type 3 rw 1\n");
	locked = lock(process, fd, addr, PAGES * PAGE, REC_WRITE);
	rec_expect("access h0 p1 off 10 len 6 type 2 rw 2\n");
	rec_umem_unlock(locked);
	rec_expect("access h0 p1 off 10 len 6 type 3 rw 2\n");
}

TEST(LOCK_is_called_for_each_handle)
{
	void *locked;

	map_two();
	locked = lock(process, fd, addr + 2 * PAGE, 3 * PAGE, REC_WRITE);
	rec_expect("access h0 p1 off 2 len 1 type 2 rw 2\naccess h1 p2 off 3 len 2 type 2 rw 2\n");
	rec_umem_unlock(locked);
	rec_expect("access h0 p1 off 2 len 1 type 3 rw 2\naccess h1 p2 off 3 len 2 type 3 rw 2\n");
}

static void *seen_as;

static int
access_looks_around(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	seen_as = rec_current_as();
	assert_ptr_equal(rec_handle_as(dhp), seen_as);
	assert_int_equal(rec_current_pid(), sundog_process_pid(process));
	return rec_load(dhp, off, len, type, rw);
}

TEST(both_run_in_the_context_of_the_process)
{
	struct worker w = {0};

	rec.access = access_looks_around;
	map_at(0);
	w.cookie = lock(process, fd, addr, PAGE, REC_READ);
	assert_non_null(seen_as);
	seen_as = NULL;
	worker_start(&w, work_unlock); /* by a thread of the system's own */
	worker_join(&w);
	assert_non_null(seen_as);
	assert_int_equal(rec.nwarnings, 0);
}

static int
find_proc(void *arg)
{
	*(void **)arg = rec_current_proc();
	return 0;
}

/* umem_lockmemory() of somebody else's device mapping: the callbacks are in the context of its process all the same. */
TEST(another_processs_mapping_is_locked_in_its_own_context)
{
	struct sundog_process *other = rec_process();
	int other_fd = rec_open_device(other, O_RDWR);
	struct lock_ask ask = {.len = 2 * PAGE, .flags = REC_WRITE, .lockmemory = true, .version = -1};

	rec.access = access_looks_around;
	map_at(0);
	ask.addr = addr;
	rec_run(process, fd, find_proc, &ask.proc);
	seen_as = NULL;
	assert_int_equal(rec_run(other, other_fd, lock_run, &ask), 0);
	assert_non_null(seen_as);
	assert_true(sundog_loaded(process, addr + PAGE, SUNDOG_WRITE));
	seen_as = NULL;
	rec_umem_unlock(ask.cookie);
	assert_non_null(seen_as);
	assert_int_equal(rec.nwarnings, 0);
	rec_expect("access h0 p1 off 0 len 2 type 2 rw 2\naccess h0 p1 off 0 len 2 type 3 rw 2\n");
	sundog_exit(other);
}

/* ---- load ---- */

TEST(LOCK_loads_and_UNLOCK_leaves_loaded)
{
	void *locked;

	map_at(0);
	locked = lock(process, fd, addr + PAGE, 2 * PAGE, REC_READ);
	assert_false(sundog_loaded(process, addr, SUNDOG_READ));
	assert_true(sundog_loaded(process, addr + PAGE, SUNDOG_WRITE));
	assert_true(sundog_loaded(process, addr + 2 * PAGE, SUNDOG_READ));
	rec_umem_unlock(locked);
	assert_true(sundog_loaded(process, addr + PAGE, SUNDOG_READ));
	rec_forget();
	assert_int_equal(rec_read(process, addr + 2 * PAGE), 2);
	rec_expect("");
}

static int bad_len_result, bad_type_result;

static int
access_loads_otherwise(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	if (type == 2 || type == 3) {
		bad_len_result = rec_load(dhp, off, len - PAGE, type, rw);
		bad_type_result = rec_load(dhp, off, len, 5 - type, rw);
	} else {
		bad_type_result = rec_load(dhp, off, len, 2, rw);
	}
	return rec_load(dhp, off, len, type, rw);
}

TEST(length_must_be_the_callbacks)
{
	void *locked;

	rec.access = access_loads_otherwise;
	map_at(0);
	locked = lock(process, fd, addr, 2 * PAGE, REC_READ);
	assert_int_equal(bad_len_result, FC_ERRNO_OF(EINVAL));
	assert_int_equal(bad_type_result, FC_ERRNO_OF(EINVAL));
	bad_len_result = bad_type_result = 0;
	rec_umem_unlock(locked);
	assert_int_equal(bad_len_result, FC_ERRNO_OF(EINVAL));
	assert_int_equal(bad_type_result, FC_ERRNO_OF(EINVAL));
}

TEST(LOCK_in_an_ACCESS_is_refused)
{
	rec.access = access_loads_otherwise;
	map_at(0);
	bad_type_result = 0;
	rec_read(process, addr);
	assert_int_equal(bad_type_result, FC_ERRNO_OF(EINVAL));
}

static int tries;

static int
access_loads_at_the_third_try(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	return ++tries < 3 ? 0 : rec_load(dhp, off, len, type, rw);
}

TEST(result_0_without_a_load_is_retried)
{
	tries = 0;
	rec.access = access_loads_at_the_third_try;
	map_at(0);
	rec_umem_unlock(lock(process, fd, addr, PAGE, REC_READ));
	assert_int_equal(tries, 4);
}

TEST(without_devmap_access_pages_are_locked_directly)
{
	void *locked;

	rec_script(cookie, REC_NO_CALLBACKS);
	map_at(0);
	locked = lock(process, fd, addr, PAGES * PAGE, REC_WRITE);
	rec_umem_unlock(locked);
	rec_expect("");
}

/* mprotect(2) has taken the translation, and the lock has pinned a page that has none. */
TEST(without_devmap_access_a_page_that_was_protected_is_served_while_it_is_locked)
{
	void *locked;

	rec.parts[0].callbacks = REC_NO_CALLBACKS;
	map_at(0);
	assert_int_equal(sundog_mprotect(process, addr, PAGE, PROT_NONE), 0);
	assert_int_equal(sundog_mprotect(process, addr, PAGE, PROT_READ | PROT_WRITE), 0);
	locked = lock(process, fd, addr, PAGE, REC_WRITE);
	rec_write(process, addr, 77);
	rec_umem_unlock(locked);
	assert_int_equal(*word(0), 77);
}

TEST(the_locked_pages_are_the_mappings_own)
{
	struct sundog_process *importer = rec_process();
	int importer_fd = rec_open_device(importer, O_RDWR);
	void *locked;
	uint64_t there;

	map_at(0);
	locked = lock(process, fd, addr + PAGE, 2 * PAGE, REC_WRITE);
	rec_script(locked, REC_NO_CALLBACKS);
	there = rec_mmap_pages(importer, importer_fd, 0, 2);
	assert_int_equal(rec_read(importer, there + PAGE), 2);
	rec_write(importer, there, 99);
	assert_int_equal(*word(1), 99);
	assert_int_equal(rec_read(process, addr + PAGE), 99);
	sundog_exit(importer);
	rec_umem_unlock(locked);
	assert_int_equal(rec.nwarnings, 0);
}

/* ---- refusals ---- */

TEST(ALLOW_REMAP_refuses_with_EFAULT)
{
	rec.parts[0].flags = ALLOW_REMAP;
	map_at(0);
	refused(addr, PAGE, REC_READ, EFAULT);
	rec_expect("");
}

TEST(ALLOW_REMAP_of_a_later_handle_calls_nobody)
{
	rec.nparts = 2;
	rec.parts[1] = rec.parts[0];
	rec.parts[0].len = rec.parts[0].maplen = 3 * PAGE;
	rec.parts[1].flags = ALLOW_REMAP;
	map_at(0);
	refused(addr, PAGES * PAGE, REC_READ, EFAULT);
	rec_expect("");
}

TEST(protection_is_EACCES_without_the_driver)
{
	map_at(0);
	assert_int_equal(sundog_mprotect(process, addr + 2 * PAGE, PAGE, PROT_READ), 0);
	rec_forget();
	refused(addr, PAGES * PAGE, REC_WRITE, EACCES);
	rec_expect("");
	rec_umem_unlock(lock(process, fd, addr, PAGES * PAGE, REC_READ));
	assert_int_equal(sundog_mprotect(process, addr + 3 * PAGE, PAGE, PROT_NONE), 0);
	refused(addr, PAGES * PAGE, REC_READ, EACCES);
}

static int fail_at, fail_with;

/* The LOCK at the fail_at'th page fails. */
static int
access_fails(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	if (type == 2 && off == fail_at * (long long)PAGE)
		return fail_with;
	return rec_load(dhp, off, len, type, rw);
}

static void
expect_error(int result, int error)
{
	fail_with = result;
	refused(addr, PAGE, REC_READ, error);
}

TEST(the_drivers_error_is_the_locks)
{
	rec.access = access_fails;
	fail_at = 0;
	map_at(0);
	expect_error(-1, EFAULT);
	expect_error(1, EFAULT);
	expect_error(FC_ERRNO_OF(EIO), EIO);
	expect_error(FC_ERRNO_OF(ENOMEM), ENOMEM);
	expect_error(FC_ERRNO_OF(EAGAIN), EAGAIN);
	expect_error(EINTR, EINTR);
	expect_error(FC_ERRNO_OF(EINTR), EINTR);
}

TEST(when_a_later_handle_fails_those_locked_get_UNLOCK_with_OTHER)
{
	rec.access = access_fails;
	fail_at = 3;
	fail_with = FC_ERRNO_OF(EIO);
	map_two();
	refused(addr, PAGES * PAGE, REC_WRITE, EIO);
	rec_expect("access h0 p1 off 0 len 3 type 2 rw 2\naccess h1 p2 off 3 len 3 type 2 rw 2\n"
		   "access h0 p1 off 0 len 3 type 3 rw 0\n");
	/* and nothing is left of it */
	fail_at = 100;
	rec_umem_unlock(lock(process, fd, addr, PAGES * PAGE, REC_WRITE));
	assert_int_equal(sundog_munmap(process, addr, PAGE), 0);
}

TEST(a_failing_first_handle_gets_no_UNLOCK)
{
	rec.access = access_fails;
	fail_at = 0;
	fail_with = -1;
	map_two();
	refused(addr, PAGES * PAGE, REC_WRITE, EFAULT);
	rec_expect("access h0 p1 off 0 len 3 type 2 rw 2\n");
}

/* ---- munmap, mprotect ---- */

TEST(munmap_waits_for_locked_translations)
{
	struct worker w = {.process = process, .len = PAGE};
	void *locked;

	map_at(0);
	locked = lock(process, fd, addr + PAGE, 2 * PAGE, REC_READ);
	w.addr = addr + 2 * PAGE;
	worker_start_asleep(&w, work_munmap);
	rec_expect("access h0 p1 off 1 len 2 type 2 rw 1\n");
	rec_umem_unlock(locked);
	assert_int_equal(worker_join(&w), 0);
	rec_expect("access h0 p1 off 1 len 2 type 3 rw 1\nunmap h0 p1 off 2 len 1 before h0 after h1\n");
}

TEST(mprotect_waits_for_locked_translations)
{
	struct worker w = {.process = process, .len = PAGES * PAGE};
	void *locked;

	map_at(0);
	locked = lock(process, fd, addr + PAGE, PAGE, REC_WRITE);
	w.addr = addr;
	worker_start_asleep(&w, work_mprotect);
	assert_true(sundog_loaded(process, addr + PAGE, SUNDOG_WRITE));
	rec_umem_unlock(locked);
	assert_int_equal(worker_join(&w), 0);
	rec_expect_signal(sundog_touch(process, addr + PAGE, SUNDOG_WRITE), SIGSEGV, SEGV_ACCERR, 0);
}

static int
work_map_fixed(struct worker *w)
{
	return sundog_mmap(w->process, &w->addr, w->len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, w->fd, 0);
}

TEST(MAP_FIXED_over_locked_translations_waits)
{
	struct worker w = {.process = process, .fd = fd, .len = PAGE};
	void *locked;

	map_at(0);
	locked = lock(process, fd, addr, PAGE, REC_WRITE);
	w.addr = addr;
	worker_start_asleep(&w, work_map_fixed);
	rec_umem_unlock(locked);
	assert_int_equal(worker_join(&w), 0);
}

TEST(pages_beside_the_locked_ones_do_not_wait)
{
	void *locked;

	map_at(10);
	locked = lock(process, fd, addr + 3 * PAGE, 2 * PAGE, REC_WRITE);
	rec_forget();
	assert_int_equal(sundog_munmap(process, addr + PAGE, PAGE), 0);
	assert_int_equal(sundog_munmap(process, addr + 5 * PAGE, PAGE), 0);
	assert_int_equal(sundog_mprotect(process, addr + 2 * PAGE, PAGE, PROT_READ), 0);
	assert_int_equal(rec_read(process, addr + 3 * PAGE), 3);
	rec_expect("unmap h0 p1 off 11 len 1 before h0 after h1\nunmap h1 p1 off 15 len 1 before h1 after -\n");
	/* the locked part is in another handle by now, but at the same offset */
	rec_umem_unlock(locked);
	rec_expect("access h1 p1 off 13 len 2 type 3 rw 2\n");
}

static int
work_unmap_all(struct worker *w)
{
	return sundog_munmap(w->process, w->addr, PAGES * PAGE);
}

TEST(a_signal_does_not_end_the_wait_of_munmap)
{
	struct worker w = {.process = process};
	void *locked;

	map_at(0);
	locked = lock(process, fd, addr, PAGE, REC_WRITE);
	w.addr = addr;
	worker_start_asleep(&w, work_unmap_all);
	for (int i = 0; i < 3; i++)
		sundog_signal(process);
	wait_asleep(&w);
	rec_umem_unlock(locked);
	assert_int_equal(worker_join(&w), 0);
}

/* ---- order between types ---- */

static int
work_touch(struct worker *w)
{
	return sundog_touch(w->process, w->addr, SUNDOG_WRITE).signo;
}

static int
work_lock(struct worker *w)
{
	return lock_try(w->process, w->fd, w->addr, w->len, REC_WRITE, &w->cookie);
}

TEST(an_access_waits_for_the_UNLOCK)
{
	struct worker w = {.process = process};
	void *locked;

	map_at(0);
	locked = lock(process, fd, addr, PAGE, REC_READ);
	w.addr = addr + 4 * PAGE;
	rec_forget();
	worker_start_asleep(&w, work_touch);
	rec_expect("");
	rec_umem_unlock(locked);
	assert_int_equal(worker_join(&w), 0);
	rec_expect("access h0 p1 off 0 len 1 type 3 rw 1\naccess h0 p1 off 4 len 1 type 0 rw 2\n");
}

TEST(an_access_of_another_process_waits_too)
{
	struct sundog_process *other = rec_process();
	struct worker w = {.process = other};
	void *locked;

	map_at(0);
	locked = lock(process, fd, addr, PAGE, REC_READ);
	w.addr = rec_mmap_pages(other, rec_open_device(other, O_RDWR), 0, PAGES);
	rec_forget();
	worker_start_asleep(&w, work_touch);
	rec_umem_unlock(locked);
	assert_int_equal(worker_join(&w), 0);
	rec_expect("access h0 p1 off 0 len 1 type 3 rw 1\naccess h1 p2 off 0 len 1 type 0 rw 2\n");
	sundog_exit(other);
}

TEST(loaded_pages_are_used_meanwhile)
{
	void *locked;

	map_at(0);
	rec_write(process, addr + 5 * PAGE, 50);
	locked = lock(process, fd, addr, PAGE, REC_READ);
	rec_forget();
	rec_write(process, addr + 5 * PAGE, 51);
	rec_write(process, addr, 1);
	rec_expect("");
	rec_umem_unlock(locked);
}

TEST(another_LOCK_waits_for_the_UNLOCK)
{
	struct worker w = {.process = process, .fd = fd, .len = PAGE};
	void *locked;

	map_at(0);
	locked = lock(process, fd, addr, PAGE, REC_READ);
	w.addr = addr + 2 * PAGE;
	rec_forget();
	worker_start_asleep(&w, work_lock);
	rec_expect("");
	rec_umem_unlock(locked);
	assert_int_equal(worker_join(&w), 0);
	rec_umem_unlock(w.cookie);
	rec_expect("access h0 p1 off 0 len 1 type 3 rw 1\naccess h0 p1 off 2 len 1 type 2 rw 2\n"
		   "access h0 p1 off 2 len 1 type 3 rw 2\n");
}

TEST(a_waiting_LOCK_interrupted_by_a_signal_is_EINTR)
{
	struct sundog_process *other = rec_process();
	struct worker w = {.process = other, .fd = rec_open_device(other, O_RDWR), .len = PAGE};
	void *locked;

	map_at(0);
	w.addr = rec_mmap_pages(other, w.fd, 0, PAGES);
	locked = lock(process, fd, addr, PAGE, REC_READ);
	worker_start_asleep(&w, work_lock);
	sundog_signal(other);
	assert_int_equal(worker_join(&w), EINTR);
	assert_null(w.cookie);
	rec_umem_unlock(locked);
	sundog_exit(other);
}

TEST(a_waiting_access_interrupted_by_a_signal_is_retried)
{
	struct worker w = {.process = process};
	void *locked;

	map_at(0);
	locked = lock(process, fd, addr, PAGE, REC_READ);
	w.addr = addr + PAGE;
	worker_start_asleep(&w, work_touch);
	sundog_signal(process);
	wait_asleep(&w);
	rec_umem_unlock(locked);
	assert_int_equal(worker_join(&w), 0);
}

TEST(a_waiting_copy_interrupted_by_a_signal_fails)
{
	struct sundog_process *other = rec_process();
	struct worker w = {.process = other};

	map_at(0);
	w.cookie = lock(process, fd, addr, PAGE, REC_READ);
	w.addr = rec_mmap_pages(other, rec_open_device(other, O_RDWR), 0, PAGES);
	worker_start_asleep(&w, work_touch);
	sundog_exit(other); /* a dying process does not wait for it either */
	assert_int_not_equal(worker_join(&w), 0);
	rec_umem_unlock(w.cookie);
}

TEST(another_access_function_is_not_excluded)
{
	uint64_t other;
	void *locked;

	map_at(0);
	rec.parts[0].callbacks = REC_ALL & ~REC_ACCESS;
	rec.parts[0].callbacks |= REC_ACCESS_OTHER;
	rec.part = 0;
	other = rec_mmap_pages(process, fd, 0, PAGES);
	locked = lock(process, fd, addr, PAGES * PAGE, REC_READ);
	rec_write(process, other, 3);
	rec_umem_unlock(lock(process, fd, other, PAGE, REC_WRITE));
	rec_umem_unlock(locked);
}

static int inside; /* under the driver's lock */
static bool let_go;

static int
access_sleeps(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	int result = 0;

	if (type == 0) {
		rec_lock();
		inside++;
		rec_wake();
		while (!let_go && result == 0) {
			if (!rec_wait())
				result = EINTR;
		}
		inside--;
		rec_unlock();
	}
	return result != 0 ? result : rec_load(dhp, off, len, type, rw);
}

static void
wait_inside(int n)
{
	rec_lock();
	while (inside < n)
		assert_true(rec_wait());
	rec_unlock();
}

static void
release_all(void)
{
	rec_lock();
	let_go = true;
	rec_wake();
	rec_unlock();
}

TEST(LOCK_waits_for_accesses_in_progress)
{
	struct worker touch = {.process = process}, w = {.process = process, .fd = fd, .len = PAGE};

	inside = 0;
	let_go = false;
	rec.access = access_sleeps;
	map_at(0);
	touch.addr = addr;
	w.addr = addr + 3 * PAGE;
	worker_start(&touch, work_touch);
	wait_inside(1);
	worker_start_asleep(&w, work_lock);
	rec_expect("access h0 p1 off 0 len 1 type 0 rw 2\n");
	release_all();
	assert_int_equal(worker_join(&touch), 0);
	assert_int_equal(worker_join(&w), 0);
	rec_umem_unlock(w.cookie);
	rec_expect("access h0 p1 off 3 len 1 type 2 rw 2\naccess h0 p1 off 3 len 1 type 3 rw 2\n");
}

TEST(a_waiting_LOCK_lets_accesses_begin)
{
	struct worker first = {.process = process}, second = {.process = process},
		      w = {.process = process, .fd = fd, .len = PAGE};

	inside = 0;
	let_go = false;
	rec.access = access_sleeps;
	map_at(0);
	first.addr = addr;
	second.addr = addr + PAGE;
	w.addr = addr + 3 * PAGE;
	worker_start(&first, work_touch);
	wait_inside(1);
	worker_start_asleep(&w, work_lock);
	worker_start(&second, work_touch);
	wait_inside(2); /* one may have to wake the other */
	release_all();
	assert_int_equal(worker_join(&first), 0);
	assert_int_equal(worker_join(&second), 0);
	assert_int_equal(worker_join(&w), 0);
	rec_umem_unlock(w.cookie);
}

/*
 * One thread waits in an access for the UNLOCK, one in munmap for that access: the UNLOCK, which is an access too,
 * does not wait for the munmap.
 */
TEST(UNLOCK_does_not_wait_for_a_munmap_that_waits)
{
	struct worker touch = {.process = process}, unmap = {.process = process, .len = PAGE};
	void *locked;

	map_at(0);
	locked = lock(process, fd, addr, PAGE, REC_READ);
	touch.addr = addr + 2 * PAGE;
	unmap.addr = addr + 4 * PAGE;
	worker_start_asleep(&touch, work_touch);
	worker_start_asleep(&unmap, work_munmap);
	rec_umem_unlock(locked);
	assert_int_equal(worker_join(&touch), 0);
	assert_int_equal(worker_join(&unmap), 0);
}

/* ---- the kernel's own accesses, and pages whose translation got lost ---- */

static int
copy_locked(void *arg)
{
	uint32_t value = 0, *seen = arg;

	if (rec_copyin(addr + PAGE, &value, sizeof(value)) != 0)
		return EFAULT;
	*seen = value;
	value = 88;
	return rec_copyout(&value, addr + PAGE, sizeof(value)) != 0 ? EFAULT : 0;
}

TEST(copies_to_locked_pages_do_not_wait)
{
	uint32_t seen = 0;
	void *locked;

	map_at(0);
	locked = lock(process, fd, addr, 2 * PAGE, REC_WRITE);
	rec_forget();
	assert_int_equal(rec_run(process, fd, copy_locked, &seen), 0);
	assert_int_equal(seen, 1);
	assert_int_equal(*word(1), 88);
	rec_expect("");
	rec_umem_unlock(locked);
}

TEST(a_locked_page_is_served_again_without_the_driver)
{
	void *locked;

	map_at(0);
	locked = lock(process, fd, addr, 2 * PAGE, REC_WRITE);
	rec_forget();
	assert_int_equal(rec_unload(rec_handle(0), 0, PAGE), 0); /* as a host may lose it */
	rec_write(process, addr, 12);
	assert_int_equal(*word(0), 12);
	rec_expect("");
	rec_umem_unlock(locked);
}

/* ---- the end of the process ---- */

TEST(exit_unlocks_before_it_unmaps)
{
	void *locked;

	map_at(0);
	locked = lock(process, fd, addr + PAGE, PAGE, REC_WRITE);
	rec_forget();
	sundog_exit(process);
	process = NULL;
	rec_expect("access h0 p1 off 1 len 1 type 3 rw 2\nunmap h0 p1 off 0 len 6 before - after -\nclose 0\n");
	assert_true(rec_warned("are still locked"));
	rec_umem_unlock(locked);
	rec_expect("");
}

TEST(exec_unlocks_before_it_unmaps)
{
	void *locked;

	map_at(0);
	locked = lock(process, fd, addr + PAGE, PAGE, REC_WRITE);
	rec_forget();
	assert_int_equal(sundog_exec(process), 0);
	rec_expect("access h0 p1 off 1 len 1 type 3 rw 2\nunmap h0 p1 off 0 len 6 before - after -\n");
	rec_umem_unlock(locked);
}

TEST(the_death_of_the_holder_lets_waiters_go_on)
{
	struct sundog_process *other = rec_process();
	struct worker w = {.process = other};
	void *locked;

	map_at(0);
	locked = lock(process, fd, addr, PAGE, REC_WRITE);
	w.addr = rec_mmap_pages(other, rec_open_device(other, O_RDWR), 0, PAGES);
	worker_start_asleep(&w, work_touch);
	sundog_exit(process);
	process = NULL;
	assert_int_equal(worker_join(&w), 0);
	rec_umem_unlock(locked);
	sundog_exit(other);
}

TEST(a_fork_childs_mapping_is_not_locked)
{
	struct sundog_process *child;
	void *locked;

	map_at(0);
	locked = lock(process, fd, addr, PAGE, REC_WRITE);
	assert_int_equal(sundog_fork(process, &child), 0);
	assert_int_equal(sundog_munmap(child, addr, PAGES * PAGE), 0);
	assert_int_equal(rec_read(process, addr), 0);
	sundog_exit(child);
	rec_umem_unlock(locked);
}

/* ---- mixed ranges ---- */

/*
 *	page      0          1    2    3          4
 *	     | ordinary | device mapping    | ordinary |
 */
static void
map_mixed(void)
{
	uint64_t middle;

	addr = anon(process, 5);
	middle = addr + PAGE;
	assert_int_equal(sundog_mmap(process, &middle, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0), 0);
	rec_forget();
}

TEST(a_range_may_be_mixed)
{
	struct worker w = {.process = process, .len = PAGE};
	void *locked;

	map_mixed();
	locked = lock(process, fd, addr, 5 * PAGE, REC_WRITE);
	rec_expect("access h0 p1 off 0 len 3 type 2 rw 2\n");
	w.addr = addr + 4 * PAGE;
	worker_start_asleep(&w, work_munmap);
	rec_umem_unlock(locked);
	rec_expect("access h0 p1 off 0 len 3 type 3 rw 2\n");
	assert_int_equal(worker_join(&w), 0);
}

TEST(a_mixed_range_with_a_hole_is_EFAULT_without_the_driver)
{
	map_mixed();
	assert_int_equal(sundog_munmap(process, addr + 4 * PAGE, PAGE), 0);
	refused(addr, 5 * PAGE, REC_WRITE, EFAULT);
	rec_expect("");
}

TEST(each_kind_of_a_mixed_range_can_be_exported)
{
	struct sundog_process *importer = rec_process();
	int importer_fd = rec_open_device(importer, O_RDWR);
	void *locked;
	uint64_t there = 0;

	map_mixed();
	rec_write(process, addr + 4 * PAGE, 444);
	locked = lock(process, fd, addr, 5 * PAGE, REC_WRITE);
	rec_script(locked, REC_NO_CALLBACKS);
	rec.parts[0].koff = 4 * PAGE;
	there = rec_mmap_pages(importer, importer_fd, 0, 1);
	assert_int_equal(rec_read(importer, there), 444);
	rec.parts[0].koff = 2 * PAGE;
	there = rec_mmap_pages(importer, importer_fd, 0, 2);
	assert_int_equal(rec_read(importer, there + PAGE), 2);
	/* but not as one, which no host can show */
	rec.parts[0].koff = 0;
	there = 0;
	assert_int_equal(sundog_mmap(importer, &there, 5 * PAGE, PROT_READ, MAP_SHARED, importer_fd, 0), ENXIO);
	sundog_exit(importer);
	rec_umem_unlock(locked);
}

TEST(two_mappings_side_by_side_are_one_LOCK)
{
	uint64_t second;
	void *locked;

	map_at(0);
	second = addr + 3 * PAGE;
	rec.part = 0;
	assert_int_equal(sundog_mmap(process, &second, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0), 0);
	rec_forget();
	locked = lock(process, fd, addr + 2 * PAGE, 2 * PAGE, REC_READ);
	rec_expect("access h0 p1 off 2 len 1 type 2 rw 1\naccess h1 p2 off 0 len 1 type 2 rw 1\n");
	rec_umem_unlock(locked);
}

/* Locked memory of which one part does not go on where the one before it ends: no host can show it as one. */
TEST(parts_that_do_not_follow_each_other_are_not_exported_as_one)
{
	static const long second[] = {3, 4, 0};

	for (size_t i = 0; i < 3; i++) {
		uint64_t there = 0;
		void *locked;

		rec.nparts = 2;
		rec.parts[0] = rec.parts[1] = (struct rec_part){.cookie = cookie, .len = 3 * PAGE, .maplen = 3 * PAGE, .callbacks = REC_ALL};
		rec.parts[1].koff = second[i] * (long)PAGE;
		rec.parts[1].len = rec.parts[1].maplen = 2 * PAGE;
		rec.part = 0;
		addr = rec_mmap_pages(process, fd, 0, 5);
		locked = lock(process, fd, addr, 5 * PAGE, REC_WRITE);
		rec_script(locked, REC_NO_CALLBACKS);
		assert_int_equal(sundog_mmap(process, &there, 5 * PAGE, PROT_READ, MAP_SHARED, fd, 0), i == 0 ? 0 : ENXIO);
		if (i == 0) {
			assert_int_equal(rec_read(process, there + 4 * PAGE), 4);
			assert_int_equal(sundog_munmap(process, there, 5 * PAGE), 0);
		}
		rec_umem_unlock(locked);
		assert_int_equal(sundog_munmap(process, addr, 5 * PAGE), 0);
	}
}

TEST(parts_of_two_memories_are_not_exported_as_one)
{
	uint64_t there = 0;
	void *other, *locked;

	rec_umem_alloc(2 * PAGE, 0, &other);
	rec.nparts = 2;
	rec.parts[1] = rec.parts[0];
	rec.parts[0].len = rec.parts[0].maplen = PAGE;
	rec.parts[1].cookie = other;
	rec.parts[1].koff = PAGE;
	addr = rec_mmap_pages(process, fd, 0, 2);
	locked = lock(process, fd, addr, 2 * PAGE, REC_WRITE);
	rec_script(locked, REC_NO_CALLBACKS);
	assert_int_equal(sundog_mmap(process, &there, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0), ENXIO);
	rec_umem_unlock(locked);
	assert_int_equal(sundog_munmap(process, addr, 2 * PAGE), 0);
	rec_umem_free(other);
}

/* ---- without a driver that locks ---- */

TEST(a_lock_of_the_hosts_own_is_a_LOCK_too)
{
	struct worker w = {.process = process, .len = PAGE};
	struct sundog_lock *held;

	map_at(0);
	assert_int_equal(sundog_lock(process, addr + PAGE, 2 * PAGE, SUNDOG_WRITE, &held), 0);
	rec_expect("access h0 p1 off 1 len 2 type 2 rw 2\n");
	w.addr = addr + PAGE;
	worker_start_asleep(&w, work_munmap);
	sundog_unlock(held);
	assert_int_equal(worker_join(&w), 0);
	rec_expect("access h0 p1 off 1 len 2 type 3 rw 2\nunmap h0 p1 off 1 len 1 before h0 after h1\n");
	assert_int_equal(sundog_lock(process, addr, PAGE, SUNDOG_READ, &held), 0);
	rec_expect("access h0 p1 off 0 len 1 type 2 rw 1\n");
	sundog_unlock(held);
	assert_int_equal(sundog_lock(process, addr + 1, PAGE, SUNDOG_READ, &held), EINVAL);
	assert_int_equal(sundog_lock(process, addr, 0, SUNDOG_READ, &held), EINVAL);
	assert_int_equal(sundog_lock(process, addr + PAGE, PAGE, SUNDOG_READ, &held), EFAULT);
	assert_int_equal(sundog_lock(process, addr, 0ul - PAGE, SUNDOG_READ, &held), EFAULT);
}

static int ctx_types[2], ctx_calls;

static int
contextmgt(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	ctx_types[ctx_calls++ % 2] = (int)type;
	return rec_load(dhp, off, len, type, rw);
}

static int
access_ctxmgt(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	return rec_ctxmgt(dhp, pvtp, off, len, type, rw, contextmgt);
}

TEST(context_management_passes_the_types_on)
{
	ctx_calls = 0;
	rec.access = access_ctxmgt;
	map_at(0);
	rec_umem_unlock(lock(process, fd, addr, PAGES * PAGE, REC_WRITE));
	assert_int_equal(ctx_calls, 2);
	assert_int_equal(ctx_types[0], 2);
	assert_int_equal(ctx_types[1], 3);
}

/* ---- other kinds of mappings ---- */

static int
frame_of_page(long off, int prot)
{
	/* in the other order */
	return rec_frame(memory + ((PAGES - 1) * PAGE - (size_t)off));
}

TEST(old_mmap_pages_are_locked_one_by_one)
{
	struct sundog_process *importer = rec_process();
	int importer_fd = rec_open_device(importer, O_RDWR);
	uint64_t there;
	void *locked;

	rec_slots(REC_NULL, REC_NODEV, REC_OWN, false);
	rec.on_mmap = frame_of_page;
	map_at(0);
	locked = lock(process, fd, addr, PAGES * PAGE, REC_WRITE);
	rec_slots(REC_NULL, REC_OWN, REC_NODEV, true);
	rec_script(locked, REC_NO_CALLBACKS);
	rec.parts[0].koff = 1 * PAGE;
	there = rec_mmap_pages(importer, importer_fd, 0, 1);
	assert_int_equal(rec_read(importer, there), PAGES - 2);
	sundog_exit(importer);
	rec_umem_unlock(locked);
}

TEST(a_mapping_set_up_invalid_is_EFAULT)
{
	rec.parts[0].flags = ALLOW_REMAP | INVALID;
	map_at(0);
	refused(addr, PAGE, REC_READ, EFAULT);
}

TEST(trash_can_be_locked)
{
	void *trash;

	rec_umem_alloc(PAGES * PAGE, UMEM_TRASHY, &trash);
	rec_script(trash, REC_ALL);
	map_at(0);
	rec_umem_unlock(lock(process, fd, addr, PAGES * PAGE, REC_WRITE));
	rec_expect("access h0 p1 off 0 len 6 type 2 rw 2\naccess h0 p1 off 0 len 6 type 3 rw 2\n");
	sundog_exit(process);
	process = NULL;
	rec_umem_free(trash);
}

/* A host cannot show it page by page, and nothing could be done with it. */
TEST(very_much_trash_cannot_be_locked)
{
	size_t len = (size_t)1 << 38;
	uint64_t at = 0;
	void *trash;

	rec_umem_alloc(len, UMEM_TRASHY, &trash);
	for (unsigned callbacks = 0; callbacks <= REC_ACCESS; callbacks += REC_ACCESS) {
		rec_script(trash, callbacks);
		rec.parts[0].len = rec.parts[0].maplen = len;
		assert_int_equal(sundog_mmap(process, &at, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), 0);
		refused(at, len, REC_WRITE, ENOMEM);
		rec_umem_unlock(lock(process, fd, at, 4 * PAGE, REC_WRITE));
		assert_int_equal(sundog_munmap(process, at, len), 0);
	}
	rec_umem_free(trash);
}

/* ---- races ---- */

#define ROUNDS 200
#define LOCKERS 4

static _Atomic int exclusive, shared;
static _Atomic bool violated;

/* Counts who is inside: a LOCK alone until its UNLOCK. */
static int
access_counts(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	if (type == 0) {
		shared++;
		if (exclusive != 0)
			violated = true;
		shared--;
	} else if (type == 2) {
		if (++exclusive != 1 || shared != 0)
			violated = true;
	} else {
		if (exclusive-- != 1 || shared != 0)
			violated = true;
	}
	return rec_load(dhp, off, len, type, rw);
}

static int
lock_many(struct worker *w)
{
	for (int i = 0; i < ROUNDS; i++) {
		void *locked;

		if (lock_try(w->process, w->fd, w->addr, w->len, REC_WRITE, &locked) != 0)
			return 1;
		rec_umem_unlock(locked);
	}
	return 0;
}

static int
touch_many(struct worker *w)
{
	for (int i = 0; i < ROUNDS; i++) {
		if (sundog_touch(w->process, w->addr + (size_t)(i % 3) * PAGE, SUNDOG_WRITE).signo != 0)
			return 1;
		(void)rec_unload(w->cookie, 0, 3 * PAGE);
	}
	return 0;
}

TEST(LOCK_is_alone_whatever_others_do)
{
	struct worker w[2 * LOCKERS];

	violated = false;
	rec.access = access_counts;
	map_at(0);
	rec.quiet = true;
	for (int i = 0; i < 2 * LOCKERS; i++) {
		w[i] = (struct worker){.process = process, .fd = fd, .addr = addr + (size_t)(i % 2) * PAGE, .len = (1 + (size_t)i % 3) * PAGE, .cookie = rec_handle(0)};
		if (i >= LOCKERS)
			w[i].addr = addr + 3 * PAGE;
		worker_start(&w[i], i < LOCKERS ? lock_many : touch_many);
	}
	for (int i = 0; i < 2 * LOCKERS; i++)
		assert_int_equal(worker_join(&w[i]), 0);
	assert_false(violated);
	assert_int_equal(exclusive, 0);
}

/* A page of one access function, then one of the other; or the other way round. */
static uint64_t
map_pair(unsigned first, unsigned second)
{
	uint64_t at, next;

	rec_script(cookie, first);
	at = rec_mmap_pages(process, fd, 0, 2);
	next = at + PAGE;
	rec_script(cookie, second);
	assert_int_equal(sundog_mmap(process, &next, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0), 0);
	return at;
}

TEST(locks_over_two_orders_in_either_sequence_do_not_meet_head_on)
{
	struct worker w[4];
	uint64_t forth = map_pair(REC_ACCESS, REC_ACCESS_OTHER), back = map_pair(REC_ACCESS_OTHER, REC_ACCESS);

	rec.quiet = true;
	for (int i = 0; i < 4; i++) {
		w[i] = (struct worker){.process = process, .fd = fd, .addr = i % 2 == 0 ? forth : back, .len = 2 * PAGE};
		worker_start(&w[i], lock_many);
	}
	for (int i = 0; i < 4; i++)
		assert_int_equal(worker_join(&w[i]), 0);
}

static int
map_lock_unmap(struct worker *w)
{
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t at = w->addr;
		void *locked;

		int error;

		/* Neighbours race for the same place; one that comes while another one maps there gets ENOMEM. */
		error = sundog_mmap(w->process, &at, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, w->fd, 0);
		if (error != 0 && error != ENOMEM)
			return 1;
		if (lock_try(w->process, w->fd, at, PAGE, REC_READ, &locked) == 0)
			rec_umem_unlock(locked);
		if (sundog_munmap(w->process, at, PAGE) != 0)
			return 2;
	}
	return 0;
}

TEST(maps_locks_and_unmaps_of_eight_threads)
{
	struct worker w[8];

	rec.quiet = true;
	rec_script(cookie, REC_ACCESS);
	map_at(0);
	for (int i = 0; i < 8; i++) {
		w[i] = (struct worker){.process = process, .fd = fd, .addr = addr + (size_t)(i % 4) * PAGE};
		worker_start(&w[i], map_lock_unmap);
	}
	for (int i = 0; i < 8; i++)
		assert_int_equal(worker_join(&w[i]), 0);
}

/* Between the mappings there is none; the lock waits for the new one. */
TEST(a_lock_waits_for_the_fixed_mapping_that_replaces_what_it_locks)
{
	struct worker map = {.process = process, .fd = fd, .len = PAGES * PAGE};
	struct worker wait = {.process = process, .fd = fd, .len = PAGE};

	map_at(0);
	map.addr = wait.addr = addr;
	rec.on_map = lock_and_unlock;
	rec_lock();
	worker_start_asleep(&map, work_map_fixed);
	worker_start_asleep(&wait, work_lock);
	rec_unlock();
	assert_int_equal(worker_join(&map), 0);
	assert_int_equal(worker_join(&wait), 0);
	rec_forget();
	rec_umem_unlock(wait.cookie);
	rec_expect("access h1 p2 off 0 len 1 type 3 rw 2\n");
}
