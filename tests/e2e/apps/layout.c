/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * layout PART: threads that map, cut, protect, touch and fork at the same time.
 *
 *   forks CHILDREN     a thread forks while others map and unmap; each child uses the same addresses again
 *   threads ROUNDS     threads map, cut, touch and unmap, each its own, some on the other's addresses
 */
#include "app.h"

#include "stress.h"

#define DEV "/dev/stress"
#define RW (PROT_READ | PROT_WRITE)
#define MAPPERS 3
#define PAGES STRESS_CTX_PAGES

static int device;
static atomic_bool stop;

/* Maps, touches, cuts, touches again and unmaps; every page keeps what was written. */
static void use_once(unsigned kind)
{
	char *p = map_at(device, STRESS_CTX * PAGE, PAGES * PAGE, RW);
	size_t hole = kind % PAGES;

	for (size_t i = 0; i < PAGES; i += 1 + kind % 3)
		p[i * PAGE] = (char)(i + kind);
	CHECK(munmap(p + hole * PAGE, PAGE) == 0);
	for (size_t i = 0; i < PAGES; i += 1 + kind % 3)
		CHECK(i == hole || p[i * PAGE] == (char)(i + kind));
	if (hole > 0)
		CHECK(munmap(p, hole * PAGE) == 0);
	if (hole < PAGES - 1)
		CHECK(munmap(p + (hole + 1) * PAGE, (PAGES - 1 - hole) * PAGE) == 0);
}

static void *mapper(void *arg)
{
	unsigned kind = (unsigned)(uintptr_t)arg, done = 0;

	for (; !atomic_load(&stop); done++) {
		use_once(kind += 7);
		usleep(kind % 64 * 10); /* so that there are moments with fewer mappings than the one before */
	}
	return (void *)(uintptr_t)done;
}

static void mappers_start(pthread_t *thread)
{
	for (unsigned i = 0; i < MAPPERS; i++)
		CHECK(pthread_create(&thread[i], NULL, mapper, (void *)(uintptr_t)i) == 0);
}

static unsigned mappers_stop(const pthread_t *thread)
{
	unsigned sum = 0;

	atomic_store(&stop, true);
	for (unsigned i = 0; i < MAPPERS; i++) {
		void *done;
		CHECK(pthread_join(thread[i], &done) == 0);
		sum += (unsigned)(uintptr_t)done;
	}
	return sum;
}

static _Noreturn void child(unsigned me)
{
	for (unsigned i = 0; i < 12; i++)
		use_once(me + i);
	_exit(0);
}

APP_PART("forks", part_forks)
{
	CHECK(argc == 1);
	unsigned children = (unsigned)atoi(argv[0]);
	pthread_t thread[MAPPERS];

	mappers_start(thread);
	for (unsigned i = 0; i < children; i++) {
		pid_t pid = fork();
		CHECK(pid >= 0);
		if (pid == 0)
			child(i);
		reap(pid);
	}
	unsigned mapped = mappers_stop(thread);
	CHECK(ioctl(device, STRESS_COUNT, STRESS_MAPPINGS) == 0);
	printf("%u children, %u mappings of the parent meanwhile\n", children, mapped);
}

APP_PART("threads", part_threads)
{
	CHECK(argc == 1);
	unsigned rounds = (unsigned)atoi(argv[0]);
	pthread_t thread[MAPPERS];

	mappers_start(thread);
	/* MAP_FIXED over one's own mapping, and protections of single pages */
	char *p = map_at(device, STRESS_CTX * PAGE, PAGES * PAGE, RW);
	for (unsigned i = 0; i < rounds; i++) {
		size_t at = i % PAGES * PAGE;
		p[at] = 5;
		CHECK(mprotect(p + at, PAGE, PROT_READ) == 0);
		CHECK(p[at] == 5);
		CHECK(mprotect(p + at, PAGE, RW) == 0);
		p[at] = 6;
		CHECK(mmap(p, PAGES * PAGE, RW, MAP_SHARED | MAP_FIXED, device, STRESS_CTX * PAGE) == p);
		CHECK(p[at] == 0); /* a new context */
	}
	CHECK(munmap(p, PAGES * PAGE) == 0);
	unsigned mapped = mappers_stop(thread);
	CHECK(ioctl(device, STRESS_COUNT, STRESS_MAPPINGS) == 0);
	printf("%u rounds, %u mappings of other threads meanwhile\n", rounds, mapped);
}

int main(int argc, char **argv)
{
	device = open_device(DEV, O_RDWR);
	return part_main(argc, argv);
}
