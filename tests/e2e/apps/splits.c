/* SPDX-License-Identifier: BSD-2-Clause */
/* splits: forks of a process whose memory is shared with a driver, or just becoming so. */
#include "locks.h"

#define STRIDE 64 /* words from one that is written to the next */

static size_t len;
static volatile uint64_t *words;
static _Atomic bool stop;

static size_t count(void)
{
	return len / 8;
}

/* ---- a fork at the worst moment ---- */

static int exact_slot = -1;
static char *exact_alias;
static const char *exact_how;

/* Handlers of pthread_atfork(3) run when the server knows of the fork already, and Linux has not forked yet. */
static void exact_prepare(void)
{
	exact_slot = lock((void *)(uintptr_t)words, len);
	exact_alias = alias(exact_slot, len);
	if (strcmp(exact_how, "held") == 0)
		return;
	CHECK(munmap(exact_alias, len) == 0);
	unlock(exact_slot);
}

static void exact_set(uint64_t value)
{
	for (size_t i = count(); i-- > 0;) /* the child begins at the other end */
		words[i] = value + i;
}

static void exact_check(uint64_t value)
{
	for (size_t i = 0; i < count(); i++)
		CHECK(words[i] == value + i);
}

/* The child has what was there at the fork, though its parent's pages became shared in the middle of it. */
static void exact(int argc, char **argv)
{
	exact_how = argc > 0 ? argv[0] : "held";
	len = 16u << 20;
	words = anonymous(len, 0);
	exact_set(1000);
	CHECK(pthread_atfork(exact_prepare, NULL, NULL) == 0);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		exact_check(1000);
		exact_set(3000);
		usleep(20000);
		exact_check(3000);
		_exit(0);
	}
	exact_set(2000);
	reap(pid);
	exact_check(2000);
	if (strcmp(exact_how, "held") != 0)
		return;
	for (size_t i = 0; i < count(); i++)
		CHECK(((volatile uint64_t *)(void *)exact_alias)[i] == 2000 + i);
	CHECK(munmap(exact_alias, len) == 0);
	unlock(exact_slot);
}

/* ---- many forks ---- */

/* Writes every STRIDE'th word in turn, over and over, and finds in each what it wrote before. */
static void *writer_main(void *arg)
{
	for (uint64_t round = 1; !stop; round++)
		for (size_t i = 0; i < count(); i += STRIDE) {
			CHECK(words[i] == round - 1);
			words[i] = round;
		}
	return NULL;
}

/*	n n n n | n-1 n-1 n-1: what one thread has written one after the other was there at one moment.  And stays. */
static void child_check(void)
{
	uint64_t first = words[0], sum[2] = {0, 0};

	for (size_t i = STRIDE; i < count(); i += STRIDE) {
		CHECK(words[i] == first || words[i] == first - 1);
		CHECK(words[i] <= words[i - STRIDE]);
	}
	for (int look = 0; look < 2; look++) {
		for (size_t i = 0; i < count(); i++)
			sum[look] += words[i] * (2 * i + 1);
		usleep(500);
	}
	CHECK(sum[0] == sum[1]);
	for (size_t i = 0; i < count(); i++)
		words[i] = ~(uint64_t)0; /* the parent does not see it */
}

static void fork_many(int times)
{
	for (int i = 0; i < times; i++) {
		pid_t pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			child_check();
			_exit(0);
		}
		reap(pid);
	}
}

static void *promoter_main(void *arg)
{
	for (unsigned i = 0; !stop; i++) {
		int slot = lock((void *)(uintptr_t)words, len);
		driver_xor(slot, len, 0);
		unlock(slot);
		if (i % 2) /* private again */
			CHECK(mremap((void *)(uintptr_t)words, len, len, 0) == (void *)(uintptr_t)words);
	}
	return NULL;
}

/* promoting FORKS: while one thread writes, and another makes the memory shared and private. */
static void promoting(int argc, char **argv)
{
	pthread_t writer, promoter;

	len = 1u << 20;
	words = anonymous(len, 0);
	CHECK(pthread_create(&writer, NULL, writer_main, NULL) == 0);
	CHECK(pthread_create(&promoter, NULL, promoter_main, NULL) == 0);
	fork_many(argc > 0 ? atoi(argv[0]) : 50);
	stop = true;
	CHECK(pthread_join(promoter, NULL) == 0 && pthread_join(writer, NULL) == 0);
}

static uint64_t driver_value;
static int driver_slot;

/* The driver's words are beside those of writer_main(), in the same pages. */
static void *driver_main(void *arg)
{
	for (uint64_t i = 1; !stop; i++) {
		uint64_t value = i * 0x9e3779b97f4a7c15u;
		driver_xor(driver_slot, len, value);
		driver_value ^= value;
	}
	return NULL;
}

