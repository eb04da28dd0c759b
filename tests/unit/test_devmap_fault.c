/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults, load and unload, remap, context management, the kernel's own accesses: a test for each row and trap. */
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include "test.h"
#include "rec_fixture.h"

#define PAGES 4ul

static void *other;
static char *other_memory;
static uint64_t addr;

static int
setup(void **state)
{
	fixture_setup(state, PAGES, REC_ALL);
	other_memory = rec_umem_alloc(PAGES * PAGE, UMEM_PAGEABLE, &other);
	return 0;
}

static int
teardown(void **state)
{
	if (process != NULL)
		sundog_exit(process);
	process = NULL;
	rec_umem_free(other);
	return fixture_teardown(state);
}

/* Maps PAGES pages of the cookie at user offset off pages. */
static void
map_at(long off)
{
	addr = rec_mmap_pages(process, fd, off, PAGES);
	rec_forget();
}

static uint32_t *
word(char *base, size_t page)
{
	return (uint32_t *)(void *)(base + page * PAGE);
}

#define TEST(name) TEST_WITH(name, setup, teardown)

/* ---- access ---- */

TEST(access_gets_the_page_and_the_direction)
{
	map_at(10);
	sundog_touch(process, addr + PAGE + 5, SUNDOG_READ);
	rec_expect("access h0 p1 off 11 len 1 type 0 rw 1\n");
	sundog_touch(process, addr + 3 * PAGE, SUNDOG_WRITE);
	rec_expect("access h0 p1 off 13 len 1 type 0 rw 2\n");
}

TEST(load_after_a_read_makes_the_page_writable_too)
{
	map_at(0);
	rec_read(process, addr);
	rec_forget();
	rec_write(process, addr, 1);
	rec_expect("");
}

static void *seen_as;
static int seen_pid;

static int
access_looks_around(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	seen_as = rec_current_as();
	seen_pid = rec_current_pid();
	assert_ptr_equal(rec_handle_as(dhp), seen_as);
	return rec_default_access(dhp, pvtp, off, len, type, rw);
}

TEST(access_runs_in_the_faulting_process)
{
	rec.access = access_looks_around;
	map_at(0);
	rec_write(process, addr, 1);
	assert_non_null(seen_as);
	assert_int_equal(seen_pid, sundog_process_pid(process));
}

static int retries;

static int
access_loads_at_the_third_try(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	return ++retries < 3 ? 0 : rec_load(dhp, off, len, type, rw);
}

TEST(result_0_without_a_load_is_retried)
{
	retries = 0;
	rec.access = access_loads_at_the_third_try;
	map_at(0);
	rec_write(process, addr, 5);
	assert_int_equal(retries, 3);
	assert_int_equal(*word(memory, 0), 5);
}

static int access_result;

static int
access_fails(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	return access_result;
}

static void
expect_failure(int result, int signo, int code, int error)
{
	access_result = result;
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_READ), signo, code, error);
}

TEST(nonzero_from_access_is_SIGBUS_OBJERR_with_its_low_24_bits)
{
	rec.access = access_fails;
	map_at(0);
	expect_failure(-1, SIGBUS, BUS_OBJERR, 0xffffff);
	expect_failure(1, SIGBUS, BUS_OBJERR, 1);
	expect_failure(3, SIGBUS, BUS_OBJERR, 3);
	expect_failure(5, SIGBUS, BUS_OBJERR, 5);
	expect_failure(EFAULT, SIGBUS, BUS_OBJERR, EFAULT);
	expect_failure(0x7f123456, SIGBUS, BUS_OBJERR, 0x123456);
}

TEST(FC_MAKE_ERR_from_access_is_SIGBUS_OBJERR_with_its_errno)
{
	rec.access = access_fails;
	map_at(0);
	expect_failure(FC_ERRNO_OF(EIO), SIGBUS, BUS_OBJERR, EIO);
	expect_failure(FC_ERRNO_OF(ENOMEM), SIGBUS, BUS_OBJERR, ENOMEM);
}

static int interrupts;

static int
access_interrupted_twice(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	interrupts++;
	if (interrupts == 1)
		return EINTR;
	if (interrupts == 2)
		return FC_ERRNO_OF(EINTR);
	return rec_load(dhp, off, len, type, rw);
}

TEST(EINTR_from_access_is_a_retry)
{
	interrupts = 0;
	rec.access = access_interrupted_twice;
	map_at(0);
	rec_write(process, addr, 1);
	assert_int_equal(interrupts, 3);
}

static int
access_loads_as_write(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	return rec_load(dhp, off, len, type, 2);
}

