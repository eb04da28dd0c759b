/* SPDX-License-Identifier: BSD-2-Clause */
/* rec_unmap PART: munmap, MAP_FIXED, mprotect, mremap, close, exit and exec, by section 9 of the specification. */
#include "rec.h"

static char *p; /* the part's mapping */

static void cut(unsigned from, unsigned pages)
{
	CHECK(munmap(p + from * PAGE, pages * PAGE) == 0);
}

/* ---- the table: one handle [2, 8) of the device ---- */

static void map_6(void)
{
	p = map_from(2, 6, RW);
	for (unsigned i = 0; i < 6; i++)
		*word(p, i) = (int)(10 + i);
	forget_events();
}

PART(unmap_of_the_whole_handle)
{
	map_6();
	cut(0, 6);
	EXPECT("unmap h1 d1 off 2 len 6 before - after -\n");
	CHECK(ioctl(dev, REC_HANDLES) == 0);
	CHECK_SIGNAL(p + PAGE, READ_IT, SIGSEGV, SEGV_MAPERR, 0);
}

PART(unmap_of_the_head)
{
	map_6();
	cut(0, 2);
	EXPECT("unmap h1 d1 off 2 len 2 before - after h1 d2\n");
	CHECK(ioctl(dev, REC_UNLOAD_ALL) == 1 && *word(p, 2) == 12);
	EXPECT("access h1 d2 off 4 len 1 type 0 rw 1\n");
	CHECK_SIGNAL(p + PAGE, READ_IT, SIGSEGV, SEGV_MAPERR, 0);
}

PART(unmap_of_the_tail)
{
	map_6();
	cut(4, 2);
	EXPECT("unmap h1 d1 off 6 len 2 before h1 d2 after -\n");
	CHECK(ioctl(dev, REC_UNLOAD_ALL) == 1 && *word(p, 3) == 13);
	EXPECT("access h1 d2 off 5 len 1 type 0 rw 1\n");
	CHECK_SIGNAL(p + 4 * PAGE, READ_IT, SIGSEGV, SEGV_MAPERR, 0);
}

PART(unmap_of_the_middle)
{
	map_6();
	cut(2, 2);
	EXPECT("unmap h1 d1 off 4 len 2 before h1 d2 after h2 d3\n");
	CHECK(ioctl(dev, REC_UNLOAD_ALL) == 2 && *word(p, 1) == 11 && *word(p, 4) == 14);
	EXPECT("access h1 d2 off 3 len 1 type 0 rw 1\naccess h2 d3 off 6 len 1 type 0 rw 1\n");
	CHECK_SIGNAL(p + 2 * PAGE, READ_IT, SIGSEGV, SEGV_MAPERR, 0);
	CHECK(munmap(p, 2 * PAGE) == 0 && munmap(p + 4 * PAGE, 2 * PAGE) == 0);
	EXPECT("unmap h1 d2 off 2 len 2 before - after -\nunmap h2 d3 off 6 len 2 before - after -\n");
}

/* The callback runs before the handle's own fields change. */
PART(unmap_callback_sees_the_handle_as_it_was)
{
	struct rec_event e;

	map_6();
	cut(2, 2);
	CHECK(take(&e, 1) == 1 && e.kind == REC_UNMAP);
	CHECK(e.address == (uintptr_t)p && e.handle_off == 2 * PAGE && e.handle_len == 6 * PAGE);
	cut(4, 1);
	CHECK(take(&e, 1) == 1 && e.kind == REC_UNMAP && e.handle == 2);
	CHECK(e.address == (uintptr_t)p + 4 * PAGE && e.handle_off == 6 * PAGE && e.handle_len == 2 * PAGE);
}

/* ---- several handles: [0, 3) [3, 5) [5, 8) ---- */

