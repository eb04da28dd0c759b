/* SPDX-License-Identifier: BSD-2-Clause */
/* rec_fault PART [late]: accesses, by the rows of section 7 of the specification. */
#include "rec.h"

#define FC_MAKE_ERR(e) (((e) << 8) | 0x3) /* FC_OBJERR */
#define FC_HWERR 0x1

static char *p; /* the part's mapping */

/* ---- what the driver is told ---- */

PART(access_gets_the_user_offset_of_the_page_and_the_direction)
{
	p = map_from(2, 4, RW);
	EXPECT("map h1 d1 off 2 len 4 shared\n");
	CHECK(touch(p + 5, READ_IT) == 0);
	EXPECT("access h1 d1 off 2 len 1 type 0 rw 1\n");
	CHECK(touch(p + 3 * PAGE + 4095, WRITE_IT) == 0);
	EXPECT("access h1 d1 off 5 len 1 type 0 rw 2\n");
}

PART(first_touch_of_every_page_comes_to_access)
{
	p = map_pages(8, RW);
	forget_events();
	for (unsigned i = 0; i < 8; i++)
		CHECK(*word(p, i) == 0 && *word(p, i) == 0);
	EXPECT("access h1 d1 off 0 len 1 type 0 rw 1\naccess h1 d1 off 1 len 1 type 0 rw 1\n"
	       "access h1 d1 off 2 len 1 type 0 rw 1\naccess h1 d1 off 3 len 1 type 0 rw 1\n"
	       "access h1 d1 off 4 len 1 type 0 rw 1\naccess h1 d1 off 5 len 1 type 0 rw 1\n"
	       "access h1 d1 off 6 len 1 type 0 rw 1\naccess h1 d1 off 7 len 1 type 0 rw 1\n");
}

PART(first_touch_of_pageable_memory_never_written_comes_to_access)
{
	LAYOUT(PIECE(8, REC_B, 0));
	p = map_pages(8, RW);
	forget_events();
	CHECK(*word(p, 3) == 0);
	EXPECT("access h1 d1 off 3 len 1 type 0 rw 1\n");
	*word(p, 4) = 7;
	EXPECT("access h1 d1 off 4 len 1 type 0 rw 2\n");
	CHECK(peek(REC_PAGES + 4) == 7);
}

static void child_touches(void *arg)
{
	CHECK(*word(p, 1) == 0);
}

PART(access_runs_in_the_faulting_process)
{
	p = map_pages(8, RW);
	forget_events();
	pid_t child = child_runs(child_touches, NULL);
	name_process(child, "child");
	reap(child);
	EXPECT("dup h1 d1 to h2 d2\naccess h2 d2 off 1 len 1 type 0 rw 1 by child\n"
	       "unmap h2 d2 off 0 len 8 before - after - by child\n");
}

/* ---- load ---- */

PART(read_fault_makes_the_page_writable_too)
{
	p = map_pages(1, RW);
	forget_events();
	CHECK(touch(p, READ_IT) == 0);
	EXPECT("access h1 d1 off 0 len 1 type 0 rw 1\n");
	CHECK(touch(p, WRITE_IT) == 0);
	EXPECT("");
}

PART(load_of_0_0_is_the_whole_handle)
{
	rule(REC_ACCESS, REC_ANY, REC_LOAD_ALL, 0);
	p = map_from(1, 6, RW);
	forget_events();
	for (unsigned i = 0; i < 6; i++)
		CHECK(touch(p + i * PAGE, WRITE_IT) == 0);
	EXPECT("access h1 d1 off 1 len 1 type 0 rw 2\n");
}

PART(load_may_bring_more_pages)
{
	rule(REC_ACCESS, REC_ANY, REC_LOAD_MORE, 3);
	p = map_pages(8, RW);
	forget_events();
	for (unsigned i = 2; i < 8; i++)
		CHECK(touch(p + i * PAGE, READ_IT) == 0);
	EXPECT("access h1 d1 off 2 len 1 type 0 rw 1\naccess h1 d1 off 5 len 1 type 0 rw 1\n");
}

PART(default_access_is_load)
{
	rule(REC_ACCESS, REC_ANY, REC_DEFAULT, 0);
	p = map_pages(2, RW);
	forget_events();
	CHECK(touch(p, WRITE_IT) == 0 && touch(p, WRITE_IT) == 0);
	EXPECT("access h1 d1 off 0 len 1 type 0 rw 2\n");
}