TEST(FC_PROT_of_a_load_passed_on_is_SIGSEGV_ACCERR)
{
	rec.access = access_loads_as_write;
	addr = 0;
	assert_int_equal(sundog_mmap(process, &addr, PAGE, PROT_READ, MAP_SHARED, fd, 0), 0);
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_READ), SIGSEGV, SEGV_ACCERR, 0);
}

TEST(protection_never_reaches_the_driver)
{
	addr = 0;
	assert_int_equal(sundog_mmap(process, &addr, PAGE, PROT_READ, MAP_SHARED, fd, 0), 0);
	rec_forget();
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_WRITE), SIGSEGV, SEGV_ACCERR, 0);
	rec_expect("");
	rec_read(process, addr);
	rec_forget();
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_WRITE), SIGSEGV, SEGV_ACCERR, 0);
	rec_expect("");
}

TEST(no_access_and_set_up_invalid_is_SIGBUS_OBJERR_EFAULT)
{
	rec.parts[0].callbacks = REC_NO_CALLBACKS;
	rec.parts[0].flags = INVALID | ALLOW_REMAP;
	map_at(0);
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_READ), SIGBUS, BUS_OBJERR, EFAULT);
}

TEST(no_access_and_invalidated_later_is_SIGSEGV_MAPERR)
{
	rec.parts[0].callbacks = REC_MAP;
	rec.parts[0].flags = ALLOW_REMAP;
	map_at(0);
	rec_write(process, addr, 1);
	assert_int_equal(rec_invalidate(rec_handle(0), PAGE, PROT_DDI_ALL), 0);
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_READ), SIGSEGV, SEGV_MAPERR, 0);
	assert_int_equal(rec_umem_remap(rec_handle(0), cookie, 0, PAGE, PROT_DDI_ALL, 0), 0);
	assert_int_equal(rec_read(process, addr), 1);
}

TEST(no_access_callback_is_nodev_too)
{
	rec.parts[0].callbacks = REC_MAP | REC_ACCESS_NODEV;
	map_at(0);
	rec_write(process, addr, 1);
	assert_int_equal(*word(memory, 0), 1);
}

/* ---- devmap_load, devmap_unload ---- */

static int load_results[8];

static int
access_tries_ranges(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	load_results[0] = rec_load(dhp, 9 * PAGE, PAGE, type, rw);
	load_results[1] = rec_load(dhp, 10 * PAGE, (PAGES + 1) * PAGE, type, rw);
	load_results[2] = rec_load(dhp, (10 + PAGES) * PAGE, PAGE, type, rw);
	load_results[3] = rec_load(dhp, 13 * PAGE, 2 * PAGE, type, rw);
	load_results[4] = rec_load(dhp, 10 * PAGE, SIZE_MAX, type, rw);
	load_results[5] = rec_unload(dhp, 9 * PAGE, PAGE);
	return rec_load(dhp, off, len, type, rw);
}

TEST(load_out_of_the_handle_is_EINVAL)
{
	rec.access = access_tries_ranges;
	map_at(10);
	rec_write(process, addr, 1);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(load_results[i], FC_ERRNO_OF(EINVAL));
}

static int
access_loads_from_the_middle(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	return rec_load(dhp, 11 * PAGE + 100, PAGE + 1, type, rw);
}

TEST(load_rounds_offset_down_and_length_up)
{
	rec.access = access_loads_from_the_middle;
	map_at(10);
	rec_write(process, addr + PAGE, 1);
	assert_false(sundog_loaded(process, addr, SUNDOG_READ));
	assert_true(sundog_loaded(process, addr + PAGE, SUNDOG_READ));
	assert_true(sundog_loaded(process, addr + 2 * PAGE, SUNDOG_READ));
	assert_false(sundog_loaded(process, addr + 3 * PAGE, SUNDOG_READ));
}

static int
access_loads_to_the_end(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	return rec_load(dhp, off, 0, type, rw);
}

TEST(load_of_length_0_is_to_the_end)
{
	rec.access = access_loads_to_the_end;
	map_at(10);
	rec_write(process, addr + 2 * PAGE, 1);
	assert_false(sundog_loaded(process, addr + PAGE, SUNDOG_READ));
	assert_true(sundog_loaded(process, addr + 3 * PAGE, SUNDOG_READ));
}

static int
access_loads_everything(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	return rec_load(dhp, 0, 0, type, rw);
}

TEST(load_of_0_0_is_the_whole_handle)
{
	rec.access = access_loads_everything;
	map_at(10);
	rec_write(process, addr + 2 * PAGE, 1);
	for (size_t i = 0; i < PAGES; i++)
		assert_true(sundog_loaded(process, addr + i * PAGE, SUNDOG_WRITE));
	assert_int_equal(rec_unload(rec_handle(0), 0, 0), 0);
	for (size_t i = 0; i < PAGES; i++)
		assert_false(sundog_loaded(process, addr + i * PAGE, SUNDOG_READ));
}

