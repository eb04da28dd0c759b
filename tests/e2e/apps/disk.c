/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * disk PART: transfers of drivers/disk straight from and to this program's own memory, physio(9F).  Every byte of the
 * disk has a value of its own, so that data in a wrong place is seen.
 */
#include "app.h"

#define RAW "/dev/disk,raw"
#define BLOCK 512u
#define DISK_BYTES (8192u * BLOCK)

static int fd;

/* What is on the disk, generation by generation. */
static unsigned char value_at(size_t at, unsigned generation)
{
	return (unsigned char)(at * 7 + at / BLOCK * 13 + at / 65536 + generation * 101);
}

static void fill(void *memory, size_t at, size_t len, unsigned generation)
{
	unsigned char *p = memory;

	for (size_t i = 0; i < len; i++)
		p[i] = value_at(at + i, generation);
}

static void expect(const void *memory, size_t at, size_t len, unsigned generation)
{
	const unsigned char *p = memory;

	for (size_t i = 0; i < len; i++) {
		if (p[i] != value_at(at + i, generation)) {
			fprintf(stderr, "byte %zu of the disk: %u rather than %u\n", at + i, p[i],
				value_at(at + i, generation));
			_exit(1);
		}
	}
}

static void disk_fill(unsigned generation)
{
	unsigned char *all = malloc(DISK_BYTES);

	fill(all, 0, DISK_BYTES, generation);
	CHECK(pwrite(fd, all, DISK_BYTES, 0) == (ssize_t)DISK_BYTES);
	free(all);
}

/* One transfer each way with this memory; some of the disk from block 5 on. */
static void memory_works(void *memory, size_t len)
{
	static unsigned generation = 1;
	const size_t at = 5 * BLOCK;

	disk_fill(++generation);
	memset(memory, 0, len);
	CHECK(pread(fd, memory, len, (off_t)at) == (ssize_t)len);
	expect(memory, at, len, generation);
	fill(memory, at, len, generation + 1);
	CHECK(pwrite(fd, memory, len, (off_t)at) == (ssize_t)len);
	memset(memory, 0, len);
	CHECK(pread(fd, memory, len, (off_t)at) == (ssize_t)len);
	expect(memory, at, len, generation + 1);
}

/* ---- kinds of memory ---- */

static unsigned char in_data[8 * BLOCK] = {1}, in_bss[64 * BLOCK];

static void *on_a_stack(void *arg)
{
	unsigned char memory[64 * BLOCK];

	memory_works(memory + 3, sizeof(memory) - BLOCK); /* no page, no block begins there */
	return arg;
}

APP_PART("kinds", part_kinds)
{
	char path[] = "/tmp/sundog-disk-XXXXXX";
	void *heap = malloc(300 * BLOCK), *map;
	pthread_t thread;
	int file;

	memory_works(heap, 300 * BLOCK);
	free(heap);
	memory_works(in_data, sizeof(in_data));
	memory_works(in_bss + 1, sizeof(in_bss) - BLOCK);
	on_a_stack(NULL);
	CHECK(pthread_create(&thread, NULL, on_a_stack, NULL) == 0 && pthread_join(thread, NULL) == 0);
	map = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memory_works(map, 64 * PAGE);
	CHECK(munmap(map, 64 * PAGE) == 0);
	file = mkstemp(path);
	CHECK(file >= 0 && unlink(path) == 0 && ftruncate(file, 16 * PAGE) == 0);
	map = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
	memory_works(map, 16 * PAGE);
	CHECK(munmap(map, 16 * PAGE) == 0);
	map = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	memory_works(map, 16 * PAGE);
	CHECK(munmap(map, 16 * PAGE) == 0 && close(file) == 0);
}

