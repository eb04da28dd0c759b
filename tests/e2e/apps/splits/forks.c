/* SPDX-License-Identifier: BSD-2-Clause */
/* forks.c: forks of a process whose memory is shared with a driver, or just becoming so. */
#include "locks.h"

#include <sys/resource.h>

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
APP_PART("exact", exact)
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

static bool forks_alone; /* children look at nothing */

static void fork_many(int times)
{
	for (int i = 0; i < times; i++) {
		pid_t pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			if (!forks_alone)
				child_check();
			_exit(0);
		}
		reap(pid);
	}
}

static int forks;

static void *forker_main(void *arg)
{
	fork_many(forks);
	return NULL;
}

/* In FORKERS threads at once. */
static void fork_all(int argc, char **argv)
{
	int forkers = argc > 1 ? atoi(argv[1]) : 1;
	pthread_t thread[8];

	forks = argc > 0 ? atoi(argv[0]) : 50;
	for (int i = 0; i < forkers; i++)
		CHECK(pthread_create(&thread[i], NULL, forker_main, NULL) == 0);
	for (int i = 0; i < forkers; i++)
		CHECK(pthread_join(thread[i], NULL) == 0);
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

/* promoting FORKS FORKERS: while one thread writes, and another makes the memory shared and private. */
APP_PART("promoting", promoting)
{
	pthread_t writer, promoter;

	len = 1u << 20;
	words = anonymous(len, 0);
	CHECK(pthread_create(&writer, NULL, writer_main, NULL) == 0);
	CHECK(pthread_create(&promoter, NULL, promoter_main, NULL) == 0);
	fork_all(argc, argv);
	stop = true;
	CHECK(pthread_join(promoter, NULL) == 0 && pthread_join(writer, NULL) == 0);
}

static pthread_mutex_t handler_mutex = PTHREAD_MUTEX_INITIALIZER;

static void handler_enter(void)
{
	CHECK(pthread_mutex_lock(&handler_mutex) == 0);
}

static void handler_leave(void)
{
	CHECK(pthread_mutex_unlock(&handler_mutex) == 0);
}

static void *handled_main(void *arg)
{
	while (!stop) {
		handler_enter();
		int slot = lock((void *)(uintptr_t)words, len);
		driver_xor(slot, len, 0);
		unlock(slot);
		CHECK(mremap((void *)(uintptr_t)words, len, len, 0) == (void *)(uintptr_t)words);
		handler_leave();
		sched_yield();
	}
	return NULL;
}

/* handlers FORKS: the thread that makes memory shared has a mutex that the forks' handlers wait for. */
APP_PART("handlers", handlers)
{
	pthread_t writer, handled;

	len = 64 * PAGE;
	words = anonymous(len, 0);
	CHECK(pthread_atfork(handler_enter, handler_leave, handler_leave) == 0);
	CHECK(pthread_create(&writer, NULL, writer_main, NULL) == 0);
	CHECK(pthread_create(&handled, NULL, handled_main, NULL) == 0);
	fork_all(argc, argv);
	stop = true;
	CHECK(pthread_join(handled, NULL) == 0 && pthread_join(writer, NULL) == 0);
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

/* driving FORKS FORKERS: while a thread writes, and the driver does, into memory that stays locked and shared. */
APP_PART("driving", driving)
{
	pthread_t writer, driver;

	len = 1u << 20;
	words = anonymous(len, 0);
	driver_slot = lock((void *)(uintptr_t)words, len);
	CHECK(pthread_create(&writer, NULL, writer_main, NULL) == 0);
	CHECK(pthread_create(&driver, NULL, driver_main, NULL) == 0);
	printf("begun\n");
	fflush(stdout);
	fork_all(argc, argv);
	stop = true;
	CHECK(pthread_join(driver, NULL) == 0 && pthread_join(writer, NULL) == 0);
	for (size_t i = 1; i < count(); i += STRIDE)
		CHECK(words[i] == driver_value);
	driver_xor(driver_slot, len, driver_value);
	for (size_t i = 1; i < count(); i += STRIDE)
		CHECK(words[i] == 0);
	unlock(driver_slot);
}

/* What one writes the driver sees when it is called, and what the driver writes is there when the call returns. */
static void *talker_main(void *arg)
{
	struct lockdrv l = {.slot = driver_slot, .len = len, .value = 1, .step = STRIDE};

	for (uint64_t round = 2; !stop; round += 2) {
		for (size_t i = 0; i < count(); i += STRIDE)
			words[i] = round;
		CHECK(ioctl(device, LOCKDRV_XOR, &l) == 0);
		for (size_t i = 0; i < count(); i += STRIDE)
			CHECK(words[i] == round + 1);
	}
	return NULL;
}

/* talking FORKS FORKERS: while a thread and the driver do, by memory that is locked for long. */
APP_PART("talking", talking)
{
	pthread_t talker;

	len = 64 * PAGE;
	words = anonymous(len, 0);
	CHECK(try_lock((void *)(uintptr_t)words, len, LOCKDRV_WRITE | LOCKDRV_LONGTERM, &driver_slot) == 0);
	driver_xor(driver_slot, len, 0);
	CHECK(pthread_create(&talker, NULL, talker_main, NULL) == 0);
	forks_alone = true;
	fork_all(argc, argv);
	stop = true;
	CHECK(pthread_join(talker, NULL) == 0);
	unlock(driver_slot);
}

static void parent_handler(void)
{
	uint64_t was = words[1];

	words[0] = was;
	driver_xor(driver_slot, len, was + 1);
	CHECK(words[0] == was && words[1] == (was ^ (was + 1)));
	words[1] = was + 1;
}

/* A handler in the parent calls the driver: the memory is shared again. */
APP_PART("parent", parent)
{
	len = LEN;
	words = anonymous(len, 0);
	driver_slot = lock((void *)(uintptr_t)words, len);
	driver_xor(driver_slot, len, 0);
	CHECK(pthread_atfork(NULL, parent_handler, NULL) == 0);
	forks_alone = true;
	fork_all(argc, argv);
	CHECK(words[1] == (uint64_t)forks);
	unlock(driver_slot);
}

/* Linux refuses the fork: the memory is shared as before. */
APP_PART("refused", refused)
{
	struct rlimit none = {0, 0};

	len = LEN;
	words = anonymous(len, 0);
	int slot = lock((void *)(uintptr_t)words, len);
	driver_xor(slot, len, 5);
	CHECK(setrlimit(RLIMIT_NPROC, &none) == 0);
	for (uint64_t i = 1; i <= 10; i++) {
		CHECK_ERRNO(fork(), EAGAIN);
		words[0] = words[1] = i;
		driver_xor(slot, len, 0x100);
		CHECK(words[0] == i && words[1] == (i ^ 0x100));
	}
	unlock(slot);
}

/* many FORKS [held]: more than there are places for promoted memory in one file.  held: a driver has some of it throughout. */
APP_PART("many", many)
{
	int times = argc > 0 ? atoi(argv[0]) : 100;
	bool held = argc > 1;
	char *beside = anonymous(PAGE, 0);
	int holder = held ? lock(beside, PAGE) : -1;

	len = 4 * PAGE;
	words = anonymous(len, 0);
	exact_set(1);
	if (held)
		driver_xor(holder, PAGE, 1);
	for (int i = 0; i < times; i++) {
		if (i % 16 == 0) {
			int slot = lock((void *)(uintptr_t)words, len);
			volatile uint64_t *same = (volatile uint64_t *)(void *)alias(slot, len);
			words[1] = 7;
			CHECK(same[1] == 7);
			same[1] = 2;
			CHECK(munmap((void *)(uintptr_t)same, len) == 0);
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
	if (held)
		unlock(holder);
}

/* holes [held]: what a child has never touched stays zero, whatever its parent shares at the same addresses later. */
APP_PART("holes", holes)
{
	int holder = argc > 0 ? lock(anonymous(PAGE, 0), PAGE) : -1, slot, up[2], go[2];
	char c;

	len = 4 * PAGE;
	words = anonymous(len, 0);
	if (holder >= 0)
		driver_xor(holder, PAGE, 1);
	slot = lock((void *)(uintptr_t)words, len);
	driver_xor(slot, len, 1); /* they are shared, at their place */
	unlock(slot);
	while (is_shared((void *)(uintptr_t)words, len)) /* ends by the test's limit if it never does */
		usleep(50000);
	CHECK(madvise((void *)(uintptr_t)words, len, MADV_DONTNEED) == 0);
	CHECK(pipe(up) == 0 && pipe(go) == 0);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		CHECK(write(up[1], "", 1) == 1 && read(go[0], &c, 1) == 1);
		for (size_t i = 0; i < count(); i++)
			CHECK(words[i] == 0);
		_exit(0);
	}
	CHECK(read(up[0], &c, 1) == 1);
	slot = lock((void *)(uintptr_t)words, len);
	char *same = alias(slot, len);
	memset(same, 0xaa, len);
	CHECK(words[count() - 1] == UINT64_C(0xaaaaaaaaaaaaaaaa));
	CHECK(write(go[1], "", 1) == 1);
	reap(pid);
	CHECK(munmap(same, len) == 0);
	unlock(slot);
	if (holder >= 0)
		unlock(holder);
}