static int foreign_load;

static int
access_loads_the_first_handle(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	if (dhp != rec_handle(0))
		foreign_load = rec_load(rec_handle(0), 0, PAGE, type, rw);
	return rec_load(dhp, off, len, type, rw);
}

TEST(load_of_another_processs_handle_is_EINVAL_and_reported)
{
	struct sundog_process *second = rec_process();
	int second_fd = rec_open_device(second, O_RDWR);
	uint64_t second_addr;

	rec.access = access_loads_the_first_handle;
	map_at(0);
	second_addr = rec_mmap_pages(second, second_fd, 0, 1);
	foreign_load = 0;
	rec_write(second, second_addr, 1);
	assert_int_equal(foreign_load, FC_ERRNO_OF(EINVAL));
	assert_true(rec_warned("another process"));
	assert_false(sundog_loaded(process, addr, SUNDOG_READ));
	sundog_exit(second);
}

TEST(unload_takes_only_that_handles_translations)
{
	struct sundog_process *second = rec_process();
	int second_fd = rec_open_device(second, O_RDWR);
	uint64_t second_addr;

	map_at(0);
	second_addr = rec_mmap_pages(second, second_fd, 0, PAGES);
	rec_write(process, addr, 11);
	rec_write(second, second_addr + 4, 12);
	rec_write(process, addr + PAGE, 13);
	assert_int_equal(rec_unload(rec_handle(0), 0, PAGE), 0);
	assert_int_equal(*word(memory, 0), 11);
	assert_false(sundog_loaded(process, addr, SUNDOG_READ));
	assert_true(sundog_loaded(process, addr + PAGE, SUNDOG_READ));
	assert_true(sundog_loaded(second, second_addr, SUNDOG_READ));
	rec_forget();
	assert_int_equal(rec_read(process, addr), 11);
	rec_expect("access h0 p1 off 0 len 1 type 0 rw 1\n");
	sundog_exit(second);
}

TEST(unload_of_what_is_not_loaded_succeeds)
{
	map_at(0);
	assert_int_equal(rec_unload(rec_handle(0), 0, 0), 0);
	assert_int_equal(rec_unload(rec_handle(0), PAGE, PAGE), 0);
}

TEST(load_checks_the_current_protection)
{
	rec.access = access_loads_everything;
	map_at(0);
	assert_int_equal(sundog_mprotect(process, addr + PAGE, PAGE, PROT_READ), 0);
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_WRITE), SIGSEGV, SEGV_ACCERR, 0);
	rec_read(process, addr);
	assert_true(sundog_loaded(process, addr, SUNDOG_WRITE));
	assert_true(sundog_loaded(process, addr + PAGE, SUNDOG_READ));
	assert_false(sundog_loaded(process, addr + PAGE, SUNDOG_WRITE));
}

/* ---- remap ---- */

TEST(remap_needs_ALLOW_REMAP)
{
	map_at(0);
	assert_int_equal(rec_umem_remap(rec_handle(0), other, 0, PAGE, PROT_DDI_ALL, 0), -1);
	assert_int_equal(rec_invalidate(rec_handle(0), PAGE, PROT_DDI_ALL), -1);
}

TEST(remap_refuses_flags_bad_ranges_and_protections)
{
	rec.parts[0].flags = ALLOW_REMAP;
	map_at(0);
	assert_int_equal(rec_umem_remap(rec_handle(0), other, 0, PAGE, PROT_DDI_ALL, INVALID), -1);
	assert_int_equal(rec_umem_remap(rec_handle(0), other, 0, PAGE, PROT_DDI_ALL, ALLOW_REMAP), -1);
	assert_int_equal(rec_umem_remap(rec_handle(0), NULL, 0, PAGE, PROT_DDI_ALL, 0), -1);
	assert_int_equal(rec_umem_remap(rec_handle(0), other, PAGE, PAGES * PAGE, PROT_DDI_ALL, 0), -1);
	assert_int_equal(rec_umem_remap(rec_handle(0), other, 0, PAGE, PROT_READ | PU, 0), -1);
}

/* The first page asks for no more than is granted, but the second one does. */
TEST(remap_looks_at_the_protection_of_each_page)
{
	rec.parts[0].flags = ALLOW_REMAP;
	map_at(0);
	assert_int_equal(sundog_mprotect(process, addr, PAGE, PROT_READ), 0);
	assert_int_equal(rec_umem_remap(rec_handle(0), other, 0, PAGE, PROT_READ | PU, 0), -1);
	assert_int_equal(rec_invalidate(rec_handle(0), PAGE, PROT_READ | PU), -1);
	assert_int_equal(sundog_mprotect(process, addr + PAGE, (PAGES - 1) * PAGE, PROT_READ), 0);
	assert_int_equal(rec_umem_remap(rec_handle(0), other, 0, PAGE, PROT_READ | PU, 0), 0);
	assert_int_equal(sundog_mprotect(process, addr + PAGE, PAGE, PROT_READ | PROT_WRITE), EACCES);
}

