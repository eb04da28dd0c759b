/* SPDX-License-Identifier: BSD-2-Clause */
/* cancel.c: threads that are cancelled, or jump out of a call, in the library. */
#include "neighbours.h"

#include <setjmp.h>

static void *opens_cancelled(void *arg)
{
	CHECK(pthread_cancel(pthread_self()) == 0);
	(void)open(DEV, O_RDWR);
	return NULL;
}

static void *calls_cancelled(void *arg)
{
	struct tdrv_answer a = {.question = 5};

	CHECK(pthread_cancel(pthread_self()) == 0);
	/* none of these is a cancellation point */
	CHECK(ioctl(fd, TDRV_ANSWER, &a) == 0 && a.answer == TDRV_ANSWER_OF(5));
	void *p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED && munmap(p, PAGE) == 0);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0)
		_exit(0);
	*(volatile bool *)arg = true;
	for (;;)
		pthread_testcancel();
}

static _Atomic int reader;

static void *reads_for_ever(void *arg)
{
	char byte;

	call_once(NULL);
	reader = gettid();
	(void)!read(*(int *)arg, &byte, 1);
	return NULL;
}

/* The reader is in its call. */
static void wait_asleep(void)
{
	char path[64], line[256], state = 'R';

	while (state != 'S') {
		sched_yield();
		snprintf(path, sizeof(path), "/proc/self/task/%d/stat", reader);
		FILE *f = reader ? fopen(path, "r") : NULL;
		if (f == NULL)
			continue;
		CHECK(fgets(line, sizeof(line), f) != NULL && fclose(f) == 0);
		state = strrchr(line, ')')[2];
	}
}

static void cancelled(void *(*work)(void *), void *arg, bool wait)
{
	pthread_t thread;
	void *result;

	CHECK(pthread_create(&thread, NULL, work, arg) == 0);
	if (wait) {
		wait_asleep();
		CHECK(pthread_cancel(thread) == 0);
	}
	CHECK(pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
}

APP_PART("cancel-first", part_cancel_first)
{
	cancelled(opens_cancelled, NULL, false);
	fd = open_device(DEV, O_RDWR);
	call_once(NULL);
	in_thread(call_once);
}

APP_PART("cancel-calls", part_cancel_calls)
{
	fd = open_device(DEV, O_RDWR);
	volatile bool all = false;
	cancelled(calls_cancelled, (void *)&all, false);
	CHECK(all);
	call_once(NULL);
}

APP_PART("cancel-read", part_cancel_read)
{
	int ring = open_device("/dev/tdrv.ring", O_RDWR);

	fd = open_device(DEV, O_RDWR);
	if (argc > 0)
		CHECK(signal(SIGUSR2, on_nothing) != SIG_ERR);
	cancelled(reads_for_ever, &ring, true);
	call_once(NULL);
}

/* ---- readers who have gone ---- */

/* What is written is for the next reader. */
static void read_next(int ring)
{
	struct pollfd p = {ring, POLLIN, 0};
	char byte = 0;

	for (int i = 0; i < 20; i++) {
		CHECK(write(ring, "x", 1) == 1 && poll(&p, 1, 0) == 1);
		CHECK(read(ring, &byte, 1) == 1 && byte == 'x');
	}
}

static sigjmp_buf back;

static void on_jump(int signo)
{
	siglongjmp(back, 1);
}

static void *jumps_out(void *arg)
{
	wait_asleep();
	CHECK(pthread_kill(*(pthread_t *)arg, SIGUSR1) == 0);
	return NULL;
}

APP_PART("gone-reader", part_gone_reader)
{
	int ring = open_device("/dev/tdrv.ring", O_RDWR);

	fd = open_device(DEV, O_RDWR);
	if (strcmp(argv[0], "cancelled") == 0) {
		cancelled(reads_for_ever, &ring, true);
		read_next(ring);
		return;
	}
	struct sigaction sa = {.sa_handler = on_jump, .sa_flags = argc > 1 ? SA_RESTART : 0};
	pthread_t self = pthread_self(), thread;
	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	CHECK(pthread_create(&thread, NULL, jumps_out, &self) == 0);
	if (sigsetjmp(back, 1) == 0)
		reads_for_ever(&ring);
	CHECK(pthread_join(thread, NULL) == 0);
	if (strcmp(argv[0], "other") == 0) { /* nothing is called by this thread any more */
		pid_t pid = fork();
		if (pid == 0) {
			read_next(ring);
			_exit(0);
		}
		reap(pid);
	}
	read_next(ring);
}
