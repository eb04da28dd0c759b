/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * threads CALLS [churn]: threads of one process and a forked child call on one open at once.  Every question is another,
 * so that an answer that went to the wrong caller shows.  Prints the number of calls.  With churn each thread
 * opens, maps, marks and closes clones all the time, so that descriptor numbers change hands between threads.
 */
#include "app.h"

static int fd;
static unsigned long calls_each;
static _Atomic unsigned long calls_done;

static void *caller(void *arg)
{
	uint64_t who = (uintptr_t)arg;

	for (unsigned long i = 0; i < calls_each; i++) {
		struct tdrv_answer a = {.question = who << 48 | i};

		if (i % 2) {
			int want = (int)((who << 24 | i) & 0x7fffffff);
			CHECK(ioctl(fd, TDRV_ECHO, want) == want);
		} else {
			CHECK(ioctl(fd, TDRV_ANSWER, &a) == 0);
			CHECK(a.question == (who << 48 | i) && a.answer == TDRV_ANSWER_OF(a.question));
		}
	}
	atomic_fetch_add(&calls_done, calls_each);
	return NULL;
}

static void *churner(void *arg)
{
	uint64_t who = (uintptr_t)arg;

	for (unsigned long i = 0; i < calls_each; i++) {
		int clone = open_device("/dev/tdrv.clone", O_RDWR);
		volatile uint64_t *page = map_at(clone, 0, PAGE, PROT_READ | PROT_WRITE);

		CHECK(*page == 0); /* nobody else's */
		*page = who << 32 | i;
		CHECK(ioctl(clone, TDRV_ECHO, (int)i) == (int)i);
		CHECK(close(clone) == 0);
		CHECK(*page == (who << 32 | i));
		CHECK(munmap((void *)page, PAGE) == 0);
	}
	atomic_fetch_add(&calls_done, calls_each);
	return NULL;
}

static void *(*work)(void *) = caller;

static void run_two(uintptr_t first)
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, work, (void *)first) == 0);
	work((void *)(first + 1));
	CHECK(pthread_join(thread, NULL) == 0);
}

int main(int argc, char **argv)
{
	int done[2];
	unsigned long n;

	CHECK((argc == 2 || argc == 3) && pipe(done) == 0);
	if (argc == 3)
		work = churner;
	calls_each = strtoul(argv[1], NULL, 10) / 4;
	fd = open_device("/dev/tdrv", O_RDWR);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		run_two(3);
		n = calls_done;
		CHECK(write(done[1], &n, sizeof(n)) == sizeof(n));
		_exit(0);
	}
	run_two(1);
	CHECK(read(done[0], &n, sizeof(n)) == sizeof(n));
	reap(pid);
	printf("%lu\n", n + calls_done);
	return 0;
}