TEST(remap_unloads_and_shows_the_new_memory)
{
	rec.parts[0].flags = ALLOW_REMAP;
	rec.access = access_loads_everything;
	map_at(0);
	*word(memory, 1) = 1;
	*word(other_memory, 1) = 2;
	assert_int_equal(rec_read(process, addr + PAGE), 1);
	assert_int_equal(rec_umem_remap(rec_handle(0), other, 0, PAGES * PAGE, PROT_READ | PROT_WRITE | PU, 0), 0);
	assert_false(sundog_loaded(process, addr + PAGE, SUNDOG_READ));
	assert_int_equal(rec_handle_maxprot(rec_handle(0)), PROT_READ | PROT_WRITE | PU);
	assert_ptr_equal(rec_handle_cookie(rec_handle(0)), other);
	assert_int_equal(rec_read(process, addr + PAGE), 2);
}

TEST(remap_clears_MAPPING_INVALID)
{
	rec.parts[0].flags = ALLOW_REMAP | INVALID;
	map_at(0);
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_READ), SIGBUS, BUS_OBJERR, EFAULT);
	assert_int_equal(rec_umem_remap(rec_handle(0), cookie, 0, PAGES * PAGE, PROT_DDI_ALL, 0), 0);
	rec_write(process, addr, 1);
}

static int
access_remaps(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	assert_int_equal(rec_umem_remap(dhp, other, 0, PAGES * PAGE, PROT_DDI_ALL, 0), 0);
	return rec_load(dhp, off, len, type, rw);
}

TEST(remap_from_within_access)
{
	rec.parts[0].flags = ALLOW_REMAP;
	rec.access = access_remaps;
	map_at(0);
	rec_write(process, addr, 8);
	assert_int_equal(*word(other_memory, 0), 8);
}

TEST(remap_without_access_callback)
{
	rec.parts[0].flags = ALLOW_REMAP;
	rec.parts[0].callbacks = REC_MAP;
	map_at(0);
	rec_write(process, addr, 1);
	assert_int_equal(rec_umem_remap(rec_handle(0), other, PAGE, PAGE, PROT_DDI_ALL, 0), -1);
	assert_int_equal(rec_umem_remap(rec_handle(0), other, 0, PAGE, PROT_DDI_ALL, 0), 0);
	rec_write(process, addr, 2);
	assert_int_equal(*word(memory, 0), 1);
	assert_int_equal(*word(other_memory, 0), 2);
}

TEST(remap_to_trash_keeps_the_process_alive)
{
	void *trash;

	rec_umem_alloc(0x7fffffffffffe000, UMEM_TRASHY, &trash);
	rec.parts[0].flags = ALLOW_REMAP;
	map_at(0);
	rec_write(process, addr, 1);
	assert_int_equal(rec_umem_remap(rec_handle(0), trash, 0, PAGES * PAGE, PROT_DDI_ALL, 0), 0);
	for (size_t i = 0; i < PAGES; i++)
		rec_write(process, addr + i * PAGE, 2);
	assert_int_equal(*word(memory, 0), 1);
	sundog_exit(process);
	process = NULL;
	rec_umem_free(trash);
}

/* ---- context management ---- */

static int contextmgt_result, contextmgt_calls;
static void *contextmgt_pvtp;

static int
contextmgt(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	contextmgt_calls++;
	contextmgt_pvtp = pvtp;
	return contextmgt_result != 0 ? contextmgt_result : rec_load(dhp, off, len, type, rw);
}

static int ctxmgt_result;

static int
access_by_ctxmgt(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	ctxmgt_result = rec_ctxmgt(dhp, (void *)99, off, len, type, rw, contextmgt);
	return ctxmgt_result;
}

static int
access_by_no_ctxmgt(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	ctxmgt_result = rec_ctxmgt(dhp, pvtp, off, len, type, rw, NULL);
	return ctxmgt_result;
}

TEST(ctxmgt_without_a_function_is_FC_HWERR)
{
	rec.access = access_by_no_ctxmgt;
	map_at(0);
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_READ), SIGBUS, BUS_OBJERR, 1);
	assert_int_equal(ctxmgt_result, 1);
}

