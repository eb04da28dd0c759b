/* SPDX-License-Identifier: BSD-2-Clause */
/* life.c: what a process does later with memory that was locked: fork, madvise, mremap, nothing. */
#include "locks.h"

/* WRITE breaks copy-on-write first: the child's lock is of the child's own pages. */
APP_PART("copy-on-write", copy_on_write)
{
	char *p = anonymous(4 * PAGE, 0);

	fill(p, 4 * PAGE, 'p');
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		int slot = lock(p, 4 * PAGE);
		char *a = alias(slot, 4 * PAGE);
		CHECK(is_filled(a, 4 * PAGE, 'p'));
		fill(a, 4 * PAGE, 'c');
		CHECK(is_filled(p, 4 * PAGE, 'c'));
		CHECK(munmap(a, 4 * PAGE) == 0);
		unlock(slot);
		_exit(0);
	}
	reap(pid);
	CHECK(is_filled(p, 4 * PAGE, 'p'));
}

APP_PART("discard", discard)
{
	int advice = argc > 0 && strcmp(argv[0], "free") == 0 ? MADV_FREE : MADV_DONTNEED;
	char *p = anonymous(LEN, 0);

	for (int promoted = 0; promoted < 3; promoted++) {
		fill(p, LEN, 'x');
		int slot = lock(p, LEN);
		CHECK(munmap(alias(slot, LEN), LEN) == 0);
		unlock(slot);
		if (promoted == 1) { /* a fork makes it private again */
			pid_t pid = fork();
			CHECK(pid >= 0);
			if (pid == 0)
				_exit(!is_filled(p, LEN, 'x'));
			reap(pid);
		}
		CHECK(is_filled(p, LEN, 'x'));
		CHECK(madvise(p + PAGE, LEN - 2 * PAGE, advice) == 0);
		CHECK(p[0] == 'x' && p[LEN - 1] == (char)('x' + 63 + (char)(LEN - 1)));
		for (size_t i = PAGE; advice == MADV_DONTNEED && i < LEN - PAGE; i++)
			CHECK(p[i] == 0);
	}
}

APP_PART("fork", fork_copies)
{
	char *p = anonymous(LEN, 0);

	fill(p, LEN, 'p');
	int slot = lock(p, LEN);
	char *a = alias(slot, LEN);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) { /* its own copy, though the parent's pages are locked and shared */
		CHECK(is_filled(p, LEN, 'p'));
		fill(p, LEN, 'c');
		CHECK(is_filled(a, LEN, 'p')); /* the device mapping is shared as ever */
		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0)
			_exit(!is_filled(p, LEN, 'c'));
		reap(pid);
		int mine = lock(p, LEN);
		char *own = alias(mine, LEN);
		CHECK(is_filled(own, LEN, 'c'));
		CHECK(munmap(own, LEN) == 0);
		unlock(mine);
		_exit(0);
	}
	reap(pid);
	CHECK(is_filled(p, LEN, 'p') && is_filled(a, LEN, 'p'));
	fill(a, LEN, 'q');
	CHECK(is_filled(p, LEN, 'q'));
	CHECK(munmap(a, LEN) == 0);
	unlock(slot);
}

/* The page that fork runs on is shared with the server. */
APP_PART("fork-stack", fork_on_stack)
{
	volatile int here = 1;
	char *page = (char *)((uintptr_t)&here & ~(uintptr_t)(PAGE - 1));
	int slot = lock(page - PAGE, 2 * PAGE);
	volatile char *a = alias(slot, 2 * PAGE);

	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		here = 2;
		CHECK(deep(20) == 21);
		_exit(here != 2);
	}
	reap(pid);
	CHECK(here == 1);
	here = 3;
	CHECK(*(volatile int *)(a + ((char *)(uintptr_t)&here - (page - PAGE))) == 3);
	CHECK(munmap((void *)(uintptr_t)a, 2 * PAGE) == 0);
	unlock(slot);
}

APP_PART("remap", remap)
{
	char *p = anonymous(LEN, 0), *q;

	fill(p, LEN, 'r');
	int slot = lock(p + 8 * PAGE, 8 * PAGE);
	CHECK(munmap(alias(slot, 8 * PAGE), 8 * PAGE) == 0);
	unlock(slot);
	q = mremap(p, LEN, 2 * LEN, MREMAP_MAYMOVE);
	CHECK(q != MAP_FAILED && is_filled(q, LEN, 'r'));
	for (size_t i = LEN; i < 2 * LEN; i++)
		CHECK(q[i] == 0);
	fill(q, 2 * LEN, 's');
	q = mremap(q, 2 * LEN, PAGE, 0);
	CHECK(q != MAP_FAILED && is_filled(q, PAGE, 's'));
}

APP_PART("private-again", private_again)
{
	char *p = anonymous(LEN, 0);

	fill(p, LEN, 'v');
	int slot = lock(p, LEN);
	CHECK(munmap(alias(slot, LEN), LEN) == 0);
	unlock(slot);
	for (; is_shared(p, LEN); usleep(50000)) /* ends by the test's limit if it never comes */
		CHECK(is_filled(p, LEN, 'v'));
	CHECK(is_filled(p, LEN, 'v'));
	data_identity(p, LEN);
}
