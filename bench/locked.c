/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * locked: what locked memory costs on the kernel part itself, in simulated processes, without a server; beside it a
 * hand-written peer.  WHAT CURVE N...:
 *
 *	charge threads    a charge to project, zone and process, given back, by N threads of one process
 *	charge projects   by two threads, in processes of N projects, one in each, in random order
 *	                  peer: three counters in plain arrays, tested and changed under one lock
 *	lock threads      ddi_umem_lock(9F) and ddi_umem_unlock(9F) of one page, whole, by N threads of one process
 *	                  peer: mlock(2) and munlock(2)
 *	lock projects     by two threads, in processes of N projects
 *	                  peer: changes of as many plain objects, found by pointers
 *	lock live         by one thread of a process in which N pages are locked already
 *	lock find         is a page locked?  There are N locks of one page, and one as long as all of them
 *	lock exit         the death of a process in which N pages are locked, once
 *	project create    N new projects, once
 *
 * Prints one line for each N: N and the nanoseconds of 1,000 of them, whoever does them, and of the peer's (0: none); the
 * best of a few tries.  Threads are measured by the clock, for they may have to wait; projects by the time that the two
 * threads have run, which other programs on the machine disturb less.
 */
#include "bench/loop.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "bench/locked_calls.h"
#include "host/embed/as.h"
#include "host/posix/posix.h"
#include "kernel/rctl/rctl.h"

#define TRIES 7
#define TRY_NS 20000000u /* of one try, about */
#define POINTS_MAX 16
#define THREADS_MAX 64u
#define FIRST_PROJECT 1000
#define LIMIT (1u << 30)

struct process {
	struct sys_proc *sys;
	uintptr_t memory; /* THREADS_MAX pages, and the pages that stay locked */
};

static struct process *processes;
static int ncpus;

/* ---- ours ---- */

static void charge_once(size_t process, unsigned thread)
{
	struct proc *p = (struct proc *)(void *)processes[process].sys;
	struct rctl_charge charge;

	CHECK(rctl_locked_charge(p, LOOP_PAGE, &charge) == 0);
	rctl_locked_uncharge(&charge);
}

/* The thread has entered the first process, as one of an application stays in its own. */
static void lock_once(size_t process, unsigned thread)
{
	struct process *p = &processes[process];
	void *cookie;

	if (process != 0)
		sys_thread_enter(p->sys);
	cookie = calls_lock(p->memory + thread * LOOP_PAGE, LOOP_PAGE);
	CHECK(cookie);
	calls_unlock(cookie);
	if (process != 0)
		sys_thread_leave();
}

/*
 *	processes[0].memory                                            asked for
 *	|-- THREADS_MAX --|---- one lock ----|-1-|-1-|-1- ... |-1-|        |
 *	                  |<---- find_n ---->|<----- find_n ----->|
 */
static size_t find_n;

static void find_once(size_t process, unsigned thread)
{
	CHECK(!sys_pinned(processes[0].memory + (THREADS_MAX + 2 * find_n) * LOOP_PAGE, LOOP_PAGE));
}

static uintptr_t find_address(size_t i)
{
	return processes[0].memory + (THREADS_MAX + i) * LOOP_PAGE;
}

/* n of them, until find_unlock(). */
static struct sys_pin **find_lock(size_t n)
{
	struct sys_pin **locks = calloc(n + 1, sizeof(*locks));

	CHECK(locks && sys_pin(find_address(0), n * LOOP_PAGE, false, &locks[n]) == 0);
	for (size_t i = 0; i < n; i++)
		CHECK(sys_pin(find_address(n + i), LOOP_PAGE, false, &locks[i]) == 0);
	find_n = n;
	return locks;
}

static void find_unlock(struct sys_pin **locks)
{
	for (size_t i = 0; i <= find_n; i++)
		sys_unpin(locks[i]);
	free(locks);
}

/* ---- the peers ---- */

struct counter {
	_Alignas(64) uint64_t used;
	uint64_t limit;
};