TEST(ctxmgt_calls_at_once_with_the_handles_own_pvtp)
{
	contextmgt_result = contextmgt_calls = 0;
	rec.access = access_by_ctxmgt;
	map_at(0);
	rec_write(process, addr, 1);
	assert_int_equal(contextmgt_calls, 1);
	assert_ptr_equal(contextmgt_pvtp, (void *)1);
}

TEST(ctxmgt_failure_is_FC_HWERR_and_frees_the_slot)
{
	rec.access = access_by_ctxmgt;
	contextmgt_result = EIO;
	map_at(0);
	rec_ctx_timeout(rec_handle(0), 1000000);
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_READ), SIGBUS, BUS_OBJERR, 1);
	assert_int_equal(ctxmgt_result, 1);
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_READ), SIGBUS, BUS_OBJERR, 1);
	contextmgt_result = 0;
}

TEST(ctxmgt_timeout_is_cancelled_by_the_last_unmap)
{
	rec.access = access_by_ctxmgt;
	contextmgt_result = 0;
	map_at(0);
	rec_ctx_timeout(rec_handle(0), 0x7fffffffffffffff);
	rec_write(process, addr, 1);
	assert_int_equal(sundog_munmap(process, addr, PAGES * PAGE), 0);
	rec.part = 0;
	addr = rec_mmap_pages(process, fd, 0, PAGES);
	rec_ctx_timeout(rec_handle(rec.nhandles - 1), 0x7fffffffffffffff);
	rec_write(process, addr, 1);
}

/* ---- the kernel's own accesses ---- */

static int copy_result;
static uint32_t copy_word;

static int
ioctl_copies(int cmd, long arg, int *rval)
{
	copy_result = cmd == 1 ? rec_copyin((unsigned long)arg, &copy_word, sizeof(copy_word)) : rec_copyout(&copy_word, (unsigned long)arg, sizeof(copy_word));
	return 0;
}

TEST(copyin_and_copyout_of_a_device_mapping_call_access)
{
	rec.on_ioctl = ioctl_copies;
	map_at(0);
	*word(memory, 2) = 21;
	assert_int_equal(sundog_ioctl(process, fd, 1, addr + 2 * PAGE, NULL), 0);
	assert_int_equal(copy_result, 0);
	assert_int_equal(copy_word, 21);
	rec_expect("access h0 p1 off 2 len 1 type 0 rw 1\n");
	copy_word = 22;
	assert_int_equal(sundog_ioctl(process, fd, 2, addr + 3 * PAGE, NULL), 0);
	assert_int_equal(copy_result, 0);
	assert_int_equal(*word(memory, 3), 22);
	rec_expect("access h0 p1 off 3 len 1 type 0 rw 2\n");
}

TEST(copyin_fails_if_access_fails)
{
	rec.on_ioctl = ioctl_copies;
	rec.access = access_fails;
	access_result = FC_ERRNO_OF(EIO);
	map_at(0);
	assert_int_equal(sundog_ioctl(process, fd, 1, addr, NULL), 0);
	assert_int_equal(copy_result, -1);
}

TEST(copyout_beyond_the_protection_fails)
{
	rec.on_ioctl = ioctl_copies;
	map_at(0);
	assert_int_equal(sundog_mprotect(process, addr, PAGE, PROT_READ), 0);
	rec_forget();
	assert_int_equal(sundog_ioctl(process, fd, 2, addr, NULL), 0);
	assert_int_equal(copy_result, -1);
	rec_expect("");
}

TEST(copyin_retries_as_a_process_does)
{
	rec.on_ioctl = ioctl_copies;
	rec.access = access_loads_at_the_third_try;
	retries = 0;
	map_at(0);
	*word(memory, 0) = 31;
	assert_int_equal(sundog_ioctl(process, fd, 1, addr, NULL), 0);
	assert_int_equal(copy_result, 0);
	assert_int_equal(copy_word, 31);
	assert_int_equal(retries, 3);
}

/* The page that is asked for is loaded, and gone again before the kernel can use it. */
static int
access_loads_and_unloads_once(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	int code = rec_load(dhp, off, len, type, rw);

	if (++retries == 1)
		assert_int_equal(rec_unload(dhp, off, len), 0);
	return code;
}

TEST(copyin_of_a_page_that_was_unloaded_again_is_retried)
{
	rec.on_ioctl = ioctl_copies;
	rec.access = access_loads_and_unloads_once;
	retries = 0;
	map_at(0);
	assert_int_equal(sundog_ioctl(process, fd, 1, addr, NULL), 0);
	assert_int_equal(copy_result, 0);
	assert_int_equal(retries, 2);
}

static int
access_loads_the_page_before_once(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	return rec_load(dhp, ++retries == 1 ? off - (long long)PAGE : off, len, type, rw);
}

