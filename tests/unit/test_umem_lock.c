/* SPDX-License-Identifier: BSD-2-Clause */
/* ddi_umem_lock, umem_lockmemory, ddi_umem_unlock on ordinary memory: a test for each sentence of section 3. */
#define _GNU_SOURCE
#include "test.h"
#include "bug.h"
#include "lock_host.h"

#define PAGES 4ul

static struct sundog_process *process;
static int fd;
static uint64_t addr;

static int
setup(void **state)
{
	rec_setup_system(state);
	process = rec_process();
	fd = rec_open_device(process, O_RDWR);
	addr = anon(process, PAGES);
	return 0;
}

static int
teardown(void **state)
{
	if (process != NULL)
		sundog_exit(process);
	return rec_teardown_system(state);
}

/* Every error leaves the cookie NULL. */
static void
refused(uint64_t at, size_t len, int flags, int error)
{
	void *cookie;

	assert_int_equal(lock_try(process, fd, at, len, flags, &cookie), error);
	assert_null(cookie);
}

static void
refused_memory(int flags, int version, bool callback, int error)
{
	struct lock_ask ask = {.addr = addr, .len = PAGE, .flags = flags, .cookie = (void *)1, .lockmemory = true, .version = version, .callback = callback};

	assert_int_equal(rec_run(process, fd, lock_run, &ask), error);
	assert_null(ask.cookie);
}

#define TEST(name) TEST_WITH(name, setup, teardown)

/* ---- the arguments ---- */

TEST(any_flag_other_than_READ_and_WRITE_is_EINVAL)
{
	for (int bit = 2; bit < 32; bit++)
		refused(addr, PAGE, (int)((1u << bit) | REC_READ), EINVAL);
}

TEST(neither_READ_nor_WRITE_is_EINVAL)
{
	refused(addr, PAGE, 0, EINVAL);
}

TEST(READ_and_WRITE_together_mean_write)
{
	rec_umem_unlock(lock(process, fd, addr, PAGE, REC_READ | REC_WRITE));
	assert_int_equal(sundog_mprotect(process, addr, PAGE, PROT_READ), 0);
	refused(addr, PAGE, REC_READ | REC_WRITE, EACCES);
}

TEST(address_not_page_aligned_is_EINVAL)
{
	refused(addr + 1, PAGE, REC_READ, EINVAL);
	refused(addr + PAGE / 2, PAGE, REC_READ, EINVAL);
	refused(addr + PAGE - 1, PAGE, REC_READ, EINVAL);
}

TEST(length_not_whole_pages_is_EINVAL)
{
	refused(addr, 1, REC_READ, EINVAL);
	refused(addr, PAGE - 1, REC_READ, EINVAL);
	refused(addr, PAGE + 1, REC_READ, EINVAL);
	refused(addr, SIZE_MAX, REC_READ, EINVAL);
}

TEST(length_0_is_EINVAL)
{
	refused(addr, 0, REC_READ, EINVAL);
}

TEST(arguments_are_checked_before_the_pages)
{
	refused(1, PAGE, REC_READ, EINVAL);
	refused(0x1000, PAGE, 0x10, EINVAL);
	refused(0x1000, 0, REC_READ, EINVAL);
}

TEST(lockmemory_allows_LONGTERM)
{
	void *cookie = lock_with_callback(process, fd, addr, PAGE, REC_READ | REC_LONGTERM);

	rec_umem_unlock(cookie);
	refused_memory(8 | REC_READ, 1, true, EINVAL);
	refused_memory(REC_LONGTERM, 1, true, EINVAL);
}

TEST(lockmemory_with_another_version_is_EINVAL)
{
	refused_memory(REC_READ, 0, true, EINVAL);
	refused_memory(REC_READ, 2, true, EINVAL);
	refused_memory(REC_READ | REC_LONGTERM, 2, true, EINVAL);
}

TEST(lockmemory_LONGTERM_without_a_callback_is_EINVAL)
{
	refused_memory(REC_READ | REC_LONGTERM, -1, false, EINVAL);
	refused_memory(REC_READ | REC_LONGTERM, 1, false, EINVAL);
}

TEST(lockmemory_takes_ops_without_LONGTERM_and_none_at_all)
{
	struct lock_ask ask = {.addr = addr, .len = PAGE, .flags = REC_READ, .lockmemory = true, .version = -1};

	rec_umem_unlock(lock_with_callback(process, fd, addr, PAGE, REC_READ));
	assert_int_equal(rec_run(process, fd, lock_run, &ask), 0);
	rec_umem_unlock(ask.cookie);
	ask.version = 1;
	assert_int_equal(rec_run(process, fd, lock_run, &ask), 0);
	rec_umem_unlock(ask.cookie);
}

/* ---- the pages ---- */

TEST(no_mapping_is_EFAULT)
{
	refused(0x10000, PAGE, REC_READ, EFAULT);
	refused(0, PAGE, REC_WRITE, EFAULT);
	refused(~0ul << 47, PAGE, REC_READ, EFAULT);
}

TEST(a_hole_inside_is_EFAULT)
{
	assert_int_equal(sundog_munmap(process, addr + PAGE, PAGE), 0);
	refused(addr, 3 * PAGE, REC_READ, EFAULT);
	rec_umem_unlock(lock(process, fd, addr + 2 * PAGE, 2 * PAGE, REC_WRITE));
}

