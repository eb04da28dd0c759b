/* SPDX-License-Identifier: BSD-2-Clause */
/* fork, munmap, mprotect, exec, exit, close, and who waits for whom: a test for each row and sentence. */
#include "test.h"
#include "rec_fixture.h"

#define PAGES 6ul

static uint64_t addr;

static int
setup(void **state)
{
	return fixture_setup(state, PAGES, REC_ALL);
}

/* One handle over all pages, each with its number in it. */
static void
map_one(void)
{
	addr = rec_mmap_pages(process, fd, 10, PAGES);
	for (size_t i = 0; i < PAGES; i++)
		rec_write(process, addr + i * PAGE, (uint32_t)i);
	rec_forget();
}

/* Three handles of two pages. */
static void
map_three(void)
{
	rec.nparts = 3;
	for (size_t i = 0; i < 3; i++)
		rec.parts[i] = (struct rec_part){.cookie = cookie, .koff = (long)(i * 2 * PAGE), .len = 2 * PAGE, .maplen = 2 * PAGE, .callbacks = REC_ALL};
	map_one();
}

static void
unmap(size_t first, size_t n)
{
	assert_int_equal(sundog_munmap(process, addr + first * PAGE, n * PAGE), 0);
}

/* The pages of [first, first + n) still show their numbers, and no page outside of all that is left does. */
static void
expect_pages(size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++)
		assert_int_equal(rec_read(process, addr + i * PAGE), i);
}

static void
expect_gone(size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++)
		rec_expect_signal(sundog_touch(process, addr + i * PAGE, SUNDOG_READ), SIGSEGV, SEGV_MAPERR, 0);
}

#define TEST(name) TEST_WITH(name, setup, fixture_teardown)

/* ---- munmap ---- */

TEST(unmap_whole_handle)
{
	map_one();
	unmap(0, PAGES);
	rec_expect("unmap h0 p1 off 10 len 6 before - after -\n");
	expect_gone(0, PAGES);
}

TEST(unmap_head)
{
	map_one();
	unmap(0, 2);
	rec_expect("unmap h0 p1 off 10 len 2 before - after h0\n");
	assert_int_equal(rec_handle_address(rec_handle(0)), addr + 2 * PAGE);
	assert_int_equal(rec_handle_len(rec_handle(0)), 4 * PAGE);
	assert_int_equal(rec_handle_uoff(rec_handle(0)), 12 * PAGE);
	assert_int_equal(rec_handle_roff(rec_handle(0)), 2 * PAGE);
	assert_int_equal(rec_segment_base(rec_handle(0)), addr + 2 * PAGE);
	assert_int_equal(rec_segment_size(rec_handle(0)), 4 * PAGE);
	expect_gone(0, 2);
	expect_pages(2, 4);
	rec_forget();
	assert_int_equal(rec_unload(rec_handle(0), 12 * PAGE, PAGE), 0);
	expect_pages(2, 1);
	rec_expect("access h0 p1 off 12 len 1 type 0 rw 1\n");
	assert_int_equal(rec_unload(rec_handle(0), 11 * PAGE, PAGE), FC_ERRNO_OF(EINVAL));
}

TEST(unmap_tail)
{
	map_one();
	unmap(4, 2);
	rec_expect("unmap h0 p1 off 14 len 2 before h0 after -\n");
	assert_int_equal(rec_handle_address(rec_handle(0)), addr);
	assert_int_equal(rec_handle_len(rec_handle(0)), 4 * PAGE);
	assert_int_equal(rec_segment_size(rec_handle(0)), 4 * PAGE);
	expect_pages(0, 4);
	expect_gone(4, 2);
}

