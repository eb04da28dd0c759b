/* SPDX-License-Identifier: BSD-2-Clause */
/* What becomes of locked memory: munmap, mprotect, fork, exec, exit, close, detach; cleanup callbacks; races. */
#define _GNU_SOURCE
#include "test.h"
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

static void
exit_now(void)
{
	sundog_exit(process);
	process = NULL;
}

static size_t
used(void)
{
	struct sundog_rctl rctl;

	assert_int_equal(sundog_rctl_get(rec.system, 0, 0, "zone.max-locked-memory", &rctl), 0);
	return rctl.used;
}

#define TEST(name) TEST_WITH(name, setup, teardown)

/* ---- munmap, mprotect ---- */

TEST(munmap_waits_until_unlocked)
{
	struct worker w = {.process = process, .addr = addr + PAGE, .len = PAGE};
	void *cookie = lock(process, fd, addr, PAGES * PAGE, REC_READ);

	rec_write(process, addr + PAGE, 5);
	worker_start_asleep(&w, work_munmap);
	assert_int_equal(rec_read(process, addr + PAGE), 5);
	rec_umem_unlock(cookie);
	assert_int_equal(worker_join(&w), 0);
	rec_expect_signal(sundog_touch(process, addr + PAGE, SUNDOG_READ), SIGSEGV, SEGV_MAPERR, 0);
}

TEST(mprotect_waits_until_unlocked)
{
	struct worker w = {.process = process, .addr = addr, .len = PAGE};
	void *cookie = lock(process, fd, addr, PAGES * PAGE, REC_WRITE);

	worker_start_asleep(&w, work_mprotect);
	rec_write(process, addr, 1);
	rec_umem_unlock(cookie);
	assert_int_equal(worker_join(&w), 0);
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_WRITE), SIGSEGV, SEGV_ACCERR, 0);
}

static int
work_map_over(struct worker *w)
{
	return sundog_mmap(w->process, &w->addr, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, w->fd, 0);
}

TEST(a_fixed_mapping_over_locked_memory_waits)
{
	struct worker w = {.process = process, .addr = addr + PAGE, .fd = fd};
	void *cookie = lock(process, fd, addr, PAGES * PAGE, REC_WRITE), *kernel;

	rec_umem_alloc(PAGE, 0, &kernel);
	rec_script(kernel, REC_NO_CALLBACKS);
	worker_start_asleep(&w, work_map_over);
	rec_umem_unlock(cookie);
	assert_int_equal(worker_join(&w), 0);
	exit_now();
	rec_umem_free(kernel);
}

TEST(memory_beside_is_not_waited_for)
{
	void *cookie = lock(process, fd, addr + PAGE, 2 * PAGE, REC_READ);

	assert_int_equal(sundog_munmap(process, addr, PAGE), 0);
	assert_int_equal(sundog_munmap(process, addr + 3 * PAGE, PAGE), 0);
	rec_umem_unlock(cookie);
}

TEST(a_signal_does_not_end_the_wait)
{
	struct worker w = {.process = process, .addr = addr, .len = PAGE};
	void *cookie = lock(process, fd, addr, PAGE, REC_READ);

	worker_start_asleep(&w, work_munmap);
	sundog_signal(process);
	wait_asleep(&w);
	rec_umem_unlock(cookie);
	assert_int_equal(worker_join(&w), 0);
}

TEST(exit_ends_the_wait_of_munmap)
{
	struct worker w = {.process = process, .addr = addr, .len = PAGE};
	void *cookie = lock(process, fd, addr, PAGE, REC_READ);

	worker_start_asleep(&w, work_munmap);
	exit_now();
	assert_int_equal(worker_join(&w), EINTR);
	rec_umem_unlock(cookie);
}

TEST(a_refused_lock_is_not_waited_for)
{
	void *cookie;

	assert_int_equal(lock_try(process, fd, addr, (PAGES + 1) * PAGE, REC_READ, &cookie), EFAULT);
	assert_int_equal(sundog_munmap(process, addr, PAGES * PAGE), 0);
}

/* ---- cleanup callback ---- */

static _Atomic int cleanups;
static _Atomic(void *) cleaned;
static pthread_t cleaner;
static int cleaner_pid;

