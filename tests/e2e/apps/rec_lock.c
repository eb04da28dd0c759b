/* SPDX-License-Identifier: BSD-2-Clause */
/* rec_lock PART: device mappings that the driver locks, DEVMAP_LOCK and DEVMAP_UNLOCK: sections 3, 7, 9, 13.10. */
#include "rec.h"

#define FOR_READ 1
#define FOR_WRITE 2

#define PLAIN(n, from, at) \
	{ \
		(n), (from), (at), 0, REC_CB_ALL, PROT_ALL \
	}

static char *p; /* the part's mapping */

static void map_8(void)
{
	LAYOUT(PLAIN(8, REC_A, 0));
	p = map_pages(8, RW);
	forget_events();
}

/* The errno; *slot if it is 0. */
static int try_lock(void *at, size_t pages, int flags, int *slot)
{
	struct rec_user u = {.address = (uintptr_t)at, .len = pages * PAGE, .flags = flags};
	int error = ioctl(dev, REC_LOCK_USER, &u) < 0 ? errno : 0;

	*slot = u.slot;
	return error;
}

static int lock(void *at, size_t pages, int flags)
{
	int slot, error = try_lock(at, pages, flags, &slot);

	if (error) {
		fprintf(stderr, "lock of %zu pages at %p: %s\n", pages, at, strerror(error));
		_exit(1);
	}
	return slot;
}

static void unlock(int slot)
{
	CHECK(ioctl(dev, REC_UNLOCK_USER, slot) == 0);
}

static void refused(void *at, size_t pages, int flags, int error)
{
	int slot, got_error = try_lock(at, pages, flags, &slot);

	if (got_error != error)
		fprintf(stderr, "lock: %s instead of %s\n", strerror(got_error), strerror(error));
	CHECK(got_error == error);
}

/* ---- what the driver sees ---- */

PART(LOCK_and_UNLOCK_have_the_range_and_the_direction)
{
	int slot;

	map_8();
	slot = lock(p + PAGE, 2, FOR_READ);
	EXPECT("access h1 d1 off 1 len 2 type 2 rw 1\n");
	unlock(slot);
	EXPECT("access h1 d1 off 1 len 2 type 3 rw 1\n");
	slot = lock(p, 8, FOR_WRITE);
	EXPECT("access h1 d1 off 0 len 8 type 2 rw 2\n");
	unlock(slot);
	EXPECT("access h1 d1 off 0 len 8 type 3 rw 2\n");
}

PART(LOCK_loads_and_UNLOCK_leaves_loaded)
{
	int slot;

	map_8();
	slot = lock(p + PAGE, 2, FOR_WRITE);
	forget_events();
	*word(p, 1) = 11;
	*word(p, 2) = 12;
	EXPECT("");
	CHECK(peek(1) == 11 && peek(2) == 12);
	unlock(slot);
	EXPECT("access h1 d1 off 1 len 2 type 3 rw 2\n");
	CHECK(*word(p, 1) == 11 && *word(p, 2) == 12);
	EXPECT("");
	(void)*word(p, 3);
	EXPECT("access h1 d1 off 3 len 1 type 0 rw 1\n");
}

PART(LOCK_is_called_for_each_handle)
{
	int slot;

	LAYOUT(PLAIN(3, REC_A, 0), PLAIN(3, REC_B, 0));
	p = map_pages(6, RW);
	forget_events();
	slot = lock(p + 2 * PAGE, 2, FOR_WRITE);
	EXPECT("access h1 d1 off 2 len 1 type 2 rw 2\naccess h2 d2 off 3 len 1 type 2 rw 2\n");
	*word(p, 2) = 1;
	*word(p, 3) = 2;
	unlock(slot);
	EXPECT("access h1 d1 off 2 len 1 type 3 rw 2\naccess h2 d2 off 3 len 1 type 3 rw 2\n");
	CHECK(peek(2) == 1 && peek(REC_PAGES) == 2);
}

PART(when_a_later_handle_fails_those_locked_get_UNLOCK_with_OTHER)
{
	LAYOUT(PLAIN(3, REC_A, 0), PLAIN(3, REC_B, 0));
	p = map_pages(6, RW);
	forget_events();
	rule_times(REC_ACCESS, 3, REC_RETURN, EIO << 8 | 3, 0, 1);
	refused(p, 6, FOR_WRITE, EIO);
	EXPECT("access h1 d1 off 0 len 3 type 2 rw 2\naccess h2 d2 off 3 len 3 type 2 rw 2\n"
	       "access h1 d1 off 0 len 3 type 3 rw 0\n");
	unlock(lock(p, 6, FOR_WRITE));
}

