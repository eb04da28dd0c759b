/* SPDX-License-Identifier: BSD-2-Clause */
/* ddi_umem_alloc, ddi_umem_free: a test for each sentence about them. */
#include "test.h"
#include "bug.h"
#include "rec_host.h"

#define TEST(name) TEST_WITH(name, rec_setup_system, rec_teardown_system)

TEST(alloc_of_size_0_returns_null)
{
	void *cookie = &cookie;

	assert_null(rec_umem_alloc(0, 0, &cookie));
	assert_null(cookie);
	cookie = &cookie;
	assert_null(rec_umem_alloc(0, UMEM_TRASHY, &cookie));
	assert_null(cookie);
}

TEST(alloc_of_a_size_that_cannot_be_rounded_up_returns_null)
{
	void *cookie = &cookie;

	assert_null(rec_umem_alloc(SIZE_MAX, UMEM_TRASHY, &cookie));
	assert_null(cookie);
	assert_null(rec_umem_alloc(SIZE_MAX - PAGE + 2, UMEM_TRASHY | UMEM_NOSLEEP, &cookie));
	assert_null(cookie);
	assert_null(rec_umem_alloc(SIZE_MAX - PAGE + 1, UMEM_TRASHY, &cookie));
	assert_non_null(cookie);
	assert_true(rec_cookie_size(cookie) == SIZE_MAX - PAGE + 1);
	rec_umem_free(cookie);
}

TEST(hand_made_cookie_of_no_whole_pages_is_refused)
{
	struct sundog_process *p = rec_process();
	int fd = rec_open_device(p, O_RDWR);
	void *cookie, *own;
	uint64_t addr = 0;

	rec_umem_alloc(4 * PAGE, 0, &cookie);
	own = rec_cookie_make(cookie, 512, 2 * PAGE);
	rec_script(own, REC_NO_CALLBACKS);
	assert_int_equal(sundog_mmap(p, &addr, PAGE, PROT_READ, MAP_SHARED, fd, 0), ENXIO);
	assert_int_equal(rec.parts[0].setup, -1);
	sundog_exit(p);
	rec_cookie_drop(own);
	rec_umem_free(cookie);
}

TEST(alloc_rounds_up_to_pages_and_zero_fills)
{
	void *cookie;
	char *memory = rec_umem_alloc(PAGE + 1, 0, &cookie);

	assert_non_null(memory);
	assert_int_equal((uintptr_t)memory % PAGE, 0);
	assert_int_equal(rec_cookie_size(cookie), 2 * PAGE);
	assert_ptr_equal(rec_cookie_address(cookie), memory);
	for (size_t i = 0; i < 2 * PAGE; i++)
		assert_int_equal(memory[i], 0);
	rec_umem_free(cookie);
}

TEST(alloc_types)
{
	void *cookie;

	assert_non_null(rec_umem_alloc(1, 0, &cookie));
	assert_int_equal(rec_cookie_type(cookie), 0x200);
	assert_int_equal(rec_cookie_count(cookie), 0);
	rec_umem_free(cookie);
	assert_non_null(rec_umem_alloc(1, UMEM_PAGEABLE, &cookie));
	assert_int_equal(rec_cookie_type(cookie), 0x100);
	rec_umem_free(cookie);
	assert_null(rec_umem_alloc(1, UMEM_TRASHY, &cookie));
	assert_int_equal(rec_cookie_type(cookie), 0x800);
	assert_int_equal(rec_cookie_size(cookie), PAGE);
	rec_umem_free(cookie);
}

TEST(alloc_trash_of_absurd_size)
{
	void *cookie;

	assert_null(rec_umem_alloc(0x7fffffffffffe000, UMEM_TRASHY, &cookie));
	assert_non_null(cookie);
	assert_int_equal(rec_cookie_size(cookie), 0x7fffffffffffe000);
	rec_umem_free(cookie);
}

TEST(alloc_nosleep_of_too_much_returns_null)
{
	void *cookie = &cookie;

	assert_null(rec_umem_alloc((size_t)1 << 60, UMEM_NOSLEEP | UMEM_PAGEABLE, &cookie));
	assert_null(cookie);
	assert_null(rec_umem_alloc(SIZE_MAX, UMEM_NOSLEEP, &cookie));
	assert_null(cookie);
}

TEST(free_of_null_does_nothing)
{
	rec_umem_free(NULL);
}

TEST(free_while_exported_keeps_the_pages_and_is_reported)
{
	struct sundog_process *p = rec_process();
	int fd = rec_open_device(p, O_RDWR);
	void *cookie, *other;
	uint64_t addr;

	rec_umem_alloc(PAGE, 0, &cookie);
	rec_script(cookie, REC_NO_CALLBACKS);
	addr = rec_mmap_pages(p, fd, 0, 1);
	rec_write(p, addr, 0x12345678);
	rec_umem_free(cookie);
	assert_true(rec_warned("still exported by 1 mapping"));
	memset(rec_umem_alloc(PAGE, 0, &other), 0xff, PAGE);
	assert_int_equal(rec_read(p, addr), 0x12345678);
	rec_umem_free(other);
	sundog_exit(p);
}