/* The report of it is checked by the test. */
PART(load_of_another_processs_handle_is_EINVAL)
{
	int ends[2];
	char byte;

	p = map_pages(2, RW);
	CHECK(pipe(ends) == 0);
	pid_t child = fork_child();
	if (child == 0) {
		CHECK(read(ends[0], &byte, 1) == 1);
		_exit(0);
	}
	forget_events();
	rule_times(REC_ACCESS, 0, REC_LOAD_OTHERS, 2, 0, 1);
	CHECK(touch(p, READ_IT) == 0);
	EXPECT("access h1 d1 off 0 len 1 type 0 rw 1\ncode h1 d1 code 0x1603\naccess h1 d1 off 0 len 1 type 0 rw 1\n");
	CHECK(write(ends[1], "x", 1) == 1);
	reap(child);
}

/* ---- unload ---- */

PART(unload_shows_the_last_value_and_the_next_touch_faults)
{
	p = map_pages(8, RW);
	*word(p, 0) = 11;
	*word(p, 1) = 12;
	forget_events();
	CHECK(unload(1, 0, 1) == 0 && peek(0) == 11);
	poke(0, 99);
	CHECK(*word(p, 1) == 12);
	EXPECT("");
	CHECK(*word(p, 0) == 99);
	EXPECT("access h1 d1 off 0 len 1 type 0 rw 1\n");
}

PART(unload_of_what_is_not_loaded_succeeds)
{
	p = map_pages(8, RW);
	CHECK(unload(1, 3, 2) == 0 && unload(1, 0, 0) == 0 && unload(1, 0, 0) == 0);
}

PART(unload_out_of_the_handle_is_EINVAL)
{
	p = map_from(2, 2, RW);
	CHECK(unload(1, 4, 1) == FC_MAKE_ERR(EINVAL) && unload(1, 1, 1) == FC_MAKE_ERR(EINVAL));
	CHECK(unload(1, 2, 3) == FC_MAKE_ERR(EINVAL) && unload(1, 2, 2) == 0 && unload(1, 3, 0) == 0);
}

PART(unload_takes_only_that_handles_translations)
{
	p = map_pages(2, RW);
	char *q = map_pages(2, RW);
	*word(p, 0) = 5;
	CHECK(*word(q, 0) == 5);
	forget_events();
	CHECK(unload(2, 0, 0) == 0 && *word(p, 0) == 5);
	EXPECT("");
	CHECK(*word(q, 0) == 5);
	EXPECT("access h2 d2 off 0 len 1 type 0 rw 1\n");
}

/* A process that runs on loses what it was writing, and nothing of it is lost. */
static void *writer(void *arg)
{
	volatile int *count = arg;

	while (*(volatile int *)(p + 2 * PAGE) == 0)
		++*count;
	return NULL;
}

PART(unload_of_a_running_thread_loses_no_write)
{
	pthread_t thread;
	int last = 0;

	p = map_pages(8, RW);
	*word(p, 2) = 0;
	record(REC_BIT(REC_MAP));
	CHECK(pthread_create(&thread, NULL, writer, (void *)(uintptr_t)word(p, 0)) == 0);
	for (int i = 0; i < 300; i++) {
		CHECK(unload(1, 0, 1) == 0);
		int now = peek(0);
		CHECK(now >= last);
		last = now;
	}
	*word(p, 2) = 1;
	CHECK(pthread_join(thread, NULL) == 0 && peek(0) == *word(p, 0) && peek(0) >= last);
}

/* ---- what becomes of a failed access ---- */

PART(nonzero_from_access_is_SIGBUS_OBJERR_with_its_low_24_bits)
{
	static const int values[] = {-1, 1, 5, 0x1234567, INT32_MIN + 7, ENOSPC};

	p = map_pages(8, RW);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		no_rules();
		rule(REC_ACCESS, REC_ANY, REC_RETURN, values[i]);
		CHECK_SIGNAL(p + 3 * PAGE + 9, READ_IT, SIGBUS, BUS_OBJERR, values[i] & 0xffffff);
		CHECK_SIGNAL(p + 3 * PAGE + 9, WRITE_IT, SIGBUS, BUS_OBJERR, values[i] & 0xffffff);
	}
	no_rules();
	CHECK(touch(p + 3 * PAGE, WRITE_IT) == 0);
}

PART(FC_MAKE_ERR_from_access_is_SIGBUS_OBJERR_with_its_errno)
{
	p = map_pages(8, RW);
	rule(REC_ACCESS, REC_ANY, REC_RETURN, FC_MAKE_ERR(ENODEV));
	CHECK_SIGNAL(p + 12, WRITE_IT, SIGBUS, BUS_OBJERR, ENODEV);
}

PART(code_of_a_failed_load_passed_on_is_SIGBUS_OBJERR_with_its_errno)
{
	p = map_pages(8, RW);
	rule(REC_ACCESS, REC_ANY, REC_LOAD_BAD, 0);
	CHECK_SIGNAL(p + PAGE + 1, READ_IT, SIGBUS, BUS_OBJERR, EINVAL);
}