/* A private mapping's own pages are written, not the file behind it. */
APP_PART("private_file", part_private_file)
{
	char path[] = "/tmp/sundog-disk-XXXXXX", page[PAGE];
	int file = mkstemp(path);
	unsigned char *map;

	memset(page, 'f', PAGE);
	CHECK(file >= 0 && unlink(path) == 0 && write(file, page, PAGE) == PAGE);
	map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
	CHECK(map != MAP_FAILED && map[0] == 'f'); /* the file's page is there now */
	disk_fill(1);
	CHECK(pread(fd, map, PAGE, 0) == PAGE);
	expect(map, 0, PAGE, 1);
	CHECK(pread(file, page, PAGE, 0) == PAGE && page[0] == 'f' && page[PAGE - 1] == 'f');
}

/* ---- errors ---- */

APP_PART("errors", part_errors)
{
	char *map = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char page[PAGE], *nowhere = (char *)(uintptr_t)strtoul("16", NULL, 0), *highest = (char *)-(uintptr_t)PAGE;

	disk_fill(3);
	memset(map, 'm', 3 * PAGE);
	CHECK_ERRNO(pread(fd, nowhere, BLOCK, 0), EFAULT);
	CHECK_ERRNO(pwrite(fd, nowhere, BLOCK, 0), EFAULT);
	CHECK_ERRNO(pread(fd, highest, BLOCK, 0), EFAULT);
	CHECK_ERRNO(pread(fd, map, BLOCK, 100), EINVAL); /* the driver's own */
	CHECK_ERRNO(pread(fd, map, 100, 0), EINVAL);
	CHECK(mprotect(map + PAGE, PAGE, PROT_READ) == 0);
	CHECK_ERRNO(pread(fd, map + PAGE, BLOCK, 0), EFAULT); /* the device may not write it */
	CHECK_ERRNO(pread(fd, map + PAGE - BLOCK, 2 * BLOCK, 0), EFAULT);
	CHECK(map[0] == 'm' && map[PAGE - BLOCK] == 'm' && map[PAGE] == 'm');
	CHECK(pwrite(fd, map, 2 * PAGE, 0) == 2 * PAGE); /* but read it */
	CHECK(mprotect(map + PAGE, PAGE, PROT_NONE) == 0);
	CHECK_ERRNO(pwrite(fd, map + PAGE, BLOCK, 0), EFAULT);
	CHECK(munmap(map + PAGE, PAGE) == 0);
	CHECK_ERRNO(pwrite(fd, map, 3 * PAGE, 0), EFAULT); /* a hole */
	CHECK_ERRNO(pread(fd, map, 3 * PAGE, 0), EFAULT);
	CHECK(pread(fd, map, PAGE, DISK_BYTES) == 0);
	CHECK(pread(fd, map, PAGE, DISK_BYTES - BLOCK) == BLOCK);
	CHECK(pread(fd, page, PAGE, 0) == PAGE && page[0] == 'm');
}

/* ---- shapes ---- */

APP_PART("vectors", part_vectors)
{
	unsigned char *a = malloc(5 * BLOCK + 1), *b = malloc(100 * BLOCK), *c = malloc(BLOCK);
	struct iovec iov[] = {{a + 1, 5 * BLOCK}, {b, 0}, {b, 100 * BLOCK}, {c, BLOCK}};

	disk_fill(7);
	CHECK(preadv(fd, iov, 4, 2 * BLOCK) == 106 * BLOCK);
	expect(a + 1, 2 * BLOCK, 5 * BLOCK, 7);
	expect(b, 7 * BLOCK, 100 * BLOCK, 7);
	expect(c, 107 * BLOCK, BLOCK, 7);
	CHECK(lseek(fd, 107 * BLOCK, SEEK_SET) == 107 * BLOCK && read(fd, a, BLOCK) == BLOCK && read(fd, b, BLOCK) == BLOCK);
	expect(a, 107 * BLOCK, BLOCK, 7);
	expect(b, 108 * BLOCK, BLOCK, 7);
}