static struct {
	pthread_spinlock_t lock; /* protects what is below */
	struct counter zone, *projects, *processes;
} tally;

static void tally_once(size_t i, unsigned thread)
{
	struct counter *counters[] = {&tally.projects[i], &tally.zone, &tally.processes[i]};

	pthread_spin_lock(&tally.lock);
	for (int k = 0; k < 3; k++)
		CHECK(counters[k]->used <= counters[k]->limit - LOOP_PAGE);
	for (int k = 0; k < 3; k++)
		counters[k]->used += LOOP_PAGE;
	pthread_spin_unlock(&tally.lock);
	pthread_spin_lock(&tally.lock);
	for (int k = 0; k < 3; k++)
		counters[k]->used -= LOOP_PAGE;
	pthread_spin_unlock(&tally.lock);
}

/* As a lock and unlock goes through a process, its credentials, memory, account, project: each behind a pointer. */
#define PIECES 8
#define LINES 3
struct piece {
	struct {
		_Alignas(64) atomic_uint value;
	} lines[LINES];
	struct piece *next;
	char rest[192]; /* which has other uses */
};
static struct piece **objects;

static struct piece *object_create(void)
{
	struct piece *first = NULL;

	for (int i = 0; i < PIECES; i++) {
		struct piece *piece = aligned_alloc(64, sizeof(*piece));

		CHECK(piece);
		memset(piece, 0, sizeof(*piece));
		piece->next = first;
		first = piece;
	}
	return first;
}

static void object_change(struct piece *piece, unsigned by)
{
	for (; piece != NULL; piece = piece->next)
		for (int i = 0; i < LINES; i++)
			atomic_fetch_add(&piece->lines[i].value, by);
}

static void walk_once(size_t i, unsigned thread)
{
	object_change(objects[i], 1);
	object_change(objects[i], -1u);
}

static char *mlock_pages;

static void mlock_once(size_t i, unsigned thread)
{
	CHECK(mlock(mlock_pages + thread * LOOP_PAGE, LOOP_PAGE) == 0);
	CHECK(munlock(mlock_pages + thread * LOOP_PAGE, LOOP_PAGE) == 0);
}

static void peers_create(size_t count)
{
	CHECK(pthread_spin_init(&tally.lock, PTHREAD_PROCESS_PRIVATE) == 0);
	tally.zone.limit = UINT64_MAX;
	tally.projects = aligned_alloc(64, count * sizeof(struct counter));
	tally.processes = aligned_alloc(64, count * sizeof(struct counter));
	objects = calloc(count, sizeof(struct piece *));
	CHECK(tally.projects && tally.processes && objects);
	for (size_t i = 0; i < count; i++) {
		tally.projects[i] = tally.processes[i] = (struct counter){.limit = LIMIT};
		objects[i] = object_create();
	}
	mlock_pages = loop_fresh(THREADS_MAX * LOOP_PAGE);
	loop_touch((volatile unsigned char *)mlock_pages, THREADS_MAX * LOOP_PAGE);
}

/* ---- threads ---- */

typedef void (*once_fn)(size_t process, unsigned thread);

struct worker {
	pthread_t id;
	pthread_barrier_t *go;
	once_fn once;
	unsigned number, rounds;
	size_t nprocesses;
	uint64_t ran; /* ns */
};

static uint64_t ran_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	unsigned random = 7919 * w->number;

	loop_pin((int)w->number % ncpus);
	sys_thread_enter(processes[0].sys);
	pthread_barrier_wait(w->go);
	w->ran = ran_now();
	for (unsigned i = 0; i < w->rounds; i++) {
		random = random * 1664525u + 1013904223u;
		w->once((random >> 8) % w->nprocesses, w->number);
	}
	w->ran = ran_now() - w->ran;
	sys_thread_leave();
	return NULL;
}

struct times {
	uint64_t wall, ran; /* ns of 1,000; ran: if the threads had had a CPU each */
};