static void
cleanup_unlocks(void *cookie)
{
	cleanups++;
	cleaned = cookie;
	cleaner = pthread_self();
	cleaner_pid = rec_current_pid();
	rec_umem_unlock(cookie);
}

static void
cleanup_leaves(void *cookie)
{
	cleaned = cookie;
	cleanups++;
}

static void *
lock_to_clean(void (*cleanup)(void *), int flags)
{
	cleanups = 0;
	cleaned = NULL;
	rec.on_cleanup = cleanup;
	return lock_with_callback(process, fd, addr, 2 * PAGE, flags);
}

static void
expect_cleaned(const void *cookie)
{
	assert_int_equal(cleanups, 1);
	assert_ptr_equal(cleaned, cookie);
	assert_true(pthread_equal(cleaner, pthread_self()));
}

TEST(munmap_calls_the_callback_with_the_cookie_in_its_own_thread)
{
	void *cookie = lock_to_clean(cleanup_unlocks, REC_READ | REC_LONGTERM);

	assert_int_equal(sundog_munmap(process, addr + PAGE, PAGE), 0);
	expect_cleaned(cookie);
	assert_int_equal(cleaner_pid, sundog_process_pid(process));
	assert_int_equal(used(), 0);
}

TEST(the_callback_is_called_without_LONGTERM_too)
{
	void *cookie = lock_to_clean(cleanup_unlocks, REC_WRITE);

	assert_int_equal(sundog_munmap(process, addr, PAGE), 0);
	expect_cleaned(cookie);
}

TEST(mprotect_calls_the_callback)
{
	void *cookie = lock_to_clean(cleanup_unlocks, REC_READ | REC_LONGTERM);

	assert_int_equal(sundog_mprotect(process, addr, PAGE, PROT_READ), 0);
	expect_cleaned(cookie);
}

TEST(exec_calls_the_callback)
{
	void *cookie = lock_to_clean(cleanup_unlocks, REC_READ | REC_LONGTERM);

	assert_int_equal(sundog_exec(process), 0);
	expect_cleaned(cookie);
	assert_int_equal(rec.nwarnings, 0);
}

TEST(exit_calls_the_callback)
{
	int pid = sundog_process_pid(process);
	void *cookie = lock_to_clean(cleanup_unlocks, REC_READ | REC_LONGTERM);
	exit_now();
	expect_cleaned(cookie);
	assert_int_equal(cleaner_pid, pid);
	assert_int_equal(used(), 0);
	assert_int_equal(rec.nwarnings, 0);
}

TEST(elsewhere_the_callback_is_not_called)
{
	void *cookie = lock_to_clean(cleanup_leaves, REC_READ | REC_LONGTERM);

	assert_int_equal(sundog_munmap(process, addr + 2 * PAGE, 2 * PAGE), 0);
	assert_int_equal(cleanups, 0);
	rec_umem_unlock(cookie);
	assert_int_equal(sundog_munmap(process, addr, PAGE), 0);
	assert_int_equal(cleanups, 0);
}

TEST(munmap_sleeps_until_the_driver_unlocks)
{
	struct worker w = {.process = process, .addr = addr, .len = PAGE};
	void *cookie = lock_to_clean(cleanup_leaves, REC_READ | REC_LONGTERM);

	worker_start(&w, work_munmap);
	while (cleanups == 0)
		sched_yield();
	wait_asleep(&w);
	assert_ptr_equal(cleaned, cookie);
	rec_umem_unlock(cookie);
	assert_int_equal(worker_join(&w), 0);
	assert_int_equal(cleanups, 1);
}

TEST(the_callback_is_called_once_for_two_unmappings)
{
	struct worker first = {.process = process, .addr = addr, .len = PAGE};
	struct worker second = {.process = process, .addr = addr + PAGE, .len = PAGE};
	void *cookie = lock_to_clean(cleanup_leaves, REC_READ | REC_LONGTERM);

	worker_start(&first, work_munmap);
	while (cleanups == 0)
		sched_yield();
	worker_start_asleep(&second, work_mprotect);
	sundog_signal(process);
	wait_asleep(&first);
	rec_umem_unlock(cookie);
	assert_int_equal(worker_join(&first), 0);
	assert_int_equal(worker_join(&second), 0);
	assert_int_equal(cleanups, 1);
}