static void map_3_handles(void)
{
	LAYOUT(PIECE(3, REC_A, 0), PIECE(2, REC_B, 0), PIECE(3, REC_A, 5));
	p = map_pages(8, RW);
	for (unsigned i = 0; i < 8; i++)
		*word(p, i) = (int)(10 + i);
	forget_events();
}

PART(unmap_over_several_handles_does_each_in_ascending_order)
{
	map_3_handles();
	cut(0, 8);
	EXPECT("unmap h1 d1 off 0 len 3 before - after -\nunmap h2 d2 off 3 len 2 before - after -\n"
	       "unmap h3 d3 off 5 len 3 before - after -\n");
}

PART(unmap_from_the_middle_of_one_handle_to_the_middle_of_another)
{
	map_3_handles();
	cut(1, 6);
	EXPECT("unmap h1 d1 off 1 len 2 before h1 d4 after -\nunmap h2 d2 off 3 len 2 before - after -\n"
	       "unmap h3 d3 off 5 len 2 before - after h3 d5\n");
	CHECK(ioctl(dev, REC_UNLOAD_ALL) == 2 && *word(p, 0) == 10 && *word(p, 7) == 17);
	EXPECT("access h1 d4 off 0 len 1 type 0 rw 1\naccess h3 d5 off 7 len 1 type 0 rw 1\n");
}

PART(unmap_of_the_tail_in_a_later_handle)
{
	map_3_handles();
	cut(6, 2);
	EXPECT("unmap h3 d3 off 6 len 2 before h3 d4 after -\n");
	CHECK(*word(p, 0) == 10 && *word(p, 4) == 14 && *word(p, 5) == 15);
	EXPECT("");
}

