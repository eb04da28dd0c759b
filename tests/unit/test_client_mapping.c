/* SPDX-License-Identifier: BSD-2-Clause */
/* What is mapped where: the text, which every kernel has, says the same as the query that newer ones answer. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

#include "client/agent/mapping.h"

#define PAGE 4096u

/* By either way. */
static struct mapping found(const void *addr)
{
	struct mapping line = {0}, any = {0};
	int maps = mapping_open();

	assert_true(maps >= 0);
	assert_int_equal(mapping_find_line(maps, (uintptr_t)addr, &line), 0);
	assert_int_equal(mapping_find(maps, (uintptr_t)addr, &any), 0);
	assert_int_equal(line.start, any.start);
	assert_int_equal(line.end, any.end);
	assert_int_equal(line.offset, any.offset);
	assert_int_equal(line.inode, any.inode);
	assert_int_equal(line.prot, any.prot);
	assert_int_equal(line.shared, any.shared);
	close(maps);
	return line;
}

static void not_found(const void *addr)
{
	int maps = mapping_open();
	struct mapping m;

	assert_int_equal(mapping_find_line(maps, (uintptr_t)addr, &m), -ENOENT);
	assert_int_equal(mapping_find(maps, (uintptr_t)addr, &m), -ENOENT);
	close(maps);
}

/*	[ r-- private ][ rw- of a file, shared, from its second page ][ nothing ][ the end of the first ]	*/
TEST_PLAIN(neighbours_are_told_apart)
{
	int fd = memfd_create("a name with spaces", MFD_CLOEXEC);
	char *at = mmap(NULL, 5 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct stat st;

	(void)state;
	assert_int_equal(ftruncate(fd, 3 * PAGE), 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_ptr_equal(mmap(at + PAGE, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, PAGE), at + PAGE);
	assert_int_equal(munmap(at + 3 * PAGE, PAGE), 0);
	struct mapping m = found(at + 2 * PAGE);
	assert_int_equal(m.start, (uintptr_t)at + PAGE);
	assert_int_equal(m.end, (uintptr_t)at + 3 * PAGE);
	assert_int_equal(m.offset, PAGE);
	assert_int_equal(m.inode, st.st_ino);
	assert_int_equal(m.prot, PROT_READ | PROT_WRITE);
	assert_true(m.shared);
	m = found(at);
	assert_int_equal(m.end, (uintptr_t)at + PAGE);
	assert_int_equal(m.prot, PROT_READ);
	assert_false(m.shared);
	assert_int_equal(m.inode, 0);
	not_found(at + 3 * PAGE);
	assert_int_equal(found(at + 4 * PAGE).start, (uintptr_t)at + 4 * PAGE);
	munmap(at, 5 * PAGE);
	close(fd);
}

/* A line may be longer than what is read at once. */
TEST_PLAIN(a_long_name_is_passed_over)
{
	char top[] = "/tmp/sundog-mapping-XXXXXX", name[201];
	int depth = 0, here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_non_null(mkdtemp(top));
	assert_int_equal(chdir(top), 0);
	memset(name, 'n', 200);
	name[200] = '\0';
	for (; depth < 15; depth++) {
		assert_int_equal(mkdir(name, 0700), 0);
		assert_int_equal(chdir(name), 0);
	}
	int fd = open("f", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(ftruncate(fd, PAGE), 0);
	char *at = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_equal(mmap(at, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0), at);
	assert_true(found(at).shared);
	assert_false(found(at + PAGE).shared);
	munmap(at, 2 * PAGE);
	close(fd);
	assert_int_equal(unlink("f"), 0);
	for (; depth > 0; depth--) {
		assert_int_equal(chdir(".."), 0);
		assert_int_equal(rmdir(name), 0);
	}
	assert_int_equal(fchdir(here), 0);
	close(here);
	assert_int_equal(rmdir(top), 0);
}

TEST_PLAIN(many_mappings_are_searched_to_the_end)
{
	enum { MANY = 4000 };
	char *at = mmap(NULL, MANY * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	for (int i = 0; i < MANY; i += 2)
		assert_int_equal(mprotect(at + i * PAGE, PAGE, PROT_NONE), 0);
	assert_int_equal(found(at + (MANY - 1) * PAGE).prot, PROT_READ);
	assert_int_equal(found(at + (MANY - 2) * PAGE).prot, PROT_NONE);
	not_found((const void *)~(uintptr_t)0xfff);
	munmap(at, MANY * PAGE);
}

TEST_PLAIN(lines_that_are_none)
{
	static const char *const bad[] = {"", "7f00", "7f00-", "7f00-7f10", "7f00-7f10 rw-", "7f00-7f10 rw-p 0 00:01", "x-7f10 rw-p 0 00:01 1 ", "7f00-7f10 rw-p 0 00:01 1a"};
	struct mapping m;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(mapping_parse(bad[i], strlen(bad[i]), &m));
	static const char good[] = "ffffffff0000-ffffffff1000 --xs 1fffffffff000 00:01 18446744073709551615";
	assert_true(mapping_parse(good, sizeof(good) - 1, &m));
	assert_true(m.start == 0xffffffff0000 && m.end == 0xffffffff1000 && m.offset == 0x1fffffffff000);
	assert_true(m.inode == UINT64_MAX && m.prot == PROT_EXEC && m.shared);
}
