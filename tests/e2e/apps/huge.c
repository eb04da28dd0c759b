/* SPDX-License-Identifier: BSD-2-Clause */
/* huge: memory in huge pages of hugetlbfs, shared with a driver in part and as a whole, and what becomes of it. */
#include "locks.h"

#define HUGE ((size_t)2 << 20)
#define HUGE_LEN (2 * HUGE)

int device;

/* Exits with 77 where the machine has no huge pages to spare. */
static char *huge(int flags, int fd)
{
	char *p = mmap(NULL, HUGE_LEN, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		_exit(77);
	return p;
}

static char *huge_private(void)
{
	return huge(MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1);
}

static int huge_file(void)
{
	int fd = memfd_create("huge", MFD_HUGETLB | MFD_CLOEXEC);

	CHECK(fd >= 0 && ftruncate(fd, (off_t)HUGE_LEN) == 0);
	return fd;
}

/* Parts that begin or end with a huge page, or lie within one, or in two; then all of it. */
static void identities(char *p)
{
	data_identity(p + 5 * PAGE, 7 * PAGE);
	data_identity(p + HUGE - PAGE, 2 * PAGE);
	data_identity(p + HUGE, PAGE);
	data_identity(p, HUGE_LEN);
	CHECK(munmap(p, HUGE_LEN) == 0);
}

APP_PART("private", private)
{
	identities(huge_private());
}

APP_PART("untouched", untouched)
{
	char *p = huge_private();
	int slot = lock(p + 5 * PAGE, PAGE);
	char *a = alias(slot, PAGE);

	CHECK(a[0] == 0);
	a[0] = 'A';
	CHECK(p[5 * PAGE] == 'A' && p[0] == 0 && p[HUGE] == 0);
	CHECK(munmap(a, PAGE) == 0);
	unlock(slot);
}

APP_PART("private-file", private_file)
{
	int fd = huge_file();
	char *file = huge(MAP_SHARED, fd);

	fill(file, HUGE_LEN, 'f');
	char *p = huge(MAP_PRIVATE, fd);
	CHECK(is_filled(p, HUGE_LEN, 'f'));
	identities(p);
	CHECK(is_filled(file, HUGE_LEN, 'f'));
}

/* Linux maps no part of such a file: the driver gets at it by copies, and exports it to nobody. */
APP_PART("shared-file", shared_file)
{
	int fd = huge_file();
	char *p = huge(MAP_SHARED, fd), *other = huge(MAP_SHARED, fd);

	for (size_t offset = 0; offset < HUGE_LEN; offset += HUGE - PAGE) {
		volatile uint64_t *word = (volatile uint64_t *)(p + offset + 8);
		uint64_t was = *word;
		int slot = lock(p + offset, PAGE);

		CHECK_ERRNO(mmap64(NULL, PAGE, PROT_READ, MAP_SHARED, device, (off64_t)LOCKDRV_AT(slot)), ENXIO);
		driver_xor(slot, PAGE, 0x123456789abcdefu);
		unlock(slot);
		CHECK(*word == (was ^ 0x123456789abcdefu) && memcmp(other + offset, p + offset, PAGE) == 0);
	}
	CHECK(munmap(p, HUGE_LEN) == 0);
}

/* ---- later life ---- */

/* Filled with that; from here on some of it is not in huge pages any more. */
static int lock_middle(char *p, char **a, char c)
{
	fill(p, HUGE_LEN, c);
	int slot = lock(p + HUGE - 4 * PAGE, 8 * PAGE);
	*a = alias(slot, 8 * PAGE);
	return slot;
}

static void unlock_middle(int slot, char *a)
{
	CHECK(munmap(a, 8 * PAGE) == 0);
	unlock(slot);
}

static void share_middle(char *p, char c)
{
	char *a;
	int slot = lock_middle(p, &a, c);

	unlock_middle(slot, a);
}

APP_PART("fork", fork_copies)
{
	char *p = huge_private(), *a;
	int slot = lock_middle(p, &a, 'p');
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		CHECK(is_filled(p, HUGE_LEN, 'p'));
		fill(p, HUGE_LEN, 'c');
		data_identity(p + HUGE, PAGE);
		_exit(0);
	}
	reap(pid);
	CHECK(is_filled(p, HUGE_LEN, 'p'));
	a[4 * PAGE] = 'Q';
	CHECK(p[HUGE] == 'Q');
	unlock_middle(slot, a);
	CHECK(p[HUGE] == 'Q');
}

APP_PART("discard", discard)
{
	char *p = huge_private();

	share_middle(p, 'x');
	CHECK(madvise(p, HUGE, MADV_DONTNEED) == 0);
	for (size_t i = 0; i < HUGE; i++)
		CHECK(p[i] == 0);
	CHECK(p[HUGE_LEN - 1] == (char)('x' + (char)((HUGE_LEN - 1) >> 12) + (char)(HUGE_LEN - 1)));
	identities(p);
}

APP_PART("unmapped", unmapped)
{
	for (int i = 0; i < 20; i++) {
		char *p = huge_private();

		share_middle(p, 'u');
		CHECK(munmap(p + HUGE, HUGE) == 0 && is_filled(p, HUGE, 'u'));
		CHECK(munmap(p, HUGE) == 0);
	}
}

APP_PART("remapped", remapped)
{
	char *p = huge_private(), *q = huge_private();

	share_middle(p, 'r');
	CHECK(mremap(p, HUGE_LEN, HUGE_LEN, MREMAP_MAYMOVE | MREMAP_FIXED, q) == q && is_filled(q, HUGE_LEN, 'r'));
	identities(q);
}

APP_PART("private-again", private_again)
{
	char *p = huge_private();

	share_middle(p, 'v');
	for (; is_shared(p, HUGE_LEN); usleep(50000)) /* ends by the test's limit if it never comes */
		CHECK(is_filled(p, HUGE_LEN, 'v'));
	CHECK(is_filled(p, HUGE_LEN, 'v'));
	identities(p);
}

int main(int argc, char **argv)
{
	device = open_device("/dev/lockdrv", O_RDWR);
	return part_main(argc, argv);
}
