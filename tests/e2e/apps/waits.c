/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * waits PART: accesses that wait in the driver, for each other.
 *
 *   ball ROUNDS SIGNALS [restart]   two processes pass a ball by touching pages; so many signals for each meanwhile
 *   lock PROCESSES ROUNDS           a lock made of accesses
 *   kills ROUNDS                    SIGKILL for who has the lock, for who waits, for all of them
 */
#include "app.h"

#include "waits.h"

#define DEV "/dev/waits"
#define RW (PROT_READ | PROT_WRITE)

static int count(int fd, int what)
{
	int n = ioctl(fd, WAITS_COUNT, what);

	CHECK(n >= 0);
	return n;
}

static void wait_until(int fd, int what, int number)
{
	CHECK(ioctl(fd, WAITS_UNTIL, what | number << 8) == 0);
}

static char *map_waits(void)
{
	int fd = open_device(DEV, O_RDWR);
	char *p = map_at(fd, 0, WAITS_PAGES * PAGE, RW);

	CHECK(close(fd) == 0);
	return p;
}

static void touch(char *p, int page)
{
	*(volatile char *)(p + (size_t)page * PAGE) = 1;
}

/* ---- the ball ---- */

static volatile sig_atomic_t handled;

static void on_usr1(int signo)
{
	handled = handled + 1;
}

static _Noreturn void player(int side, int rounds, bool restart)
{
	struct sigaction sa = {.sa_handler = on_usr1, .sa_flags = restart ? SA_RESTART : 0};
	char *p = map_waits();

	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	for (int i = 0; i < rounds; i++) {
		touch(p, WAITS_GIVE(side));
		touch(p, WAITS_TAKE(side));
	}
	_exit(0);
}

APP_PART("ball", part_ball)
{
	CHECK(argc >= 2);
	int rounds = atoi(argv[0]), signals = atoi(argv[1]), fd = open_device(DEV, O_RDWR);
	bool restart = argc > 2;
	pid_t pid[2];

	for (int i = 0; i < 2; i++) {
		pid[i] = fork();
		CHECK(pid[i] >= 0);
		if (pid[i] == 0)
			player(i, rounds, restart);
	}
	for (int i = 1; i <= signals; i++) {
		wait_until(fd, WAITS_ROUNDS, (int)((int64_t)2 * rounds * i / signals));
		kill(pid[0], SIGUSR1);
		kill(pid[1], SIGUSR1);
	}
	reap(pid[0]);
	reap(pid[1]);
	CHECK(count(fd, WAITS_ROUNDS) == 2 * rounds);
	CHECK(count(fd, WAITS_WAITERS) == 0 && count(fd, WAITS_MAPPINGS) == 0);
	printf("%d rounds, %d signals, %d waits interrupted\n", count(fd, WAITS_ROUNDS), 2 * signals,
	       count(fd, WAITS_SIGNALS));
}

/* ---- the lock ---- */

static _Noreturn void locker(volatile unsigned *counter, int rounds)
{
	char *p = map_waits();

	for (int i = 0; i < rounds; i++) {
		touch(p, WAITS_LOCK);
		unsigned seen = *counter;
		sched_yield();
		*counter = seen + 1;
		touch(p, WAITS_UNLOCK);
	}
	_exit(0);
}

APP_PART("lock", part_lock)
{
	CHECK(argc == 2);
	int processes = atoi(argv[0]), rounds = atoi(argv[1]), fd = open_device(DEV, O_RDWR);
	unsigned *counter = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(counter != MAP_FAILED);
	for (int i = 0; i < processes; i++) {
		pid_t pid = fork();
		CHECK(pid >= 0);
		if (pid == 0)
			locker(counter, rounds);
	}
	for (int i = 0; i < processes; i++) {
		int status;
		CHECK(wait(&status) > 0 && status == 0);
	}
	CHECK(*counter == (unsigned)(processes * rounds));
	CHECK(count(fd, WAITS_WAITERS) == 0 && count(fd, WAITS_MAPPINGS) == 0 && count(fd, WAITS_OWNER) == 0);
	printf("%d processes took the lock %u times\n", processes, *counter);
}

/* ---- deaths ---- */

#define CANDIDATES 3

static void kill_and_reap(pid_t pid)
{
	int status;

	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
}

static void kill_one(int fd, pid_t *pid, int which)
{
	pid_t dead = pid[which];

	kill_and_reap(dead);
	pid[which] = 0;
	/* The owner's death has released the lock: one of the others gets it. */
	wait_until(fd, WAITS_OWNER, 1);
	wait_until(fd, WAITS_WAITERS, CANDIDATES - 2);
	int owner = count(fd, WAITS_OWNER);
	CHECK(owner != dead);
	for (int i = 0; i < CANDIDATES; i++)
		owner = owner == pid[i] ? 0 : owner;
	CHECK(owner == 0);
	CHECK(count(fd, WAITS_WAITERS) == CANDIDATES - 2 && count(fd, WAITS_MAPPINGS) == CANDIDATES - 1);
}

static void kill_round(int fd, int round)
{
	pid_t pid[CANDIDATES];
	int owner, which = 0;

	for (int i = 0; i < CANDIDATES; i++) {
		pid[i] = fork();
		CHECK(pid[i] >= 0);
		if (pid[i] == 0) {
			touch(map_waits(), WAITS_LOCK);
			for (;;)
				pause();
		}
	}
	wait_until(fd, WAITS_WAITERS, CANDIDATES - 1);
	owner = count(fd, WAITS_OWNER);
	while (pid[which] != owner)
		CHECK(++which < CANDIDATES);
	if (round % 3 == 1)
		which = (which + 1) % CANDIDATES; /* who waits */
	if (round % 3 != 2)
		kill_one(fd, pid, which);
	for (int i = 0; i < CANDIDATES; i++)
		if (pid[i] != 0)
			kill_and_reap(pid[i]);
	CHECK(count(fd, WAITS_WAITERS) == 0 && count(fd, WAITS_MAPPINGS) == 0 && count(fd, WAITS_OWNER) == 0);
}

APP_PART("kills", part_kills)
{
	CHECK(argc == 1);
	int rounds = atoi(argv[0]), fd = open_device(DEV, O_RDWR);

	for (int i = 0; i < rounds; i++)
		kill_round(fd, i);
	printf("%d rounds\n", rounds);
}

int main(int argc, char **argv)
{
	return part_main(argc, argv);
}
