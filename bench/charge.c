/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * charge: what it costs to charge locked memory to a project, zone and process and to give it back, on the kernel
 * part itself.  threads N...: N threads in one project.  projects N...: two threads, on one process each of N projects
 * in random order.  Prints one line for each N: N and the nanoseconds of 1,000 charges of one thread after the other,
 * the best of a few tries.
 */
#include "bench/loop.h"

#include <pthread.h>

#include "host/embed/as.h"
#include "host/posix/posix.h"
#include "kernel/rctl/rctl.h"

#define TRIES 5
#define CHARGES 200000u /* of all threads together */
#define THREADS_MAX 64u
#define FIRST_PROJECT 1000

struct worker {
	pthread_t id;
	pthread_barrier_t *go;
	unsigned random, rounds;
	struct sys_proc **procs;
	size_t nprocs;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	struct rctl_charge charge;

	pthread_barrier_wait(w->go);
	for (unsigned i = 0; i < w->rounds; i++) {
		w->random = w->random * 1664525u + 1013904223u;
		struct proc *p = (struct proc *)(void *)w->procs[(w->random >> 8) % w->nprocs];
		CHECK(rctl_locked_charge(p, LOOP_PAGE, &charge) == 0);
		rctl_locked_uncharge(&charge);
	}
	return NULL;
}

static uint64_t once(struct sys_proc **procs, size_t nprocs, unsigned threads)
{
	static struct worker workers[THREADS_MAX];
	pthread_barrier_t go;
	uint64_t begin;

	CHECK(pthread_barrier_init(&go, NULL, threads + 1) == 0);
	for (unsigned i = 0; i < threads; i++) {
		workers[i] = (struct worker){ .go = &go, .random = 7919 * i, .rounds = CHARGES / threads, .procs = procs,
					      .nprocs = nprocs };
		CHECK(pthread_create(&workers[i].id, NULL, work, &workers[i]) == 0);
	}
	begin = loop_now();
	pthread_barrier_wait(&go);
	for (unsigned i = 0; i < threads; i++)
		pthread_join(workers[i].id, NULL);
	pthread_barrier_destroy(&go);
	return (loop_now() - begin) / (CHARGES / 1000);
}

/* A process in each of count projects, with a limit in each. */
static struct sys_proc **processes_create(size_t count)
{
	static const struct sys_rctl_value limit = { SYS_RCTL_PRIVILEGED, 1u << 30, SYS_RCTL_DENY, 0 };
	struct sys_proc **procs = calloc(count, sizeof(*procs));
	const char *why;

	CHECK(procs);
	for (size_t i = 0; i < count; i++) {
		struct sys_proc_info info = { .pid = 1 + (int32_t)i, .project = FIRST_PROJECT + (int32_t)i };
		struct sys_rctl_target target = { SYS_RCTL_PROJECT, 0, info.project };

		CHECK(sys_proc_create(&info, as_create(false), &procs[i]) == 0);
		CHECK(sys_rctl_change(&target, NULL, &limit, true, &why) == 0);
	}
	return procs;
}

int main(int argc, char **argv)
{
	bool projects = argc > 2 && strcmp(argv[1], "projects") == 0;
	size_t most = 1;

	CHECK(argc > 2 && (projects || strcmp(argv[1], "threads") == 0));
	for (int i = 2; projects && i < argc; i++)
		most = strtoul(argv[i], NULL, 10) > most ? strtoul(argv[i], NULL, 10) : most;
	posix_init(&(struct posix_config){ 0 });
	CHECK(sys_boot(&(struct sys_config){ 0 }) == 0);
	sys_thread_enter(NULL);
	struct sys_proc **procs = processes_create(most);
	for (int i = 2; i < argc; i++) {
		size_t n = strtoul(argv[i], NULL, 10);
		uint64_t best = UINT64_MAX;

		CHECK(n > 0 && (projects || n <= THREADS_MAX));
		for (int t = 0; t < TRIES; t++) {
			uint64_t ns = projects ? once(procs, n, 2) : once(procs, 1, (unsigned)n);
			best = ns < best ? ns : best;
		}
		printf("%zu %llu\n", n, (unsigned long long)best);
		fflush(stdout);
	}
	return 0;
}
