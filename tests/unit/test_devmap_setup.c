/* SPDX-License-Identifier: BSD-2-Clause */
/* Setting a mapping up: mmap(2), devmap_setup, devmap_umem_setup; a test for each row of their tables. */
#include "test.h"
#include "rec_fixture.h"

#define COOKIE_PAGES 8ul

static int
setup(void **state)
{
	return fixture_setup(state, COOKIE_PAGES, REC_NO_CALLBACKS);
}

static int
map(size_t len, int prot, int flags, long offset)
{
	uint64_t addr = 0;

	return sundog_mmap(process, &addr, len, prot, flags, fd, offset);
}

static int
map_page(void)
{
	return map(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
}

/* Nothing is mapped and no callback has been called but devmap(9E). */
static void
expect_nothing_left(const char *log)
{
	rec_expect(log);
	sundog_exit(process);
	process = NULL;
	rec_expect("close 3\n");
}

#define TEST(name) TEST_WITH(name, setup, fixture_teardown)

/* ---- mmap(2) ---- */

TEST(mmap_len_0_is_EINVAL)
{
	assert_int_equal(map(0, PROT_READ, MAP_SHARED, 0), EINVAL);
	expect_nothing_left("");
}

TEST(mmap_unaligned_offset_is_EINVAL)
{
	assert_int_equal(map(PAGE, PROT_READ, MAP_SHARED, 100), EINVAL);
	expect_nothing_left("");
}

TEST(mmap_neither_shared_nor_private_is_EINVAL)
{
	assert_int_equal(map(PAGE, PROT_READ, 0, 0), EINVAL);
	assert_int_equal(map(PAGE, PROT_READ, 3, 0), EINVAL);
	expect_nothing_left("");
}

TEST(mmap_of_write_only_open_is_EACCES)
{
	fd = rec_open_device(process, O_WRONLY);
	assert_int_equal(map(PAGE, PROT_WRITE, MAP_SHARED, 0), EACCES);
}

TEST(mmap_shared_write_of_read_only_open_is_EACCES)
{
	fd = rec_open_device(process, O_RDONLY);
	assert_int_equal(map_page(), EACCES);
	assert_int_equal(map(PAGE, PROT_READ, MAP_SHARED, 0), 0);
}

TEST(mmap_private_write_of_read_only_open_works)
{
	fd = rec_open_device(process, O_RDONLY);
	rec.parts[0].callbacks = REC_ALL;
	assert_int_equal(map(PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0), 0);
}

TEST(mmap_fixed_unaligned_is_EINVAL)
{
	uint64_t addr = 0x10000100;

	assert_int_equal(sundog_mmap(process, &addr, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0), EINVAL);
	expect_nothing_left("");
}

static int
map_at_100(int prot)
{
	uint64_t addr = 0x10000100;

	return sundog_mmap(process, &addr, PAGE, prot, MAP_SHARED | MAP_FIXED, fd, 0);
}

TEST(mmap_checks_in_order)
{
	fd = rec_open_device(process, O_WRONLY);
	assert_int_equal(map(0, PROT_WRITE, MAP_SHARED, 0), EINVAL);
	assert_int_equal(map(PAGE, PROT_WRITE, 0, 0), EINVAL);
	assert_int_equal(map(PAGE, PROT_WRITE, MAP_SHARED, 0), EACCES);
	assert_int_equal(map_at_100(PROT_WRITE), EACCES);
	fd = rec_open_device(process, O_RDONLY);
	assert_int_equal(map_at_100(PROT_WRITE), EACCES);
	assert_int_equal(map_at_100(PROT_READ), EINVAL);
}

TEST(mmap_of_lengths_near_2_64_is_ENOMEM_without_the_driver)
{
	static const size_t lengths[] = {SIZE_MAX, SIZE_MAX - PAGE + 1, SIZE_MAX - PAGE, SIZE_MAX / 2 + 1};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		assert_int_equal(map(lengths[i], PROT_READ, MAP_SHARED, 0), ENOMEM);
	expect_nothing_left("");
}

static int
every_page(long off, int prot)
{
	return 1;
}

TEST(old_mmap_of_lengths_near_2_64_is_ENOMEM_without_the_driver)
{
	rec_slots(REC_NULL, REC_NULL, REC_OWN, false);
	rec.on_mmap = every_page;
	assert_int_equal(map(SIZE_MAX, PROT_READ, MAP_SHARED, 0), ENOMEM);
	assert_int_equal(map(SIZE_MAX - PAGE + 1, PROT_READ, MAP_SHARED, 0), ENOMEM);
	expect_nothing_left("");
}

TEST(the_last_offset_there_is_can_be_mapped_and_cut)
{
	long last = (long)(INT64_MAX & ~(PAGE - 1));
	uint64_t addr = 0;

	rec.parts[0].callbacks = REC_ALL;
	rec.parts[0].maplen = PAGE;
	assert_int_equal(sundog_mmap(process, &addr, 3 * PAGE, PROT_READ, MAP_SHARED, fd, last), 0);
	assert_int_equal(rec_handle_uoff(rec_handle(0)), last);
	assert_int_equal(sundog_touch(process, addr, SUNDOG_READ).signo, 0);
	assert_int_equal(sundog_touch(process, addr + 2 * PAGE, SUNDOG_READ).signo, 0);
	assert_int_equal(sundog_munmap(process, addr, 2 * PAGE), 0);
}

TEST(driver_that_grants_no_PROT_USER_is_refused)
{
	rec.parts[0].maxprot = PROT_READ | PROT_WRITE;
	assert_int_equal(map_page(), ENXIO);
	assert_int_equal(rec.parts[0].setup, -1);
}

/* ---- which entry point ---- */

TEST(segmap_gets_what_the_application_gave)
{
	rec_slots(REC_OWN, REC_OWN, REC_NODEV, true);
	assert_int_equal(map(100, PROT_READ, MAP_SHARED, PAGE), 0);
	rec_expect("segmap off 4096 len 100 prot 9 maxprot 15 flags 1\ndevmap h0 off 4096 len 100\n");
}

TEST(segmap_maxprot_without_write_for_a_read_only_open)
{
	rec_slots(REC_OWN, REC_OWN, REC_NODEV, true);
	fd = rec_open_device(process, O_RDONLY);
	assert_int_equal(map(PAGE, PROT_READ, MAP_SHARED, 0), 0);
	rec_expect("segmap off 0 len 4096 prot 9 maxprot 13 flags 1\ndevmap h0 off 0 len 4096\n");
}

static int
segmap_fails(long off, void *as, char **addrp, long len, unsigned prot, unsigned maxprot, unsigned flags)
{
	return ENOSPC;
}

TEST(segmap_errno_is_mmaps_errno)
{
	rec_slots(REC_OWN, REC_OWN, REC_NODEV, true);
	rec.on_segmap = segmap_fails;
	assert_int_equal(map_page(), ENOSPC);
}

TEST(segmap_null_nulldev_nodev_with_D_DEVMAP_is_devmap_setup)
{
	static const enum rec_slot slots[] = {REC_NULL, REC_NULLDEV, REC_NODEV};

	for (size_t i = 0; i < 3; i++) {
		rec_slots(slots[i], REC_OWN, REC_OWN, true);
		assert_int_equal(map_page(), 0);
		assert_non_null(strstr(rec.log, "devmap"));
		assert_null(strstr(rec.log, "mmap off"));
		rec_forget();
	}
}

TEST(no_usable_mmap_without_D_DEVMAP_is_devmap_setup)
{
	rec_slots(REC_NULL, REC_OWN, REC_NODEV, false);
	assert_int_equal(map_page(), 0);
	/* devmap_setup itself does not count NULL and nulldev as an mmap(9E). */
	rec_slots(REC_NULL, REC_OWN, REC_NULLDEV, false);
	assert_int_equal(map_page(), EINVAL);
	rec_slots(REC_NULL, REC_OWN, REC_NULL, false);
	assert_int_equal(map_page(), EINVAL);
}

TEST(no_usable_devmap_is_ENODEV)
{
	static const enum rec_slot slots[] = {REC_NULL, REC_NULLDEV, REC_NODEV};

	for (size_t i = 0; i < 3; i++) {
		rec_slots(REC_NULL, slots[i], REC_OWN, true);
		assert_int_equal(map_page(), ENODEV);
		rec_slots(REC_NULL, slots[i], REC_NODEV, false);
		assert_int_equal(map_page(), ENODEV);
	}
}

TEST(devmap_setup_without_usable_devmap_is_EINVAL)
{
	rec_slots(REC_OWN, REC_NODEV, REC_NODEV, true);
	assert_int_equal(map_page(), EINVAL);
	rec_slots(REC_DDI_DEVMAP_SEGMAP, REC_NULL, REC_NODEV, true);
	assert_int_equal(map_page(), EINVAL);
}

TEST(ddi_devmap_segmap_without_D_DEVMAP_and_mmap_nodev_works)
{
	rec_slots(REC_DDI_DEVMAP_SEGMAP, REC_OWN, REC_NODEV, false);
	assert_int_equal(map_page(), 0);
}

TEST(ddi_segmap_with_mmap_nodev_is_ENODEV)
{
	rec_slots(REC_DDI_SEGMAP, REC_OWN, REC_NODEV, true);
	assert_int_equal(map_page(), ENODEV);
}

/* ---- the old mmap(9E) ---- */

static int
mmap_frames(long off, int prot)
{
	return off < (long)(COOKIE_PAGES * PAGE) ? rec_frame(memory + off) : -1;
}

TEST(old_mmap_asks_every_page_with_maxprot_and_again_at_each_fault)
{
	uint64_t addr = 0;

	rec_slots(REC_NULL, REC_NULL, REC_OWN, false);
	rec.on_mmap = mmap_frames;
	assert_int_equal(sundog_mmap(process, &addr, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, PAGE), 0);
	rec_expect("mmap off 1 prot 15\nmmap off 2 prot 15\n");
	rec_write(process, addr + PAGE + 4, 9);
	rec_expect("mmap off 2 prot 11\n");
	assert_int_equal(*(uint32_t *)(void *)(memory + 2 * PAGE + 4), 9);
	rec_write(process, addr + PAGE + 8, 10);
	rec_expect("");
}

TEST(old_mmap_private_is_EINVAL)
{
	rec_slots(REC_NULL, REC_NULL, REC_OWN, false);
	rec.on_mmap = mmap_frames;
	assert_int_equal(map(PAGE, PROT_READ, MAP_PRIVATE, 0), EINVAL);
	rec_expect("");
}

TEST(old_mmap_page_beyond_the_device_is_ENXIO)
{
	rec_slots(REC_NULL, REC_NULL, REC_OWN, false);
	rec.on_mmap = mmap_frames;
	assert_int_equal(map(2 * PAGE, PROT_READ, MAP_SHARED, (COOKIE_PAGES - 1) * PAGE), ENXIO);
	expect_nothing_left("mmap off 7 prot 15\nmmap off 8 prot 15\n");
}

TEST(old_mmap_by_ddi_segmap_works)
{
	rec_slots(REC_DDI_SEGMAP, REC_NULL, REC_OWN, true);
	rec.on_mmap = mmap_frames;
	assert_int_equal(map(PAGE, PROT_READ, MAP_SHARED, 0), 0);
}

TEST(old_mmap_unmap_in_the_middle)
{
	uint64_t addr = 0;

	rec_slots(REC_NULL, REC_NULL, REC_OWN, false);
	rec.on_mmap = mmap_frames;
	assert_int_equal(sundog_mmap(process, &addr, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), 0);
	for (size_t i = 0; i < 3; i++)
		rec_write(process, addr + i * PAGE, (uint32_t)i + 1);
	assert_int_equal(sundog_munmap(process, addr + PAGE, PAGE), 0);
	assert_int_equal(rec_read(process, addr), 1);
	assert_int_equal(rec_read(process, addr + 2 * PAGE), 3);
	rec_expect_signal(sundog_touch(process, addr + PAGE, SUNDOG_READ), SIGSEGV, SEGV_MAPERR, 0);
}

/* ---- the loop of devmap(9E) ---- */

TEST(devmap_error_of_any_kind_is_ENXIO)
{
	rec.parts[0].result = EPERM;
	assert_int_equal(map_page(), ENXIO);
	rec.parts[0].result = -1;
	assert_int_equal(map_page(), ENXIO);
}

TEST(devmap_maplen_no_page_multiple_is_EINVAL)
{
	rec.parts[0].maplen = 100;
	assert_int_equal(map_page(), EINVAL);
	expect_nothing_left("devmap h0 off 0 len 4096\n");
}

TEST(devmap_maplen_0_is_ENXIO)
{
	rec.parts[0].no_maplen = true;
	assert_int_equal(map_page(), ENXIO);
	expect_nothing_left("devmap h0 off 0 len 4096\n");
}

TEST(devmap_without_a_setup_call_is_ENXIO)
{
	rec.parts[0].skip_setup = true;
	assert_int_equal(map_page(), ENXIO);
	expect_nothing_left("devmap h0 off 0 len 4096\n");
}

TEST(devmap_is_called_until_the_length_is_covered)
{
	uint64_t addr = 0;

	rec.nparts = 3;
	rec.parts[0] = (struct rec_part){.cookie = cookie, .len = PAGE, .maplen = PAGE, .callbacks = REC_ALL};
	rec.parts[1] = (struct rec_part){.cookie = cookie, .koff = 3 * PAGE, .len = 2 * PAGE, .maplen = 2 * PAGE, .callbacks = REC_NO_CALLBACKS};
	rec.parts[2] = (struct rec_part){.cookie = cookie, .koff = PAGE, .callbacks = REC_ALL};
	assert_int_equal(sundog_mmap(process, &addr, 3 * PAGE + 10, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), 0);
	rec_expect("devmap h0 off 0 len 12298\ndevmap h1 off 4096 len 8202\ndevmap h2 off 12288 len 10\n"
		   "map h0 flags 1 off 0 len 1 -> p1\nmap h2 flags 1 off 3 len 1 -> p2\n");
	for (size_t i = 0; i < 4; i++)
		rec_write(process, addr + i * PAGE, (uint32_t)i + 1);
	assert_int_equal(*(uint32_t *)(void *)memory, 1);
	assert_int_equal(*(uint32_t *)(void *)(memory + 3 * PAGE), 2);
	assert_int_equal(*(uint32_t *)(void *)(memory + 4 * PAGE), 3);
	assert_int_equal(*(uint32_t *)(void *)(memory + PAGE), 4);
}

TEST(devmap_last_maplen_beyond_the_end_is_cut)
{
	uint64_t addr = 0;

	rec.parts[0] = (struct rec_part){.cookie = cookie, .len = COOKIE_PAGES * PAGE, .maplen = COOKIE_PAGES * PAGE, .callbacks = REC_ALL};
	assert_int_equal(sundog_mmap(process, &addr, PAGE + 100, PROT_READ, MAP_SHARED, fd, 0), 0);
	rec_expect("devmap h0 off 0 len 4196\nmap h0 flags 1 off 0 len 2 -> p1\n");
	assert_int_equal(rec_handle_len(rec_handle(0)), 2 * PAGE);
	rec_expect_signal(sundog_touch(process, addr + 2 * PAGE, SUNDOG_READ), SIGSEGV, SEGV_MAPERR, 0);
}

TEST(length_of_100_bytes_works)
{
	uint64_t addr = 0;

	assert_int_equal(sundog_mmap(process, &addr, 100, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), 0);
	rec_write(process, addr + PAGE - 4, 1);
}

TEST(private_without_access_is_EINVAL)
{
	assert_int_equal(map(PAGE, PROT_READ, MAP_PRIVATE, 0), EINVAL);
	rec.parts[0].callbacks = REC_MAP | REC_DUP | REC_UNMAP;
	assert_int_equal(map(PAGE, PROT_READ, MAP_PRIVATE, 0), EINVAL);
	rec.parts[0].callbacks = REC_MAP | REC_ACCESS_NODEV;
	assert_int_equal(map(PAGE, PROT_READ, MAP_PRIVATE, 0), EINVAL);
	rec_forget();
	expect_nothing_left("");
}

TEST(private_with_access_shares_the_memory)
{
	uint64_t addr = 0;

	rec.parts[0].callbacks = REC_ALL;
	assert_int_equal(sundog_mmap(process, &addr, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0), 0);
	rec_expect("devmap h0 off 0 len 4096\nmap h0 flags 2 off 0 len 1 -> p1\n");
	rec_write(process, addr, 3);
	assert_int_equal(*(uint32_t *)(void *)memory, 3);
}

TEST(different_access_callbacks_are_ENOTSUP)
{
	rec.nparts = 2;
	rec.parts[0] = (struct rec_part){.cookie = cookie, .len = PAGE, .maplen = PAGE, .callbacks = REC_ALL};
	rec.parts[1] = (struct rec_part){.cookie = cookie, .callbacks = REC_MAP | REC_ACCESS_OTHER};
	assert_int_equal(map(2 * PAGE, PROT_READ, MAP_SHARED, 0), ENOTSUP);
	expect_nothing_left("devmap h0 off 0 len 8192\ndevmap h1 off 4096 len 4096\n");
}

TEST(map_failure_unmaps_the_handles_before_it_and_is_ENXIO)
{
	rec.nparts = 3;
	for (size_t i = 0; i < 3; i++)
		rec.parts[i] = (struct rec_part){.cookie = cookie, .len = PAGE, .maplen = PAGE, .callbacks = REC_ALL};
	rec.map_result[2] = EIO;
	assert_int_equal(map(3 * PAGE, PROT_READ, MAP_SHARED, 0), ENXIO);
	expect_nothing_left("devmap h0 off 0 len 12288\ndevmap h1 off 4096 len 8192\ndevmap h2 off 8192 len 4096\n"
			    "map h0 flags 1 off 0 len 1 -> p1\nmap h1 flags 1 off 1 len 1 -> p2\n"
			    "map h2 flags 1 off 2 len 1 -> p3\n"
			    "unmap h0 p1 off 0 len 1 before - after -\nunmap h1 p2 off 1 len 1 before - after -\n");
}

TEST(fixed_replaces_device_mappings_after_their_unmap)
{
	uint64_t addr, middle;

	rec.parts[0].callbacks = REC_ALL;
	addr = rec_mmap_pages(process, fd, 0, 3);
	middle = addr + PAGE;
	rec_write(process, addr, 1);
	rec_write(process, addr + 2 * PAGE, 3);
	rec_forget();
	rec.part = 0;
	rec.parts[0].koff = 5 * PAGE;
	assert_int_equal(sundog_mmap(process, &middle, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0), 0);
	assert_int_equal(middle, addr + PAGE);
	rec_expect("devmap h1 off 0 len 4096\nunmap h0 p1 off 1 len 1 before h0 after h2\n"
		   "map h1 flags 17 off 0 len 1 -> p2\n");
	rec_write(process, middle, 2);
	assert_int_equal(rec_read(process, addr), 1);
	assert_int_equal(rec_read(process, addr + 2 * PAGE), 3);
	assert_int_equal(*(uint32_t *)(void *)(memory + 5 * PAGE), 2);
}

TEST(no_address_is_ENOMEM)
{
	void *trash;

	rec_umem_alloc(0x7fffffffffffe000, UMEM_TRASHY, &trash);
	rec_script(trash, REC_ALL);
	assert_int_equal(map((size_t)1 << 50, PROT_READ, MAP_SHARED, 0), ENOMEM);
	expect_nothing_left("devmap h0 off 0 len 1125899906842624\n");
	rec_umem_free(trash);
}

TEST(nothing_is_loaded_at_setup_with_access)
{
	uint64_t addr;

	rec.parts[0].callbacks = REC_ALL;
	addr = rec_mmap_pages(process, fd, 0, 2);
	assert_false(sundog_loaded(process, addr, SUNDOG_READ));
	rec_forget();
	rec_write(process, addr + PAGE, 1);
	rec_expect("access h0 p1 off 1 len 1 type 0 rw 2\n");
	assert_false(sundog_loaded(process, addr, SUNDOG_READ));
	assert_true(sundog_loaded(process, addr + PAGE, SUNDOG_WRITE));
}

TEST(mapping_outlives_its_descriptor_and_close_comes_last)
{
	uint64_t addr;

	rec.parts[0].callbacks = REC_ALL;
	addr = rec_mmap_pages(process, fd, 0, 1);
	rec_forget();
	assert_int_equal(sundog_close(process, fd), 0);
	rec_expect("");
	rec_write(process, addr, 1);
	rec_forget();
	assert_int_equal(sundog_munmap(process, addr, PAGE), 0);
	rec_expect("unmap h0 p1 off 0 len 1 before - after -\nclose 0\n");
}

/* ---- devmap_umem_setup ---- */

static void
expect_umem_failure(void)
{
	rec.part = 0;
	assert_int_equal(map_page(), ENXIO);
	assert_int_equal(rec.parts[0].setup, -1);
}

TEST(umem_setup_cookie_NULL_fails)
{
	rec.parts[0].cookie = NULL;
	expect_umem_failure();
}

TEST(umem_setup_beyond_the_cookie_fails)
{
	rec.parts[0].koff = (COOKIE_PAGES - 1) * PAGE + 1;
	expect_umem_failure();
	rec.parts[0].koff = (COOKIE_PAGES - 1) * PAGE;
	assert_int_equal(map_page(), 0);
	rec.parts[0].koff = COOKIE_PAGES * PAGE + 1;
	expect_umem_failure();
}

TEST(umem_setup_overflowing_range_fails)
{
	rec.parts[0].koff = 0x7fffffffffffffff;
	expect_umem_failure();
	rec.parts[0].koff = -1;
	expect_umem_failure();
	rec.parts[0].koff = PAGE;
	rec.parts[0].len = SIZE_MAX - 100;
	expect_umem_failure();
}

TEST(umem_setup_beyond_the_trash_cookie_fails)
{
	void *trash;

	rec_umem_alloc(PAGE, UMEM_TRASHY, &trash);
	rec.parts[0].cookie = trash;
	rec.parts[0].koff = 1;
	expect_umem_failure();
	rec_umem_free(trash);
}

TEST(umem_setup_two_cache_attributes_fail)
{
	rec.parts[0].flags = 0x30000;
	expect_umem_failure();
	rec.parts[0].flags = 0x20000;
	assert_int_equal(map_page(), 0);
}

static int
devmap_twice(void *dhp)
{
	struct rec_umem umem = {cookie, 0, PAGE, PROT_DDI_ALL, 0, REC_NO_CALLBACKS};

	return rec_umem_setup(dhp, &umem);
}

static void *handle_seen;

TEST(umem_setup_twice_fails)
{
	rec.parts[0].callbacks = REC_ALL;
	assert_int_equal(map_page(), 0);
	handle_seen = rec_handle(0);
	assert_int_equal(devmap_twice(handle_seen), -1);
}

TEST(umem_setup_asked_more_than_granted_fails)
{
	rec.parts[0].maxprot = PROT_READ | PU;
	expect_umem_failure();
	rec.part = 0;
	assert_int_equal(map(PAGE, PROT_READ, MAP_SHARED, 0), 0);
}

TEST(umem_setup_invalid_without_allow_remap_fails)
{
	rec.parts[0].flags = INVALID;
	expect_umem_failure();
	rec.parts[0].flags = INVALID | ALLOW_REMAP;
	assert_int_equal(map_page(), 0);
}

TEST(umem_setup_fills_the_handle_in)
{
	rec.parts[0] = (struct rec_part){.cookie = cookie, .koff = PAGE + 100, .len = PAGE + 1, .maplen = 2 * PAGE, .maxprot = PROT_READ | PROT_WRITE | PU, .flags = ALLOW_REMAP, .callbacks = REC_ALL};
	assert_int_equal(map(2 * PAGE, PROT_READ, MAP_SHARED, 3 * PAGE), 0);
	assert_ptr_equal(rec_handle_cookie(rec_handle(0)), cookie);
	assert_int_equal(rec_handle_roff(rec_handle(0)), PAGE);
	assert_int_equal(rec_handle_len(rec_handle(0)), 2 * PAGE);
	assert_int_equal(rec_handle_uoff(rec_handle(0)), 3 * PAGE);
	assert_int_equal(rec_handle_maxprot(rec_handle(0)), PROT_READ | PROT_WRITE | PU);
	assert_int_equal(rec_handle_flags(rec_handle(0)) & 7, ALLOW_REMAP);
}

TEST(umem_setup_records_the_cache_attribute)
{
	rec.parts[0].flags = 0x20000;
	assert_int_equal(map_page(), 0);
	assert_int_equal(rec_handle_attr(rec_handle(0)), 0x20000);
}

TEST(a_read_only_open_is_never_granted_writing)
{
	uint64_t addr = 0;

	fd = rec_open_device(process, O_RDONLY);
	assert_int_equal(sundog_mmap(process, &addr, PAGE, PROT_READ, MAP_SHARED, fd, 0), 0);
	assert_int_equal(rec_handle_maxprot(rec_handle(0)), PROT_DDI_ALL & ~PROT_WRITE);
	assert_int_equal(sundog_mprotect(process, addr, PAGE, PROT_READ | PROT_WRITE), EACCES);
}

TEST(devmap_gets_the_model_of_the_calling_process)
{
	struct sundog_process *narrow;
	uint64_t addr = 0;
	int narrow_fd;

	assert_int_equal(map_page(), 0);
	assert_int_equal(rec.model, 0x200000);
	assert_int_equal(sundog_process_create(rec.system, SUNDOG_ILP32, 0, 0, &narrow), 0);
	narrow_fd = rec_open_device(narrow, O_RDWR);
	assert_int_equal(sundog_mmap(narrow, &addr, PAGE, PROT_READ, MAP_SHARED, narrow_fd, 0), 0);
	assert_int_equal(rec.model, 0x100000);
	assert_true(addr < UINT32_MAX);
	sundog_exit(narrow);
}

/* ---- devmap_setup outside mmap(2) ---- */

static struct {
	size_t len;
	unsigned prot, maxprot;
} asked;

static int
ioctl_asks(int cmd, long arg, int *rval)
{
	char *addr = NULL;

	return rec_setup(0, rec_current_as(), &addr, asked.len, asked.prot, asked.maxprot, MAP_SHARED);
}

TEST(setup_of_length_0_is_EINVAL)
{
	rec.on_ioctl = ioctl_asks;
	asked.prot = asked.maxprot = PROT_DDI_ALL;
	asked.len = 0;
	assert_int_equal(sundog_ioctl(process, fd, 1, 0, NULL), EINVAL);
	expect_nothing_left("");
}

TEST(setup_of_more_than_its_own_maxprot_is_refused)
{
	rec.on_ioctl = ioctl_asks;
	asked.len = PAGE;
	asked.prot = PROT_READ | PROT_WRITE | PU;
	asked.maxprot = PROT_READ | PU;
	assert_int_equal(sundog_ioctl(process, fd, 1, 0, NULL), ENXIO);
	assert_int_equal(rec.parts[0].setup, -1);
	asked.prot = PROT_READ | PU;
	assert_int_equal(sundog_ioctl(process, fd, 1, 0, NULL), 0);
	assert_int_equal(rec_handle_maxprot(rec_handle(rec.nhandles - 1)), PROT_READ | PU);
}

static int
ioctl_maps(int cmd, long arg, int *rval)
{
	char *addr = NULL;
	int error = rec_setup(0, rec_current_as(), &addr, PAGE, PROT_READ | PROT_WRITE | PU, PROT_DDI_ALL, MAP_SHARED);

	return error != 0 ? error : rec_copyout(&addr, (unsigned long)arg, sizeof(addr)) == 0 ? 0
											      : EFAULT;
}

TEST(setup_from_an_ioctl)
{
	uint64_t buffer, addr;

	rec.on_ioctl = ioctl_maps;
	assert_int_equal(sundog_anon(process, PAGE, &buffer), 0);
	assert_int_equal(sundog_ioctl(process, fd, 1, buffer, NULL), 0);
	assert_int_equal(sundog_peek(process, buffer, &addr, sizeof(addr)).signo, 0);
	rec_write(process, addr, 4);
	assert_int_equal(*(uint32_t *)(void *)memory, 4);
}

/* ---- two at once in one place ---- */

static uint64_t contested;
static int second_error;

static void
map_over_it(void *dhp)
{
	uint64_t at = contested;

	rec.on_map = NULL;
	rec.part = 0;
	second_error = sundog_mmap(process, &at, 2 * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
}

/* While a mapping is in the making, nobody else's comes over it: neither on free addresses nor over an old one. */
TEST(a_fixed_mapping_over_one_in_the_making_is_ENOMEM)
{
	rec_script(cookie, REC_ALL);
	contested = rec_mmap_pages(process, fd, 0, 3);
	for (int round = 0; round < 2; round++) {
		uint64_t at = contested + PAGE;

		rec.part = 0;
		rec.on_map = map_over_it;
		second_error = 0;
		assert_int_equal(sundog_mmap(process, &at, 2 * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0), 0);
		assert_int_equal(second_error, ENOMEM);
		assert_int_equal(sundog_touch(process, at + PAGE, SUNDOG_READ).signo, 0);
		assert_int_equal(sundog_munmap(process, contested, 3 * PAGE), 0);
	}
	/* and it is free again */
	rec.part = 0;
	assert_int_equal(sundog_mmap(process, &contested, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0), 0);
}

static void
map_beside_it(void *dhp)
{
	uint64_t at = contested + 3 * PAGE;

	rec.on_map = NULL;
	rec.part = 0;
	second_error = sundog_mmap(process, &at, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
	at = contested;
	if (second_error == 0)
		second_error = sundog_mmap(process, &at, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
}

TEST(a_fixed_mapping_beside_one_in_the_making_works)
{
	uint64_t at;

	rec_script(cookie, REC_ALL);
	contested = rec_mmap_pages(process, fd, 0, 4);
	assert_int_equal(sundog_munmap(process, contested, 4 * PAGE), 0);
	at = contested + PAGE;
	rec.part = 0;
	rec.on_map = map_beside_it;
	assert_int_equal(sundog_mmap(process, &at, 2 * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0), 0);
	assert_int_equal(second_error, 0);
}

/* ---- what may be wrong with more than one thing ---- */

TEST(devmap_maplen_no_page_multiple_comes_before_no_setup_call)
{
	rec.parts[0].skip_setup = true;
	rec.parts[0].maplen = 100;
	assert_int_equal(map_page(), EINVAL);
}

TEST(devmap_that_sets_less_up_than_it_covers_is_ENXIO)
{
	rec.parts[0].len = PAGE;
	rec.parts[0].maplen = 2 * PAGE;
	assert_int_equal(map(2 * PAGE, PROT_READ, MAP_SHARED, 0), ENXIO);
	expect_nothing_left("devmap h0 off 0 len 8192\n");
}

TEST(private_without_access_comes_before_different_access_callbacks)
{
	static const unsigned callbacks[] = {REC_ACCESS, REC_ACCESS_OTHER, 0};

	for (size_t i = 0; i < 3; i++)
		rec.parts[i] = (struct rec_part){.cookie = cookie, .len = PAGE, .maplen = PAGE, .callbacks = callbacks[i]};
	rec.nparts = 3;
	assert_int_equal(map(3 * PAGE, PROT_READ, MAP_PRIVATE, 0), EINVAL);
	rec.part = 0;
	assert_int_equal(map(3 * PAGE, PROT_READ, MAP_SHARED, 0), ENOTSUP);
}

TEST(map_failure_gives_the_addresses_back)
{
	size_t size = (size_t)1 << 38; /* a quarter of the addresses that there are */
	uint64_t addr = 0;
	void *trash;

	rec_umem_alloc(size, UMEM_TRASHY, &trash);
	rec_script(trash, REC_ALL);
	for (int i = 0; i < 7; i++)
		rec.map_result[i] = EIO;
	for (int i = 0; i < 7; i++)
		assert_int_equal(map(size, PROT_READ, MAP_SHARED, 0), ENXIO);
	assert_int_equal(sundog_mmap(process, &addr, size, PROT_READ, MAP_SHARED, fd, 0), 0);
	assert_int_equal(sundog_munmap(process, addr, size), 0);
	rec_umem_free(trash);
}
