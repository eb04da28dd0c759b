/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stress PART: many processes at one device that only one of them may touch at a time.
 *
 *   switch ENGINE PROCESSES SWITCHES TICKS   contexts of two threads each, with an observer
 *   duel ROUNDS                              two processes take a page from each other
 *   forks CHILDREN                           children that inherit contexts, cut them and die
 *   pageable                                 memory that nobody has written
 */
#include "app.h"

#include "stress.h"

#define DEV "/dev/stress"
#define RW (PROT_READ | PROT_WRITE)
#define WORKERS_MAX 16
#define THREADS 2

struct registers {
	volatile uint32_t owner;
	volatile uint32_t own[THREADS];
	_Atomic uint32_t count;
};

static struct shared {
	atomic_bool stop;
	pthread_barrier_t ready;
	struct {
		pid_t pid;
		uintptr_t at;
	} worker[WORKERS_MAX];
} * shared;

static void shared_make(unsigned parties)
{
	pthread_barrierattr_t attr;

	shared = mmap(NULL, sizeof(*shared), RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(shared != MAP_FAILED);
	CHECK(pthread_barrierattr_init(&attr) == 0);
	CHECK(pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) == 0);
	CHECK(pthread_barrier_init(&shared->ready, &attr, parties) == 0);
}

static int count(int fd, int what)
{
	int n = ioctl(fd, STRESS_COUNT, what);

	CHECK(n >= 0);
	return n;
}

/* A child that ends before it is told to has failed, and would be waited for. */
static void on_child(int signo)
{
	if (!atomic_load(&shared->stop))
		_exit(1);
}

static pid_t child_start(void)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0)
		CHECK(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
	return pid;
}

/* ---- contexts ---- */

struct job {
	struct registers *r;
	uint32_t me;
	unsigned thread;
	uint32_t done;
};

static void *work(void *arg)
{
	struct job *j = arg;

	while (!atomic_load(&shared->stop)) {
		uint32_t owner = j->r->owner, own = j->r->own[j->thread];
		if (owner != j->me || own != j->done) {
			fprintf(stderr, "worker %u, thread %u, round %u: found owner %u, count %u\n", j->me, j->thread,
				j->done, owner, own);
			_exit(1);
		}
		atomic_fetch_add(&j->r->count, 1);
		j->r->own[j->thread] = ++j->done;
		sched_yield();
	}
	return NULL;
}

static _Noreturn void worker(unsigned me)
{
	struct registers *r = map_at(open_device(DEV, O_RDWR), STRESS_CTX * PAGE, PAGE, RW);
	struct job job[THREADS];
	pthread_t thread[THREADS];
	uint32_t sum = 0;

	shared->worker[me].pid = getpid();
	shared->worker[me].at = (uintptr_t)r;
	r->owner = me + 1;
	pthread_barrier_wait(&shared->ready);
	for (unsigned t = 0; t < THREADS; t++) {
		job[t] = (struct job){r, me + 1, t, 0};
		CHECK(pthread_create(&thread[t], NULL, work, &job[t]) == 0);
	}
	for (unsigned t = 0; t < THREADS; t++) {
		CHECK(pthread_join(thread[t], NULL) == 0);
		CHECK(r->own[t] == job[t].done);
		sum += job[t].done;
	}
	CHECK(r->owner == me + 1 && r->count == sum && sum > 0);
	_exit(0);
}

/* ---- the observer, while the driver holds its lock ---- */

static bool page_present(pid_t pid, uintptr_t at)
{
	char path[64];
	uint64_t entry = 0;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	int fd = open(path, O_RDONLY);
	CHECK(fd >= 0);
	CHECK(pread(fd, &entry, sizeof(entry), (off_t)(at / PAGE * sizeof(entry))) == sizeof(entry));
	close(fd);
	return entry >> 63;
}

/* The protection engine takes the access away and leaves the page where it is. */
static bool page_permitted(pid_t pid, uintptr_t at)
{
	char path[64], line[512], access[8];
	unsigned long start, end;
	bool permitted = false;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	FILE *f = fopen(path, "r");
	CHECK(f != NULL);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%lx-%lx %7s", &start, &end, access) == 3 && start <= at && at < end)
			permitted = access[0] != '-' || access[1] != '-';
	fclose(f);
	return permitted;
}

static bool page_accessible(const char *engine, pid_t pid, uintptr_t at)
{
	return page_present(pid, at) && (strcmp(engine, "uffd") == 0 || page_permitted(pid, at));
}