TEST(unmap_middle)
{
	rec.relabel = true;
	map_one();
	unmap(2, 1);
	rec_expect("unmap h0 p1 off 12 len 1 before h0 after h1\n");
	assert_int_equal(rec_handle_len(rec_handle(0)), 2 * PAGE);
	assert_int_equal(rec_handle_address(rec_handle(1)), addr + 3 * PAGE);
	assert_int_equal(rec_handle_len(rec_handle(1)), 3 * PAGE);
	assert_int_equal(rec_handle_uoff(rec_handle(1)), 13 * PAGE);
	assert_int_equal(rec_handle_roff(rec_handle(1)), 3 * PAGE);
	expect_gone(2, 1);
	expect_pages(0, 2);
	expect_pages(3, 3);
	rec_forget();
	/* each part has the private data that the driver gave it */
	assert_int_equal(rec_unload(rec_handle(0), 0, 0), 0);
	assert_int_equal(rec_unload(rec_handle(1), 0, 0), 0);
	expect_pages(1, 1);
	expect_pages(3, 1);
	rec_expect("access h0 p2 off 11 len 1 type 0 rw 1\naccess h1 p3 off 13 len 1 type 0 rw 1\n");
	unmap(0, PAGES);
	rec_expect("unmap h0 p2 off 10 len 2 before - after -\nunmap h1 p3 off 13 len 3 before - after -\n");
}

TEST(unmap_over_several_handles_in_ascending_order)
{
	map_three();
	unmap(1, 4);
	rec_expect("unmap h0 p1 off 11 len 1 before h0 after -\nunmap h1 p2 off 12 len 2 before - after -\n"
		   "unmap h2 p3 off 14 len 1 before - after h2\n");
	expect_pages(0, 1);
	expect_pages(5, 1);
	expect_gone(1, 4);
}

TEST(unmap_tail_in_a_later_handle)
{
	map_three();
	unmap(5, 1);
	rec_expect("unmap h2 p3 off 15 len 1 before h2 after -\n");
	expect_pages(0, 5);
}

TEST(unmap_middle_of_the_first_of_several_handles)
{
	rec.nparts = 2;
	rec.parts[0] = (struct rec_part){.cookie = cookie, .len = 3 * PAGE, .maplen = 3 * PAGE, .callbacks = REC_ALL};
	rec.parts[1] = (struct rec_part){.cookie = cookie, .koff = 3 * PAGE, .callbacks = REC_ALL};
	map_one();
	unmap(1, 1);
	rec_expect("unmap h0 p1 off 11 len 1 before h0 after h2\n");
	expect_pages(0, 1);
	expect_pages(2, 4);
	rec_forget();
	unmap(0, PAGES);
	rec_expect("unmap h0 p1 off 10 len 1 before - after -\nunmap h2 p1 off 12 len 1 before - after -\n"
		   "unmap h1 p2 off 13 len 3 before - after -\n");
}

TEST(unmap_of_part_of_several_mappings)
{
	uint64_t second;

	map_one();
	second = addr + PAGES * PAGE;
	rec.part = 0;
	assert_int_equal(sundog_mmap(process, &second, PAGES * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0), 0);
	rec_forget();
	unmap(4, 4);
	rec_expect("unmap h0 p1 off 14 len 2 before h0 after -\nunmap h1 p2 off 0 len 2 before - after h1\n");
}

static bool loaded_in_unmap;

static void
look_whether_loaded(void *dhp)
{
	loaded_in_unmap = rec_handle_len(dhp) == PAGES * PAGE && sundog_loaded(process, addr + 2 * PAGE, SUNDOG_READ);
}

TEST(unmap_takes_translations_before_the_callback)
{
	map_one();
	loaded_in_unmap = true;
	rec.on_unmap = look_whether_loaded;
	unmap(2, 1);
	assert_false(loaded_in_unmap);
}

TEST(unmap_many_holes)
{
	void *large;
	size_t n = 256;

	rec_umem_alloc(n * PAGE, UMEM_PAGEABLE, &large);
	rec.nparts = 1;
	rec.parts[0] = (struct rec_part){.cookie = large, .callbacks = REC_NO_CALLBACKS};
	addr = rec_mmap_pages(process, fd, 0, n);
	for (size_t i = 0; i < n; i++)
		rec_write(process, addr + i * PAGE, (uint32_t)i);
	for (size_t i = 0; i < n; i += 4)
		unmap((i * 37) % n, 1);
	for (size_t i = 0; i < n; i++) {
		if (i % 4 == 0)
			expect_gone(i, 1);
		else
			expect_pages(i, 1);
	}
	unmap(0, n);
	rec_umem_free(large);
}