PART(unmap_over_several_mappings_and_ordinary_memory_between)
{
	char *all = mmap(NULL, 9 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(all != MAP_FAILED);
	CHECK(mmap(all, 3 * PAGE, RW, MAP_SHARED | MAP_FIXED, dev, 0) == all);
	CHECK(mmap(all + 6 * PAGE, 3 * PAGE, RW, MAP_SHARED | MAP_FIXED, dev, 5 * PAGE) == all + 6 * PAGE);
	all[4 * PAGE] = 1;
	forget_events();
	CHECK(munmap(all + PAGE, 7 * PAGE) == 0);
	EXPECT("unmap h1 d1 off 1 len 2 before h1 d3 after -\nunmap h2 d2 off 5 len 2 before - after h2 d4\n");
	CHECK_SIGNAL(all + 4 * PAGE, READ_IT, SIGSEGV, SEGV_MAPERR, 0);
	CHECK(touch(all, READ_IT) == 0 && touch(all + 8 * PAGE, WRITE_IT) == 0);
}

/* ---- order with accesses ---- */

static siginfo_t late_signal;

static void *toucher(void *at)
{
	int signo = touch(at, WRITE_IT);

	late_signal = got;
	return (void *)(intptr_t)signo;
}

static void *unmapper(void *arg)
{
	will_sleep();
	return (void *)(intptr_t)munmap(p, 8 * PAGE);
}

PART(translations_are_gone_before_the_unmap_callback)
{
	pthread_t unmaps, touches;
	void *result;

	p = map_pages(8, RW);
	*word(p, 3) = 5;
	rule(REC_UNMAP, REC_ANY, REC_WAIT_DEAF, 0);
	CHECK(pthread_create(&unmaps, NULL, unmapper, NULL) == 0);
	wait_for_waiters(1);
	poke(3, 40);
	CHECK(pthread_create(&touches, NULL, toucher, p + 3 * PAGE) == 0);
	CHECK(peek(3) == 40);
	release();
	CHECK(pthread_join(unmaps, &result) == 0 && result == NULL);
	CHECK(pthread_join(touches, &result) == 0 && (intptr_t)result == SIGSEGV);
	CHECK(late_signal.si_code == SEGV_MAPERR && late_signal.si_addr == p + 3 * PAGE && peek(3) == 40);
}

PART(unmap_waits_for_an_access_in_progress_and_new_accesses_for_the_unmap)
{
	pthread_t unmaps, touches;
	void *result;

	p = map_pages(8, RW);
	record(USUAL | REC_BIT(REC_GO));
	rule(REC_ACCESS, 1, REC_WAIT_DEAF, 0);
	forget_events();
	CHECK(pthread_create(&touches, NULL, toucher, p + PAGE) == 0);
	wait_for_waiters(1);
	CHECK(pthread_create(&unmaps, NULL, unmapper, NULL) == 0);
	wait_until_asleep();
	release();
	CHECK(pthread_join(unmaps, &result) == 0 && result == NULL);
	CHECK(pthread_join(touches, &result) == 0 && ((intptr_t)result == SIGSEGV || (intptr_t)result == 0));
	EXPECT("access h1 d1 off 1 len 1 type 0 rw 2\ngo\nunmap h1 d1 off 0 len 8 before - after -\n");
}

/* ---- MAP_FIXED ---- */

PART(ordinary_memory_fixed_over_a_device_mapping_unmaps_it_first)
{
	map_6();
	CHECK(mmap(p + 2 * PAGE, 2 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == p + 2 * PAGE);
	EXPECT("unmap h1 d1 off 4 len 2 before h1 d2 after h2 d3\n");
	CHECK(*word(p, 2) == 0 && *word(p, 1) == 11 && *word(p, 4) == 14);
	EXPECT("");
	*word(p, 2) = 77;
	CHECK(peek(4) == 12);
}

PART(device_mapping_fixed_over_a_device_mapping_gets_its_unmap_first)
{
	map_6();
	record(USUAL | REC_BIT(REC_DEVMAP));
	CHECK(mmap(p + PAGE, 3 * PAGE, RW, MAP_SHARED | MAP_FIXED, dev, 0) == p + PAGE);
	EXPECT("devmap off 0 bytes 12288\nunmap h1 d1 off 3 len 3 before h1 d2 after h2 d3\nmap h3 d4 off 0 len 3 shared\n");
	poke(0, 50);
	CHECK(*word(p, 1) == 50 && *word(p, 0) == 10 && *word(p, 4) == 14);
	EXPECT("access h3 d4 off 0 len 1 type 0 rw 1\n");
}

PART(device_mapping_fixed_over_all_of_a_device_mapping)
{
	map_6();
	CHECK(mmap(p, 6 * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, dev, 0) == p);
	EXPECT("unmap h1 d1 off 2 len 6 before - after -\nmap h2 d2 off 0 len 6 shared\n");
	CHECK(*word(p, 2) == 10);
	CHECK_SIGNAL(p, WRITE_IT, SIGSEGV, SEGV_ACCERR, 0);
}

/* ---- mprotect ---- */

PART(mprotect_beyond_maxprot_is_EACCES)
{
	LAYOUT({4, REC_A, 0, ALLOW_REMAP, REC_CB_ALL, PROT_ALL},
	       {4, REC_B, 0, ALLOW_REMAP, REC_CB_ALL, PROT_ALL & ~(unsigned)PROT_WRITE});
	p = map_pages(8, PROT_READ);
	CHECK_ERRNO(mprotect(p, 8 * PAGE, RW), EACCES);
	CHECK_SIGNAL(p, WRITE_IT, SIGSEGV, SEGV_ACCERR, 0); /* nothing has changed */
	CHECK(mprotect(p, 4 * PAGE, RW) == 0 && touch(p, WRITE_IT) == 0);
	CHECK_SIGNAL(p + 4 * PAGE, WRITE_IT, SIGSEGV, SEGV_ACCERR, 0);
	int read_only = open_device(DEV, O_RDONLY);
	char *q = map_at(read_only, 0, PAGE, PROT_READ);
	CHECK_ERRNO(mprotect(q, PAGE, RW), EACCES);
}

PART(mprotect_is_per_page)
{
	map_6();
	CHECK(mprotect(p + PAGE, PAGE, PROT_READ) == 0 && mprotect(p + 3 * PAGE, 2 * PAGE, PROT_NONE) == 0);
	CHECK(touch(p, WRITE_IT) == 0 && touch(p + PAGE, READ_IT) == 0 && touch(p + 2 * PAGE, WRITE_IT) == 0 &&
	      touch(p + 5 * PAGE, WRITE_IT) == 0);
	CHECK_SIGNAL(p + PAGE, WRITE_IT, SIGSEGV, SEGV_ACCERR, 0);
	CHECK_SIGNAL(p + 3 * PAGE, READ_IT, SIGSEGV, SEGV_ACCERR, 0);
	CHECK_SIGNAL(p + 4 * PAGE, READ_IT, SIGSEGV, SEGV_ACCERR, 0);
}

PART(mprotect_none_unloads)
{
	map_6();
	CHECK(mprotect(p, 2 * PAGE, PROT_NONE) == 0 && mprotect(p, 2 * PAGE, RW) == 0);
	forget_events();
	CHECK(*word(p, 0) == 10);
	EXPECT("access h1 d1 off 2 len 1 type 0 rw 1\n");
}

PART(mprotect_that_raises_applies_to_loaded_pages)
{
	p = map_pages(8, PROT_READ);
	CHECK(touch(p, READ_IT) == 0);
	CHECK(mprotect(p, PAGE, RW) == 0 && touch(p, WRITE_IT) == 0);
	CHECK(mprotect(p, PAGE, PROT_READ) == 0 && *p == 1);
	CHECK_SIGNAL(p, WRITE_IT, SIGSEGV, SEGV_ACCERR, 0);
}

PART(mprotect_survives_cuts)
{
	map_6();
	CHECK(mprotect(p + 4 * PAGE, 2 * PAGE, PROT_READ) == 0);
	cut(1, 2);
	CHECK(touch(p, WRITE_IT) == 0 && touch(p + 3 * PAGE, WRITE_IT) == 0 && touch(p + 5 * PAGE, READ_IT) == 0);
	CHECK_SIGNAL(p + 5 * PAGE, WRITE_IT, SIGSEGV, SEGV_ACCERR, 0);
}

/* ---- mremap ---- */

PART(mremap_is_refused_and_nothing_changes)
{
	map_6();
	char *ordinary = mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK_ERRNO((intptr_t)mremap(p, 6 * PAGE, 8 * PAGE, MREMAP_MAYMOVE), EINVAL);
	CHECK_ERRNO((intptr_t)mremap(p, 6 * PAGE, 8 * PAGE, 0), EINVAL);
	CHECK_ERRNO((intptr_t)mremap(p, 6 * PAGE, 2 * PAGE, 0), EINVAL);
	CHECK_ERRNO((intptr_t)mremap(p, 6 * PAGE, 6 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, ordinary), EINVAL);
	CHECK(*word(p, 0) == 10 && *word(p, 5) == 15);
	EXPECT("");
	/* ordinary memory onto it: as MAP_FIXED */
	*ordinary = 9;
	CHECK(mremap(ordinary, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p) == p && *p == 9);
	EXPECT("unmap h1 d1 off 2 len 1 before - after h1 d2\n");
}

/* ---- close ---- */

PART(mapping_outlives_its_descriptor_and_close_comes_after_its_unmap)
{
	int fd = open_device(DEV ".a", O_RDWR);
	char *q = map_at(fd, 0, 2 * PAGE, RW);

	record(USUAL | REC_BIT(REC_CLOSE));
	forget_events();
	CHECK(close(fd) == 0);
	EXPECT("");
	CHECK(touch(q, WRITE_IT) == 0);
	EXPECT("access h1 d1 off 0 len 1 type 0 rw 2\n");
	CHECK(munmap(q, PAGE) == 0);
	EXPECT("unmap h1 d1 off 0 len 1 before - after h1 d2\n");
	CHECK(munmap(q + PAGE, PAGE) == 0);
	EXPECT("unmap h1 d2 off 1 len 1 before - after -\nclose a flag 0\n");
}

PART(close_comes_at_the_last_of_several_opens)
{
	int fd[2] = {open_device(DEV ".a", O_RDWR), open_device(DEV ".a", O_RDONLY)}, copy = dup(fd[0]);

	CHECK(touch(map_pages(1, RW), WRITE_IT) == 0);
	forget_events();
	record(REC_BIT(REC_CLOSE));
	CHECK(close(fd[0]) == 0 && close(fd[1]) == 0);
	EXPECT("");
	CHECK(close(copy) == 0);
	EXPECT("close a flag 3\n");
}

/* ---- exit and exec ---- */

/* Nodes a and b are open, and two handles of a are mapped. */
static void map_a_open_b(void)
{
	int a = open_device(DEV ".a", O_RDWR);

	(void)open_device(DEV ".b", O_RDWR | O_CLOEXEC);
	LAYOUT(PIECE(2, REC_A, 0), PIECE(3, REC_B, 0));
	char *q = map_at(a, 0, 5 * PAGE, RW);
	*q = 1;
}

PART(exit_closes_first_and_then_unmaps_in_address_order)
{
	record((USUAL | REC_BIT(REC_CLOSE)) & ~REC_BIT(REC_MAP));
	pid_t child = fork_child();
	if (child == 0) {
		map_a_open_b();
		_exit(0);
	}
	name_process(child, "child");
	reap(child);
	EXPECT("access h1 d1 off 0 len 1 type 0 rw 2 by child\nclose b flag 3 by child\n"
	       "unmap h1 d1 off 0 len 2 before - after - by child\nunmap h2 d2 off 2 len 3 before - after - by child\n"
	       "close a flag 0 by child\n");
}

PART(exec_unmaps_first_and_then_closes_what_is_marked)
{
	struct rec_event e[5];
	int in[2], out[2], n = 0;

	CHECK(pipe(in) == 0 && pipe(out) == 0);
	record(REC_BIT(REC_UNMAP) | REC_BIT(REC_CLOSE));
	p = map_pages(1, RW); /* the child's copy is the first to go, or the last */
	pid_t child = fork_child();
	if (child == 0) {
		CHECK(munmap(p, PAGE) == 0);
		map_a_open_b();
		CHECK(dup2(in[0], 0) == 0 && dup2(out[1], 1) == 1 && close(in[1]) == 0);
		execl("/bin/cat", "cat", NULL);
	}
	/* It runs the new program, which does nothing for the moment. */
	CHECK(write(in[1], "x", 1) == 1 && read(out[0], &n, 1) == 1);
	for (n = 0; n < 4;)
		n += take(&e[n], 4 - n);
	CHECK(e[0].kind == REC_UNMAP && e[1].kind == REC_UNMAP && e[2].kind == REC_UNMAP);
	CHECK(e[1].len == 2 * PAGE && e[2].len == 3 * PAGE && e[1].pid == child && e[2].pid == child);
	CHECK(e[3].kind == REC_CLOSE && e[3].code == 2);
	EXPECT("");
	CHECK(close(in[1]) == 0);
	reap(child);
	CHECK(take(e, 1) == 1 && e[0].kind == REC_CLOSE && e[0].code == 1);
}

/* All callbacks are over when wait(2) tells. */
PART(exit_is_over_when_wait_reports_it)
{
	for (int i = 0; i < 20; i++) {
		p = map_pages(8, RW);
		pid_t child = fork_child();
		if (child == 0)
			_exit(touch(p, WRITE_IT));
		reap(child);
		CHECK(ioctl(dev, REC_HANDLES) == 1);
		cut(0, 8);
		CHECK(ioctl(dev, REC_HANDLES) == 0);
	}
}

int main(int argc, char **argv)
{
	return rec_main(argc, argv);
}