TEST(copyin_is_retried_when_another_page_was_loaded)
{
	rec.on_ioctl = ioctl_copies;
	rec.access = access_loads_the_page_before_once;
	retries = 0;
	map_at(0);
	assert_int_equal(sundog_ioctl(process, fd, 1, addr + PAGE, NULL), 0);
	assert_int_equal(copy_result, 0);
	assert_int_equal(retries, 2);
}

static int
access_gets_a_signal(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	sundog_signal(process);
	return 0;
}

TEST(a_signal_ends_the_retries_of_copyin)
{
	rec.on_ioctl = ioctl_copies;
	rec.access = access_gets_a_signal;
	map_at(0);
	assert_int_equal(sundog_ioctl(process, fd, 1, addr, NULL), 0);
	assert_int_equal(copy_result, -1);
}

static int
access_copies_the_last_page_first(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	uint32_t value;

	if (off == 0)
		assert_int_equal(rec_copyin(addr + 3 * PAGE, &value, sizeof(value)), 0);
	return rec_load(dhp, off, len, type, rw);
}

TEST(copyin_within_an_access_leaves_that_one_as_it_is)
{
	rec.on_ioctl = ioctl_copies;
	rec.access = access_copies_the_last_page_first;
	map_at(0);
	assert_int_equal(sundog_ioctl(process, fd, 1, addr, NULL), 0);
	assert_int_equal(copy_result, 0);
	rec_expect("access h0 p1 off 0 len 1 type 0 rw 1\naccess h0 p1 off 3 len 1 type 0 rw 1\n");
}

/* ordinary | device: each by its own way */
TEST(copyin_over_ordinary_memory_and_a_mapping)
{
	uint64_t ordinary, at;

	assert_int_equal(sundog_anon(process, 2 * PAGE, &ordinary), 0);
	at = ordinary + PAGE;
	assert_int_equal(sundog_mmap(process, &at, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0), 0);
	rec_forget();
	rec.on_ioctl = ioctl_copies;
	*word(memory, 0) = 0x5678;
	assert_int_equal(sundog_ioctl(process, fd, 1, at - 2, NULL), 0);
	assert_int_equal(copy_result, 0);
	assert_int_equal(copy_word, 0x56780000);
	rec_expect("access h0 p1 off 0 len 1 type 0 rw 1\n");
}

static int
ioctl_copies_too_much(int cmd, long arg, int *rval)
{
	copy_result = rec_copyin((unsigned long)arg, &copy_word, SIZE_MAX - 16);
	return 0;
}

TEST(copyin_of_a_range_that_wraps_fails)
{
	rec.on_ioctl = ioctl_copies_too_much;
	map_at(0);
	copy_word = 77;
	assert_int_equal(sundog_ioctl(process, fd, 1, addr, NULL), 0);
	assert_int_equal(copy_result, -1);
	assert_int_equal(copy_word, 77);
	rec_expect("");
}

/* ---- pages of one mapping with different protections, which are loaded together ---- */

TEST(without_access_a_page_is_loaded_beside_one_that_allows_less)
{
	rec.parts[0].callbacks = 0;
	rec.parts[0].flags = ALLOW_REMAP;
	for (size_t less = 0; less < 3; less += 2) {
		map_at(0);
		assert_int_equal(sundog_mprotect(process, addr + less * PAGE, PAGE, PROT_READ), 0);
		assert_int_equal(sundog_touch(process, addr + PAGE, SUNDOG_WRITE).signo, 0);
		rec_expect_signal(sundog_touch(process, addr + less * PAGE, SUNDOG_WRITE), SIGSEGV, SEGV_ACCERR, 0);
		assert_int_equal(sundog_touch(process, addr + less * PAGE, SUNDOG_READ).signo, 0);
		assert_int_equal(sundog_touch(process, addr + 3 * PAGE, SUNDOG_WRITE).signo, 0);
		assert_int_equal(sundog_munmap(process, addr, PAGES * PAGE), 0);
	}
}

/* ---- old mmap(9E) ---- */

static int
frame_of_nothing(long off, int prot)
{
	return 0x7ffffff0;
}

TEST(no_access_and_FC_HWERR_is_SIGBUS_ADRERR)
{
	rec_slots(REC_NULL, REC_NULL, REC_OWN, false);
	rec.on_mmap = frame_of_nothing;
	map_at(0);
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_READ), SIGBUS, BUS_ADRERR, 0);
}

/* ---- the slot of context management ---- */

static uint64_t began[2];
static int calls;

static uint64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int
contextmgt_notes_the_time(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	began[calls++ % 2] = now();
	return rec_load(dhp, off, len, type, rw);
}