/* ---- mprotect ---- */

TEST(mprotect_beyond_maxprot_is_EACCES)
{
	rec.parts[0].maxprot = PROT_READ | PU;
	assert_int_equal(sundog_mmap(process, &addr, PAGES * PAGE, PROT_READ, MAP_SHARED, fd, 0), 0);
	assert_int_equal(sundog_mprotect(process, addr, PAGE, PROT_READ | PROT_WRITE), EACCES);
	assert_int_equal(sundog_mprotect(process, addr, PAGE, PROT_NONE), 0);
	assert_int_equal(sundog_mprotect(process, addr, PAGE, PROT_READ), 0);
}

TEST(mprotect_is_per_page)
{
	map_one();
	assert_int_equal(sundog_mprotect(process, addr + 2 * PAGE, 2 * PAGE, PROT_READ), 0);
	for (size_t i = 0; i < PAGES; i++) {
		struct sundog_signal_info info = sundog_touch(process, addr + i * PAGE, SUNDOG_WRITE);

		rec_expect_signal(info, i == 2 || i == 3 ? SIGSEGV : 0, i == 2 || i == 3 ? SEGV_ACCERR : 0, 0);
	}
	expect_pages(0, PAGES);
}

TEST(mprotect_none_unloads)
{
	map_one();
	assert_int_equal(sundog_mprotect(process, addr, PAGE, PROT_NONE), 0);
	assert_false(sundog_loaded(process, addr, SUNDOG_READ));
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_READ), SIGSEGV, SEGV_ACCERR, 0);
	rec_expect("");
	assert_int_equal(sundog_mprotect(process, addr, PAGE, PROT_READ), 0);
	expect_pages(0, 1);
}

TEST(mprotect_raise_applies_to_loaded_pages)
{
	assert_int_equal(sundog_mmap(process, &addr, PAGE, PROT_READ, MAP_SHARED, fd, 0), 0);
	rec_read(process, addr);
	assert_int_equal(sundog_mprotect(process, addr, PAGE, PROT_READ | PROT_WRITE), 0);
	rec_write(process, addr, 7);
	assert_int_equal(*(uint32_t *)(void *)memory, 7);
}

TEST(mprotect_survives_cuts)
{
	map_one();
	assert_int_equal(sundog_mprotect(process, addr + PAGE, 4 * PAGE, PROT_READ), 0);
	unmap(2, 1);
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_WRITE), 0, 0, 0);
	rec_expect_signal(sundog_touch(process, addr + PAGE, SUNDOG_WRITE), SIGSEGV, SEGV_ACCERR, 0);
	rec_expect_signal(sundog_touch(process, addr + 3 * PAGE, SUNDOG_WRITE), SIGSEGV, SEGV_ACCERR, 0);
	rec_expect_signal(sundog_touch(process, addr + 5 * PAGE, SUNDOG_WRITE), 0, 0, 0);
}

/* What mprotect(2) said of each page, by a model; of pages that are loaded and of pages that are not. */
static int model[PAGES];

static void
expect_model(struct sundog_process *p)
{
	for (size_t i = 0; i < PAGES; i++) {
		bool reads = (model[i] & PROT_READ) != 0, writes = (model[i] & PROT_WRITE) != 0;

		if (model[i] < 0)
			continue;
		assert_int_equal(sundog_touch(p, addr + i * PAGE, SUNDOG_READ).signo, reads ? 0 : SIGSEGV);
		assert_int_equal(sundog_touch(p, addr + i * PAGE, SUNDOG_WRITE).signo, writes ? 0 : SIGSEGV);
	}
}

static unsigned
next_random(unsigned most)
{
	static unsigned seed = 1;

	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) % most;
}

