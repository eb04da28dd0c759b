/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults, load and unload, remap, context management, the kernel's own accesses: a test for each row and trap. */
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

/* ---- access ---- */

static void
access_gets_the_page_and_the_direction(void **state)
{
	map_at(10);
	sundog_touch(process, addr + PAGE + 5, SUNDOG_READ);
	rec_expect("access h0 p1 off 11 len 1 type 0 rw 1\n");
	sundog_touch(process, addr + 3 * PAGE, SUNDOG_WRITE);
	rec_expect("access h0 p1 off 13 len 1 type 0 rw 2\n");
}

static void
load_after_a_read_makes_the_page_writable_too(void **state)
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

static void
access_runs_in_the_faulting_process(void **state)
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

static void
result_0_without_a_load_is_retried(void **state)
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

static void
nonzero_from_access_is_SIGBUS_OBJERR_with_its_low_24_bits(void **state)
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

static void
FC_MAKE_ERR_from_access_is_SIGBUS_OBJERR_with_its_errno(void **state)
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

static void
EINTR_from_access_is_a_retry(void **state)
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

static void
FC_PROT_of_a_load_passed_on_is_SIGSEGV_ACCERR(void **state)
{
	rec.access = access_loads_as_write;
	addr = 0;
	assert_int_equal(sundog_mmap(process, &addr, PAGE, PROT_READ, MAP_SHARED, fd, 0), 0);
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_READ), SIGSEGV, SEGV_ACCERR, 0);
}

static void
protection_never_reaches_the_driver(void **state)
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

static void
no_access_and_set_up_invalid_is_SIGBUS_OBJERR_EFAULT(void **state)
{
	rec.parts[0].callbacks = REC_NO_CALLBACKS;
	rec.parts[0].flags = INVALID | ALLOW_REMAP;
	map_at(0);
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_READ), SIGBUS, BUS_OBJERR, EFAULT);
}

static void
no_access_and_invalidated_later_is_SIGSEGV_MAPERR(void **state)
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

static void
no_access_callback_is_nodev_too(void **state)
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

static void
load_out_of_the_handle_is_EINVAL(void **state)
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

static void
load_rounds_offset_down_and_length_up(void **state)
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

static void
load_of_length_0_is_to_the_end(void **state)
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

static void
load_of_0_0_is_the_whole_handle(void **state)
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

static void
load_of_another_processs_handle_is_EINVAL_and_reported(void **state)
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

static void
unload_takes_only_that_handles_translations(void **state)
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

static void
unload_of_what_is_not_loaded_succeeds(void **state)
{
	map_at(0);
	assert_int_equal(rec_unload(rec_handle(0), 0, 0), 0);
	assert_int_equal(rec_unload(rec_handle(0), PAGE, PAGE), 0);
}

static void
load_checks_the_current_protection(void **state)
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

static void
remap_needs_ALLOW_REMAP(void **state)
{
	map_at(0);
	assert_int_equal(rec_umem_remap(rec_handle(0), other, 0, PAGE, PROT_DDI_ALL, 0), -1);
	assert_int_equal(rec_invalidate(rec_handle(0), PAGE, PROT_DDI_ALL), -1);
}

static void
remap_refuses_flags_bad_ranges_and_protections(void **state)
{
	rec.parts[0].flags = ALLOW_REMAP;
	map_at(0);
	assert_int_equal(rec_umem_remap(rec_handle(0), other, 0, PAGE, PROT_DDI_ALL, INVALID), -1);
	assert_int_equal(rec_umem_remap(rec_handle(0), other, 0, PAGE, PROT_DDI_ALL, ALLOW_REMAP), -1);
	assert_int_equal(rec_umem_remap(rec_handle(0), NULL, 0, PAGE, PROT_DDI_ALL, 0), -1);
	assert_int_equal(rec_umem_remap(rec_handle(0), other, PAGE, PAGES * PAGE, PROT_DDI_ALL, 0), -1);
	assert_int_equal(rec_umem_remap(rec_handle(0), other, 0, PAGE, PROT_READ | PU, 0), -1);
}

static void
remap_unloads_and_shows_the_new_memory(void **state)
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

static void
remap_clears_MAPPING_INVALID(void **state)
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

static void
remap_from_within_access(void **state)
{
	rec.parts[0].flags = ALLOW_REMAP;
	rec.access = access_remaps;
	map_at(0);
	rec_write(process, addr, 8);
	assert_int_equal(*word(other_memory, 0), 8);
}

static void
remap_without_access_callback(void **state)
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

static void
remap_to_trash_keeps_the_process_alive(void **state)
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

static void
ctxmgt_without_a_function_is_FC_HWERR(void **state)
{
	rec.access = access_by_no_ctxmgt;
	map_at(0);
	rec_expect_signal(sundog_touch(process, addr, SUNDOG_READ), SIGBUS, BUS_OBJERR, 1);
	assert_int_equal(ctxmgt_result, 1);
}