static void *cookie_to_free;

static void
free_in_callback(void *dhp)
{
	rec_umem_free(cookie_to_free);
}

TEST(free_in_the_last_unmap_callback_is_right)
{
	struct sundog_process *p = rec_process();
	int fd = rec_open_device(p, O_RDWR);
	uint64_t addr;

	rec_umem_alloc(PAGE, 0, &cookie_to_free);
	rec_script(cookie_to_free, REC_ALL);
	rec.on_unmap = free_in_callback;
	addr = rec_mmap_pages(p, fd, 0, 1);
	rec_write(p, addr, 1);
	assert_int_equal(sundog_munmap(p, addr, PAGE), 0);
	assert_int_equal(rec.nwarnings, 0);
	sundog_exit(p);
}

TEST(free_after_a_remap_replaced_it_is_right)
{
	struct sundog_process *p = rec_process();
	int fd = rec_open_device(p, O_RDWR);
	void *first, *second;
	uint64_t addr;

	rec_umem_alloc(PAGE, 0, &first);
	rec_umem_alloc(PAGE, 0, &second);
	rec_script(first, REC_ALL);
	rec.parts[0].flags = ALLOW_REMAP;
	addr = rec_mmap_pages(p, fd, 0, 1);
	rec_write(p, addr, 1);
	assert_int_equal(rec_umem_remap(rec_handle(0), second, 0, PAGE, PROT_DDI_ALL, 0), 0);
	rec_umem_free(first);
	assert_int_equal(rec.nwarnings, 0);
	assert_int_equal(rec_read(p, addr), 0);
	sundog_exit(p);
	rec_umem_free(second);
}

TEST(hand_made_cookie_works)
{
	struct sundog_process *p = rec_process();
	int fd = rec_open_device(p, O_RDWR);
	void *cookie, *own;
	char *memory = rec_umem_alloc(4 * PAGE, 0, &cookie);
	uint64_t addr;

	own = rec_cookie_make(cookie, PAGE, 2 * PAGE);
	rec_script(own, REC_NO_CALLBACKS);
	rec.parts[0].koff = PAGE;
	addr = rec_mmap_pages(p, fd, 0, 1);
	rec_write(p, addr, 77);
	assert_int_equal(*(uint32_t *)(void *)(memory + 2 * PAGE), 77);
	sundog_exit(p);
	rec_cookie_drop(own);
	rec_umem_free(cookie);
}

TEST(trash_pages_are_one_page)
{
	struct sundog_process *p = rec_process();
	int fd = rec_open_device(p, O_RDWR);
	void *cookie;
	uint64_t addr;

	rec_umem_alloc(0x7fffffffffffe000, UMEM_TRASHY, &cookie);
	rec_script(cookie, REC_NO_CALLBACKS);
	addr = rec_mmap_pages(p, fd, 0, 16);
	rec_write(p, addr + 8, 5);
	assert_int_equal(rec_read(p, addr + 15 * PAGE + 8), 5);
	assert_int_equal(sundog_munmap(p, addr + 4 * PAGE, PAGE), 0);
	assert_int_equal(rec_read(p, addr + 5 * PAGE + 8), 5);
	sundog_exit(p);
	rec_umem_free(cookie);
}

TEST(trash_mapping_of_large_size)
{
	struct sundog_process *p = rec_process();
	int fd = rec_open_device(p, O_RDWR);
	size_t pages = (size_t)1 << 24; /* 64 GiB */
	void *cookie;
	uint64_t addr;

	rec_umem_alloc(0x7fffffffffffe000, UMEM_TRASHY, &cookie);
	rec_script(cookie, REC_ALL);
	addr = rec_mmap_pages(p, fd, 0, pages);
	rec_write(p, addr, 1);
	rec_write(p, addr + (pages - 1) * PAGE, 2);
	rec_write(p, addr + (pages / 2) * PAGE, 3);
	sundog_exit(p);
	rec_umem_free(cookie);
}

/* ---- bugs: the program ends with a message that names them ---- */

static int
begin_again(void)
{
	sundog_system_destroy(rec.system, NULL, NULL);
	return sundog_system_create(NULL, &rec.system);
}

static void
bug_pageable_trash(void)
{
	void *cookie;

	rec_umem_alloc(PAGE, UMEM_PAGEABLE | UMEM_TRASHY, &cookie);
}

TEST(alloc_pageable_and_trash_is_a_bug)
{
	expect_bug(begin_again, bug_pageable_trash, "exclude each other");
}

static void
bug_free_twice(void)
{
	void *cookie;

	rec_umem_alloc(PAGE, 0, &cookie);
	rec_umem_free(cookie);
	rec_umem_free(cookie);
}

TEST(free_twice_is_a_bug)
{
	expect_bug(begin_again, bug_free_twice, "has been freed before");
}

static void
bug_unknown_type(void)
{
	void *cookie;

	rec_umem_alloc(PAGE, 0, &cookie);
	rec_cookie_set_type(cookie, 0x12);
	rec_umem_free(cookie);
}

TEST(free_of_unknown_type_panics)
{
	expect_bug(begin_again, bug_unknown_type, "unknown type 0x12");
}