TEST(exit_does_not_wait_for_a_driver_that_does_not_unlock)
{
	void *cookie = lock_to_clean(cleanup_leaves, REC_READ | REC_LONGTERM);

	exit_now();
	assert_int_equal(cleanups, 1);
	assert_true(rec_warned("are still locked"));
	assert_int_equal(used(), 2 * PAGE);
	rec_umem_unlock(cookie);
	assert_int_equal(used(), 0);
}

TEST(each_of_overlapping_locks_gets_its_callback)
{
	cleanups = 0;
	rec.on_cleanup = cleanup_unlocks;
	(void)lock_with_callback(process, fd, addr, 2 * PAGE, REC_READ | REC_LONGTERM);
	(void)lock_with_callback(process, fd, addr, 3 * PAGE, REC_READ);
	(void)lock_with_callback(process, fd, addr + PAGE, PAGE, REC_WRITE | REC_LONGTERM);
	assert_int_equal(sundog_munmap(process, addr, PAGE), 0);
	assert_int_equal(cleanups, 2);
	assert_int_equal(sundog_munmap(process, addr + PAGE, PAGE), 0);
	assert_int_equal(cleanups, 3);
	assert_int_equal(used(), 0);
}

/* The driver's own unlock and the callback at once: whichever comes first, the other sees a whole cookie or nothing. */
static pthread_mutex_t race_lock = PTHREAD_MUTEX_INITIALIZER;
static void *race_cookie; /* NULL: unlocked.  As a driver keeps it: under a lock of its own */

static void
race_unlock(void)
{
	void *cookie;

	pthread_mutex_lock(&race_lock);
	cookie = race_cookie;
	race_cookie = NULL;
	pthread_mutex_unlock(&race_lock);
	if (cookie != NULL)
		rec_umem_unlock(cookie);
}

static void
cleanup_races(void *cookie)
{
	assert_int_equal(rec_cookie_type(cookie), 0x400); /* its memory is there as long as the callback runs */
	race_unlock();
	assert_int_equal(rec_cookie_size(cookie), PAGE);
}

static int
work_race(struct worker *w)
{
	race_unlock();
	return 0;
}

#define ROUNDS 300

TEST(the_callback_and_the_drivers_unlock_race)
{
	rec.quiet = true;
	rec.on_cleanup = cleanup_races;
	for (int i = 0; i < ROUNDS; i++) {
		struct worker w = {0};
		uint64_t at = anon(process, 1);

		race_cookie = lock_with_callback(process, fd, at, PAGE, REC_READ | REC_LONGTERM);
		worker_start(&w, work_race);
		assert_int_equal(sundog_munmap(process, at, PAGE), 0);
		worker_join(&w);
	}
	assert_int_equal(used(), 0);
}

TEST(the_callback_at_exit_and_the_drivers_unlock_race)
{
	rec.quiet = true;
	rec.on_cleanup = cleanup_races;
	for (int i = 0; i < ROUNDS / 10; i++) {
		struct sundog_process *p = rec_process();
		struct worker w = {0};

		race_cookie = lock_with_callback(p, rec_open_device(p, O_RDWR), anon(p, 1), PAGE, REC_READ | REC_LONGTERM);
		worker_start(&w, work_race);
		sundog_exit(p);
		worker_join(&w);
	}
	assert_int_equal(used(), 0);
}

/* ---- fork ---- */

TEST(fork_gives_the_child_a_copy_and_the_parent_keeps_the_pages)
{
	struct sundog_process *child;
	void *cookie = lock(process, fd, addr, PAGE, REC_WRITE);

	rec_write(process, addr, 1);
	assert_int_equal(sundog_fork(process, &child), 0);
	rec_write(child, addr, 2);
	assert_int_equal(rec_read(process, addr), 1);
	assert_int_equal(sundog_munmap(child, addr, PAGES * PAGE), 0); /* its copy is not locked */
	sundog_exit(child);
	rec_umem_unlock(cookie);
	assert_int_equal(used(), 0);
}