static int
access_manages_the_time(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	return rec_ctxmgt(dhp, pvtp, off, len, type, rw, contextmgt_notes_the_time);
}

#define HOLD_TICKS 5
#define HOLD_NS (HOLD_TICKS * 10000000ull)

static void
hold_the_slot(void *dhp)
{
	rec_ctx_timeout(dhp, HOLD_TICKS);
}

static bool
several_cpus(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN) > 1;
}

/* The second access of any of them: of the same mapping, of a fork child's, of what a cut has left, of another minor node's. */
static void
expect_second_to_wait(struct sundog_process *second, uint64_t at, bool waits)
{
	rec.access = access_manages_the_time;
	calls = 0;
	assert_int_equal(sundog_touch(process, addr, SUNDOG_READ).signo, 0);
	assert_int_equal(sundog_touch(second, at, SUNDOG_READ).signo, 0);
	assert_int_equal(calls, 2);
	if (waits && several_cpus())
		assert_true(began[1] - began[0] >= HOLD_NS);
}

TEST(ctxmgt_timeout_holds_the_slot_for_the_holder_too)
{
	rec.on_map = hold_the_slot;
	map_at(0);
	expect_second_to_wait(process, addr + PAGE, true);
}

TEST(ctxmgt_slot_is_a_fork_childs_too)
{
	struct sundog_process *child;

	rec.on_map = hold_the_slot;
	map_at(0);
	assert_int_equal(sundog_fork(process, &child), 0);
	expect_second_to_wait(child, addr, true);
	sundog_exit(child);
}

TEST(ctxmgt_slot_is_that_of_what_a_cut_leaves)
{
	rec.on_map = hold_the_slot;
	map_at(0);
	assert_int_equal(sundog_munmap(process, addr + PAGE, PAGE), 0);
	expect_second_to_wait(process, addr + 2 * PAGE, true);
}

TEST(ctxmgt_slot_is_that_of_all_minor_nodes_of_an_instance)
{
	int other_fd = rec_open_other(process);
	uint64_t at;

	rec.on_map = hold_the_slot;
	map_at(0);
	at = rec_mmap_pages(process, other_fd, 0, 1);
	expect_second_to_wait(process, at, true);
}

static void
hold_the_slot_less_than_never(void *dhp)
{
	rec_ctx_timeout(dhp, -1);
}

TEST(ctxmgt_negative_timeout_is_none)
{
	rec.on_map = hold_the_slot_less_than_never;
	map_at(0);
	expect_second_to_wait(process, addr + PAGE, false);
}

/* Another access function has a slot of its own: while this one's is taken, it is entered. */
static int
contextmgt_enters_the_other(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	if (calls++ == 0)
		assert_int_equal(sundog_touch(process, addr, SUNDOG_READ).signo, 0);
	return rec_load(dhp, off, len, type, rw);
}

static int
access_enters_the_other(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	return rec_ctxmgt(dhp, pvtp, off, len, type, rw, contextmgt_enters_the_other);
}

TEST(ctxmgt_slot_is_one_for_each_access_function)
{
	uint64_t at;

	rec.on_map = hold_the_slot;
	map_at(0);
	rec.parts[0].callbacks = REC_MAP | REC_ACCESS_OTHER;
	at = rec_mmap_pages(process, fd, 0, 1);
	rec.access = access_enters_the_other;
	calls = 0;
	assert_int_equal(sundog_touch(process, at, SUNDOG_READ).signo, 0);
	assert_int_equal(calls, 2);
}

struct toucher {
	pthread_t thread;
	uint64_t addr;
	int signo;
};

static void *
touch_main(void *arg)
{
	struct toucher *t = arg;

	t->signo = sundog_touch(process, t->addr, SUNDOG_READ).signo;
	return NULL;
}

static _Atomic int inside;
static bool together;

static int
contextmgt_is_alone(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	if (++inside > 1)
		together = true;
	for (int i = 0; i < 100; i++)
		sched_yield();
	inside--;
	return rec_load(dhp, off, len, type, rw);
}

static int
access_is_alone(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	return rec_ctxmgt(dhp, pvtp, off, len, type, rw, contextmgt_is_alone);
}

static void
hold_the_slot_a_tick(void *dhp)
{
	rec_ctx_timeout(dhp, 1);
}

/* Four threads at once: one after the other, and each is woken. */
TEST(ctxmgt_with_a_timeout_is_called_for_one_at_a_time)
{
	struct toucher t[PAGES];

	rec.on_map = hold_the_slot_a_tick;
	rec.access = access_is_alone;
	together = false;
	map_at(0);
	for (size_t i = 0; i < PAGES; i++) {
		t[i] = (struct toucher){.addr = addr + i * PAGE, .signo = -1};
		assert_int_equal(pthread_create(&t[i].thread, NULL, touch_main, &t[i]), 0);
	}
	for (size_t i = 0; i < PAGES; i++) {
		assert_int_equal(pthread_join(t[i].thread, NULL), 0);
		assert_int_equal(t[i].signo, 0);
	}
	assert_true(!together || !several_cpus());
}