static void
ctxmgt_calls_at_once_with_the_handles_own_pvtp(void **state)
{
	contextmgt_result = contextmgt_calls = 0;
	rec.access = access_by_ctxmgt;
	map_at(0);
	rec_write(process, addr, 1);
	assert_int_equal(contextmgt_calls, 1);
	assert_ptr_equal(contextmgt_pvtp, (void *)1);
}

static void
ctxmgt_failure_is_FC_HWERR_and_frees_the_slot(void **state)
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

static void
ctxmgt_timeout_is_cancelled_by_the_last_unmap(void **state)
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
	copy_result = cmd == 1 ? rec_copyin((unsigned long)arg, &copy_word, sizeof(copy_word)) :
				 rec_copyout(&copy_word, (unsigned long)arg, sizeof(copy_word));
	return 0;
}

static void
copyin_and_copyout_of_a_device_mapping_call_access(void **state)
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

static void
copyin_fails_if_access_fails(void **state)
{
	rec.on_ioctl = ioctl_copies;
	rec.access = access_fails;
	access_result = FC_ERRNO_OF(EIO);
	map_at(0);
	assert_int_equal(sundog_ioctl(process, fd, 1, addr, NULL), 0);
	assert_int_equal(copy_result, -1);
}

static void
copyout_beyond_the_protection_fails(void **state)
{
	rec.on_ioctl = ioctl_copies;
	map_at(0);
	assert_int_equal(sundog_mprotect(process, addr, PAGE, PROT_READ), 0);
	rec_forget();
	assert_int_equal(sundog_ioctl(process, fd, 2, addr, NULL), 0);
	assert_int_equal(copy_result, -1);
	rec_expect("");
}

static void
copyin_retries_as_a_process_does(void **state)
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

static uint32_t big[3 * 1024];

static int
ioctl_copies_much(int cmd, long arg, int *rval)
{
	copy_result = rec_copyout(big, (unsigned long)arg, sizeof(big));
	return 0;
}

static void
copyout_over_several_handles(void **state)
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

static void
copyout_without_access_needs_no_translation(void **state)
{
	rec.on_ioctl = ioctl_copies;
	rec.parts[0].callbacks = REC_NO_CALLBACKS;
	map_at(0);
	copy_word = 41;
	assert_int_equal(sundog_ioctl(process, fd, 2, addr, NULL), 0);
	assert_int_equal(copy_result, 0);
	assert_int_equal(*word(memory, 0), 41);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(access_gets_the_page_and_the_direction),
		T(load_after_a_read_makes_the_page_writable_too),
		T(access_runs_in_the_faulting_process),
		T(result_0_without_a_load_is_retried),
		T(nonzero_from_access_is_SIGBUS_OBJERR_with_its_low_24_bits),
		T(FC_MAKE_ERR_from_access_is_SIGBUS_OBJERR_with_its_errno),
		T(EINTR_from_access_is_a_retry),
		T(FC_PROT_of_a_load_passed_on_is_SIGSEGV_ACCERR),
		T(protection_never_reaches_the_driver),
		T(no_access_and_set_up_invalid_is_SIGBUS_OBJERR_EFAULT),
		T(no_access_and_invalidated_later_is_SIGSEGV_MAPERR),
		T(no_access_callback_is_nodev_too),
		T(load_out_of_the_handle_is_EINVAL),
		T(load_rounds_offset_down_and_length_up),
		T(load_of_length_0_is_to_the_end),
		T(load_of_0_0_is_the_whole_handle),
		T(load_of_another_processs_handle_is_EINVAL_and_reported),
		T(unload_takes_only_that_handles_translations),
		T(unload_of_what_is_not_loaded_succeeds),
		T(load_checks_the_current_protection),
		T(remap_needs_ALLOW_REMAP),
		T(remap_refuses_flags_bad_ranges_and_protections),
		T(remap_unloads_and_shows_the_new_memory),
		T(remap_clears_MAPPING_INVALID),
		T(remap_from_within_access),
		T(remap_without_access_callback),
		T(remap_to_trash_keeps_the_process_alive),
		T(ctxmgt_without_a_function_is_FC_HWERR),
		T(ctxmgt_calls_at_once_with_the_handles_own_pvtp),
		T(ctxmgt_failure_is_FC_HWERR_and_frees_the_slot),
		T(ctxmgt_timeout_is_cancelled_by_the_last_unmap),
		T(copyin_and_copyout_of_a_device_mapping_call_access),
		T(copyin_fails_if_access_fails),
		T(copyout_beyond_the_protection_fails),
		T(copyin_retries_as_a_process_does),
		T(copyout_over_several_handles),
		T(copyout_without_access_needs_no_translation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
