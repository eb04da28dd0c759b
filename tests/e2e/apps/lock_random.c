/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock_random DEATHS SEED: processes that map, lock, touch, cut, fork and unlock at random, and die at any moment; a
 * parent that kills them, makes new ones, and unlocks whatever is locked.  Page of a child's range:
 *
 *	0: ordinary    1 2 3: handle of A    4 5: handle of B    6: ordinary
 */
#include "rec.h"

#define CHILDREN 6
#define RANGE 7u
#define FOR_WRITE 2

static unsigned long seed;
static atomic_uint *acts; /* of all children, done */

static unsigned below(unsigned n)
{
	seed = seed * 6364136223846793005ul + 1442695040888963407ul;
	return (unsigned)(seed >> 33) % n;
}

/* ---- a child ---- */

static char *range;

static void map_device(void)
{
	CHECK(mmap(range + PAGE, 5 * PAGE, RW, MAP_SHARED | MAP_FIXED, dev, 0) == range + PAGE);
}

static void map_all(void)
{
	range = mmap(NULL, RANGE * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(range != MAP_FAILED);
	map_device();
}

/* Ordinary memory keeps what the process wrote, whoever locks and unlocks it. */
static void lock_and_touch(void)
{
	struct rec_user u = {.flags = FOR_WRITE};
	unsigned first = below(RANGE), pages = 1 + below(RANGE - first);

	u.address = (uintptr_t)range + first * PAGE;
	u.len = pages * PAGE;
	*word(range, 0) = (int)first;
	*word(range, 6) = (int)pages;
	if (ioctl(dev, REC_LOCK_USER, &u) != 0) {
		CHECK(errno == ENOSPC);
		return;
	}
	for (unsigned i = first; i < first + pages; i++)
		if (i > 0 && i < 6)
			*word(range, i) = (int)i;
	CHECK(*word(range, 0) == (int)first && *word(range, 6) == (int)pages);
	CHECK(ioctl(dev, REC_UNLOCK_USER, u.slot) == 0 || errno == ENOENT);
}

static void child_acts(void)
{
	pid_t pid;

	switch (below(12)) {
	case 0:
		CHECK(munmap(range + (1 + below(5)) * PAGE, PAGE) == 0);
		map_device();
		break;
	case 1:
		CHECK(mprotect(range, RANGE * PAGE, PROT_READ) == 0 && mprotect(range, RANGE * PAGE, RW) == 0);
		break;
	case 2:
		map_device();
		break;
	case 3:
		pid = fork_child();
		if (pid == 0) {
			lock_and_touch();
			_exit(0);
		}
		reap(pid);
		break;
	case 4:
		*word(range, 1 + below(5)) = 1;
		break;
	default:
		lock_and_touch();
	}
}

static void child_main(unsigned long own_seed)
{
	seed = own_seed;
	map_all();
	for (;;) {
		child_acts();
		(*acts)++;
	}
}

/* ---- the parent ---- */

static pid_t children[CHILDREN];

static void child_begin(unsigned i)
{
	children[i] = fork_child();
	if (children[i] == 0)
		child_main(seed + i * 7919);
}

/* Children end only by being killed. */
static void child_kill(unsigned i)
{
	int status;

	CHECK(kill(children[i], SIGKILL) == 0 && waitpid(children[i], &status, 0) == children[i]);
	CHECK(WIFSIGNALED(status));
}

static void unlock_any(void)
{
	CHECK(ioctl(dev, REC_UNLOCK_USER, below(REC_USER_SLOTS)) == 0 || errno == ENOENT);
}

/* Until a child's killed grandchild has gone, a handle or a lock may still come. */
static void settle(void)
{
	while (ioctl(dev, REC_HANDLES) != 0) {
		for (unsigned i = 0; i < REC_USER_SLOTS; i++)
			CHECK(ioctl(dev, REC_UNLOCK_USER, i) == 0 || errno == ENOENT);
		sched_yield();
	}
}

int main(int argc, char **argv)
{
	unsigned deaths = (unsigned)atoi(argv[1]);

	seed = strtoul(argv[2], NULL, 10);
	acts = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(acts != MAP_FAILED);
	dev = open_device(DEV, O_RDWR);
	CHECK(ioctl(dev, REC_RESET) == 0);
	record(0);
	LAYOUT({3, REC_A, 0, 0, REC_CB_ALL, PROT_ALL}, {3, REC_B, 0, 0, REC_CB_ALL, PROT_ALL});
	for (unsigned i = 0; i < CHILDREN; i++)
		child_begin(i);
	while (deaths-- > 0) {
		unsigned i = below(CHILDREN), until = *acts + below(40);

		while ((int)(*acts - until) < 0)
			unlock_any(); /* what the dead have left; and the living's, before they do it themselves */
		child_kill(i);
		child_begin(i);
	}
	for (unsigned i = 0; i < CHILDREN; i++)
		child_kill(i);
	settle();
	return 0;
}