TEST(beyond_the_end_is_EFAULT)
{
	refused(addr, (PAGES + 1) * PAGE, REC_READ, EFAULT);
}

TEST(a_range_that_wraps_is_EFAULT)
{
	refused(addr, 0ul - PAGE, REC_READ, EFAULT);
	refused(addr, 0ul - addr, REC_READ, EFAULT);
	refused(0ul - PAGE, PAGE, REC_READ, EFAULT);
	refused(0ul - PAGE, 2 * PAGE, REC_READ, EFAULT);
}

TEST(WRITE_without_write_permission_is_EACCES)
{
	assert_int_equal(sundog_mprotect(process, addr + 2 * PAGE, PAGE, PROT_READ), 0);
	refused(addr, PAGES * PAGE, REC_WRITE, EACCES);
	rec_umem_unlock(lock(process, fd, addr, PAGES * PAGE, REC_READ));
}

TEST(READ_without_read_permission_is_EACCES)
{
	assert_int_equal(sundog_mprotect(process, addr, PAGE, PROT_NONE), 0);
	refused(addr, PAGE, REC_READ, EACCES);
}

/* A system thread has no user memory. */
static int
lock_by_system(struct worker *w)
{
	return rec_umem_lock(w->addr, PAGE, REC_READ, &w->cookie);
}

TEST(system_thread_without_a_process_is_EFAULT)
{
	struct worker w = {.addr = addr};

	worker_start(&w, lock_by_system);
	assert_int_equal(worker_join(&w), EFAULT);
	assert_null(w.cookie);
}

/* ---- the cookie ---- */

TEST(cookie_names_the_range)
{
	void *cookie = lock(process, fd, addr + PAGE, 2 * PAGE, REC_READ);

	assert_int_equal(rec_cookie_type(cookie), 0x400);
	assert_ptr_equal(rec_cookie_address(cookie), addr + PAGE);
	assert_int_equal(rec_cookie_size(cookie), 2 * PAGE);
	assert_int_equal(rec_proc_pid(rec_cookie_proc(cookie)), sundog_process_pid(process));
	rec_umem_unlock(cookie);
}

TEST(overlapping_locks_are_independent)
{
	void *first = lock(process, fd, addr, 3 * PAGE, REC_READ);
	void *second = lock(process, fd, addr + PAGE, 3 * PAGE, REC_WRITE);
	void *third = lock(process, fd, addr, 3 * PAGE, REC_READ);
	struct worker w = {.process = process, .addr = addr + PAGE, .len = PAGE};

	assert_ptr_not_equal(first, second);
	assert_ptr_not_equal(first, third);
	worker_start(&w, work_munmap);
	rec_umem_unlock(first);
	rec_umem_unlock(third);
	wait_asleep(&w);
	rec_umem_unlock(second);
	assert_int_equal(worker_join(&w), 0);
}

TEST(free_of_a_locked_cookie_unlocks_it)
{
	rec_umem_free(lock(process, fd, addr, PAGE, REC_READ));
	assert_int_equal(sundog_munmap(process, addr, PAGE), 0);
}

static void *found;

static int
lock_other(void *arg)
{
	struct lock_ask *ask = arg;

	ask->proc = found;
	return lock_run(ask);
}

static int
find_proc(void *arg)
{
	found = rec_current_proc();
	return 0;
}

TEST(lockmemory_locks_another_process)
{
	struct sundog_process *other = rec_process();
	int other_fd = rec_open_device(other, O_RDWR);
	uint64_t there = anon(other, PAGES + 2);
	struct lock_ask ask = {.addr = there, .len = (PAGES + 2) * PAGE, .flags = REC_WRITE, .lockmemory = true, .version = -1};

	rec_run(other, other_fd, find_proc, NULL);
	assert_int_equal(rec_run(process, fd, lock_other, &ask), 0);
	assert_int_equal(rec_proc_pid(rec_cookie_proc(ask.cookie)), sundog_process_pid(other));
	assert_int_equal(sundog_munmap(process, addr, PAGE), 0); /* nobody waits for another one's lock */
	rec_umem_unlock(ask.cookie);
	sundog_exit(other);
}

/* ---- unlock ---- */

static int
begin_again(void)
{
	char message[256];

	sundog_system_destroy(rec.system, NULL, NULL);
	if (sundog_system_create(NULL, &rec.system) != 0)
		return 1;
	return sundog_driver_attach(rec.system, "rec", rec_init, rec_info, rec_fini, NULL, message, sizeof(message));
}

static void
bug_unlock_twice(void)
{
	struct sundog_process *p = rec_process();
	void *cookie = lock(p, rec_open_device(p, O_RDWR), anon(p, 1), PAGE, REC_READ);

	rec_umem_unlock(cookie);
	rec_umem_unlock(cookie);
}

TEST(unlocking_twice_is_a_bug)
{
	expect_bug(begin_again, bug_unlock_twice, "has been unlocked before");
}

static void
bug_foreign(void)
{
	static char forged[1024];

	rec_cookie_set_type(forged, 0x400);
	rec_umem_unlock(forged);
}

static void
bug_kernel_cookie(void)
{
	void *cookie;

	rec_umem_alloc(PAGE, 0, &cookie);
	rec_umem_unlock(cookie);
}

TEST(unlocking_what_was_not_locked_is_a_bug)
{
	expect_bug(begin_again, bug_foreign, "is no cookie of locked memory");
	expect_bug(begin_again, bug_kernel_cookie, "is no cookie of locked memory");
}