/* How many have the page; the one who has it must be the one whose context is current. */
static unsigned look(const char *engine, unsigned workers, pid_t current)
{
	unsigned have = 0;

	for (unsigned i = 0; i < workers; i++) {
		if (!page_accessible(engine, shared->worker[i].pid, shared->worker[i].at))
			continue;
		have++;
		if (shared->worker[i].pid != current) {
			fprintf(stderr, "process %d can reach the page, the context is %d's\n", shared->worker[i].pid,
				current);
			_exit(1);
		}
	}
	return have;
}

#define LOOKS 50u

struct freezer {
	int fd, start, switches;
};

/* LOOKS times, spread over all switches. */
static void *freeze(void *arg)
{
	const struct freezer *f = arg;

	for (unsigned i = 1; i <= LOOKS; i++) {
		int wanted = f->start + (int)((int64_t)f->switches * i / LOOKS);
		CHECK(ioctl(f->fd, STRESS_SWITCHED, wanted) == 0);
		CHECK(ioctl(f->fd, STRESS_FREEZE) == 0);
	}
	return NULL;
}

static unsigned observe(const char *engine, int fd, unsigned workers, int start, int switches)
{
	struct freezer f = {fd, start, switches};
	unsigned seen = 0;
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, freeze, &f) == 0);
	for (unsigned i = 0; i < LOOKS; i++) {
		pid_t current = ioctl(fd, STRESS_FROZEN);
		CHECK(current >= 0);
		seen += look(engine, workers, current);
		CHECK(ioctl(fd, STRESS_THAW) == 0);
	}
	CHECK(pthread_join(thread, NULL) == 0);
	return seen;
}

APP_PART("switch", part_switch)
{
	CHECK(argc == 4);
	unsigned workers = (unsigned)atoi(argv[1]);
	int switches = atoi(argv[2]), ticks = atoi(argv[3]), fd = open_device(DEV, O_RDWR);
	pid_t pid[WORKERS_MAX];

	CHECK(workers <= WORKERS_MAX);
	CHECK(ioctl(fd, STRESS_TIMEOUT, ticks) == 0);
	int start = count(fd, STRESS_SWITCHES);
	shared_make(workers + 1);
	signal(SIGCHLD, on_child);
	for (unsigned i = 0; i < workers; i++) {
		pid[i] = child_start();
		if (pid[i] == 0)
			worker(i);
	}
	pthread_barrier_wait(&shared->ready);
	unsigned seen = observe(argv[0], fd, workers, start, switches);
	atomic_store(&shared->stop, true);
	for (unsigned i = 0; i < workers; i++)
		reap(pid[i]);
	int done = count(fd, STRESS_SWITCHES) - start, shortest = ioctl(fd, STRESS_SHORTEST);
	CHECK(count(fd, STRESS_MAPPINGS) == 0 && done >= switches);
	CHECK(seen > 0 && seen <= LOOKS);
	if (sysconf(_SC_NPROCESSORS_ONLN) > 1)
		CHECK(shortest >= ticks * 10000);
	printf("%d switches of %u processes, %u of %u looks found the page with one of them, held %d us and more\n", done,
	       workers, seen, LOOKS, shortest);
}

/* ---- the duel ---- */

struct duel {
	_Atomic uint32_t count[2];
};

static _Noreturn void duellist(unsigned me)
{
	struct duel *d = map_at(open_device(DEV, O_RDWR), STRESS_DUEL * PAGE, PAGE, RW);
	uint32_t done = 0;

	pthread_barrier_wait(&shared->ready);
	while (!atomic_load(&shared->stop)) {
		if (atomic_fetch_add(&d->count[me], 1) != done++) {
			fprintf(stderr, "duellist %u: round %u was lost\n", me, done);
			_exit(1);
		}
		sched_yield();
	}
	_exit(0);
}

APP_PART("duel", part_duel)
{
	CHECK(argc == 1);
	int rounds = atoi(argv[0]), fd = open_device(DEV, O_RDWR);
	pid_t pid[2];

	shared_make(2);
	signal(SIGCHLD, on_child);
	for (unsigned i = 0; i < 2; i++) {
		pid[i] = child_start();
		if (pid[i] == 0)
			duellist(i);
	}
	CHECK(ioctl(fd, STRESS_DUELLED, rounds) == 0);
	atomic_store(&shared->stop, true);
	reap(pid[0]);
	reap(pid[1]);
	printf("%d rounds\n", count(fd, STRESS_ROUNDS));
}

/* ---- the fork storm ---- */

struct page {
	volatile uint32_t tag, index, child, pad;
	_Atomic uint32_t count;
	char rest[PAGE - 5 * sizeof(uint32_t)];
};
#define PAGES STRESS_CTX_PAGES
#define TAG(i) (0x61626300u + (i))

