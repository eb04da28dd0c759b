/* SPDX-License-Identifier: BSD-2-Clause */
/* Locked user memory exported to another process: devmap_umem_setup and devmap_umem_remap with a UMEM_LOCKED cookie. */
#define _GNU_SOURCE
#include "test.h"
#include "lock_host.h"

#define PAGES 6ul

static struct sundog_process *owner, *importer;
static int owner_fd, importer_fd;
static uint64_t memory; /* of the owner, each page with its number in it */
static void *cookie;    /* of all pages */

static int
setup(void **state)
{
	rec_setup_system(state);
	owner = rec_process();
	owner_fd = rec_open_device(owner, O_RDWR);
	importer = rec_process();
	importer_fd = rec_open_device(importer, O_RDWR);
	memory = anon(owner, PAGES);
	for (uint32_t i = 0; i < PAGES; i++)
		rec_write(owner, memory + i * PAGE, i);
	cookie = lock(owner, owner_fd, memory, PAGES * PAGE, REC_WRITE);
	rec_script(cookie, REC_NO_CALLBACKS);
	return 0;
}

static int
teardown(void **state)
{
	if (importer != NULL)
		sundog_exit(importer);
	if (cookie != NULL)
		rec_umem_unlock(cookie);
	if (owner != NULL)
		sundog_exit(owner);
	return rec_teardown_system(state);
}

static uint64_t
import(size_t pages)
{
	rec.part = 0;
	return rec_mmap_pages(importer, importer_fd, 0, pages);
}

static void
importer_exits(void)
{
	sundog_exit(importer);
	importer = NULL;
}

#define TEST(name) TEST_WITH(name, setup, teardown)

/* ---- setup ---- */

TEST(what_either_process_writes_the_other_sees)
{
	uint64_t addr = import(PAGES);

	for (uint32_t i = 0; i < PAGES; i++) {
		assert_int_equal(rec_read(importer, addr + i * PAGE), i);
		rec_write(importer, addr + i * PAGE, 100 + i);
		assert_int_equal(rec_read(owner, memory + i * PAGE), 100 + i);
		rec_write(owner, memory + i * PAGE + 8, 200 + i);
		assert_int_equal(rec_read(importer, addr + i * PAGE + 8), 200 + i);
	}
}

TEST(an_offset_exports_the_pages_at_that_offset)
{
	uint64_t addr;

	rec.parts[0].koff = 2 * PAGE;
	addr = import(3);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(rec_read(importer, addr + i * PAGE), 2 + i);
	rec_write(importer, addr + 2 * PAGE, 77);
	assert_int_equal(rec_read(owner, memory + 4 * PAGE), 77);
}

TEST(an_offset_exports_the_pages_with_callbacks_too)
{
	uint64_t addr;

	rec_script(cookie, REC_ALL);
	rec.parts[0].koff = 3 * PAGE;
	addr = import(2);
	rec_forget();
	assert_int_equal(rec_read(importer, addr + PAGE), 4);
	rec_expect("access h0 p1 off 1 len 1 type 0 rw 1\n");
	rec_write(importer, addr + PAGE, 9);
	assert_int_equal(rec_read(owner, memory + 4 * PAGE), 9);
}

TEST(a_lock_in_the_middle_of_memory_exports_its_own_pages)
{
	void *middle = lock(owner, owner_fd, memory + 2 * PAGE, 2 * PAGE, REC_READ);
	uint64_t addr;

	rec_script(middle, REC_NO_CALLBACKS);
	rec.parts[0].koff = PAGE;
	addr = import(1);
	assert_int_equal(rec_read(importer, addr), 3);
	importer_exits();
	rec_umem_unlock(middle);
}

TEST(two_cookies_of_the_same_pages_export_the_same_memory)
{
	void *second = lock(owner, owner_fd, memory + PAGE, PAGE, REC_WRITE);
	uint64_t one = import(PAGES), two;

	rec_script(second, REC_NO_CALLBACKS);
	two = import(1);
	rec_write(importer, two, 4711);
	assert_int_equal(rec_read(importer, one + PAGE), 4711);
	assert_int_equal(rec_read(owner, memory + PAGE), 4711);
	importer_exits();
	rec_umem_unlock(second);
}

TEST(the_range_is_tested_against_the_cookie)
{
	uint64_t addr = 0;

	rec.parts[0].koff = 5 * PAGE;
	assert_int_equal(sundog_mmap(importer, &addr, 2 * PAGE, PROT_READ, MAP_SHARED, importer_fd, 0), ENXIO);
	assert_int_equal(rec.parts[0].setup, -1);
}

TEST(several_importers_share_it)
{
	struct sundog_process *third = rec_process();
	uint64_t one = import(PAGES), two;

	rec.part = 0;
	two = rec_mmap_pages(third, rec_open_device(third, O_RDWR), 0, PAGES);
	rec_write(importer, one, 31);
	assert_int_equal(rec_read(third, two), 31);
	sundog_exit(third);
	assert_int_equal(rec_read(importer, one), 31);
}

