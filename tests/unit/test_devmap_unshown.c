/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes of a mapping that the host cannot show.  A driver holds its mutex over devmap_setup(9F), and takes it in
 * devmap_unmap: no callback of a handle whose devmap_map has succeeded may come inside devmap_setup.
 */
#include "test.h"
#include "kernel/host.h"
#include "rec_fixture.h"

#define PAGES 6

static uint64_t addr;
static int fail_at, fail_with; /* the fail_at-th window from now on, and those after it, from 1; 0: none */

int __real_host_as_window(struct host_as *as, const struct host_window *w);
int __wrap_host_as_window(struct host_as *as, const struct host_window *w);

int __wrap_host_as_window(struct host_as *as, const struct host_window *w)
{
	if (fail_at == 1)
		return fail_with;
	fail_at -= fail_at > 0;
	return __real_host_as_window(as, w);
}

static int
segmap_with_the_lock(long off, void *as, char **addrp, long len, unsigned prot, unsigned maxprot, unsigned flags)
{
	int error;

	rec_lock();
	error = rec_setup(off, as, addrp, (size_t)len, prot, maxprot, flags);
	rec_say("setup -> %d\n", error);
	rec_unlock();
	return error;
}

static void
unmap_takes_the_lock(void *dhp)
{
	rec_lock();
	rec_unlock();
}

static int
setup(void **state)
{
	fixture_setup(state, PAGES, REC_ALL);
	rec_slots(REC_OWN, REC_OWN, REC_NODEV, true);
	rec.on_segmap = segmap_with_the_lock;
	rec.on_unmap = unmap_takes_the_lock;
	fail_at = 0;
	addr = 0;
	return 0;
}

static int
map(int flags)
{
	return sundog_mmap(process, &addr, PAGES * PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);
}

#define ASKED "segmap off 0 len 24576 prot 11 maxprot 15 flags 1\ndevmap h0 off 0 len 24576\n"

#define TEST(name) TEST_WITH(name, setup, fixture_teardown)

TEST(it_is_unmapped_after_the_driver_has_returned)
{
	fail_at = 1;
	fail_with = ENOMEM;
	assert_int_equal(map(MAP_SHARED), ENOMEM);
	rec_expect(ASKED "map h0 flags 1 off 0 len 6 -> p1\nsetup -> 0\n"
			 "unmap h0 p1 off 0 len 6 before - after -\n");
	fail_at = 0;
	assert_int_equal(map(MAP_SHARED), 0);
	rec_write(process, addr, 1);
	rec_forget();
}

TEST(a_dying_processs_stands_until_it_ends)
{
	fail_at = 1;
	fail_with = EFAULT;
	assert_int_equal(map(MAP_SHARED), EFAULT);
	rec_expect(ASKED "map h0 flags 1 off 0 len 6 -> p1\nsetup -> 0\n");
	sundog_exit(process);
	process = NULL;
	rec_expect("unmap h0 p1 off 0 len 6 before - after -\nclose 0\n");
}

/* Two pages, and four. */
static void
script_two_handles(void)
{
	rec.nparts = 2;
	rec.parts[1] = rec.parts[0];
	rec.parts[0].len = rec.parts[0].maplen = 2 * PAGE;
	rec.parts[1].koff = 2 * PAGE;
}

#define ASKED_TWICE ASKED "devmap h1 off 8192 len 16384\nmap h0 flags 1 off 0 len 2 -> p1\nmap h1 flags 1 off 2 len 4 -> p2\n"

TEST(of_several_handles_all_are_unmapped)
{
	script_two_handles();
	fail_at = 2;
	fail_with = ENOMEM;
	assert_int_equal(map(MAP_SHARED), ENOMEM);
	rec_expect(ASKED_TWICE "setup -> 0\n"
			       "unmap h0 p1 off 0 len 2 before - after -\nunmap h1 p2 off 2 len 4 before - after -\n");
}

/* The place is empty then: what was there went before devmap_map, as always. */
TEST(a_fixed_one_leaves_its_place_empty)
{
	rec.on_unmap = NULL; /* of the replaced one, inside devmap_setup */
	assert_int_equal(map(MAP_SHARED), 0);
	fail_at = 1;
	fail_with = ENOMEM;
	assert_int_equal(map(MAP_SHARED | MAP_FIXED), ENOMEM);
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_READ), SIGSEGV, SEGV_MAPERR, 0);
	fail_at = 0;
	assert_int_equal(map(MAP_SHARED | MAP_FIXED), 0);
	rec_write(process, addr, 1);
}

/* A later devmap_map of the same call fails: that is the driver's own doing, and it is undone at once. */
TEST(a_refused_one_is_unmapped_inside)
{
	rec.on_unmap = NULL;
	script_two_handles();
	rec.map_result[1] = EIO;
	assert_int_equal(map(MAP_SHARED), ENXIO);
	rec_expect(ASKED_TWICE "unmap h0 p1 off 0 len 2 before - after -\nsetup -> 6\n");
}

/* ---- devmap_setup(9F) from an ioctl: nobody takes it away but the application ---- */

static int
set_up_in_ioctl(void *arg)
{
	char *at = NULL;
	int error = rec_setup(0, rec_current_as(), &at, PAGES * PAGE, PROT_READ | PROT_WRITE | PU, PROT_DDI_ALL, MAP_SHARED);

	addr = (uint64_t)(uintptr_t)at;
	return error;
}

TEST(one_that_an_ioctl_made_is_shown_when_it_can_be)
{
	fail_at = 1;
	fail_with = ENOMEM;
	assert_int_equal(rec_run(process, fd, set_up_in_ioctl, NULL), 0);
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_READ), SIGBUS, BUS_OBJERR, ENOMEM);
	fail_at = 0;
	rec_write(process, addr + PAGE, 5);
	assert_int_equal(*(uint32_t *)(void *)(memory + PAGE), 5);
	rec_forget();
	assert_int_equal(sundog_munmap(process, addr, PAGES * PAGE), 0);
	rec_expect("unmap h0 p1 off 0 len 6 before - after -\n");
}