static void pages_check(const struct page *p, unsigned first, unsigned last, uint32_t tag, uint32_t child)
{
	for (unsigned i = first; i <= last; i++) {
		uint32_t got[3] = {p[i].tag, p[i].index, p[i].child};
		if (got[0] == tag && got[1] == i && got[2] == child)
			continue;
		fprintf(stderr, "child %u, page %u: found tag %x, index %u, child %u\n", child, i, got[0], got[1], got[2]);
		_exit(1);
	}
}

/*
 *	[ 0 1 2 3 4 5 6 7 ]  ->  [ 1 2 ] [ 5 6 ]      in three cuts: middle, head, tail
 */
static _Noreturn void child(struct page *a, struct page *b, uint32_t me)
{
	pages_check(a, 0, PAGES - 1, TAG(0), 0);
	pages_check(b, 0, PAGES - 1, TAG(1), 0);
	for (unsigned i = 0; i < PAGES; i++)
		a[i].child = b[i].child = me;
	CHECK(munmap(&a[3], 2 * PAGE) == 0);
	pages_check(a, 0, 2, TAG(0), me);
	pages_check(b, 0, PAGES - 1, TAG(1), me);
	pages_check(a, 5, 7, TAG(0), me);
	CHECK(munmap(&a[0], PAGE) == 0);
	CHECK(munmap(&a[7], PAGE) == 0);
	pages_check(b, 0, 0, TAG(1), me);
	pages_check(a, 1, 2, TAG(0), me);
	pages_check(a, 5, 6, TAG(0), me);
	if (me % 3 == 0)
		CHECK(munmap(b, PAGES * PAGE) == 0);
	if (me % 3 == 1)
		raise(SIGKILL);
	_exit(0);
}

static void *switcher(void *arg)
{
	struct page **p = arg;
	uint32_t done = 0;

	for (; !atomic_load(&shared->stop); done++)
		for (unsigned i = 0; i < 2; i++) {
			CHECK(atomic_fetch_add(&p[i][done % PAGES].count, 1) == done / PAGES);
			sched_yield();
		}
	return (void *)(uintptr_t)done;
}

APP_PART("forks", part_forks)
{
	CHECK(argc == 1);
	unsigned children = (unsigned)atoi(argv[0]);
	int fd = open_device(DEV, O_RDWR), start = count(fd, STRESS_SWITCHES), status;
	struct page *p[2];
	pthread_t thread;
	void *rounds;

	shared_make(1);
	for (unsigned k = 0; k < 2; k++) {
		p[k] = map_at(fd, STRESS_CTX * PAGE, PAGES * PAGE, RW);
		for (unsigned i = 0; i < PAGES; i++) {
			p[k][i].tag = TAG(k);
			p[k][i].index = i;
		}
	}
	CHECK(pthread_create(&thread, NULL, switcher, p) == 0);
	for (unsigned i = 1; i <= children; i++) {
		pid_t pid = fork();
		CHECK(pid >= 0);
		if (pid == 0)
			child(p[0], p[1], i);
	}
	for (unsigned i = 1; i <= children; i++) {
		CHECK(wait(&status) > 0);
		CHECK(status == 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
	}
	atomic_store(&shared->stop, true);
	CHECK(pthread_join(thread, &rounds) == 0);
	for (unsigned k = 0; k < 2; k++)
		pages_check(p[k], 0, PAGES - 1, TAG(k), 0);
	CHECK(count(fd, STRESS_MAPPINGS) == 2);
	CHECK(munmap(p[0], PAGES * PAGE) == 0 && munmap(p[1], PAGES * PAGE) == 0);
	CHECK(count(fd, STRESS_MAPPINGS) == 0);
	printf("%u children, %d switches, %u rounds of the parent\n", children, count(fd, STRESS_SWITCHES) - start,
	       (unsigned)(uintptr_t)rounds);
}

/* ---- memory that nobody has written ---- */

APP_PART("pageable", part_pageable)
{
	int fd = open_device(DEV, O_RDWR), before = count(fd, STRESS_TOUCHES);
	char *p = map_at(fd, STRESS_PAGEABLE * PAGE, STRESS_PAGEABLE_PAGES * PAGE, RW);

	for (int i = 0; i < STRESS_PAGEABLE_PAGES; i++) {
		volatile char *at = p + (size_t)i * PAGE + 100;
		if (i % 2)
			*at = 7; /* a write first, or a read */
		CHECK(*at == (i % 2 ? 7 : 0));
		CHECK(count(fd, STRESS_TOUCHES) == before + i + 1);
		*at = 8;
	}
	CHECK(count(fd, STRESS_TOUCHES) == before + STRESS_PAGEABLE_PAGES);
	printf("%d pages, %d touches\n", STRESS_PAGEABLE_PAGES, count(fd, STRESS_TOUCHES) - before);
}

int main(int argc, char **argv)
{
	return part_main(argc, argv);
}
