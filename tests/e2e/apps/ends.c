/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes that end at bad moments, or have nothing left, and what the others notice: nothing. */
#include "app.h"

#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <time.h>

#include "ends.h"

#define PATIENCE_S 60

static double seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- what the processes do until they end ---- */

static volatile int device;

static void *map_and_unmap(void *arg)
{
	while (device >= 0) {
		volatile char *m = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, device, 0);

		if (m == MAP_FAILED)
			return NULL;
		*m = 1;
		(void)munmap((void *)m, PAGE);
	}
	return NULL;
}

/* Each access takes the page from the other mapping, and gets other memory behind its own. */
static void *fault(void *arg)
{
	volatile char *a = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, device, 0);
	volatile char *b = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, device, 0);

	if (a == MAP_FAILED || b == MAP_FAILED) /* its end has come already */
		return NULL;
	while (device >= 0) {
		*a = 1;
		*b = 1;
	}
	return NULL;
}

/* ---- how they end ---- */

static void pause_some(void)
{
	struct timespec t = {0, rand() % 5000000};

	nanosleep(&t, NULL);
}

static void victim(void *(*what)(void *), const char *how, unsigned seed)
{
	pthread_t thread;

	srand(seed);
	if (strcmp(how, "kill") == 0) {
		(void)what(NULL);
		_exit(1);
	}
	CHECK(pthread_create(&thread, NULL, what, NULL) == 0);
	pause_some();
	if (strcmp(how, "exec") == 0)
		execl("/bin/true", "true", (char *)NULL);
	_exit(0);
}

/* map|fault, kill|exit|exec, how many, seed: each ends in the middle; then another one calls the driver. */
APP_PART("many", many)
{
	void *(*what)(void *) = strcmp(argv[0], "map") == 0 ? map_and_unmap : fault;
	int n = atoi(argv[2]);
	double worst = 0;

	device = open_device("/dev/ends", O_RDWR);
	srand((unsigned)atoi(argv[3]));
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();
		double begin;

		CHECK(pid >= 0);
		if (pid == 0)
			victim(what, argv[1], (unsigned)rand());
		if (strcmp(argv[1], "kill") == 0) {
			pause_some();
			CHECK(kill(pid, SIGKILL) == 0);
		}
		CHECK(waitpid(pid, NULL, 0) == pid);
		begin = seconds_now();
		CHECK(ioctl(device, ENDS_WAIT) == 0);
		if (seconds_now() - begin > worst)
			worst = seconds_now() - begin;
	}
	printf("%.3f\n", worst);
}

/* As many mappings as Linux lets it have; then the device works as before. */
APP_PART("mappings", mappings)
{
	char *last = NULL, *m;
	int n = 0;

	device = open_device("/dev/ends", O_RDWR);
	while ((m = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, device, 0)) != MAP_FAILED) {
		last = m;
		n++;
	}
	CHECK_ERRNO((long)mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, device, 0), ENOMEM);
	CHECK(munmap(last, PAGE) == 0);
	CHECK(ioctl(device, ENDS_WAIT) == 0);
	printf("%d\n", n);
}

/* ---- a process whose first thread has ended ---- */

static void check_sums(void)
{
	unsigned char *bytes = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct ends_range range = {(uintptr_t)bytes, 1 << 16, 0};

	CHECK(bytes != MAP_FAILED);
	memset(bytes, 3, 1 << 16);
	CHECK(ioctl(device, ENDS_SUM, &range) == 0 && range.sum == 3ull << 16);
	CHECK(ioctl(device, ENDS_LOCKED, &range) == 0 && range.sum == 3ull << 16);
	(void)munmap(bytes, 1 << 16);
}

static pthread_t first;

static void *goes_on(void *arg)
{
	volatile char *m;
	pid_t pid;

	CHECK(pthread_join(first, NULL) == 0);
	if (arg == NULL)
		device = open_device("/dev/ends", O_RDWR);
	check_sums();
	m = map_at(device, 0, PAGE, PROT_READ | PROT_WRITE);
	*m = 5;
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		check_sums();
		*m = 6;
		_exit(0);
	}
	reap(pid);
	check_sums();
	exit(0);
}