/* ---- what is left out of a range ---- */

static int
access_loads_from_the_end(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	return rec_load(dhp, (long long)(PAGES * PAGE), 0, type, rw);
}

TEST(load_of_length_0_from_the_end_is_EINVAL)
{
	map_at(0);
	rec.access = access_loads_from_the_end;
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_READ), SIGBUS, BUS_OBJERR, EINVAL);
	assert_int_equal(rec_unload(rec_handle(0), (long long)(PAGES * PAGE), 0), FC_ERRNO_OF(EINVAL));
	assert_int_equal(rec_unload(rec_handle(0), (long long)PAGE, SIZE_MAX), FC_ERRNO_OF(EINVAL));
	assert_int_equal(rec_unload(rec_handle(0), (long long)PAGE, SIZE_MAX - PAGE + 1), FC_ERRNO_OF(EINVAL));
}

TEST(remap_to_another_offset_of_the_same_cookie_shows_that)
{
	rec.parts[0].flags = ALLOW_REMAP;
	rec.parts[0].len = rec.parts[0].maplen = PAGE;
	addr = rec_mmap_pages(process, fd, 0, 1);
	for (uint32_t i = 0; i < PAGES; i++)
		*word(memory, i) = i;
	for (uint32_t i = PAGES; i-- > 0;) {
		assert_int_equal(rec_umem_remap(rec_handle(0), cookie, (long long)(i * PAGE), PAGE, PROT_DDI_ALL, 0), 0);
		assert_int_equal(rec_read(process, addr), i);
		assert_int_equal(rec_handle_roff(rec_handle(0)), i * PAGE);
		assert_ptr_equal(rec_handle_kernel(rec_handle(0)), memory + i * PAGE);
	}
}

/* Page objects that are mapped here. */
static int
objects(void)
{
	FILE *file = fopen("/proc/self/maps", "r");
	char line[512];
	int n = 0;

	while (fgets(line, sizeof(line), file) != NULL)
		n += strstr(line, "memfd:") != NULL;
	fclose(file);
	return n;
}

TEST(a_refused_remap_keeps_no_memory)
{
	void *third;
	int before = objects();

	rec_umem_alloc(PAGES * PAGE, 0, &third);
	assert_int_equal(objects(), before + 1);
	map_at(0);
	assert_int_equal(rec_umem_remap(rec_handle(0), third, 0, PAGES * PAGE, PROT_DDI_ALL, 0), -1);
	rec_umem_free(third);
	assert_int_equal(objects(), before);
}

static uint32_t big[3 * 1024];

static int
ioctl_copies_much(int cmd, long arg, int *rval)
{
	copy_result = rec_copyout(big, (unsigned long)arg, sizeof(big));
	return 0;
}

TEST(copyout_over_several_handles)
{
	rec.on_ioctl = ioctl_copies_much;
	rec.nparts = 2;
	rec.parts[0] = (struct rec_part){.cookie = cookie, .len = 2 * PAGE, .maplen = 2 * PAGE, .callbacks = REC_ALL};
	rec.parts[1] = (struct rec_part){.cookie = other, .callbacks = REC_ALL};
	map_at(0);
	for (size_t i = 0; i < 3 * 1024; i++)
		big[i] = (uint32_t)i;
	assert_int_equal(sundog_ioctl(process, fd, 1, addr + PAGE / 2, NULL), 0);
	assert_int_equal(copy_result, 0);
	rec_expect("access h0 p1 off 0 len 1 type 0 rw 2\naccess h0 p1 off 1 len 1 type 0 rw 2\n"
		   "access h1 p2 off 2 len 1 type 0 rw 2\naccess h1 p2 off 3 len 1 type 0 rw 2\n");
	assert_memory_equal(memory + PAGE / 2, big, 2 * PAGE - PAGE / 2);
	assert_memory_equal(other_memory, big + (2 * PAGE - PAGE / 2) / 4, PAGE + PAGE / 2);
}

TEST(copyout_without_access_needs_no_translation)
{
	rec.on_ioctl = ioctl_copies;
	rec.parts[0].callbacks = REC_NO_CALLBACKS;
	map_at(0);
	copy_word = 41;
	assert_int_equal(sundog_ioctl(process, fd, 2, addr, NULL), 0);
	assert_int_equal(copy_result, 0);
	assert_int_equal(*word(memory, 0), 41);
}
