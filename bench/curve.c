/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * curve: how long something takes for N of it.  NAME N...; run by `sundog run -d bench.so -d access.so -d phys.so`.
 * Prints one line for each N: N and the nanoseconds, the best of a few tries.
 */
#include "bench/loop.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "bench/driver/access_ioctl.h"
#include "bench/driver/phys_ioctl.h"

#define TRIES 5
#define ENOUGH_NS 300000000u /* of tries for one N */
#define FAULTS 2048u         /* or locks; of all threads or processes together */
#define LOOKUPS 500u

static int device_open(const char *path)
{
	int fd = open(path, O_RDWR);

	CHECK(fd >= 0);
	return fd;
}

static volatile unsigned char *map(int fd, size_t pages)
{
	void *p = mmap(NULL, pages * LOOP_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

static void unmap(volatile void *p, size_t pages)
{
	CHECK(munmap((void *)p, pages * LOOP_PAGE) == 0);
}

/* ---- n mappings of one process ---- */

static uint64_t mappings(size_t n, void **wish)
{
	volatile unsigned char **at = malloc(n * sizeof(*at));
	int fd = device_open("/dev/bench");
	uint64_t begin = loop_now(), end;

	CHECK(at);
	for (size_t i = 0; i < n; i++) {
		at[i] = mmap(wish ? wish[i] : NULL, LOOP_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		CHECK(at[i] != MAP_FAILED);
		*at[i] = 1;
	}
	for (size_t i = 0; i < n; i++)
		unmap(at[i], 1);
	end = loop_now();
	free(at);
	close(fd);
	return end - begin;
}

static uint64_t once_mappings(size_t n)
{
	return mappings(n, NULL);
}

/* At addresses two pages apart, in an order that has none. */
static uint64_t once_scattered(size_t n)
{
	void **wish = malloc(n * sizeof(*wish));
	char *room = mmap(NULL, n * 2 * LOOP_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	CHECK(wish && room != MAP_FAILED);
	unmap(room, n * 2);
	for (size_t i = 0; i < n; i++)
		wish[i] = room + i * 2 * LOOP_PAGE;
	for (size_t i = n - 1; i > 0; i--) {
		size_t k = (size_t)random() % (i + 1);
		void *other = wish[k];
		wish[k] = wish[i];
		wish[i] = other;
	}
	uint64_t ns = mappings(n, wish);
	free(wish);
	return ns;
}

/* ---- n handles behind one mapping ---- */

static uint64_t once_handles(size_t n)
{
	int fd = device_open("/dev/" ACCESS_SPLIT);
	uint64_t begin = loop_now();
	volatile unsigned char *p = map(fd, n);

	p[n / 2 * LOOP_PAGE] = 1;
	unmap(p, n);
	uint64_t end = loop_now();
	close(fd);
	return end - begin;
}

/* One fault among them. */
static uint64_t once_lookup(size_t n)
{
	int fd = device_open("/dev/" ACCESS_SPLIT);
	size_t each = n < LOOKUPS ? n : LOOKUPS, maps = (LOOKUPS + each - 1) / each, step = n / each;
	uint64_t spent = 0;

	for (size_t i = 0; i < maps; i++) {
		volatile unsigned char *p = map(fd, n);
		uint64_t begin = loop_now();
		for (size_t k = 0; k < each; k++)
			p[k * step * LOOP_PAGE] = 1;
		spent += loop_now() - begin;
		unmap(p, n);
	}
	close(fd);
	return spent / (maps * each);
}

/* ---- processes ---- */

/* In memory that all share. */
struct together {
	pthread_barrier_t ready, go, done;
};

static struct together *together_create(unsigned count)
{
	struct together *t =
		mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_barrierattr_t attr;

	CHECK(t != MAP_FAILED);
	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	CHECK(pthread_barrier_init(&t->ready, &attr, count) == 0);
	CHECK(pthread_barrier_init(&t->go, &attr, count) == 0);
	CHECK(pthread_barrier_init(&t->done, &attr, count) == 0);
	return t;
}

static void processes_wait(size_t n)
{
	int status;

	for (size_t i = 0; i < n; i++)
		CHECK(wait(&status) > 0 && status == 0);
}

static int child(void)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid == 0;
}

/* All of them map the cookie, touch it, meet, and end. */
static uint64_t once_sharers(size_t n)
{
	struct together *t = together_create((unsigned)n);
	uint64_t begin = loop_now(), end;

	for (size_t i = 0; i < n; i++) {
		if (!child())
			continue;
		*map(device_open("/dev/" ACCESS_PAGE), 1) = 1;
		pthread_barrier_wait(&t->ready);
		_exit(0);
	}
	processes_wait(n);
	end = loop_now();
	munmap(t, sizeof(*t));
	return end - begin;
}

/* One fault, when n processes touch pages of their own. */
static uint64_t once_processes(size_t n)
{
	struct together *t = together_create((unsigned)n + 1);
	size_t each = FAULTS / n;
	uint64_t begin, end;

	for (size_t i = 0; i < n; i++) {
		if (!child())
			continue;
		volatile unsigned char *p = map(device_open("/dev/" ACCESS_PAGE), each + 1);
		*p = 1; /* what a first fault needs is made */
		pthread_barrier_wait(&t->ready);
		pthread_barrier_wait(&t->go);
		loop_touch(p + LOOP_PAGE, each * LOOP_PAGE);
		pthread_barrier_wait(&t->done);
		_exit(0);
	}
	pthread_barrier_wait(&t->ready);
	begin = loop_now();
	pthread_barrier_wait(&t->go);
	pthread_barrier_wait(&t->done);
	end = loop_now();
	processes_wait(n);
	munmap(t, sizeof(*t));
	return (end - begin) / (each * n);
}

/* ---- threads ---- */

struct toucher {
	pthread_t id;
	struct together *together;
	int fd;
	volatile unsigned char *at;
	size_t pages;
	void (*work)(struct toucher *);
};

static void *toucher_run(void *arg)
{
	struct toucher *t = arg;
	size_t pages = t->pages;

	t->pages = 1; /* the thread's connection is made */
	t->work(t);
	t->pages = pages;
	t->at += LOOP_PAGE;
	pthread_barrier_wait(&t->together->ready);
	pthread_barrier_wait(&t->together->go);
	t->work(t);
	pthread_barrier_wait(&t->together->done);
	return NULL;
}

/* n threads of one process work on count pages, each on its own ones. */
static uint64_t threads_run(size_t n, size_t count, int fd, volatile unsigned char *p, void (*work)(struct toucher *))
{
	struct toucher *toucher = calloc(n, sizeof(*toucher));
	struct together *t = together_create((unsigned)n + 1);
	size_t each = count / n;
	uint64_t begin, end;

	CHECK(toucher);
	for (size_t i = 0; i < n; i++) {
		toucher[i] = (struct toucher){.together = t, .fd = fd, .at = p + i * (each + 1) * LOOP_PAGE, .pages = each, .work = work};
		CHECK(pthread_create(&toucher[i].id, NULL, toucher_run, &toucher[i]) == 0);
	}
	pthread_barrier_wait(&t->ready);
	begin = loop_now();
	pthread_barrier_wait(&t->go);
	pthread_barrier_wait(&t->done);
	end = loop_now();
	for (size_t i = 0; i < n; i++)
		pthread_join(toucher[i].id, NULL);
	munmap(t, sizeof(*t));
	free(toucher);
	return (end - begin) / (each * n);
}

static void toucher_touch(struct toucher *t)
{
	loop_touch(t->at, t->pages * LOOP_PAGE);
}

/* One fault, when n threads of one process touch pages of their own. */
static uint64_t once_threads(size_t n)
{
	int fd = device_open("/dev/" ACCESS_PAGE);
	volatile unsigned char *p = map(fd, FAULTS + n);
	uint64_t ns = threads_run(n, FAULTS, fd, p, toucher_touch);

	unmap(p, FAULTS + n);
	close(fd);
	return ns;
}

static void toucher_lock(struct toucher *t)
{
	for (size_t i = 0; i < t->pages; i++) {
		struct phys_range r = {(uintptr_t)(t->at + i * LOOP_PAGE), LOOP_PAGE};

		CHECK(ioctl(t->fd, PHYS_LOCK, &r) == 0);
	}
}

/* One call that locks a page and unlocks it again, when n threads of one process do so. */
static uint64_t once_locks(size_t n)
{
	int fd = device_open("/dev/phys");
	unsigned char *p = loop_fresh((FAULTS + n) * LOOP_PAGE);
	uint64_t ns;

	loop_touch(p, (FAULTS + n) * LOOP_PAGE);
	ns = threads_run(n, FAULTS, fd, p, toucher_lock);
	loop_fresh_end(p, (FAULTS + n) * LOOP_PAGE);
	close(fd);
	return ns;
}

static const struct {
	const char *name;
	uint64_t (*once)(size_t n);
} curves[] = {
	{"mappings", once_mappings},
	{"scattered", once_scattered},
	{"handles", once_handles},
	{"lookup", once_lookup},
	{"sharers", once_sharers},
	{"threads", once_threads},
	{"locks", once_locks},
	{"processes", once_processes},
};

static uint64_t best(uint64_t (*once)(size_t n), size_t n)
{
	uint64_t least = UINT64_MAX, begin = loop_now();

	for (int i = 0; i < TRIES && (i == 0 || loop_now() - begin < ENOUGH_NS); i++) {
		uint64_t ns = once(n);
		if (ns < least)
			least = ns;
	}
	return least;
}

int main(int argc, char **argv)
{
	CHECK(argc >= 2);
	for (size_t c = 0; c < sizeof(curves) / sizeof(curves[0]); c++) {
		if (strcmp(argv[1], curves[c].name) != 0)
			continue;
		for (int i = 2; i < argc; i++) {
			size_t n = strtoul(argv[i], NULL, 10);
			CHECK(n > 0);
			printf("%zu %llu\n", n, (unsigned long long)best(curves[c].once, n));
			fflush(stdout);
		}
		return 0;
	}
	fprintf(stderr, "bench: no curve %s\n", argv[1]);
	return 2;
}