static struct times measure(once_fn what, unsigned ns, unsigned threads, size_t nprocesses)
{
	static struct worker workers[THREADS_MAX];
	unsigned rounds = TRY_NS / ns / threads;
	struct times times = {0, 0};
	pthread_barrier_t go;
	uint64_t begin;

	CHECK(pthread_barrier_init(&go, NULL, threads + 1) == 0);
	for (unsigned i = 0; i < threads; i++) {
		workers[i] = (struct worker){.go = &go, .once = what, .number = i, .rounds = rounds, .nprocesses = nprocesses};
		CHECK(pthread_create(&workers[i].id, NULL, work, &workers[i]) == 0);
	}
	begin = loop_now();
	pthread_barrier_wait(&go);
	for (unsigned i = 0; i < threads; i++) {
		pthread_join(workers[i].id, NULL);
		times.ran += workers[i].ran * 1000 / (rounds * threads) / threads;
	}
	times.wall = (loop_now() - begin) * 1000 / (rounds * threads);
	pthread_barrier_destroy(&go);
	return times;
}

/* ---- the death of a process with n locks ---- */

static uint64_t death_measure(size_t n)
{
	struct sys_proc_info info = {.pid = 99};
	struct host_as *as = as_create(false);
	struct sys_pin **locks = calloc(n, sizeof(*locks));
	struct sys_proc *p;
	uintptr_t memory = 0;
	uint64_t ns;

	CHECK(locks && as_map_memory(as, &memory, n * LOOP_PAGE, HOST_PROT_READ) == 0);
	CHECK(sys_proc_create(&info, as, &p) == 0);
	sys_thread_enter(p);
	for (size_t i = 0; i < n; i++)
		CHECK(sys_pin(memory + i * LOOP_PAGE, LOOP_PAGE, false, &locks[i]) == 0);
	ns = loop_now();
	sys_proc_destroy(p);
	ns = loop_now() - ns;
	sys_thread_leave();
	for (size_t i = 0; i < n; i++)
		sys_unpin(locks[i]);
	as_destroy(as);
	free(locks);
	return ns;
}

/* ---- n projects that have not been heard of ---- */

static uint64_t projects_measure(size_t n)
{
	static int32_t zone, project = 1000000;
	char name[32];
	uint64_t ns;

	snprintf(name, sizeof(name), "zone%d", ++zone);
	CHECK(sys_zone_create(zone, name) == 0);
	ns = loop_now();
	for (size_t i = 0; i < n; i++)
		CHECK(sys_project_create(zone, project++, "bench") == 0);
	return loop_now() - ns;
}

/* ---- the curves ---- */

enum axis {
	THREADS,
	PROJECTS,
	LIVE,
	FIND,
	EXIT,
	CREATE,
};

static const struct curve {
	const char *what, *axis_name;
	enum axis axis;
	once_fn ours, peer; /* peer NULL: none */
	unsigned ns;        /* of one, about */
} curves[] = {
	{"charge", "threads", THREADS, charge_once, tally_once, 50},
	{"charge", "projects", PROJECTS, charge_once, tally_once, 50},
	{"lock", "threads", THREADS, lock_once, mlock_once, 500},
	{"lock", "projects", PROJECTS, lock_once, walk_once, 500},
	{"lock", "live", LIVE, lock_once, NULL, 500},
	{"lock", "find", FIND, find_once, NULL, 50},
	{"lock", "exit", EXIT, NULL, NULL, 0},
	{"project", "create", CREATE, NULL, NULL, 0},
};