PART(code_of_a_failed_ctxmgt_passed_on_is_SIGBUS_OBJERR_with_it)
{
	p = map_pages(8, RW);
	rule(REC_ACCESS, REC_ANY, REC_CONTEXT_BAD, 7);
	CHECK_SIGNAL(p + PAGE + 1, READ_IT, SIGBUS, BUS_OBJERR, FC_HWERR);
}

PART(EINTR_from_access_is_retried_without_a_signal)
{
	p = map_pages(8, RW);
	forget_events();
	rule_times(REC_ACCESS, 1, REC_RETURN, EINTR, 0, 2);
	rule_times(REC_ACCESS, 1, REC_RETURN, FC_MAKE_ERR(EINTR), 0, 1);
	CHECK(touch(p + PAGE, READ_IT) == 0);
	EXPECT("access h1 d1 off 1 len 1 type 0 rw 1\naccess h1 d1 off 1 len 1 type 0 rw 1\n"
	       "access h1 d1 off 1 len 1 type 0 rw 1\naccess h1 d1 off 1 len 1 type 0 rw 1\n");
}

PART(EINTR_after_a_denied_load_means_FC_PROT_and_is_SIGSEGV_ACCERR)
{
	p = map_pages(8, PROT_READ);
	rule(REC_ACCESS, 1, REC_DENIED_4, 0);
	CHECK_SIGNAL(p + PAGE + 2, READ_IT, SIGSEGV, SEGV_ACCERR, 0);
}

PART(FC_PROT_of_a_load_passed_on_is_SIGSEGV_ACCERR)
{
	p = map_pages(8, PROT_READ);
	rule(REC_ACCESS, 2, REC_LOAD_AS, 2);
	CHECK_SIGNAL(p + 2 * PAGE + 3, READ_IT, SIGSEGV, SEGV_ACCERR, 0);
	no_rules();
	CHECK(touch(p + 2 * PAGE, READ_IT) == 0);
}

PART(no_access_and_set_up_invalid_is_SIGBUS_OBJERR_EFAULT)
{
	LAYOUT(PIECE_WITHOUT_ACCESS(8, REC_INVALID, 0));
	p = map_pages(8, RW);
	CHECK_SIGNAL(p + PAGE + 7, READ_IT, SIGBUS, BUS_OBJERR, EFAULT);
	CHECK_SIGNAL(p + PAGE + 7, WRITE_IT, SIGBUS, BUS_OBJERR, EFAULT);
	CHECK(remap(1, REC_B, 0, 8) == 0);
	CHECK(touch(p + PAGE + 7, WRITE_IT) == 0);
}

PART(no_access_and_invalidated_is_SIGSEGV_MAPERR_whatever_it_was_before)
{
	LAYOUT(PIECE_WITHOUT_ACCESS(4, REC_A, 0), PIECE_WITHOUT_ACCESS(4, REC_INVALID, 0));
	p = map_pages(8, RW);
	*word(p, 0) = 3;
	CHECK(ioctl(dev, REC_SET_INVALID, 1) == 1 && ioctl(dev, REC_SET_INVALID, 2) == 1);
	CHECK_SIGNAL(p + 1, READ_IT, SIGSEGV, SEGV_MAPERR, 0);
	CHECK_SIGNAL(p + 4 * PAGE + 1, WRITE_IT, SIGSEGV, SEGV_MAPERR, 0);
	CHECK(remap(1, REC_A, 0, 4) == 0 && *word(p, 0) == 3);
}

PART(protection_of_a_page_not_loaded_is_SIGSEGV_ACCERR_without_the_driver)
{
	p = map_pages(8, PROT_READ);
	char *none = map_pages(2, PROT_NONE);
	forget_events();
	CHECK_SIGNAL(p + 8, WRITE_IT, SIGSEGV, SEGV_ACCERR, 0);
	CHECK_SIGNAL(none + 8, READ_IT, SIGSEGV, SEGV_ACCERR, 0);
	EXPECT("");
}

PART(protection_of_a_loaded_page_is_SIGSEGV_ACCERR_without_the_driver)
{
	p = map_pages(8, PROT_READ);
	CHECK(touch(p, READ_IT) == 0);
	forget_events();
	CHECK_SIGNAL(p + 8, WRITE_IT, SIGSEGV, SEGV_ACCERR, 0);
	EXPECT("");
}

PART(result_0_without_a_load_is_retried)
{
	p = map_pages(8, RW);
	forget_events();
	rule_times(REC_ACCESS, 1, REC_RETURN, 0, 0, 3);
	CHECK(touch(p + PAGE, WRITE_IT) == 0);
	EXPECT("access h1 d1 off 1 len 1 type 0 rw 2\naccess h1 d1 off 1 len 1 type 0 rw 2\n"
	       "access h1 d1 off 1 len 1 type 0 rw 2\naccess h1 d1 off 1 len 1 type 0 rw 2\n");
}

