/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loop.h: what every measured program of bench/ has in common, ours and peers alike.
 *
 * bench/run writes lines "SAMPLES INNER" to the program's standard input.  For each the program performs
 * SAMPLES times INNER operations and prints one line: the nanoseconds of each sample, separated by blanks.
 * At the end of its input it leaves.
 */
#ifndef BENCH_LOOP_H
#define BENCH_LOOP_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define LOOP_PAGE 4096u
#define LOOP_64M (64u << 20)
#define LOOP_PHYS_BYTES (1u << 20)
#define LOOP_FAULT_PAGES 256u /* touched one after the other before all are unloaded again */

#define CHECK(what) ((what) ? (void)0 : loop_die(#what))

static inline _Noreturn void loop_die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	_exit(1);
}

static inline uint64_t loop_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline void loop_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	CHECK(sched_setaffinity(0, sizeof(set), &set) == 0);
}

/* What happens between these two is no part of the operation. */
static uint64_t loop_excluded, loop_paused;

static inline void loop_pause(void)
{
	loop_paused = loop_now();
}

static inline void loop_resume(void)
{
	loop_excluded += loop_now() - loop_paused;
}

/* Serves bench/run until it has enough. */
static inline int loop_serve(void (*once)(void))
{
	static uint64_t ns[100000];
	char line[64];

	once();
	while (fgets(line, sizeof(line), stdin)) {
		unsigned long samples = 0, inner = 0;

		CHECK(sscanf(line, "%lu %lu", &samples, &inner) == 2);
		CHECK(samples <= sizeof(ns) / sizeof(ns[0]));
		for (unsigned long i = 0; i < samples; i++) {
			loop_excluded = 0;
			uint64_t begin = loop_now();
			for (unsigned long k = 0; k < inner; k++)
				once();
			ns[i] = loop_now() - begin - loop_excluded;
		}
		for (unsigned long i = 0; i < samples; i++)
			printf("%llu ", (unsigned long long)ns[i]);
		printf("\n");
		fflush(stdout);
	}
	return 0;
}

/* Memory that nobody has touched yet, and its end. */
static inline void *loop_fresh(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

static inline void loop_fresh_end(void *p, size_t size)
{
	CHECK(munmap(p, size) == 0);
}

/* The two memory loops: the same code on both sides. */
static inline void loop_write(volatile void *at, size_t size)
{
	static unsigned char value;

	memset((void *)at, ++value, size);
	__asm__ volatile(""
			 :
			 : "r"(at)
			 : "memory");
}

static inline void loop_touch(volatile unsigned char *at, size_t size)
{
	for (size_t i = 0; i < size; i += LOOP_PAGE)
		at[i] = 1;
}

#endif