static void
mprotect_some(void)
{
	static const int protections[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE};
	size_t first = next_random(PAGES), n = 1 + next_random((unsigned)(PAGES - first));
	int prot = protections[next_random(3)];

	for (size_t i = first; i < first + n; i++) {
		if (model[i] < 0)
			return; /* ENOMEM where there is nothing */
	}
	for (size_t i = first; i < first + n; i++)
		model[i] = prot;
	assert_int_equal(sundog_mprotect(process, addr + first * PAGE, n * PAGE, prot), 0);
}

TEST(mprotect_is_what_the_last_one_said_of_each_page)
{
	rec.quiet = true;
	for (int round = 0; round < 60; round++) {
		struct sundog_process *child;
		bool fresh = round % 2 != 0;

		rec.part = 0;
		addr = rec_mmap_pages(process, fd, 0, PAGES);
		for (size_t i = 0; i < PAGES; i++) {
			model[i] = PROT_READ | PROT_WRITE;
			if (!fresh)
				rec_write(process, addr + i * PAGE, 1);
		}
		for (int i = 0; i < 4; i++)
			mprotect_some();
		if (!fresh)
			expect_model(process);
		if (round % 3 != 0) {
			size_t hole = next_random(PAGES);

			model[hole] = -1;
			unmap(hole, 1);
			mprotect_some();
		}
		assert_int_equal(sundog_fork(process, &child), 0);
		expect_model(child);
		sundog_exit(child);
		expect_model(process);
		unmap(0, PAGES);
	}
}

TEST(munmap_and_mprotect_refuse_what_linux_refuses)
{
	map_one();
	assert_int_equal(sundog_munmap(process, addr + 1, PAGE), EINVAL);
	assert_int_equal(sundog_munmap(process, addr, 0), EINVAL);
	assert_int_equal(sundog_munmap(process, addr, SIZE_MAX), EINVAL);
	assert_int_equal(sundog_munmap(process, addr, SIZE_MAX - addr), EINVAL);
	assert_int_equal(sundog_mprotect(process, addr + 1, PAGE, PROT_READ), EINVAL);
	assert_int_equal(sundog_mprotect(process, addr, PAGE, 0x100), EINVAL);
	assert_int_equal(sundog_mprotect(process, addr, SIZE_MAX, PROT_READ), ENOMEM);
	assert_int_equal(sundog_mprotect(process, addr, SIZE_MAX - addr, PROT_READ), ENOMEM);
	assert_int_equal(sundog_mprotect(process, addr, 0, PROT_NONE), 0);
	rec_expect("");
	expect_pages(0, PAGES);
}

TEST(a_cut_moves_the_kernel_address_and_the_offset_along)
{
	map_one();
	unmap(1, 1);
	unmap(2, 1);
	/* 0 | - | - | 3 4 5: a middle, and the head of what it left */
	assert_ptr_equal(rec_handle_kernel(rec_handle(0)), memory);
	assert_int_equal(rec_handle_len(rec_handle(0)), PAGE);
	assert_ptr_equal(rec_handle_kernel(rec_handle(1)), memory + 3 * PAGE);
	assert_int_equal(rec_handle_roff(rec_handle(1)), 3 * PAGE);
	assert_int_equal(rec_handle_uoff(rec_handle(1)), 13 * PAGE);
	unmap(3, 1);
	assert_ptr_equal(rec_handle_kernel(rec_handle(1)), memory + 4 * PAGE);
}

/* ---- fork ---- */

static void *dup_parent_as, *dup_child_as;
static int dup_pid;

static void
look_at_dup(void *dhp, void *new_dhp)
{
	dup_parent_as = rec_handle_as(dhp);
	dup_child_as = rec_handle_as(new_dhp);
	dup_pid = rec_current_pid();
	assert_ptr_equal(rec_current_as(), dup_parent_as);
}