/* ---- accesses that take their time ---- */

static void *reader(void *at)
{
	return (void *)(intptr_t) * (volatile int *)at;
}

static void child_writes(void *arg)
{
	*word(p, 2) = 6;
}

PART(access_may_block_while_other_threads_and_processes_go_on)
{
	pthread_t thread;
	void *value;

	p = map_pages(8, RW);
	rule(REC_ACCESS, 1, REC_WAIT_DEAF, 0);
	poke(1, 44);
	CHECK(pthread_create(&thread, NULL, reader, p + PAGE) == 0);
	wait_for_waiters(1);
	*word(p, 0) = 5;
	CHECK(peek(0) == 5);
	char *q = map_pages(1, RW);
	CHECK(*word(q, 0) == 5);
	release();
	CHECK(pthread_join(thread, &value) == 0 && (intptr_t)value == 44);
	reap(child_runs(child_writes, NULL));
	CHECK(peek(2) == 6);
}

PART(access_that_waits_is_ended_by_another_processs_access)
{
	int result;

	p = map_pages(8, RW);
	rule_times(REC_ACCESS, 1, REC_WAIT, EINTR, 0, 1);
	pid_t child = fork_child();
	if (child == 0)
		_exit(*word(p, 1) == 3 ? 0 : 1);
	wait_for_waiters(1);
	poke(1, 3);
	release();
	CHECK(waitpid(child, &result, 0) == child && result == 0);
}

PART(several_threads_fault_on_one_page_at_once)
{
	pthread_t threads[8];
	void *value;

	p = map_pages(8, RW);
	rule(REC_ACCESS, 1, REC_WAIT, EINTR);
	poke(1, 45);
	for (int i = 0; i < 8; i++)
		CHECK(pthread_create(&threads[i], NULL, reader, p + PAGE) == 0);
	wait_for_waiters(8);
	release();
	for (int i = 0; i < 8; i++)
		CHECK(pthread_join(threads[i], &value) == 0 && (intptr_t)value == 45);
}

/* ---- context management ---- */

PART(contextmgt_takes_the_page_from_the_process_that_had_it)
{
	int ends[2][2];
	char byte;

	rule(REC_ACCESS, REC_ANY, REC_CONTEXT, 0);
	p = map_pages(1, RW);
	CHECK(pipe(ends[0]) == 0 && pipe(ends[1]) == 0);
	*word(p, 0) = 1;
	pid_t child = fork_child();
	if (child == 0) {
		for (int i = 0; i < 10; i++) {
			CHECK(read(ends[0][0], &byte, 1) == 1);
			*word(p, 0) += 1;
			CHECK(write(ends[1][1], "x", 1) == 1);
		}
		CHECK(read(ends[0][0], &byte, 1) == 1);
		_exit(0);
	}
	name_process(child, "child");
	forget_events();
	for (int i = 0; i < 10; i++) {
		CHECK(write(ends[0][1], "x", 1) == 1 && read(ends[1][0], &byte, 1) == 1);
		EXPECT("access h2 d2 off 0 len 1 type 0 rw 1 by child\n");
		*word(p, 0) += 1;
		EXPECT("access h1 d1 off 0 len 1 type 0 rw 1\n");
	}
	CHECK(write(ends[0][1], "x", 1) == 1);
	reap(child);
	CHECK(*word(p, 0) == 21);
}

/* ---- madvise and its kind ---- */

PART(madvise_msync_mlock_mincore_change_nothing)
{
	unsigned char there[8];

	p = map_pages(8, RW);
	for (unsigned i = 0; i < 8; i++)
		*word(p, i) = (int)i + 1;
	CHECK(madvise(p, 8 * PAGE, MADV_DONTNEED) == 0 && madvise(p + PAGE, PAGE, MADV_WILLNEED) == 0);
	CHECK(msync(p, 8 * PAGE, MS_SYNC) == 0 && mlock(p, 2 * PAGE) == 0 && munlock(p, 2 * PAGE) == 0);
	CHECK(mincore(p, 8 * PAGE, there) == 0);
	for (unsigned i = 0; i < 8; i++)
		CHECK(*word(p, i) == (int)i + 1);
}

/* Behind the library's back: what Linux drops is loaded again, and the data is there. */
PART(madvise_that_drops_translations_is_served_again)
{
	p = map_pages(8, RW);
	for (unsigned i = 0; i < 8; i++)
		*word(p, i) = (int)i + 1;
	CHECK(syscall(SYS_madvise, p, 8 * PAGE, MADV_DONTNEED) == 0);
	for (unsigned i = 0; i < 8; i++)
		CHECK(*word(p, i) == (int)i + 1 && peek((int)i) == (int)i + 1);
}

int main(int argc, char **argv)
{
	return rec_main(argc, argv);
}
