/* SPDX-License-Identifier: BSD-2-Clause */
/* ours: the measured loops through a device.  CASE CPU; run by `sundog run -d bench.so`. */
#include "bench/loop.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "bench/driver/bench_ioctl.h"

#define DEVICE "/dev/bench"

static int fd;
static unsigned char *memory;
static unsigned char buffer[BENCH_COPY_BYTES];

static unsigned char *map(size_t size)
{
	unsigned char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

static void once_write(void)
{
	loop_write(memory, LOOP_64M);
}

static void once_map_64m(void)
{
	unsigned char *p = map(LOOP_64M);

	loop_touch(p, LOOP_64M);
	CHECK(munmap(p, LOOP_64M) == 0);
}

static void once_map_4k(void)
{
	unsigned char *p = map(LOOP_PAGE);

	loop_touch(p, LOOP_PAGE);
	CHECK(munmap(p, LOOP_PAGE) == 0);
}

static void once_open(void)
{
	int other = open(DEVICE, O_RDWR);

	CHECK(other >= 0);
	CHECK(close(other) == 0);
}

static void once_ioctl(void)
{
	CHECK(ioctl(fd, BENCH_EMPTY, 0) == 0);
}

static void once_ioctl_copy(void)
{
	CHECK(ioctl(fd, BENCH_COPY, buffer) == 0);
}

static const struct {
	const char *name;
	void (*once)(void);
} cases[] = {
	{ "write", once_write },
	{ "map_64m", once_map_64m },
	{ "map_4k", once_map_4k },
	{ "open", once_open },
	{ "ioctl", once_ioctl },
	{ "ioctl_copy", once_ioctl_copy },
};

int main(int argc, char **argv)
{
	CHECK(argc == 3);
	loop_pin(atoi(argv[2]));
	fd = open(DEVICE, O_RDWR);
	CHECK(fd >= 0);
	if (strcmp(argv[1], "write") == 0) {
		memory = map(LOOP_64M);
		loop_touch(memory, LOOP_64M);
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(argv[1], cases[i].name) == 0)
			return loop_serve(cases[i].once);
	fprintf(stderr, "bench: no case %s\n", argv[1]);
	return 2;
}