TEST(fork_dups_every_handle_in_order_without_translations)
{
	struct sundog_process *child;

	rec.on_dup = look_at_dup;
	map_three();
	assert_int_equal(sundog_fork(process, &child), 0);
	rec_expect("dup h0 p1 -> h3 p4\ndup h1 p2 -> h4 p5\ndup h2 p3 -> h5 p6\n");
	assert_int_equal(dup_pid, sundog_process_pid(process));
	assert_ptr_not_equal(dup_child_as, dup_parent_as);
	for (size_t i = 0; i < PAGES; i++) {
		assert_false(sundog_loaded(child, addr + i * PAGE, SUNDOG_READ));
		assert_true(sundog_loaded(process, addr + i * PAGE, SUNDOG_READ));
	}
	assert_int_equal(rec_read(child, addr + 3 * PAGE), 3);
	rec_expect("access h4 p5 off 13 len 1 type 0 rw 1\n");
	rec_write(child, addr, 70);
	assert_int_equal(rec_read(process, addr), 70);
	rec_forget();
	sundog_exit(child);
	rec_expect("unmap h3 p4 off 10 len 2 before - after -\nunmap h4 p5 off 12 len 2 before - after -\n"
		   "unmap h5 p6 off 14 len 2 before - after -\n");
}

TEST(fork_without_dup_inherits_the_private_data)
{
	struct sundog_process *child;

	rec.parts[0].callbacks = REC_MAP | REC_ACCESS | REC_UNMAP;
	map_one();
	assert_int_equal(sundog_fork(process, &child), 0);
	rec_read(child, addr);
	rec_expect("access h1 p1 off 10 len 1 type 0 rw 1\n");
	sundog_exit(child);
}

static void
fork_failing_dup(int result, int error)
{
	struct sundog_process *child = NULL;

	map_three();
	rec.dup_result[1] = result;
	assert_int_equal(sundog_fork(process, &child), error);
	rec_expect("dup h0 p1 -> h3 p4\ndup h1 p2 -> h4 p5\nunmap h3 p4 off 10 len 2 before - after -\n");
	expect_pages(0, PAGES);
}

TEST(fork_dup_ENOMEM_is_ENOMEM)
{
	fork_failing_dup(ENOMEM, ENOMEM);
}

TEST(fork_dup_other_error_is_EAGAIN)
{
	fork_failing_dup(EPERM, EAGAIN);
}

TEST(fork_inherits_protections)
{
	struct sundog_process *child;

	map_one();
	assert_int_equal(sundog_mprotect(process, addr + PAGE, PAGE, PROT_READ), 0);
	assert_int_equal(sundog_fork(process, &child), 0);
	rec_expect_signal(sundog_touch(child, addr, SUNDOG_WRITE), 0, 0, 0);
	rec_expect_signal(sundog_touch(child, addr + PAGE, SUNDOG_WRITE), SIGSEGV, SEGV_ACCERR, 0);
	sundog_exit(child);
}

static void
invalidate_new(void *dhp, void *new_dhp)
{
	assert_int_equal(rec_invalidate(new_dhp, PAGES * PAGE, PROT_DDI_ALL), 0);
}

/* A child's child's are the child's pages', not the first page's; without devmap_access nobody else would say so. */
TEST(fork_inherits_protections_of_pages_that_are_shown_at_once)
{
	struct sundog_process *child, *grandchild;

	rec.parts[0].callbacks = REC_NO_CALLBACKS;
	addr = rec_mmap_pages(process, fd, 0, PAGES);
	assert_int_equal(sundog_mprotect(process, addr + PAGE, PAGE, PROT_READ), 0);
	assert_int_equal(sundog_mprotect(process, addr + 3 * PAGE, PAGE, PROT_NONE), 0);
	assert_int_equal(sundog_fork(process, &child), 0);
	assert_int_equal(sundog_fork(child, &grandchild), 0);
	for (size_t i = 0; i < PAGES; i++) {
		rec_expect_signal(sundog_touch(child, addr + i * PAGE, SUNDOG_READ), i == 3 ? SIGSEGV : 0, i == 3 ? SEGV_ACCERR : 0, 0);
		rec_expect_signal(sundog_touch(grandchild, addr + i * PAGE, SUNDOG_WRITE), i % 2 ? (i == 5 ? 0 : SIGSEGV) : 0, i % 2 ? (i == 5 ? 0 : SEGV_ACCERR) : 0, 0);
	}
	sundog_exit(child);
	sundog_exit(grandchild);
}