/* before|after: the device is opened. */
APP_PART("leader", leader)
{
	static pthread_t other;

	alarm(PATIENCE_S);
	first = pthread_self();
	if (strcmp(argv[0], "before") == 0) {
		device = open_device("/dev/ends", O_RDWR);
		check_sums();
	}
	CHECK(pthread_create(&other, NULL, goes_on, device > 0 ? &other : NULL) == 0);
	pthread_exit(NULL);
}

/* ---- a process without descriptors ---- */

static int fill(void)
{
	int last = -1, fd;

	while ((fd = dup(0)) >= 0)
		last = fd;
	CHECK_ERRNO(dup(0), EMFILE);
	return last;
}

static int is_full(int error)
{
	return error == EMFILE || error == EAGAIN || error == ENOMEM;
}

/* open|map|lock|fork: the first of its kind. */
APP_PART("full", full)
{
	static const struct rlimit limit = {64, 64};
	unsigned char bytes[PAGE] __attribute__((aligned(4096))) = {1};
	struct ends_range range = {(uintptr_t)bytes, PAGE, 0};
	int last;

	alarm(PATIENCE_S);
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	device = open_device("/dev/ends", O_RDWR);
	last = fill();
	if (strcmp(argv[0], "open") == 0)
		CHECK_ERRNO(open("/dev/ends", O_RDWR), EMFILE);
	if (strcmp(argv[0], "map") == 0)
		CHECK_ERRNO((long)mmap(NULL, PAGE, PROT_READ, MAP_SHARED, device, 0), EMFILE);
	if (strcmp(argv[0], "lock") == 0)
		CHECK(ioctl(device, ENDS_LOCKED, &range) == 0 ? range.sum == 1 : is_full(errno));
	if (strcmp(argv[0], "fork") == 0) {
		pid_t pid = fork();
		int error = errno;

		if (pid == 0)
			_exit(0);
		CHECK(pid > 0 || error == EAGAIN);
		if (pid > 0)
			reap(pid);
	}
	for (int fd = last - 20; fd <= last; fd++)
		(void)close(fd);
	check_sums();
	*(volatile char *)map_at(device, 0, PAGE, PROT_READ | PROT_WRITE) = 1;
	(void)close(open_device("/dev/ends", O_RDWR));
}

/* ---- locks all over a buffer ---- */

static int lines_of_maps(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	int n = 0, c;

	CHECK(maps != NULL);
	while ((c = getc(maps)) != EOF)
		n += c == '\n';
	(void)fclose(maps);
	return n;
}

/* How many, pages from one to the next: the mappings that Linux has to keep do not grow with them. */
APP_PART("scattered", scattered)
{
	size_t n = (size_t)atol(argv[0]), step = (size_t)atol(argv[1]) * PAGE;
	unsigned char *bytes = mmap(NULL, n * step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct timespec moment = {0, 100000000};
	int before, now = 0;

	CHECK(bytes != MAP_FAILED);
	device = open_device("/dev/ends", O_RDWR);
	check_sums();
	before = lines_of_maps();
	for (size_t i = 0; i < n; i++) {
		struct ends_range range = {(uintptr_t)(bytes + i * step), PAGE, 0};

		bytes[i * step] = (unsigned char)i;
		CHECK(ioctl(device, ENDS_LOCKED, &range) == 0 && range.sum == (unsigned char)i);
	}
	CHECK(lines_of_maps() < before + 20);
	for (int i = 0; i < 10 * PATIENCE_S && (now = lines_of_maps()) > before + 8; i++)
		nanosleep(&moment, NULL);
	CHECK(now <= before + 8);
	for (size_t i = 0; i < n; i++)
		CHECK(bytes[i * step] == (unsigned char)i);
}

/* ---- offsets before the beginning: any driver refuses them ---- */

APP_PART("negative", negative)
{
	static const long long offsets[] = {-4096, -(1 << 20), -(1 << 24), -(1ll << 40), -(1ll << 62)};

	for (int i = 0; i < argc; i++)
		for (size_t k = 0; k < sizeof(offsets) / sizeof(offsets[0]); k++) {
			int fd = open_device(argv[i], O_RDWR);

			if (mmap64(NULL, PAGE, PROT_READ, MAP_SHARED, fd, offsets[k]) != MAP_FAILED) {
				fprintf(stderr, "%s: mapped at %lld\n", argv[i], offsets[k]);
				_exit(1);
			}
			(void)close(fd);
		}
}

int main(int argc, char **argv)
{
	return part_main(argc, argv);
}
