/* SPDX-License-Identifier: BSD-2-Clause */
/* writers.c: threads and drivers that write while memory becomes shared and private; no write may be lost. */
#include "locks.h"

#define WRITERS 4
static _Atomic bool stop;
static struct writer {
	char *part;
	size_t len;
	uint64_t rounds;
} writers[WRITERS];

/* Counts up every word of its part, over and over: a lost write is a word that has a wrong count. */
static void *writer_main(void *arg)
{
	struct writer *w = arg;
	volatile uint64_t *word = (volatile uint64_t *)w->part;

	do {
		for (size_t i = 0; i < w->len / 8; i += 64)
			word[i]++;
		w->rounds++;
	} while (!stop);
	return NULL;
}

/* Words 1, 65, ...: nobody else's.  By another address of the same pages, or by the driver at its own. */
static void alias_xor(int slot, size_t len, uint64_t value)
{
	char *a = alias(slot, len);
	volatile uint64_t *word = (volatile uint64_t *)a;

	for (size_t i = 1; i < len / 8; i += 64)
		word[i] ^= value;
	CHECK(munmap(a, len) == 0);
}

APP_PART("writing", writing)
{
	int rounds = argc > 0 ? atoi(argv[0]) : 10;
	size_t len = (size_t)(argc > 1 ? atoi(argv[1]) : 16) << 20, part = len / WRITERS;
	char *p = anonymous(len, 0);
	pthread_t thread[WRITERS];
	uint64_t expected = 0;

	for (int i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){p + (size_t)i * part, part, 0};
		CHECK(pthread_create(&thread[i], NULL, writer_main, &writers[i]) == 0);
	}
	for (int i = 0; i < rounds; i++) {
		int slot = lock(p, len);
		uint64_t value = (uint64_t)i * 0x9e3779b97f4a7c15u;
		if (i % 3 == 2)
			alias_xor(slot, len, value);
		else
			driver_xor(slot, len, value);
		expected ^= value;
		unlock(slot);
		if (i == 0) {
			printf("begun\n");
			fflush(stdout);
		}
		if (i % 4 == 3) { /* private again, so that the next round moves all pages again */
			pid_t pid = fork();
			CHECK(pid >= 0);
			if (pid == 0)
				_exit(0);
			reap(pid);
		}
	}
	stop = true;
	for (int i = 0; i < WRITERS; i++) {
		CHECK(pthread_join(thread[i], NULL) == 0);
		const uint64_t *word = (const uint64_t *)writers[i].part;
		for (size_t j = 0; j < part / 8; j += 64) {
			if (word[j] != writers[i].rounds)
				fprintf(stderr, "writer %d, word %zu: %llu, wanted %llu\n", i, j,
					(unsigned long long)word[j], (unsigned long long)writers[i].rounds);
			CHECK(word[j] == writers[i].rounds);
			CHECK(word[j + 1] == expected);
		}
	}
}

/* A driver's ddi_copyout(9F) into pages that are just becoming shared. */
#define MISSING_PAGES 256u
#define SLOTS (PAGE / 8) /* of a page: one after the other is written, so that none is soon written over */
static volatile uint64_t *missing_p;
static uint64_t missing_written[MISSING_PAGES * SLOTS];
static _Atomic bool missing_go;

static void *missing_main(void *arg)
{
	while (!missing_go)
		sched_yield();
	for (uint64_t n = 0; !stop; n++)
		for (size_t i = n % SLOTS; i < MISSING_PAGES * SLOTS && !stop; i += SLOTS)
			missing_p[i] = missing_written[i] = n + 1;
	return arg;
}

/* Pages that are not there any more when they become shared, and are written to meanwhile. */
APP_PART("missing", missing)
{
	size_t len = MISSING_PAGES * PAGE;
	int rounds = argc > 0 ? atoi(argv[0]) : 20;
	pthread_t thread;

	for (int i = 0; i < rounds; i++) {
		missing_p = anonymous(len, 0);
		memset(missing_written, 0, sizeof(missing_written));
		int slot = lock((void *)(uintptr_t)missing_p, len);
		CHECK(madvise((void *)(uintptr_t)missing_p, len, MADV_DONTNEED) == 0);
		stop = missing_go = false;
		CHECK(pthread_create(&thread, NULL, missing_main, NULL) == 0);
		missing_go = true;
		volatile uint64_t *a = (volatile uint64_t *)alias(slot, len);
		stop = true;
		CHECK(pthread_join(thread, NULL) == 0);
		for (size_t k = 0; k < MISSING_PAGES * SLOTS; k++)
			CHECK(missing_p[k] == missing_written[k] && a[k] == missing_written[k]);
		CHECK(munmap((void *)(uintptr_t)a, len) == 0);
		unlock(slot);
		CHECK(munmap((void *)(uintptr_t)missing_p, len) == 0);
	}
}

static void *copyout_main(void *arg)
{
	struct lockdrv *in_page = arg;
	char *other = anonymous(PAGE, 0);

	while (!stop) {
		*in_page = (struct lockdrv){.addr = (uintptr_t)other, .len = PAGE, .flags = LOCKDRV_READ, .slot = -1};
		CHECK(ioctl(device, LOCKDRV_LOCK, in_page) == 0);
		CHECK(in_page->slot >= 0);
		CHECK(ioctl(device, LOCKDRV_UNLOCK, in_page) == 0);
	}
	return NULL;
}

APP_PART("copyout", copyout)
{
	int rounds = argc > 0 ? atoi(argv[0]) : 200;
	char *p = anonymous(LEN, 0);
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, copyout_main, p + 5 * PAGE) == 0);
	for (int i = 0; i < rounds; i++) {
		int slot = lock(p, LEN);
		driver_xor(slot, LEN, 0);
		unlock(slot);
		CHECK(mremap(p, LEN, LEN, 0) == p); /* private again */
	}
	stop = true;
	CHECK(pthread_join(thread, NULL) == 0);
}
