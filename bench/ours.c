/* SPDX-License-Identifier: BSD-2-Clause */
/* ours: the measured loops through a device.  CASE CPU; run by `sundog run -d DRIVER.so`. */
#include "bench/loop.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "bench/driver/access_ioctl.h"
#include "bench/driver/bench_ioctl.h"
#include "bench/driver/phys_ioctl.h"
#include "bench/partner.h"

static int fd;
static volatile unsigned char *memory;
static unsigned char buffer[BENCH_COPY_BYTES];

static unsigned char *map(size_t size)
{
	unsigned char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

/* ---- plain memory ---- */

static void begin_write(void)
{
	memory = map(LOOP_64M);
	loop_touch(memory, LOOP_64M);
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

/* ---- calls ---- */

static void once_open(void)
{
	int other = open("/dev/bench", O_RDWR);

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

/* ---- physio(9F) ---- */

static void once_physio(void)
{
	static char buffer1m[LOOP_PHYS_BYTES];

	CHECK(pread(fd, buffer1m, LOOP_PHYS_BYTES, 0) == LOOP_PHYS_BYTES);
}

static void once_physio_fresh(void)
{
	void *p = loop_fresh(LOOP_PHYS_BYTES);

	CHECK(pread(fd, p, LOOP_PHYS_BYTES, 0) == LOOP_PHYS_BYTES);
	loop_fresh_end(p, LOOP_PHYS_BYTES);
}

/* ---- ddi_umem_lock(9F) ---- */

static size_t locked_size;

#define BEGIN_LOCK(name, size) \
	static void begin_##name(void) \
	{ \
		locked_size = size; \
	}
BEGIN_LOCK(lock_4k, 4u << 10)
BEGIN_LOCK(lock_64k, 64u << 10)
BEGIN_LOCK(lock_1m, 1u << 20)
BEGIN_LOCK(lock_16m, 16u << 20)

/* With contents, which it keeps. */
static void once_mapin(void)
{
	struct phys_range r;
	void *p;

	loop_pause();
	p = loop_fresh(locked_size);
	loop_touch(p, locked_size);
	r = (struct phys_range){(uintptr_t)p, locked_size};
	loop_resume();
	CHECK(ioctl(fd, PHYS_MAPIN, &r) == 0);
	loop_pause();
	CHECK(*(unsigned char *)p == 1);
	CHECK(ioctl(fd, PHYS_RELEASE, 0) == 0);
	loop_fresh_end(p, locked_size);
	loop_resume();
}

static void once_lock(void)
{
	static char buffer1m[LOOP_PHYS_BYTES] __attribute__((aligned(LOOP_PAGE)));
	struct phys_range r = {(uintptr_t)buffer1m, sizeof(buffer1m)};

	CHECK(ioctl(fd, PHYS_LOCK, &r) == 0);
}

/* ---- memory whose driver sees each access ---- */

static void begin_fault(void)
{
	memory = map(LOOP_FAULT_PAGES * LOOP_PAGE);
}

static void once_fault(void)
{
	static size_t page = LOOP_FAULT_PAGES;

	if (page == LOOP_FAULT_PAGES) {
		loop_pause();
		CHECK(ioctl(fd, ACCESS_UNLOAD, 0) == 0);
		page = 0;
		loop_resume();
	}
	memory[page++ * LOOP_PAGE] = 1;
}

static void begin_whole(void)
{
	memory = map(LOOP_64M);
}

static void once_whole(void)
{
	loop_touch(memory, LOOP_64M);
	loop_pause();
	CHECK(ioctl(fd, ACCESS_UNLOAD, 0) == 0);
	loop_resume();
}

static void begin_switch(void)
{
	partner_start();
	fd = open("/dev/" ACCESS_SWITCH, O_RDWR); /* each process its own */
	CHECK(fd >= 0);
	memory = map(LOOP_PAGE);
	partner_serve(memory);
}

static void once_switch(void)
{
	loop_pause();
	partner_touch();
	loop_resume();
	*memory = 1;
}

static const struct {
	const char *name, *device;
	void (*begin)(void);
	void (*once)(void);
} cases[] = {
	{"write", "bench", begin_write, once_write},
	{"map_64m", "bench", NULL, once_map_64m},
	{"map_4k", "bench", NULL, once_map_4k},
	{"open", "bench", NULL, once_open},
	{"ioctl", "bench", NULL, once_ioctl},
	{"ioctl_copy", "bench", NULL, once_ioctl_copy},
	{"physio", "phys", NULL, once_physio},
	{"physio_fresh", "phys", NULL, once_physio_fresh},
	{"mapin_4k", "phys", begin_lock_4k, once_mapin},
	{"mapin_64k", "phys", begin_lock_64k, once_mapin},
	{"mapin_1m", "phys", begin_lock_1m, once_mapin},
	{"mapin_16m", "phys", begin_lock_16m, once_mapin},
	{"lock", "phys", NULL, once_lock},
	{"fault", ACCESS_PAGE, begin_fault, once_fault},
	{"whole", ACCESS_WHOLE, begin_whole, once_whole},
	{"switch", NULL, begin_switch, once_switch},
};

static void device_open(const char *device)
{
	char path[64];

	snprintf(path, sizeof(path), "/dev/%s", device);
	fd = open(path, O_RDWR);
	CHECK(fd >= 0);
}

int main(int argc, char **argv)
{
	CHECK(argc == 3);
	loop_pin(atoi(argv[2]));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (strcmp(argv[1], cases[i].name) != 0)
			continue;
		if (cases[i].device)
			device_open(cases[i].device);
		if (cases[i].begin)
			cases[i].begin();
		return loop_serve(cases[i].once);
	}
	fprintf(stderr, "bench: no case %s\n", argv[1]);
	return 2;
}