TEST(the_owner_itself_may_map_it)
{
	uint64_t addr = rec_mmap_pages(owner, owner_fd, 0, PAGES);

	rec_write(owner, addr + PAGE, 5);
	assert_int_equal(rec_read(owner, memory + PAGE), 5);
	assert_int_equal(sundog_munmap(owner, addr, PAGES * PAGE), 0);
}

/* ---- remap ---- */

TEST(remap_to_locked_memory_and_back)
{
	void *kernel;
	char *kernel_memory = rec_umem_alloc(2 * PAGE, 0, &kernel);
	uint64_t addr;

	*(uint32_t *)(void *)(kernel_memory + PAGE) = 1000;
	rec_script(kernel, REC_ALL);
	rec.parts[0].flags = ALLOW_REMAP;
	addr = import(2);
	assert_int_equal(rec_read(importer, addr + PAGE), 1000);
	assert_int_equal(rec_umem_remap(rec_handle(0), cookie, 3 * PAGE, 2 * PAGE, PROT_DDI_ALL, 0), 0);
	assert_int_equal(rec_read(importer, addr + PAGE), 4);
	rec_write(importer, addr, 44);
	assert_int_equal(rec_read(owner, memory + 3 * PAGE), 44);
	assert_int_equal(rec_umem_remap(rec_handle(0), kernel, 0, 2 * PAGE, PROT_DDI_ALL, 0), 0);
	assert_int_equal(rec_read(importer, addr + PAGE), 1000);
	importer_exits();
	rec_umem_free(kernel);
}

/* ---- lives ---- */

TEST(importers_outlive_the_owners_exit)
{
	uint64_t addr = import(PAGES);

	rec_write(owner, memory + 5 * PAGE, 55);
	sundog_exit(owner);
	owner = NULL;
	assert_true(rec_warned("are still locked"));
	assert_int_equal(rec_read(importer, addr + 5 * PAGE), 55);
	rec_write(importer, addr, 1);
	assert_int_equal(rec_read(importer, addr), 1);
}

TEST(a_cookie_can_be_imported_after_the_owners_exit)
{
	uint64_t addr = import(1);

	sundog_exit(owner);
	owner = NULL;
	addr = import(PAGES);
	assert_int_equal(rec_read(importer, addr + 2 * PAGE), 2);
}

TEST(importers_outlive_the_owners_munmap_once_unlocked)
{
	struct worker w = {.process = owner, .addr = memory, .len = PAGES * PAGE};
	uint64_t addr = import(PAGES);

	worker_start_asleep(&w, work_munmap);
	assert_int_equal(rec_read(importer, addr + 3 * PAGE), 3);
	rec_umem_unlock(cookie);
	cookie = NULL;
	assert_int_equal(worker_join(&w), 0);
	assert_true(rec_warned("while mappings still export it"));
	assert_int_equal(rec_read(importer, addr + 3 * PAGE), 3);
}

TEST(no_process_sees_another_ones_later_memory)
{
	uint64_t addr = import(PAGES), again;

	rec_umem_unlock(cookie);
	cookie = NULL;
	assert_int_equal(sundog_munmap(owner, memory, PAGES * PAGE), 0);
	again = anon(owner, PAGES);
	for (uint32_t i = 0; i < PAGES; i++) {
		assert_int_equal(rec_read(owner, again + i * PAGE), 0);
		rec_write(owner, again + i * PAGE, 1000 + i);
		assert_int_equal(rec_read(importer, addr + i * PAGE), i);
	}
}

TEST(unlock_after_the_last_importer_is_not_reported)
{
	(void)import(PAGES);
	importer_exits();
	rec_umem_unlock(cookie);
	cookie = NULL;
	assert_int_equal(rec.nwarnings, 0);
}

TEST(a_fork_childs_copy_is_not_exported)
{
	struct sundog_process *child;
	uint64_t addr = import(PAGES);

	assert_int_equal(sundog_fork(owner, &child), 0);
	rec_write(child, memory, 900);
	assert_int_equal(rec_read(importer, addr), 0);
	assert_int_equal(rec_read(owner, memory), 0);
	rec_write(owner, memory, 901);
	assert_int_equal(rec_read(importer, addr), 901);
	assert_int_equal(rec_read(child, memory), 900);
	sundog_exit(child);
}

TEST(an_importers_fork_child_imports_too)
{
	struct sundog_process *child;
	uint64_t addr = import(PAGES);

	assert_int_equal(sundog_fork(importer, &child), 0);
	rec_write(child, addr, 6);
	assert_int_equal(rec_read(owner, memory), 6);
	importer_exits();
	rec_write(owner, memory, 7);
	assert_int_equal(rec_read(child, addr), 7);
	sundog_exit(child);
}

/* A driver's own struct with the type of a locked cookie exports nothing. */
TEST(a_cookie_that_is_not_locked_any_more_cannot_be_exported)
{
	static char forged[1024];
	uint64_t addr = 0;

	memcpy(forged, cookie, 64);
	rec_cookie_set_type(forged, 0x400);
	rec_script(forged, REC_NO_CALLBACKS);
	assert_int_equal(sundog_mmap(importer, &addr, PAGE, PROT_READ, MAP_SHARED, importer_fd, 0), ENXIO);
	assert_true(rec_warned("has no memory that can be mapped"));
}