TEST(fork_while_locked_is_reported)
{
	struct sundog_process *child;
	void *cookie = lock(process, fd, addr, PAGE, REC_WRITE);

	assert_int_equal(sundog_fork(process, &child), 0);
	assert_true(rec_warned("forks while 4096 bytes"));
	assert_int_equal(rec.nwarnings, 1);
	sundog_exit(child);
	assert_int_equal(sundog_fork(process, &child), 0);
	assert_int_equal(rec.nwarnings, 1); /* once for each lock */
	sundog_exit(child);
	rec_umem_unlock(cookie);
}

TEST(fork_with_a_LONGTERM_lock_is_not_reported)
{
	struct sundog_process *child;
	void *cookie = lock_to_clean(cleanup_leaves, REC_READ | REC_LONGTERM);

	assert_int_equal(sundog_fork(process, &child), 0);
	assert_int_equal(rec.nwarnings, 0);
	sundog_exit(child);
	assert_int_equal(cleanups, 0); /* nothing is unlocked twice */
	rec_umem_unlock(cookie);
}

/* ---- the end of the process, of the open, of the driver ---- */

TEST(exit_does_not_wait)
{
	void *cookie = lock(process, fd, addr, PAGES * PAGE, REC_WRITE);

	exit_now();
	assert_int_equal(used(), PAGES * PAGE);
	rec_umem_unlock(cookie);
	assert_int_equal(used(), 0);
}

TEST(exec_does_not_wait)
{
	void *cookie = lock(process, fd, addr, PAGES * PAGE, REC_WRITE);

	assert_int_equal(sundog_exec(process), 0);
	assert_true(rec_warned("after exit(2) or exec(2)"));
	addr = anon(process, PAGES); /* the same addresses, perhaps, but not what is locked */
	assert_int_equal(sundog_munmap(process, addr, PAGES * PAGE), 0);
	rec_umem_unlock(cookie);
}

TEST(the_process_of_a_cookie_can_be_named_after_its_death)
{
	int pid = sundog_process_pid(process);
	void *cookie = lock(process, fd, addr, PAGE, REC_WRITE);

	exit_now();
	assert_int_equal(rec_proc_pid(rec_cookie_proc(cookie)), pid);
	rec_umem_unlock(cookie);
}

static int
lock_dead(void *arg)
{
	struct lock_ask *ask = arg;

	assert_int_equal(rec_umem_lockmemory(ask->addr, PAGE, REC_READ, &ask->cookie, -1, false, ask->proc), EFAULT);
	return 0;
}

TEST(a_dead_process_has_no_memory_to_lock)
{
	struct sundog_process *other = rec_process();
	struct lock_ask ask = {.addr = addr};
	void *cookie = lock(process, fd, addr, PAGE, REC_WRITE);

	ask.proc = rec_cookie_proc(cookie);
	exit_now();
	assert_int_equal(rec_run(other, rec_open_device(other, O_RDWR), lock_dead, &ask), 0);
	rec_umem_unlock(cookie);
	assert_int_equal(used(), 0);
	sundog_exit(other);
}

static void *closing[4];

static void
close_unlocks(int flag)
{
	for (int i = 0; i < 4; i++) {
		if (closing[i] != NULL)
			rec_umem_unlock(closing[i]);
		closing[i] = NULL;
	}
}

TEST(a_driver_that_unlocks_in_close_is_not_reported)
{
	for (int i = 0; i < 4; i++)
		closing[i] = lock(process, fd, addr, (size_t)(i + 1) * PAGE, REC_READ);
	rec.on_close = close_unlocks;
	exit_now();
	assert_int_equal(rec.nwarnings, 0);
	assert_int_equal(used(), 0);
}

TEST(locks_that_survive_the_last_close_are_reported_once)
{
	char text[128];
	int again, pid = sundog_process_pid(process);
	void *cookie = lock(process, fd, addr, 2 * PAGE, REC_READ);

	assert_int_equal(sundog_dup(process, fd, &again), 0);
	assert_int_equal(sundog_close(process, fd), 0);
	assert_int_equal(rec.nwarnings, 0);
	assert_int_equal(sundog_close(process, again), 0);
	assert_int_equal(rec.nwarnings, 1);
	snprintf(text, sizeof(text), "after the last close(9E): 8192 bytes of process %d at %lx are still locked", pid,
		 addr);
	assert_true(rec_warned(text));
	exit_now();
	assert_int_equal(rec.nwarnings, 1);
	rec_umem_unlock(cookie);
}

