/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ctx [-n PROCESSES] [-r ROUNDS] [-t TICKS] [DEVICE]: processes share one device page that drivers/ctx gives to one of
 * them at a time.  Each counts in what it believes to be its own register; at the end every count must be
 * exactly ROUNDS.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../drivers/ctx/ctx_ioctl.h"

struct registers {
	volatile uint32_t owner, count;
};

/*
 * All begin at once, when the last of them has mapped the device:
 *
 *	worker   map, close ready      read of go ends      count
 *	parent         read of ready ends    close go
 */
struct start {
	int ready[2], go[2];
};

static void start_wait(const struct start *s)
{
	char c;

	close(s->go[1]);
	close(s->ready[1]);
	if (read(s->go[0], &c, 1) != 0)
		perror("read");
}

static void start_all(const struct start *s)
{
	char c;

	close(s->ready[1]);
	if (read(s->ready[0], &c, 1) != 0)
		perror("read");
	close(s->go[1]);
}

static int worker(const char *device, uint32_t me, uint32_t rounds, const struct start *start)
{
	int fd = open(device, O_RDWR);
	if (fd < 0) {
		perror(device);
		return 1;
	}
	struct registers *r = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (r == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	start_wait(start);
	r->owner = me;
	for (uint32_t i = 0; i < rounds; i++) {
		if (r->owner != me || r->count != i) {
			fprintf(stderr, "process %u, round %u: found owner %u, count %u\n", me, i, r->owner, r->count);
			return 1;
		}
		r->count = i + 1;
		sched_yield();
	}
	return r->owner == me && r->count == rounds ? 0 : 1;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	uint32_t processes = 3, rounds = 1000;
	long ticks = 0;
	int option, failed = 0;

	while ((option = getopt(argc, argv, "n:r:t:")) != -1) {
		switch (option) {
		case 'n':
			processes = (uint32_t)strtoul(optarg, NULL, 0);
			break;
		case 'r':
			rounds = (uint32_t)strtoul(optarg, NULL, 0);
			break;
		case 't':
			ticks = strtol(optarg, NULL, 0);
			break;
		default:
			fprintf(stderr, "usage: ctx [-n PROCESSES] [-r ROUNDS] [-t TICKS] [DEVICE]\n");
			return 2;
		}
	}
	const char *device = optind < argc ? argv[optind] : "/dev/ctx";
	int fd = open(device, O_RDWR);
	if (fd < 0 || ioctl(fd, CTX_IOC_TIMEOUT, ticks) < 0) {
		perror(device);
		return 1;
	}
	struct start start;
	if (pipe(start.ready) < 0 || pipe(start.go) < 0) {
		perror("pipe");
		return 1;
	}
	for (uint32_t i = 1; i <= processes; i++) {
		pid_t pid = fork();
		if (pid == 0)
			_exit(worker(device, i, rounds, &start));
		if (pid < 0) {
			perror("fork");
			processes = i - 1;
			failed++;
		}
	}
	int before = ioctl(fd, CTX_IOC_SWITCHES);
	double begin = seconds();
	start_all(&start);
	for (uint32_t i = 0; i < processes; i++) {
		int status;
		if (wait(&status) < 0 || status != 0)
			failed++;
	}
	double elapsed = seconds() - begin;
	int switches = ioctl(fd, CTX_IOC_SWITCHES) - before;
	printf("%u processes, %u rounds each: %d context switches, %.1f us each, %s\n", processes, rounds, switches,
	       switches ? elapsed * 1e6 / switches : 0.0, failed ? "FAILED" : "no update lost");
	return failed ? 1 : 0;
}