/* driving FORKS: while a thread writes, and the driver does, into memory that stays locked and shared. */
static void driving(int argc, char **argv)
{
	pthread_t writer, driver;

	len = 1u << 20;
	words = anonymous(len, 0);
	driver_slot = lock((void *)(uintptr_t)words, len);
	CHECK(pthread_create(&writer, NULL, writer_main, NULL) == 0);
	CHECK(pthread_create(&driver, NULL, driver_main, NULL) == 0);
	fork_many(argc > 0 ? atoi(argv[0]) : 50);
	stop = true;
	CHECK(pthread_join(driver, NULL) == 0 && pthread_join(writer, NULL) == 0);
	for (size_t i = 1; i < count(); i += STRIDE)
		CHECK(words[i] == driver_value);
	driver_xor(driver_slot, len, driver_value);
	for (size_t i = 1; i < count(); i += STRIDE)
		CHECK(words[i] == 0);
	unlock(driver_slot);
}

/* many FORKS: more than there are places for promoted memory in one file. */
static void many(int argc, char **argv)
{
	int times = argc > 0 ? atoi(argv[0]) : 100;

	len = 4 * PAGE;
	words = anonymous(len, 0);
	exact_set(1);
	for (int i = 0; i < times; i++) {
		if (i % 16 == 0) {
			int slot = lock((void *)(uintptr_t)words, len);
			driver_xor(slot, len, 1);
			driver_xor(slot, len, 1);
			unlock(slot);
			exact_check(1);
		}
		pid_t pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			exact_check(1);
			_exit(0);
		}
		reap(pid);
		exact_check(1);
	}
}

/* ---- changes of locked mappings wait, and hold nobody up ---- */

static char *waits_p;
static _Atomic int waits_done;
static const char *waits_how;
static int waits_other;

static void *waits_main(void *arg)
{
	if (strcmp(waits_how, "munmap") == 0)
		CHECK(munmap(waits_p, LEN) == 0);
	else if (strcmp(waits_how, "mprotect") == 0)
		CHECK(mprotect(waits_p, LEN, PROT_READ) == 0);
	else
		CHECK(mmap64(waits_p, LEN, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, device,
			     (off64_t)LOCKDRV_AT(waits_other)) == waits_p);
	waits_done = 1;
	return NULL;
}

/* What the thread that unlocks may need before: a fork, mappings of its own, of memory and of the device. */
static void waits_busy(int slot)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0)
		_exit(0);
	reap(pid);
	CHECK(munmap(anonymous(LEN, 0), LEN) == 0);
	CHECK(munmap(alias(slot, LEN), LEN) == 0);
	char *fixed = anonymous(2 * LEN, 0);
	CHECK(mmap64(fixed, LEN, PROT_READ, MAP_SHARED | MAP_FIXED, device, (off64_t)LOCKDRV_AT(slot)) == fixed);
	CHECK(munmap(fixed, 2 * LEN) == 0);
}

/* waits HOW [late]: late: a callback is told, and another thread unlocks. */
static void waits(int argc, char **argv)
{
	bool late = argc > 1;
	int slot = -1, before = ioctl(device, LOCKDRV_CLEANUPS, 0), flags = LOCKDRV_WRITE;
	char *other = anonymous(LEN, 0);
	pthread_t thread;

	waits_how = argc > 0 ? argv[0] : "device";
	waits_p = anonymous(LEN, 0);
	fill(waits_p, LEN, 'w');
	fill(other, LEN, 'o');
	waits_other = lock(other, LEN);
	flags |= late ? LOCKDRV_LONGTERM | LOCKDRV_LATE : 0;
	CHECK(try_lock(waits_p, LEN, flags, &slot) == 0);
	CHECK(pthread_create(&thread, NULL, waits_main, NULL) == 0);
	for (int i = 0; late ? ioctl(device, LOCKDRV_CLEANUPS, 0) == before : i < 100; i++)
		usleep(1000);
	for (int i = 0; i < 10; i++)
		waits_busy(waits_other);
	CHECK(is_filled(waits_p, LEN, 'w') && !waits_done);
	unlock(slot);
	CHECK(pthread_join(thread, NULL) == 0 && waits_done);
	if (strcmp(waits_how, "device") == 0)
		CHECK(is_filled(waits_p, LEN, 'o') && munmap(waits_p, LEN) == 0);
	unlock(waits_other);
}

static const struct part parts[] = {
	{"many", many},
	{"waits", waits},
	{"exact", exact},
	{"promoting", promoting},
	{"driving", driving},
	{NULL, NULL},
};

int main(int argc, char **argv)
{
	device = open_device("/dev/lockdrv", O_RDWR);
	return part_main(parts, argc, argv);
}
