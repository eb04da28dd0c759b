/* SPDX-License-Identifier: BSD-2-Clause */
/* churn.c: many locks one after another, of a buffer and of the blocks of an allocator. */
#include "locks.h"

static unsigned map_lines(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned n = 0;
	char line[512];

	while (fgets(line, sizeof(line), maps))
		n++;
	fclose(maps);
	return n;
}

/* Sliding ranges of a buffer: prints how many map lines came to stay. */
APP_PART("sliding", sliding)
{
	int rounds = argc > 0 ? atoi(argv[0]) : 1000;
	size_t len = 4 << 20;
	char *p = anonymous(len, 0);
	unsigned before = 0, after;

	for (int i = 0; i < rounds; i++) {
		size_t n = (size_t)(3 + i % 7) * PAGE, at = ((size_t)i * 3 * PAGE) % (len - n);
		p[at] = (char)i;
		int slot = lock(p + at, n);
		if (i % 4 != 0) {
			char *a = alias(slot, n);
			CHECK(a[0] == (char)i);
			CHECK(munmap(a, n) == 0);
		}
		unlock(slot);
		if (i == rounds / 2) /* each page has been there */
			before = map_lines();
	}
	after = map_lines();
	printf("%u %u\n", before, after);
}

struct block {
	unsigned char *p;
	size_t len;
	unsigned char seed;
};

static void block_check(const struct block *b)
{
	for (size_t i = 0; i < b->len; i++)
		CHECK(b->p[i] == (unsigned char)(b->seed + i));
}

static void block_make(struct block *b, unsigned *random)
{
	size_t len = (size_t)(rand_r(random) % 64) * 1024 + (size_t)(rand_r(random) % 5000) + 16;

	b->p = rand_r(random) % 3 == 0 ? aligned_alloc(PAGE, (len + PAGE - 1) & ~(size_t)(PAGE - 1)) : malloc(len);
	CHECK(b->p != NULL);
	b->len = len;
	b->seed = (unsigned char)rand_r(random);
	for (size_t i = 0; i < len; i++)
		b->p[i] = (unsigned char)(b->seed + i);
}

/* The whole pages of a block, locked and perhaps exported for a moment. */
static void block_lock(const struct block *b, unsigned random)
{
	uintptr_t start = ((uintptr_t)b->p + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
	uintptr_t end = ((uintptr_t)b->p + b->len) & ~(uintptr_t)(PAGE - 1);

	if (end <= start)
		return;
	int slot = lock((void *)start, end - start);
	if (random % 2) {
		unsigned char *a = (unsigned char *)alias(slot, end - start);
		size_t skip = start - (uintptr_t)b->p;
		for (size_t i = 0; i < end - start; i++)
			CHECK(a[i] == (unsigned char)(b->seed + skip + i));
		CHECK(munmap(a, end - start) == 0);
	}
	unlock(slot);
}

#define BLOCKS 64
static int churn_rounds;

static void *churn_main(void *arg)
{
	unsigned random = (unsigned)(uintptr_t)arg * 7919 + 1;
	struct block blocks[BLOCKS] = {0};

	for (int i = 0; i < churn_rounds; i++) {
		struct block *b = &blocks[rand_r(&random) % BLOCKS];
		if (b->p) {
			block_check(b);
			free(b->p);
		}
		block_make(b, &random);
		if (i % 4 == 0)
			block_lock(b, rand_r(&random));
		if (i % 16 == 0) {
			block_check(b);
			unsigned char *q = realloc(b->p, b->len * 2 + 4096);
			CHECK(q != NULL);
			b->p = q;
			block_check(b);
		}
	}
	for (int i = 0; i < BLOCKS; i++)
		if (blocks[i].p) {
			block_check(&blocks[i]);
			free(blocks[i].p);
		}
	return NULL;
}

/* A child that uses the allocator as its parent left it. */
static void churn_child(void)
{
	void *p[64];

	for (int round = 0; round < 4; round++) {
		for (int i = 0; i < 64; i++) {
			CHECK((p[i] = malloc((size_t)(i + 1) * 700)) != NULL);
			memset(p[i], i, (size_t)(i + 1) * 700);
		}
		for (int i = 0; i < 64; i++)
			free(p[i]);
	}
	_exit(0);
}

APP_PART("churn", churn)
{
	pthread_t thread[4];

	churn_rounds = argc > 0 ? atoi(argv[0]) : 500;
	for (intptr_t i = 0; i < 4; i++)
		CHECK(pthread_create(&thread[i], NULL, churn_main, (void *)i) == 0);
	for (int i = 0; i < churn_rounds / 25; i++) {
		pid_t pid = fork();
		CHECK(pid >= 0);
		if (pid == 0)
			churn_child();
		reap(pid);
	}
	for (int i = 0; i < 4; i++)
		CHECK(pthread_join(thread[i], NULL) == 0);
}
