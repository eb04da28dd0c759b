/* SPDX-License-Identifier: BSD-2-Clause */
/* sleep.c: calls that sleep in the driver, and signals. */
#include "tapp.h"

static void on_usr1(int signo)
{
}

static void *sleeper(void *arg)
{
	int hard = *(int *)arg, fd = open_device(DEV, O_RDWR);

	if (ioctl(fd, hard ? TDRV_SLEEP_HARD : TDRV_SLEEP, 0) == 0)
		return NULL;
	return (void *)(intptr_t)errno;
}

APP_PART("signals", part_signals)
{
	int fd = open_device(DEV, O_RDWR), soft = 0, hard = 1;
	struct sigaction sa = {.sa_handler = on_usr1};
	pthread_t thread;
	void *result;

	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	/* woken */
	CHECK(pthread_create(&thread, NULL, sleeper, &soft) == 0);
	CHECK(ioctl(fd, TDRV_SLEEPERS, 1) == 0 && ioctl(fd, TDRV_WAKE, 0) == 1);
	CHECK(pthread_join(thread, &result) == 0 && result == NULL);
	/* interrupted by a signal that it handles */
	CHECK(pthread_create(&thread, NULL, sleeper, &soft) == 0);
	CHECK(ioctl(fd, TDRV_SLEEPERS, 1) == 0 && pthread_kill(thread, SIGUSR1) == 0);
	CHECK(pthread_join(thread, &result) == 0 && result == (void *)(intptr_t)EINTR);
	/* not interruptible: the signal changes nothing, the wake does */
	CHECK(pthread_create(&thread, NULL, sleeper, &hard) == 0);
	CHECK(ioctl(fd, TDRV_SLEEPERS, 1) == 0 && pthread_kill(thread, SIGUSR1) == 0);
	CHECK(ioctl(fd, TDRV_WAKE, 0) == 1);
	CHECK(pthread_join(thread, &result) == 0 && result == NULL);
	/* an ignored signal does not end the sleep */
	CHECK(signal(SIGUSR2, SIG_IGN) != SIG_ERR);
	CHECK(pthread_create(&thread, NULL, sleeper, &soft) == 0);
	CHECK(ioctl(fd, TDRV_SLEEPERS, 1) == 0 && pthread_kill(thread, SIGUSR2) == 0);
	CHECK(ioctl(fd, TDRV_WAKE, 0) == 1);
	CHECK(pthread_join(thread, &result) == 0 && result == NULL);
}

/* Sleeps until a signal that kills, or the wake. */
APP_PART("sleep", part_sleep)
{
	int fd = open_device(DEV, O_RDWR);

	CHECK(ioctl(fd, TDRV_SLEEP, 0) == 0);
}

/* sleepers N: waits until N sleep. */
APP_PART("sleepers", part_sleepers)
{
	CHECK(ioctl(open_device(DEV, O_RDWR), TDRV_SLEEPERS, atoi(argv[0])) == 0);
}

APP_PART("wake", part_wake)
{
	printf("%d\n", ioctl(open_device(DEV, O_RDWR), TDRV_WAKE, 0));
}