TEST(fork_invalidated_in_dup)
{
	struct sundog_process *child;

	rec.parts[0].flags = ALLOW_REMAP;
	rec.parts[0].callbacks = REC_MAP | REC_DUP;
	rec.on_dup = invalidate_new;
	map_one();
	assert_int_equal(sundog_fork(process, &child), 0);
	rec_expect_signal(sundog_touch(child, addr, SUNDOG_READ), SIGSEGV, SEGV_MAPERR, 0);
	expect_pages(0, PAGES);
	sundog_exit(child);
}

TEST(fork_after_cuts)
{
	struct sundog_process *child;

	map_one();
	unmap(2, 1);
	rec_forget();
	assert_int_equal(sundog_fork(process, &child), 0);
	rec_expect("dup h0 p1 -> h2 p2\ndup h1 p1 -> h3 p3\n");
	assert_int_equal(rec_read(child, addr + PAGE), 1);
	assert_int_equal(rec_read(child, addr + 5 * PAGE), 5);
	rec_expect_signal(sundog_touch(child, addr + 2 * PAGE, SUNDOG_READ), SIGSEGV, SEGV_MAPERR, 0);
	sundog_exit(child);
}

/* ---- exit, exec, close ---- */

TEST(exit_unmaps_in_address_order_then_closes)
{
	map_three();
	sundog_exit(process);
	process = NULL;
	rec_expect("unmap h0 p1 off 10 len 2 before - after -\nunmap h1 p2 off 12 len 2 before - after -\n"
		   "unmap h2 p3 off 14 len 2 before - after -\nclose 0\n");
}

TEST(exec_unmaps_then_closes)
{
	map_one();
	assert_int_equal(sundog_set_cloexec(process, fd, true), 0);
	assert_int_equal(sundog_exec(process), 0);
	rec_expect("unmap h0 p1 off 10 len 6 before - after -\nclose 3\n");
}

/* ---- who waits for whom ---- */

static int sleeping; /* protected by the driver's lock */
static bool let_go;

static int
access_sleeps(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	int result = 0;

	rec_lock();
	sleeping++;
	rec_wake();
	while (!let_go && result == 0) {
		if (!rec_wait())
			result = EINTR;
	}
	sleeping--;
	rec_unlock();
	return result != 0 ? result : rec_load(dhp, off, len, type, rw);
}

static void
wait_until_asleep(int n)
{
	rec_lock();
	while (sleeping < n)
		assert_true(rec_wait());
	rec_unlock();
}

static void
wake_sleepers(void)
{
	rec_lock();
	let_go = true;
	rec_wake();
	rec_unlock();
}

static void *
toucher(void *arg)
{
	return (void *)(intptr_t)sundog_touch(process, *(uint64_t *)arg, SUNDOG_READ).signo;
}

static void *
unmapper(void *arg)
{
	assert_int_equal(sundog_munmap(process, *(uint64_t *)arg, PAGE), 0);
	return NULL;
}

static void
map_sleeping(void)
{
	sleeping = 0;
	let_go = false;
	rec.access = access_sleeps;
	addr = rec_mmap_pages(process, fd, 0, PAGES);
	rec_forget();
}

TEST(unmap_waits_for_accesses_in_progress)
{
	pthread_t touch, take;
	uint64_t other;
	void *signo;

	map_sleeping();
	other = addr + 2 * PAGE;
	pthread_create(&touch, NULL, toucher, &addr);
	wait_until_asleep(1);
	pthread_create(&take, NULL, unmapper, &other);
	wake_sleepers();
	pthread_join(touch, &signo);
	assert_int_equal((intptr_t)signo, 0);
	pthread_join(take, NULL);
	rec_expect("access h0 p1 off 0 len 1 type 0 rw 1\nunmap h0 p1 off 2 len 1 before h0 after h1\n");
}

