/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rec_flood PART: more handlers run than the server, which is stopped meanwhile, can hear of.  Says "ready", reads a line
 * when it is stopped, says "sent", and ends after it goes on.
 */
#include "rec.h"

#define FLOOD 5000

static char *p;
static _Atomic unsigned handled;
static atomic_bool flooded;

static int lock(size_t page, int *slot)
{
	struct rec_user u = {.address = (uintptr_t)p + page * PAGE, .len = PAGE, .flags = 1};
	int error = ioctl(dev, REC_LOCK_USER, &u) < 0 ? errno : 0;

	*slot = u.slot;
	return error;
}

static void count(int signo)
{
	handled++;
}

static void *locks_another_page(void *arg)
{
	int slot;

	(void)peek(0); /* it has a connection of its own now */
	will_sleep();
	while (!flooded)
		sched_yield();
	CHECK(lock(4, &slot) == EINTR);
	return NULL;
}

static void signal_one(pthread_t thread)
{
	unsigned before = handled;

	CHECK(pthread_kill(thread, SIGUSR1) == 0);
	while (handled == before)
		sched_yield();
}

PART(a_signal_that_no_room_is_left_for_ends_a_wait_all_the_same)
{
	struct sigaction sa = {.sa_handler = count};
	pthread_t thread;
	char line;
	int slot;

	LAYOUT({8, REC_A, 0, 0, REC_CB_ALL, PROT_ALL});
	p = map_pages(8, RW);
	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	CHECK(lock(0, &slot) == 0);
	CHECK(pthread_create(&thread, NULL, locks_another_page, NULL) == 0);
	while (about_to_sleep == 0)
		sched_yield();
	CHECK(write(1, "ready\n", 6) == 6 && read(0, &line, 1) == 1);
	for (int i = 0; i < FLOOD; i++)
		signal_one(thread);
	flooded = true;
	wait_until_asleep();
	signal_one(thread);
	CHECK(write(1, "sent\n", 5) == 5);
	CHECK(pthread_join(thread, NULL) == 0);
	CHECK(ioctl(dev, REC_UNLOCK_USER, slot) == 0);
}

int main(int argc, char **argv)
{
	return rec_main(argc, argv);
}