static void *segmap_cookie;

static int
segmap_locks(long off, void *as, char **addrp, long len, unsigned prot, unsigned maxprot, unsigned flags)
{
	return rec_umem_lock(addr, PAGE, REC_READ, &segmap_cookie) == 0 ? EDOM : EIO;
}

TEST(a_lock_made_in_segmap_that_survives_the_last_close_is_reported)
{
	uint64_t at = 0;

	rec_slots(REC_OWN, REC_OWN, REC_NODEV, true);
	rec.on_segmap = segmap_locks;
	assert_int_equal(sundog_mmap(process, &at, PAGE, PROT_READ, MAP_SHARED, fd, 0), EDOM);
	assert_int_equal(sundog_close(process, fd), 0);
	assert_int_equal(rec.nwarnings, 1);
	assert_true(rec_warned("after the last close(9E): 4096 bytes"));
	rec_umem_unlock(segmap_cookie);
}

TEST(locks_that_survive_the_death_are_reported_with_process_and_size)
{
	char text[128];
	struct sundog_process *other = rec_process();
	int pid = sundog_process_pid(process), other_fd = rec_open_device(other, O_RDWR);
	void *cookie = lock(process, fd, addr, 2 * PAGE, REC_READ);

	(void)other_fd; /* keeps the device open */
	exit_now();
	snprintf(text, sizeof(text), "after exit(2) or exec(2): 8192 bytes of process %d at %lx are still locked", pid, addr);
	assert_true(rec_warned(text));
	assert_int_equal(rec.nwarnings, 1);
	rec_umem_unlock(cookie);
	sundog_exit(other);
}

static size_t leaked_bytes, leaked_count;

static void
leak_seen(void *arg, const struct sundog_leak *leak)
{
	if (strcmp(leak->kind, "umem lock") == 0 && strstr(leak->function, "rec_umem_lock") != NULL) {
		leaked_bytes += leak->bytes;
		leaked_count += leak->count;
	}
}

TEST(locks_that_are_left_are_reported_with_their_place_and_released)
{
	leaked_bytes = leaked_count = 0;
	(void)lock(process, fd, addr, 2 * PAGE, REC_READ);
	(void)lock(process, fd, addr, 3 * PAGE, REC_WRITE);
	exit_now();
	assert_int_equal(sundog_system_destroy(rec.system, leak_seen, NULL), 1);
	assert_int_equal(leaked_bytes, 5 * PAGE);
	assert_int_equal(leaked_count, 2);
	rec_setup_system(state);
	assert_int_equal(used(), 0);
}

/* ---- unlock from anywhere ---- */

TEST(unlock_in_another_thread)
{
	struct worker w = {.cookie = lock(process, fd, addr, PAGE, REC_READ)};

	worker_start(&w, work_unlock);
	worker_join(&w);
	assert_int_equal(used(), 0);
	assert_int_equal(sundog_munmap(process, addr, PAGE), 0);
}

static void *queued[8];
static _Atomic int in_interrupt;

static void
interrupt_unlocks(void *arg)
{
	for (int i = 0; i < 8; i++)
		rec_umem_unlock(queued[i]);
	in_interrupt++;
}

static int
run_interrupt(void *arg)
{
	rec_interrupt(interrupt_unlocks, NULL);
	return 0;
}

TEST(unlock_in_interrupt_context_is_done_later_by_a_system_thread)
{
	for (int i = 0; i < 8; i++)
		queued[i] = lock(process, fd, addr, PAGE, REC_READ);
	in_interrupt = 0;
	assert_int_equal(rec_run(process, fd, run_interrupt, NULL), 0);
	assert_int_equal(in_interrupt, 1);
	assert_int_equal(sundog_munmap(process, addr, PAGE), 0); /* waits for it */
	assert_int_equal(used(), 0);
}

static _Atomic int unlocked;
static int order[8];
static _Atomic bool gate, entered;

/* A device mapping's driver sees the unlocks one by one. */
static int
access_notes(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	if (type == 3) {
		entered = true;
		while (!gate)
			sched_yield();
		order[unlocked++] = (int)(off / (long long)PAGE);
	}
	return rec_load(dhp, off, len, type, rw);
}