PART(ALLOW_REMAP_refuses_to_be_locked)
{
	LAYOUT(PIECE(8, REC_A, 0));
	p = map_pages(8, RW);
	forget_events();
	refused(p, 1, FOR_READ, EFAULT);
	EXPECT("");
}

PART(protection_is_EACCES_without_the_driver)
{
	LAYOUT(PLAIN(8, REC_A, 0));
	p = map_pages(8, PROT_READ);
	forget_events();
	refused(p, 2, FOR_WRITE, EACCES);
	EXPECT("");
	unlock(lock(p, 2, FOR_READ));
}

PART(mappings_without_devmap_access_are_locked_directly)
{
	int slot;

	LAYOUT({8, REC_A, 0, 0, REC_CB_NONE, PROT_ALL});
	p = map_pages(8, RW);
	/* an access that the driver sees, in another mapping: both engines work in this part too */
	LAYOUT(PLAIN(8, REC_A, 0));
	*word(map_pages(1, RW), 0) = 1;
	forget_events();
	slot = lock(p, 8, FOR_WRITE);
	*word(p, 7) = 3;
	CHECK(peek(7) == 3);
	unlock(slot);
	EXPECT("");
}

/* ---- who waits ---- */

static void *unmapper(void *arg)
{
	will_sleep();
	CHECK(munmap(p + 2 * PAGE, PAGE) == 0);
	return NULL;
}

PART(munmap_waits_for_locked_pages)
{
	pthread_t thread;
	int slot;

	map_8();
	slot = lock(p + PAGE, 2, FOR_WRITE);
	CHECK(pthread_create(&thread, NULL, unmapper, NULL) == 0);
	wait_until_asleep();
	*word(p, 2) = 5;
	EXPECT("access h1 d1 off 1 len 2 type 2 rw 2\n");
	unlock(slot);
	CHECK(pthread_join(thread, NULL) == 0);
	EXPECT("access h1 d1 off 1 len 2 type 3 rw 2\nunmap h1 d1 off 2 len 1 before h1 d2 after h2 d3\n");
}

static void *protector(void *arg)
{
	will_sleep();
	CHECK(mprotect(p, 8 * PAGE, PROT_READ) == 0);
	return NULL;
}

PART(mprotect_waits_for_locked_pages)
{
	pthread_t thread;
	int slot;

	map_8();
	slot = lock(p + PAGE, 2, FOR_WRITE);
	CHECK(pthread_create(&thread, NULL, protector, NULL) == 0);
	wait_until_asleep();
	*word(p, 1) = 5;
	unlock(slot);
	CHECK(pthread_join(thread, NULL) == 0);
	CHECK_SIGNAL(p + PAGE, WRITE_IT, SIGSEGV, SEGV_ACCERR, 0);
}

PART(pages_beside_the_locked_ones_can_be_unmapped)
{
	int slot;

	map_8();
	slot = lock(p + 3 * PAGE, 2, FOR_WRITE);
	forget_events();
	CHECK(munmap(p + PAGE, PAGE) == 0);
	EXPECT("unmap h1 d1 off 1 len 1 before h1 d2 after h2 d3\n");
	*word(p, 3) = 33;
	unlock(slot);
	EXPECT("access h2 d3 off 3 len 2 type 3 rw 2\n");
	CHECK(peek(3) == 33);
}

static void touches_page_5(void *arg)
{
	int *ready = arg;

	name_process(getpid(), "child");
	CHECK(write(ready[1], "", 1) == 1);
	*word(p, 5) = 55;
}

/* The events themselves say that it waited. */
PART(an_access_of_a_fork_child_waits_for_the_UNLOCK)
{
	int slot, ready[2];
	pid_t pid;
	char c;

	map_8();
	slot = lock(p, 2, FOR_READ);
	forget_events();
	CHECK(pipe(ready) == 0);
	pid = child_runs(touches_page_5, ready);
	name_process(pid, "child");
	CHECK(read(ready[0], &c, 1) == 1);
	EXPECT("dup h1 d1 to h2 d2\n");
	*word(p, 0) = 1; /* locked pages are used meanwhile */
	unlock(slot);
	reap(pid);
	EXPECT("access h1 d1 off 0 len 2 type 3 rw 1\naccess h2 d2 off 5 len 1 type 0 rw 2 by child\n"
	       "unmap h2 d2 off 0 len 8 before - after - by child\n");
}

static atomic_bool interrupted;

static void ignore_signal(int signo)
{
}

static void *locks_page_4(void *arg)
{
	int slot;

	CHECK(try_lock(p + 4 * PAGE, 1, FOR_READ, &slot) == EINTR);
	interrupted = true;
	return NULL;
}

