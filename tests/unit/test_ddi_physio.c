/* SPDX-License-Identifier: BSD-2-Clause */
/* Transfers: block nodes, physio(9F), ddi_umem_iosetup(9F) on locked memory. */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "test.h"
#include "hw_host.h"

/* ---- the block node ---- */

static int block_fd;

static int setup_block(void **state)
{
	if (setup_process(state) != 0)
		return -1;
	memset(&hw_disk, 0, sizeof(hw_disk));
	for (size_t i = 0; i < HW_DISK_SIZE; i++)
		hw_disk_data[i] = (char)(i * 3 + i / 512);
	return sundog_open(process, "/dev/hwblk", O_RDWR, &block_fd);
}

static size_t block_read(size_t at, void *to, size_t len, int error)
{
	size_t done = 0;

	assert_int_equal(sundog_pread(process, block_fd, to, len, (int64_t)at, &done), error);
	return done;
}

static size_t block_write(size_t at, const void *from, size_t len, int error)
{
	size_t done = 0;

	assert_int_equal(sundog_pwrite(process, block_fd, from, len, (int64_t)at, &done), error);
	return done;
}

#define TEST(name) TEST_WITH(name, setup_block, teardown)

TEST(block_reads_any_bytes)
{
	static char to[HW_DISK_SIZE + 1000];
	static const struct {
		size_t at, len, done;
	} cases[] = {
		{0, 512, 512},
		{1, 1, 1},
		{511, 2, 2},
		{1000, 5000, 5000},
		{100, 150000, 150000},
		{HW_DISK_SIZE - 1, 1, 1},
		{HW_DISK_SIZE - 1, 1000, 1},
		{HW_DISK_SIZE, 10, 0},
		{HW_DISK_SIZE + 5000, 10, 0},
		{0, HW_DISK_SIZE + 1000, HW_DISK_SIZE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		hw_disk.later = i % 2 == 1;
		assert_int_equal(block_read(cases[i].at, to, cases[i].len, 0), cases[i].done);
		if (cases[i].done > 0)
			assert_memory_equal(to, hw_disk_data + cases[i].at, cases[i].done);
	}
}

/* What is not written stays, in the first block and the last too. */
TEST(block_writes_any_bytes)
{
	static const struct {
		size_t at, len;
	} cases[] = {
		{0, 512},
		{1, 1},
		{511, 2},
		{1000, 24},
		{1000, 5000},
		{100, 140000},
		{HW_DISK_SIZE - 3, 3},
		{70000, 512 * 9},
	};
	static char expected[HW_DISK_SIZE], from[HW_DISK_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(from, (int)(0x40 + i), sizeof(from));
		memcpy(expected, hw_disk_data, HW_DISK_SIZE);
		memcpy(expected + cases[i].at, from, cases[i].len);
		assert_int_equal(block_write(cases[i].at, from, cases[i].len, 0), cases[i].len);
		assert_memory_equal(hw_disk_data, expected, HW_DISK_SIZE);
	}
}

TEST(block_ends)
{
	char from[2000];

	(void)state;
	memset(from, 'e', sizeof(from));
	assert_int_equal(block_write(HW_DISK_SIZE - 100, from, 2000, 0), 100);
	assert_int_equal(hw_disk_data[HW_DISK_SIZE - 1], 'e');
	block_write(HW_DISK_SIZE, from, 1, ENOSPC);
	block_write(HW_DISK_SIZE + 512, from, 512, ENOSPC);
}

TEST(block_errors)
{
	char bytes[512];

	(void)state;
	hw_disk.error = EROFS;
	hw_disk.error_at = 2;
	block_read(1024, bytes, 10, EROFS);
	block_write(1023, bytes, 3, EROFS); /* already the read of block 2 fails */
	assert_int_equal(block_read(0, bytes, 512, 0), 512);
	assert_int_equal(sundog_readv(process, block_fd, &(struct sundog_iovec){PAGE, 10}, 1, 0, &(size_t){0}), EFAULT);
}

/* The offset of the open moves on. */
TEST(block_offset)
{
	char bytes[100];
	size_t done;

	(void)state;
	for (size_t i = 0; i < 20; i++) {
		assert_int_equal(sundog_read(process, block_fd, bytes, 100, &done), 0);
		assert_int_equal(done, 100);
		assert_memory_equal(bytes, hw_disk_data + 100 * i, 100);
	}
}

/* The character node of the same minor is another device: its driver sees the reads themselves. */
TEST(block_and_character_nodes)
{
	char bytes[1024];
	size_t done;

	(void)state;
	assert_int_equal(sundog_pread(process, fd, bytes, 1024, 512, &done), 0);
	assert_true(hw_disk.flags & 0x20); /* B_PHYS */
	assert_int_equal(block_read(512, bytes, 1024, 0), 1024);
	assert_false(hw_disk.flags & 0x20);
}

/* There are no pages behind it that could be shown, whoever has the character node open. */
TEST(block_node_mmap)
{
	uint64_t addr = 0;

	(void)state;
	assert_int_equal(sundog_mmap(process, &addr, PAGE, PROT_READ, MAP_SHARED, block_fd, 0), ENODEV);
}

/* ---- physio(9F) ---- */

#define EVERY_WAY(way) for ((way) = HW_COPY; (way) <= HW_DMA; (way)++)

/* Memory of the process, filled with a pattern. */
static uint64_t user_memory(size_t len, char fill)
{
	char *bytes = malloc(len);
	uint64_t addr;

	memset(bytes, fill, len);
	assert_int_equal(sundog_anon(process, len, &addr), 0);
	assert_int_equal(sundog_poke(process, addr, bytes, len).signo, 0);
	free(bytes);
	return addr;
}

static void expect_user(uint64_t addr, const char *expected, size_t len)
{
	char *bytes = malloc(len);

	assert_int_equal(sundog_peek(process, addr, bytes, len).signo, 0);
	assert_memory_equal(bytes, expected, len);
	free(bytes);
}

static void expect_bytes(uint64_t addr, char expected, size_t len)
{
	char *bytes = malloc(len);

	memset(bytes, expected, len);
	expect_user(addr, bytes, len);
	free(bytes);
}

static size_t physio_at(uint64_t addr, size_t len, size_t block, bool write, int error)
{
	struct sundog_iovec iov = {addr, len};
	size_t done = 0;

	if (write)
		assert_int_equal(sundog_writev(process, fd, &iov, 1, (int64_t)block * 512, &done), error);
	else
		assert_int_equal(sundog_readv(process, fd, &iov, 1, (int64_t)block * 512, &done), error);
	return done;
}

TEST(physio_reads)
{
	uint64_t addr;

	(void)state;
	EVERY_WAY(hw_disk.way)
	{
		addr = user_memory(8 * PAGE, 'u');
		hw_disk.later = !hw_disk.later;
		assert_int_equal(physio_at(addr + 100, 5 * PAGE, 3, false, 0), 5 * PAGE);
		expect_user(addr + 100, hw_disk_data + 3 * 512, 5 * PAGE);
		expect_bytes(addr, 'u', 100);
		expect_bytes(addr + 100 + 5 * PAGE, 'u', 3 * PAGE - 100);
		assert_true(hw_disk.of_caller);
	}
	assert_true(hw_disk.transfers == 3 && hw_disk.cookies >= 5);
}

TEST(physio_writes)
{
	uint64_t addr;

	(void)state;
	EVERY_WAY(hw_disk.way)
	{
		char fill = (char)('a' + hw_disk.way), before = hw_disk_data[0], after = hw_disk_data[7 * 512];

		addr = user_memory(2 * PAGE, fill);
		assert_int_equal(sundog_poke(process, addr + 6 * 512, "12", 2).signo, 0);
		assert_int_equal(physio_at(addr + 1, 6 * 512, 1, true, 0), 6 * 512);
		for (size_t i = 512; i < 7 * 512 - 1; i++)
			assert_int_equal(hw_disk_data[i], fill);
		assert_int_equal(hw_disk_data[7 * 512 - 1], '1'); /* its very last byte */
		assert_true(hw_disk_data[0] == before && hw_disk_data[7 * 512] == after);
		assert_int_equal(sundog_munmap(process, addr, 2 * PAGE), 0); /* it is locked no more */
	}
}

TEST(physio_vectors)
{
	uint64_t addr = user_memory(4 * PAGE, 0);
	struct sundog_iovec iov[] = {{addr, 512}, {addr + PAGE, 0}, {addr + 2 * PAGE - 512, 1024}};
	size_t done;

	(void)state;
	assert_int_equal(sundog_readv(process, fd, iov, 3, 512, &done), 0);
	assert_int_equal(done, 1536);
	expect_user(addr, hw_disk_data + 512, 512);
	expect_user(addr + 2 * PAGE - 512, hw_disk_data + 1024, 1024);
	assert_int_equal(hw_disk.transfers, 2);
}

/* mincnt cuts it, and minphys(9F) at 1 MiB. */
TEST(physio_mincnt)
{
	uint64_t addr = user_memory(HW_DISK_SIZE, 0);

	(void)state;
	hw_disk.most = 1024;
	assert_int_equal(physio_at(addr, 5000, 0, false, 0), 5000);
	assert_int_equal(hw_disk.transfers, 5);
	assert_int_equal(hw_disk.largest, 1024);
	expect_user(addr, hw_disk_data, 4608);
	hw_disk.most = 0;
	addr = user_memory(3 << 20, 0);
	assert_int_equal(physio_at(addr, 3 << 20, 0, false, 0), HW_DISK_SIZE);
	assert_int_equal(hw_disk.largest, 1 << 20);
}

TEST(physio_ends_short)
{
	uint64_t addr = user_memory(PAGE, 'u');

	(void)state;
	assert_int_equal(physio_at(addr, 2048, HW_DISK_BLOCKS - 1, false, 0), 512);
	expect_user(addr, hw_disk_data + HW_DISK_SIZE - 512, 512);
	expect_bytes(addr + 512, 'u', 512);
	assert_int_equal(physio_at(addr, 512, HW_DISK_BLOCKS, false, 0), 0);
}

TEST(physio_errors)
{
	uint64_t addr = user_memory(2 * PAGE, 0), hole = addr + 2 * PAGE;

	(void)state;
	physio_at(0x1000, 512, 0, false, EFAULT);
	physio_at(0x1000, 512, 0, true, EFAULT);
	physio_at(UINT64_MAX - 511, 512, 0, false, EFAULT);
	physio_at(hole - 256, 512, 0, false, EFAULT); /* its second half is not there: nothing is moved */
	assert_int_equal(hw_disk.transfers, 0);
	hw_disk.error = EDOM;
	hw_disk.error_at = 4;
	physio_at(addr, 4096, 0, false, EDOM);
	assert_int_equal(physio_at(addr, 2048, 0, false, 0), 2048);
}

/* The device would write what the process may only read. */
/* Lengths and offsets whose sums no off_t can hold are refused before the driver. */
TEST(transfer_lengths_near_2_63)
{
	uint64_t addr = user_memory(PAGE, 0);
	struct sundog_iovec iov[] = {{addr, 512}, {addr, INT64_MAX - 511}};
	size_t done;

	(void)state;
	assert_int_equal(sundog_readv(process, fd, iov, 2, 0, &done), EINVAL);
	iov[1].len = SIZE_MAX;
	assert_int_equal(sundog_readv(process, fd, iov, 2, 0, &done), EINVAL);
	assert_int_equal(sundog_readv(process, fd, iov, 1, INT64_MAX - 511, &done), EINVAL);
	assert_int_equal(sundog_writev(process, fd, iov, 1, INT64_MAX - 511, &done), EINVAL);
	assert_int_equal(hw_disk.transfers, 0);
}

TEST(physio_read_only_memory)
{
	uint64_t addr = user_memory(PAGE, 'r');

	(void)state;
	hw_map.set = 1;
	hw_map.maxprot = PROT_READ | 8;
	assert_int_equal(sundog_mmap(process, &addr, PAGE, PROT_READ, MAP_SHARED, fd, 0), 0);
	physio_at(addr, 512, 0, false, EFAULT);
	assert_int_equal(physio_at(addr, 512, 0, true, 0), 512);
	assert_int_equal(hw_disk_data[0], 0); /* the registers' zeros */
}

/* From and to a device mapping: its driver sees DEVMAP_LOCK and DEVMAP_UNLOCK. */
TEST(physio_device_mapping)
{
	char *hardware = sim_registers(hw_dip, 1, NULL);
	uint64_t addr;

	(void)state;
	hw_map.set = 1;
	hw_map.callbacks = true;
	addr = 0;
	assert_int_equal(sundog_mmap(process, &addr, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), 0);
	EVERY_WAY(hw_disk.way)
	{
		memset(hardware, 0, 3 * PAGE);
		hw_map.accesses = 0;
		assert_int_equal(physio_at(addr + 1000, 2 * PAGE, 5, false, 0), 2 * PAGE);
		assert_memory_equal(hardware + 1000, hw_disk_data + 5 * 512, 2 * PAGE);
		assert_int_equal(hw_map.accesses, 2);
	}
	assert_int_equal(sundog_munmap(process, addr, 3 * PAGE), 0);
}

static void *own_buf_main(void *arg)
{
	uint64_t addr = *(uint64_t *)arg;
	struct sundog_iovec iov = {addr, 512};
	size_t done;

	for (int i = 0; i < 50; i++) {
		if (sundog_readv(process, fd, &iov, 1, 512, &done) != 0 || done != 512)
			return arg;
	}
	return NULL;
}

/* The driver's own buf is waited for. */
TEST(physio_own_buf)
{
	uint64_t addr[4];
	pthread_t threads[4];
	void *failed;

	(void)state;
	hw_disk.own_buf = hw_disk.later = true;
	for (size_t i = 0; i < 4; i++) {
		addr[i] = user_memory(PAGE, 0);
		assert_int_equal(pthread_create(&threads[i], NULL, own_buf_main, &addr[i]), 0);
	}
	for (size_t i = 0; i < 4; i++) {
		pthread_join(threads[i], &failed);
		assert_null(failed);
		expect_user(addr[i], hw_disk_data + 512, 512);
	}
}

static void *read_main(void *arg)
{
	struct sundog_iovec iov = {*(uint64_t *)arg, PAGE};
	size_t done = 0;

	return sundog_readv(process, fd, &iov, 1, 512, &done) == 0 && done == PAGE ? NULL : arg;
}

static void *munmap_main(void *arg)
{
	int error = sundog_munmap(process, *(uint64_t *)arg, PAGE);

	return error == 0 && __atomic_load_n(&hw_disk.done, __ATOMIC_SEQ_CST) == 1 ? NULL : arg;
}

/* Pages that the device moves stay: munmap(2) returns when the transfer is over. */
TEST(physio_munmap_waits)
{
	uint64_t addr = user_memory(PAGE, 'u');
	pthread_t reader, unmapper;
	void *failed;

	(void)state;
	hw_disk.later = true;
	hw_disk.held = 1;
	assert_int_equal(pthread_create(&reader, NULL, read_main, &addr), 0);
	while (__atomic_load_n(&hw_disk.entered, __ATOMIC_SEQ_CST) == 0)
		sched_yield();
	assert_int_equal(pthread_create(&unmapper, NULL, munmap_main, &addr), 0);
	sched_yield(); /* it may wait by now; right in any order */
	__atomic_store_n(&hw_disk.held, 0, __ATOMIC_SEQ_CST);
	pthread_join(reader, &failed);
	assert_null(failed);
	pthread_join(unmapper, &failed);
	assert_null(failed);
	physio_at(addr, 512, 0, false, EFAULT);
}

/* ---- ddi_umem_iosetup(9F) on locked memory ---- */

#define LOCK_READ 1
#define LOCK_WRITE 2
#define B_READ 0x40
#define B_WRITE 0x100
#define IOSETUP_FLAGS (0x200000 | 0x20 | 0x1) /* B_SHADOW, B_PHYS, B_BUSY */

TEST(iosetup_moves)
{
	uint64_t addr = user_memory(4 * PAGE, 'l');

	(void)state;
	EVERY_WAY(hw_disk.way)
	{
		hw_disk.later = !hw_disk.later;
		hw_umem = (struct hw_umem){.len = 4 * PAGE, .off = 512, .n = 3 * PAGE, .lock = LOCK_WRITE, .direction = B_READ, .blkno = 7};
		assert_int_equal(sundog_ioctl(process, fd, 0, addr, NULL), 0);
		assert_int_equal(hw_umem.flags, IOSETUP_FLAGS | B_READ);
		assert_true(hw_umem.of_caller && hw_umem.at_address);
		expect_user(addr + 512, hw_disk_data + 7 * 512, 3 * PAGE);
		expect_bytes(addr, 'l', 512);
		expect_bytes(addr + 512 + 3 * PAGE, 'l', PAGE - 512);
		hw_umem = (struct hw_umem){.len = 4 * PAGE, .off = 0, .n = 512, .lock = LOCK_READ, .direction = B_WRITE, .blkno = 100 + hw_disk.way};
		assert_int_equal(sundog_ioctl(process, fd, 0, addr, NULL), 0);
		assert_int_equal(hw_umem.flags, IOSETUP_FLAGS | B_WRITE);
		assert_int_equal(hw_disk_data[(100 + hw_disk.way) * 512 + 511], 'l');
	}
}

/* Several bufs on one cookie; and a direction that does not agree with the lock is served. */
TEST(iosetup_several_and_disagreeing)
{
	uint64_t addr = user_memory(4 * PAGE, 'l');

	(void)state;
	hw_disk.later = true;
	EVERY_WAY(hw_disk.way)
	{
		hw_umem = (struct hw_umem){.len = 4 * PAGE, .off = 0, .n = 4 * PAGE, .lock = LOCK_READ, .direction = B_READ, .blkno = 40 + hw_disk.way, .half = true};
		assert_int_equal(sundog_ioctl(process, fd, 0, addr, NULL), 0);
		expect_user(addr, hw_disk_data + (40 + hw_disk.way) * 512, 4 * PAGE);
	}
}

TEST(iosetup_out_of_range)
{
	uint64_t addr = user_memory(2 * PAGE, 'l');
	static const struct {
		size_t off, n;
		int direction;
	} bad[] = {
		{0, 2 * PAGE + 1, B_READ},
		{2 * PAGE, 1, B_READ},
		{PAGE, SIZE_MAX, B_READ},
		{(size_t)-1, 1, B_READ},
		{0, PAGE, B_READ | 1},
		{0, PAGE, 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		hw_umem = (struct hw_umem){.len = 2 * PAGE, .off = bad[i].off, .n = bad[i].n, .lock = LOCK_WRITE, .direction = bad[i].direction};
		assert_int_equal(sundog_ioctl(process, fd, 0, addr, NULL), EDOM);
	}
	assert_int_equal(hw_disk.transfers, 0);
}