TEST(unlocks_in_interrupt_context_keep_their_order)
{
	void *kernel;
	uint64_t at[8];

	rec_umem_alloc(PAGE, 0, &kernel);
	rec_script(kernel, REC_ACCESS);
	rec.access = access_notes;
	unlocked = 0;
	gate = entered = false;
	/* locks of one device exclude each other: the first is of the mapping, the others of ordinary memory */
	at[0] = rec_mmap_pages(process, fd, 0, 1);
	queued[0] = lock(process, fd, at[0], PAGE, REC_READ);
	for (int i = 1; i < 8; i++)
		queued[i] = lock(process, fd, addr, PAGE, REC_READ);
	assert_int_equal(rec_run(process, fd, run_interrupt, NULL), 0);
	/* the first one sleeps in the driver, so that the others have not begun */
	while (!entered)
		sched_yield();
	assert_int_equal(used(), 8 * PAGE - PAGE);
	gate = true;
	assert_int_equal(sundog_munmap(process, addr, PAGE), 0);
	assert_int_equal(unlocked, 1);
	assert_int_equal(used(), 0);
	exit_now();
	rec_umem_free(kernel);
}

/* ---- eight threads ---- */

static uint64_t shared_memory;

static int
churn(struct worker *w)
{
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t at = anon(w->process, 2);
		void *first, *second, *third;

		if (lock_try(w->process, w->fd, shared_memory, PAGES * PAGE, REC_WRITE, &first) != 0 ||
		    lock_try(w->process, w->fd, at, 2 * PAGE, REC_READ, &second) != 0 ||
		    lock_try(w->process, w->fd, at + PAGE, PAGE, REC_READ, &third) != 0)
			return 1;
		if (sundog_munmap(w->process, shared_memory + (PAGES + 1) * PAGE, PAGE) != 0)
			return 2;
		rec_umem_unlock(second);
		rec_umem_unlock(first);
		rec_umem_unlock(third);
		if (sundog_munmap(w->process, at, 2 * PAGE) != 0)
			return 3;
	}
	return 0;
}

TEST(locks_and_unlocks_of_eight_threads_leave_nothing)
{
	struct worker w[8];

	rec.quiet = true;
	shared_memory = anon(process, PAGES + 2);
	for (int i = 0; i < 8; i++) {
		w[i] = (struct worker){.process = process, .fd = fd};
		worker_start(&w[i], churn);
	}
	for (int i = 0; i < 8; i++)
		assert_int_equal(worker_join(&w[i]), 0);
	assert_int_equal(used(), 0);
	assert_int_equal(sundog_munmap(process, shared_memory, PAGES * PAGE), 0);
}

static _Atomic bool stop;

static int
lock_until_stopped(struct worker *w)
{
	int locks = 0;

	while (!stop) {
		void *cookie;

		if (lock_try(w->process, w->fd, w->addr, 2 * PAGE, REC_READ, &cookie) == 0) {
			rec_umem_unlock(cookie);
			locks++;
		}
	}
	return locks;
}

TEST(lock_races_with_munmap)
{
	struct worker w[3];

	rec.quiet = true;
	stop = false;
	for (int i = 0; i < 3; i++) {
		w[i] = (struct worker){.process = process, .fd = fd, .addr = addr + (size_t)i * PAGE};
		worker_start(&w[i], lock_until_stopped);
	}
	for (size_t i = 0; i < PAGES; i++)
		assert_int_equal(sundog_munmap(process, addr + i * PAGE, PAGE), 0);
	stop = true;
	for (int i = 0; i < 3; i++)
		worker_join(&w[i]);
	assert_int_equal(used(), 0);
}

TEST(many_locks_of_one_process)
{
	enum {
		MANY = 2000,
	};
	static void *cookies[MANY];

	for (int i = 0; i < MANY; i++)
		cookies[i] = lock(process, fd, addr + (size_t)(i % PAGES) * PAGE, PAGE, REC_READ);
	assert_int_equal(used(), MANY * PAGE);
	for (int i = 0; i < MANY; i += 2)
		rec_umem_unlock(cookies[i]);
	for (int i = MANY - 1; i > 0; i -= 2)
		rec_umem_unlock(cookies[i]);
	assert_int_equal(used(), 0);
	assert_int_equal(sundog_munmap(process, addr, PAGES * PAGE), 0);
}