PART(a_LOCK_that_waits_for_another_one_is_interrupted_by_a_signal)
{
	struct sigaction sa = {.sa_handler = ignore_signal};
	pthread_t thread;
	int slot;

	map_8();
	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	slot = lock(p, 1, FOR_READ);
	forget_events();
	CHECK(pthread_create(&thread, NULL, locks_page_4, NULL) == 0);
	while (!interrupted) { /* one may come before it waits */
		CHECK(pthread_kill(thread, SIGUSR1) == 0);
		sched_yield();
	}
	CHECK(pthread_join(thread, NULL) == 0);
	EXPECT("");
	unlock(slot);
}

/* ---- the pages themselves ---- */

PART(a_madvise_of_locked_pages_calls_nobody)
{
	int slot;

	map_8();
	slot = lock(p, 2, FOR_WRITE);
	*word(p, 1) = 6;
	forget_events();
	CHECK(madvise(p, 2 * PAGE, MADV_DONTNEED) == 0);
	CHECK(*word(p, 1) == 6);
	*word(p, 0) = 7;
	CHECK(peek(0) == 7);
	EXPECT("");
	unlock(slot);
}

PART(an_unload_of_locked_pages_loses_nothing)
{
	int slot;

	map_8();
	slot = lock(p, 2, FOR_WRITE);
	*word(p, 1) = 6;
	forget_events();
	CHECK(ioctl(dev, REC_UNLOAD_ALL) == 1);
	CHECK(*word(p, 1) == 6); /* by the framework alone */
	EXPECT("");
	unlock(slot);
}

PART(copies_to_locked_pages_do_not_wait)
{
	struct rec_copy c = {.way = REC_COPYIN, .len = 4};
	int slot;

	map_8();
	slot = lock(p, 2, FOR_WRITE);
	memset(p + PAGE, 9, 4);
	forget_events();
	c.address = (uintptr_t)p + PAGE;
	CHECK(ioctl(dev, REC_COPY, &c) == 0 && c.result == 0 && c.value == 9);
	EXPECT("");
	unlock(slot);
}

/* ---- mixed ranges ---- */

/* page 0: ordinary, 1 to 3: the device's, 4: ordinary */
static void map_mixed(void)
{
	LAYOUT(PLAIN(8, REC_A, 0));
	p = mmap(NULL, 5 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(p != MAP_FAILED);
	CHECK(mmap(p + PAGE, 3 * PAGE, RW, MAP_SHARED | MAP_FIXED, dev, 0) == p + PAGE);
	forget_events();
}

PART(a_range_may_be_mixed)
{
	int slot;

	map_mixed();
	slot = lock(p, 5, FOR_WRITE);
	EXPECT("access h1 d1 off 0 len 3 type 2 rw 2\n");
	for (unsigned i = 0; i < 5; i++)
		*word(p, i) = (int)i;
	CHECK(peek(2) == 3);
	unlock(slot);
	EXPECT("access h1 d1 off 0 len 3 type 3 rw 2\n");
}

PART(a_mixed_range_with_a_hole_is_EFAULT_without_the_driver)
{
	map_mixed();
	unlock(lock(p, 1, FOR_WRITE)); /* what the client needs for locks is in its place: not in the hole */
	CHECK(munmap(p + 4 * PAGE, PAGE) == 0);
	refused(p, 5, FOR_WRITE, EFAULT);
	EXPECT("");
	*word(p, 1) = 1;
}

/* ---- the end of the process ---- */

static void locks_2_and_exits(void *arg)
{
	map_8();
	CHECK(lock(p, 2, FOR_WRITE) == 0);
	if (arg != NULL)
		raise(SIGKILL);
}

static void child_locks(void *arg)
{
	int status;
	pid_t pid = child_runs(locks_2_and_exits, arg);

	name_process(pid, "child");
	CHECK(waitpid(pid, &status, 0) == pid);
	EXPECT("access h1 d1 off 0 len 2 type 2 rw 2 by child\naccess h1 d1 off 0 len 2 type 3 rw 2 by child\n"
	       "unmap h1 d1 off 0 len 8 before - after - by child\n");
	/* the exclusion has ended with it */
	LAYOUT(PLAIN(8, REC_A, 0));
	p = map_pages(8, RW);
	*word(p, 0) = 1;
	EXPECT("map h2 d2 off 0 len 8 shared\naccess h2 d2 off 0 len 1 type 0 rw 2\n");
	unlock(0);
	EXPECT("");
}

PART(exit_UNLOCKs_before_it_unmaps)
{
	child_locks(NULL);
}

PART(death_by_a_signal_UNLOCKs_and_others_go_on)
{
	child_locks(p = (char *)1);
}

int main(int argc, char **argv)
{
	return rec_main(argc, argv);
}