/* All of the disk in one call, at an address where no page begins: more than minphys(9F) lets through at once. */
APP_PART("large", part_large)
{
	unsigned char *memory = malloc(DISK_BYTES + 123);

	disk_fill(9);
	CHECK(pread(fd, memory + 123, DISK_BYTES, 0) == (ssize_t)DISK_BYTES);
	expect(memory + 123, 0, DISK_BYTES, 9);
	fill(memory + 1, 0, DISK_BYTES, 10);
	CHECK(pwrite(fd, memory + 1, DISK_BYTES, 0) == (ssize_t)DISK_BYTES);
	memset(memory, 0, DISK_BYTES);
	CHECK(pread(fd, memory, DISK_BYTES, 0) == (ssize_t)DISK_BYTES);
	expect(memory, 0, DISK_BYTES, 10);
}

/* ---- at once ---- */

#define AREA (64 * BLOCK)

static void *area_main(void *arg)
{
	size_t at = (size_t)(uintptr_t)arg * AREA;
	unsigned char *memory = malloc(AREA);

	for (unsigned round = 0; round < 40; round++) {
		fill(memory, at, AREA, round);
		CHECK(pwrite(fd, memory, AREA, (off_t)at) == AREA);
		memset(memory, 0, AREA);
		CHECK(pread(fd, memory, AREA, (off_t)at) == AREA);
		expect(memory, at, AREA, round);
	}
	free(memory);
	return NULL;
}

APP_PART("threads", part_threads)
{
	pthread_t threads[6];

	for (uintptr_t i = 0; i < 6; i++)
		CHECK(pthread_create(&threads[i], NULL, area_main, (void *)i) == 0);
	for (int i = 0; i < 6; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
}

APP_PART("processes", part_processes)
{
	pid_t pids[4];

	for (uintptr_t i = 0; i < 4; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			area_main((void *)(i + 10));
			_exit(0);
		}
	}
	for (int i = 0; i < 4; i++)
		reap(pids[i]);
}

/* Parent and child read into memory that they share copy-on-write: each sees its own. */
APP_PART("fork", part_fork)
{
	unsigned char *memory = malloc(AREA);
	int ends[2];
	pid_t pid;
	char byte;

	disk_fill(11);
	fill(memory, 0, AREA, 99);
	CHECK(pipe(ends) == 0);
	pid = fork();
	if (pid == 0) {
		CHECK(read(ends[0], &byte, 1) == 1); /* the parent's is in */
		expect(memory, 0, AREA, 99);
		CHECK(pread(fd, memory, AREA, AREA) == AREA);
		expect(memory, AREA, AREA, 11);
		_exit(0);
	}
	CHECK(pread(fd, memory, AREA, 0) == AREA && write(ends[1], "x", 1) == 1);
	reap(pid);
	expect(memory, 0, AREA, 11);
}

/* Others fork while the device writes into the parent's pages: all of it arrives there, and nothing in the children. */
APP_PART("forks_meanwhile", part_forks_meanwhile)
{
	unsigned char *untouched = malloc(AREA);
	pthread_t threads[3];

	fill(untouched, 0, AREA, 77);
	for (uintptr_t i = 0; i < 3; i++)
		CHECK(pthread_create(&threads[i], NULL, area_main, (void *)i) == 0);
	for (int i = 0; i < 60; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			expect(untouched, 0, AREA, 77);
			memset(untouched, 0, AREA);
			_exit(0);
		}
		reap(pid);
	}
	for (int i = 0; i < 3; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	expect(untouched, 0, AREA, 77);
}

/* Linux does not let the server at this memory: the controller's thread cannot wait for one of ours to help. */
APP_PART("nondumpable", part_nondumpable)
{
	char *map = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(prctl(PR_SET_DUMPABLE, 0) == 0);
	memory_works(map, 64 * PAGE);
	memory_works(map + PAGE + 100, 40 * PAGE);
}

/* Until somebody kills it. */
APP_PART("loop", part_loop)
{
	unsigned char *memory = malloc(2 << 20);

	CHECK(write(1, "loop\n", 5) == 5);
	for (;;) {
		CHECK(pread(fd, memory, 2 << 20, 0) == 2 << 20);
		CHECK(pwrite(fd, memory, 2 << 20, 0) == 2 << 20);
	}
}

int main(int argc, char **argv)
{
	fd = open_device(RAW, O_RDWR);
	return part_main(argc, argv);
}