/* A process in each of count projects, with a limit in each, and room for that many locked pages. */
static void processes_create(size_t count, size_t live)
{
	static const struct sys_rctl_value limit = {SYS_RCTL_PRIVILEGED, LIMIT, SYS_RCTL_DENY, 0};
	size_t size = (THREADS_MAX + live) * LOOP_PAGE;
	const char *why;

	processes = calloc(count, sizeof(*processes));
	CHECK(processes);
	for (size_t i = 0; i < count; i++) {
		struct sys_proc_info info = {.pid = 1 + (int32_t)i, .project = FIRST_PROJECT + (int32_t)i};
		struct sys_rctl_target target = {SYS_RCTL_PROJECT, 0, info.project};
		struct host_as *as = as_create(false);

		CHECK(as_map_memory(as, &processes[i].memory, size, HOST_PROT_READ | HOST_PROT_WRITE) == 0);
		CHECK(sys_proc_create(&info, as, &processes[i].sys) == 0);
		CHECK(sys_rctl_change(&target, NULL, &limit, true, &why) == 0);
	}
}

/* Points come in ascending order. */
static void live_lock(size_t n)
{
	static size_t locked;

	sys_thread_enter(processes[0].sys);
	for (; locked < n; locked++)
		CHECK(calls_lock(processes[0].memory + (THREADS_MAX + locked) * LOOP_PAGE, LOOP_PAGE));
	sys_thread_leave();
}

static uint64_t find_measure(const struct curve *curve, size_t n)
{
	struct sys_pin **locks;
	uint64_t ns;

	sys_thread_enter(processes[0].sys);
	locks = find_lock(n);
	ns = measure(curve->ours, curve->ns, 1, 1).ran;
	find_unlock(locks);
	sys_thread_leave();
	return ns;
}

static uint64_t point_measure(const struct curve *curve, once_fn what, size_t n)
{
	switch (curve->axis) {
	case THREADS:
		return measure(what, curve->ns, (unsigned)n, 1).wall;
	case PROJECTS:
		return measure(what, curve->ns, 2, n).ran;
	case LIVE:
		live_lock(n);
		return measure(what, curve->ns, 1, 1).ran;
	case FIND:
		return find_measure(curve, n);
	case EXIT:
		return death_measure(n);
	case CREATE:
		return projects_measure(n);
	}
	return 0;
}

static void least(uint64_t *best, uint64_t ns)
{
	if (*best == 0 || ns < *best)
		*best = ns;
}

/* Round by round, so that whatever else the machine does meets all points, and both; what is locked or made stays. */
static void curve_run(const struct curve *curve, const size_t *n, int count)
{
	uint64_t ours[POINTS_MAX] = {0}, peer[POINTS_MAX] = {0};

	for (int i = 0; i < count * TRIES; i++) {
		int at = curve->axis == LIVE || curve->axis == CREATE ? i / TRIES : i % count;

		least(&ours[at], point_measure(curve, curve->ours, n[at]));
		if (curve->peer != NULL)
			least(&peer[at], point_measure(curve, curve->peer, n[at]));
	}
	for (int i = 0; i < count; i++)
		printf("%zu %llu %llu\n", n[i], (unsigned long long)ours[i], (unsigned long long)peer[i]);
}

static const struct curve *curve_find(const char *what, const char *axis)
{
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (strcmp(curves[i].what, what) == 0 && strcmp(curves[i].axis_name, axis) == 0)
			return &curves[i];
	fprintf(stderr, "bench: no curve %s %s\n", what, axis);
	exit(2);
}

int main(int argc, char **argv)
{
	size_t n[POINTS_MAX], most = 0;

	CHECK(argc > 3 && argc - 3 <= POINTS_MAX);
	const struct curve *curve = curve_find(argv[1], argv[2]);
	for (int i = 3; i < argc; i++) {
		n[i - 3] = strtoul(argv[i], NULL, 10);
		CHECK(n[i - 3] > 0 && (curve->axis != THREADS || n[i - 3] <= THREADS_MAX));
		most = n[i - 3] > most ? n[i - 3] : most;
	}
	ncpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
	posix_init(&(struct posix_config){0});
	CHECK(sys_boot(&(struct sys_config){0}) == 0);
	sys_thread_enter(NULL);
	processes_create(curve->axis == PROJECTS ? most : 1, curve->axis == LIVE || curve->axis == FIND ? 2 * most + 1 : 0);
	peers_create(most);
	curve_run(curve, n, argc - 3);
	return 0;
}