TEST(accesses_of_two_threads_go_on_side_by_side)
{
	pthread_t first, second;
	uint64_t other;

	map_sleeping();
	other = addr + PAGE;
	pthread_create(&first, NULL, toucher, &addr);
	pthread_create(&second, NULL, toucher, &other);
	wait_until_asleep(2);
	wake_sleepers();
	pthread_join(first, NULL);
	pthread_join(second, NULL);
}

TEST(mapping_does_not_wait_for_a_sleeping_access)
{
	pthread_t touch;

	map_sleeping();
	pthread_create(&touch, NULL, toucher, &addr);
	wait_until_asleep(1);
	rec.part = 0;
	(void)rec_mmap_pages(process, fd, 0, 1);
	wake_sleepers();
	pthread_join(touch, NULL);
}

TEST(signal_interrupts_a_sleeping_access_which_is_retried)
{
	pthread_t touch;
	void *signo;

	map_sleeping();
	pthread_create(&touch, NULL, toucher, &addr);
	wait_until_asleep(1);
	sundog_signal(process);
	wait_until_asleep(1);
	wake_sleepers();
	pthread_join(touch, &signo);
	assert_int_equal((intptr_t)signo, 0);
}

TEST(exit_interrupts_sleeping_accesses_before_unmapping)
{
	pthread_t touch;
	void *signo;

	map_sleeping();
	pthread_create(&touch, NULL, toucher, &addr);
	wait_until_asleep(1);
	sundog_exit(process);
	process = NULL;
	pthread_join(touch, &signo);
	assert_int_not_equal((intptr_t)signo, 0);
	rec_expect("access h0 p1 off 0 len 1 type 0 rw 1\nunmap h0 p1 off 0 len 6 before - after -\nclose 0\n");
}

#define ROUNDS 300

static int
access_switches(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	static void *current;
	int result;

	rec_lock();
	if (current != NULL && current != dhp && (current == rec_handle(0) || current == rec_handle(1)))
		rec_unload(current, off, len);
	current = dhp;
	result = rec_load(dhp, off, len, type, rw);
	rec_unlock();
	return result;
}

struct worker {
	struct sundog_process *process;
	uint64_t addr;
};

static void *
worker_touches(void *arg)
{
	const struct worker *worker = arg;

	for (size_t i = 0; i < ROUNDS; i++)
		assert_int_equal(sundog_touch(worker->process, worker->addr, SUNDOG_WRITE).signo, 0);
	return NULL;
}

TEST(two_processes_unload_each_other_with_the_drivers_lock_held)
{
	struct worker workers[2] = {{.process = process}, {.process = rec_process()}};
	pthread_t threads[4];

	rec.access = access_switches;
	workers[0].addr = rec_mmap_pages(process, fd, 0, 1);
	rec.part = 0;
	workers[1].addr = rec_mmap_pages(workers[1].process, rec_open_device(workers[1].process, O_RDWR), 0, 1);
	rec_forget();
	for (size_t i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, worker_touches, &workers[i % 2]);
	for (size_t i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	rec_forget();
	sundog_exit(workers[1].process);
}

static void *
forker(void *arg)
{
	for (size_t i = 0; i < 30; i++) {
		struct sundog_process *child;

		assert_int_equal(sundog_fork(process, &child), 0);
		assert_int_equal(sundog_touch(child, addr + PAGE, SUNDOG_WRITE).signo, 0);
		assert_int_equal(sundog_munmap(child, addr + 2 * PAGE, PAGE), 0);
		sundog_exit(child);
	}
	return NULL;
}

TEST(fork_storm_while_others_fault_and_are_unloaded)
{
	struct worker worker = {.process = process};
	pthread_t fork_thread, touch_thread;

	rec.parts[0].callbacks = REC_ALL;
	worker.addr = addr = rec_mmap_pages(process, fd, 0, PAGES);
	pthread_create(&fork_thread, NULL, forker, NULL);
	pthread_create(&touch_thread, NULL, worker_touches, &worker);
	for (size_t i = 0; i < ROUNDS; i++)
		assert_int_equal(rec_unload(rec_handle(0), 0, 0), 0);
	pthread_join(fork_thread, NULL);
	pthread_join(touch_thread, NULL);
	rec_forget();
}
