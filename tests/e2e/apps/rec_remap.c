/* SPDX-License-Identifier: BSD-2-Clause */
/* rec_remap PART: section 10 of the specification, and the traps of section 13. */
#include "rec.h"

static char *p; /* the part's mapping */

/* ---- remap ---- */

static int remap_with(int handle, unsigned source, unsigned first, unsigned pages, unsigned maxprot, unsigned flags)
{
	struct rec_remap r = {handle, source, first, pages, maxprot, flags};

	return ioctl(dev, REC_REMAP, &r) - 1;
}

/* A holds 1 in each page, B 2. */
static void fill_both(void)
{
	for (int i = 0; i < REC_PAGES; i++) {
		poke(i, 1);
		poke(REC_PAGES + i, 2);
	}
}

PART(remap_needs_ALLOW_REMAP)
{
	LAYOUT({8, REC_A, 0, 0, REC_CB_ALL, PROT_ALL});
	fill_both();
	p = map_pages(8, RW);
	CHECK(remap(1, REC_B, 0, 8) == -1 && ioctl(dev, REC_SET_INVALID, 1) - 1 == -1 && *word(p, 3) == 1);
}

PART(remap_refuses_flags_bad_ranges_and_protections)
{
	fill_both();
	p = map_pages(8, RW);
	CHECK(*word(p, 0) == 1);
	CHECK(remap_with(1, REC_B, 0, 8, PROT_ALL, ALLOW_REMAP) == -1);
	CHECK(remap_with(1, REC_B, 1, 8, PROT_ALL, 0) == -1 && remap_with(1, REC_B, 0, 9, PROT_ALL, 0) == -1);
	CHECK(remap_with(1, REC_B, 0, 8, PROT_ALL & ~(unsigned)PROT_WRITE, 0) == -1);
	forget_events();
	CHECK(*word(p, 0) == 1);
	EXPECT("");
}

static void child_sees_both(void *arg)
{
	char byte;
	int *ends = arg;

	CHECK(*word(p, 3) == 1);
	CHECK(write(ends[1], "x", 1) == 1 && read(ends[2], &byte, 1) == 1);
	CHECK(*word(p, 3) == 2);
}

PART(remap_of_another_processs_handle_unloads_it_and_shows_the_new_memory)
{
	int ends[4];
	char byte;

	fill_both();
	p = map_pages(8, RW);
	CHECK(*word(p, 3) == 1 && pipe(ends) == 0 && pipe(ends + 2) == 0);
	pid_t child = child_runs(child_sees_both, ends);
	name_process(child, "child");
	CHECK(read(ends[0], &byte, 1) == 1);
	forget_events();
	CHECK(remap(2, REC_B, 0, 8) == 0 && *word(p, 3) == 1);
	EXPECT("");
	CHECK(write(ends[3], "x", 1) == 1);
	reap(child);
	EXPECT("access h2 d2 off 3 len 1 type 0 rw 1 by child\nunmap h2 d2 off 0 len 8 before - after - by child\n");
	CHECK(remap(1, REC_B, 0, 8) == 0 && *word(p, 3) == 2);
	EXPECT("access h1 d1 off 3 len 1 type 0 rw 1\n");
}

PART(remap_shows_the_memory_from_the_offset_it_names)
{
	p = map_from(2, 3, RW);
	for (int i = 0; i < REC_PAGES; i++)
		poke(REC_PAGES + i, 20 + i);
	CHECK(remap(1, REC_B, 4, 3) == 0);
	CHECK(*word(p, 0) == 24 && *word(p, 2) == 26);
	*word(p, 1) = 9;
	CHECK(peek(REC_PAGES + 5) == 9);
}

/* The length is used in the test of the range only. */
PART(remap_never_changes_the_handles_length)
{
	fill_both();
	p = map_pages(8, RW);
	CHECK(remap(1, REC_B, 0, 2) == 0);
	CHECK(*word(p, 0) == 2 && *word(p, 7) == 2);
}

PART(remap_replaces_maxprot)
{
	p = map_pages(8, PROT_READ);
	CHECK(mprotect(p, PAGE, RW) == 0 && mprotect(p, PAGE, PROT_READ) == 0);
	CHECK(remap_with(1, REC_B, 0, 8, PROT_ALL & ~(unsigned)PROT_WRITE, 0) == 0);
	CHECK_ERRNO(mprotect(p, PAGE, RW), EACCES);
	CHECK(remap(1, REC_A, 0, 8) == 0 && mprotect(p, PAGE, RW) == 0);
}

PART(remap_clears_MAPPING_INVALID)
{
	LAYOUT(PIECE(8, REC_INVALID, 0));
	fill_both();
	p = map_pages(8, RW);
	CHECK_SIGNAL(p + 3, READ_IT, SIGBUS, BUS_OBJERR, EFAULT); /* what devmap_load said, passed on */
	CHECK(remap(1, REC_B, 0, 8) == 0 && *word(p, 0) == 2);
	CHECK(ioctl(dev, REC_SET_INVALID, 1) == 1);
	CHECK(touch(p, READ_IT) == SIGBUS && got.si_code == BUS_OBJERR && got.si_errno == 5);
	CHECK(remap(1, REC_A, 0, 8) == 0 && *word(p, 0) == 1);
}

PART(remap_from_within_access)
{
	fill_both();
	rule_times(REC_ACCESS, 2, REC_REMAP_TO, REC_B, 0, 1);
	p = map_pages(8, RW);
	CHECK(*word(p, 1) == 1 && *word(p, 2) == 2 && *word(p, 1) == 2);
}

PART(remap_without_access_callback)
{
	LAYOUT(PIECE_WITHOUT_ACCESS(8, REC_A, 0));
	fill_both();
	p = map_pages(8, RW);
	CHECK(*word(p, 0) == 1 && remap(1, REC_B, 0, 8) == 0 && *word(p, 0) == 2);
	pid_t child = fork_child();
	if (child == 0)
		_exit(*word(p, 7) == 2 ? 0 : 1);
	reap(child);
}

static atomic_bool stop;

static void *sees_old_or_new(void *arg)
{
	while (!stop) {
		int value = *word(p, 3);
		CHECK(value == 1 || value == 2);
	}
	return NULL;
}

PART(accesses_during_a_remap_see_the_old_or_the_new_memory)
{
	pthread_t threads[2];

	fill_both();
	record(0);
	p = map_pages(8, RW);
	for (int i = 0; i < 2; i++)
		CHECK(pthread_create(&threads[i], NULL, sees_old_or_new, NULL) == 0);
	for (int i = 0; i < 200; i++) {
		CHECK(remap(1, i % 2 ? REC_A : REC_B, 0, 8) == 0);
		CHECK(*word(p, 3) == (i % 2 ? 1 : 2));
	}
	stop = true;
	for (int i = 0; i < 2; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
}

/* ---- traps ---- */

PART(trap_1_trash_of_absurd_size_takes_writes_and_reserves_nothing)
{
	p = map_pages(8, RW);
	*word(p, 0) = 5;
	CHECK(remap(1, REC_TRASH, 0, 8) == 0);
	for (unsigned i = 0; i < 8; i++)
		CHECK(touch(p + i * PAGE, WRITE_IT) == 0 && touch(p + i * PAGE, READ_IT) == 0);
	CHECK(peek(0) == 5);
	/* a mapping of it from the start, far beyond what the machine has where addresses suffice */
	size_t huge = sizeof(void *) == 8 ? (size_t)1 << 40 : (size_t)1 << 29;
	LAYOUT({(unsigned)(huge / PAGE), REC_TRASH, 0, ALLOW_REMAP, REC_CB_ALL, PROT_ALL});
	char *t = map_at(dev, 0, huge, RW);
	for (size_t at = 0; at < huge; at += huge / 16)
		CHECK(touch(t + at, WRITE_IT) == 0);
	CHECK(touch(t + huge - 1, WRITE_IT) == 0 && munmap(t, huge) == 0);
}

PART(trap_4_rw_as_a_PROT_value)
{
	rule(REC_ACCESS, 0, REC_LOAD_AS, PROT_READ);
	rule(REC_ACCESS, 1, REC_LOAD_AS, PROT_WRITE);
	p = map_pages(2, RW);
	CHECK(touch(p, WRITE_IT) == 0 && touch(p + PAGE, READ_IT) == 0 && touch(p + PAGE, WRITE_IT) == 0);
}

PART(trap_7_devmap_setup_from_an_ioctl)
{
	struct rec_map_here m = {.prot = PROT_READ | PROT_WRITE | 8, .maxprot = PROT_ALL, .flags = MAP_SHARED, .off = 2 * PAGE, .len = 3 * PAGE};

	poke(3, 33);
	CHECK(ioctl(dev, REC_MAP_HERE, &m) == 0 && m.address != 0);
	EXPECT("map h1 d1 off 2 len 3 shared\n");
	p = (char *)(uintptr_t)m.address;
	CHECK(*word(p, 1) == 33);
	EXPECT("access h1 d1 off 3 len 1 type 0 rw 1\n");
	*word(p, 0) = 6;
	CHECK(peek(2) == 6);
	CHECK(munmap(p + PAGE, PAGE) == 0 && munmap(p, 3 * PAGE) == 0 && ioctl(dev, REC_HANDLES) == 0);
	rule(REC_DEVMAP, REC_ANY, REC_RETURN, EIO);
	CHECK_ERRNO(ioctl(dev, REC_MAP_HERE, &m), ENXIO);
}

PART(trap_8_several_handles_with_different_cookies_behind_one_mmap)
{
	LAYOUT(PIECE(1, REC_A, 7), PIECE(2, REC_B, 3), PIECE(1, REC_TRASH, 0), PIECE_WITHOUT_ACCESS(1, REC_A, 1),
	       PIECE(3, REC_B, 0));
	poke(7, 17), poke(1, 11);
	poke(REC_PAGES + 3, 23), poke(REC_PAGES + 4, 24), poke(REC_PAGES, 20);
	record(USUAL | REC_BIT(REC_DEVMAP));
	p = map_pages(7, RW);
	EXPECT("devmap off 0 bytes 28672\ndevmap off 1 bytes 24576\ndevmap off 3 bytes 16384\ndevmap off 4 bytes 12288\n"
	       "devmap off 5 bytes 8192\nmap h1 d1 off 0 len 1 shared\nmap h2 d2 off 1 len 2 shared\n"
	       "map h3 d3 off 3 len 1 shared\nmap h4 d4 off 4 len 1 shared\nmap h5 d5 off 5 len 2 shared\n");
	CHECK(*word(p, 0) == 17 && *word(p, 1) == 23 && *word(p, 2) == 24 && *word(p, 4) == 11 && *word(p, 5) == 20);
	CHECK(touch(p + 3 * PAGE, WRITE_IT) == 0);
	EXPECT("access h1 d1 off 0 len 1 type 0 rw 1\naccess h2 d2 off 1 len 1 type 0 rw 1\n"
	       "access h2 d2 off 2 len 1 type 0 rw 1\naccess h5 d5 off 5 len 1 type 0 rw 1\n"
	       "access h3 d3 off 3 len 1 type 0 rw 2\n");
}

PART(trap_8_handles_with_different_access_callbacks_are_ENOTSUP)
{
	CHECK(touch(map_pages(1, RW), READ_IT) == 0);
	LAYOUT(PIECE(2, REC_A, 0), {2, REC_B, 0, 0, REC_CB_ALL | REC_CB_OTHER, PROT_ALL});
	CHECK(mmap(NULL, 4 * PAGE, RW, MAP_SHARED, dev, 0) == MAP_FAILED && errno == ENOTSUP);
	CHECK(ioctl(dev, REC_HANDLES) == 1);
}

/* ---- the kernel's own accesses ---- */

static struct rec_copy copy(enum rec_way way, void *at, size_t len, unsigned value)
{
	struct rec_copy c = {.way = (int)way, .value = value, .address = (uintptr_t)at, .len = len};

	CHECK(ioctl(dev, REC_COPY, &c) == 0);
	return c;
}

PART(trap_9_kernel_accesses_go_through_access)
{
	LAYOUT(PIECE(3, REC_A, 0), PIECE(5, REC_B, 0));
	p = map_pages(8, RW);
	forget_events();
	CHECK(copy(REC_COPYOUT, p + PAGE + 5, 10, 'a').result == 0);
	EXPECT("access h1 d1 off 1 len 1 type 0 rw 2\n");
	CHECK(p[PAGE + 4] == 0 && p[PAGE + 5] == 'a' && p[PAGE + 14] == 'a' && p[PAGE + 15] == 0);
	struct rec_copy c = copy(REC_COPYIN, p + PAGE + 5, 10, 0);
	CHECK(c.result == 0 && c.value == 'a');
	forget_events();
	CHECK(copy(REC_UIOMOVE_OUT, p + 2 * PAGE, PAGE, 'b').result == 0 && peek(2) == 0x62626262);
	EXPECT("access h1 d1 off 2 len 1 type 0 rw 2\n");
	c = copy(REC_UIOMOVE_IN, p + 2 * PAGE, PAGE, 0);
	CHECK(c.result == 0 && c.value == 'b');
}

PART(trap_9_kernel_access_that_fails_is_EFAULT_of_copies_and_the_faults_errno_of_uiomove)
{
	p = map_pages(8, RW);
	rule(REC_ACCESS, 1, REC_RETURN, (ENOSPC << 8) | 3);
	rule(REC_ACCESS, 2, REC_RETURN, -1);
	CHECK(copy(REC_COPYIN, p + PAGE, 8, 0).result == -1 && copy(REC_COPYOUT, p + PAGE, 8, 0).result == -1);
	CHECK(copy(REC_UIOMOVE_IN, p + PAGE, 8, 0).result == ENOSPC);
	CHECK(copy(REC_UIOMOVE_OUT, p + PAGE, 8, 0).result == ENOSPC);
	CHECK(copy(REC_UIOMOVE_OUT, p + 2 * PAGE, 8, 0).result == EFAULT);
	CHECK(copy(REC_COPYOUT, p + PAGE - 4, 8, 'x').result == -1 && p[PAGE - 1] == 'x');
	CHECK(mprotect(p + 3 * PAGE, PAGE, PROT_READ) == 0);
	forget_events();
	CHECK(copy(REC_COPYOUT, p + 3 * PAGE, 8, 0).result == -1);
	EXPECT("");
}

PART(trap_10_kernel_access_over_several_handles_and_ordinary_memory)
{
	LAYOUT(PIECE(1, REC_A, 0), PIECE(1, REC_B, 0), PIECE_WITHOUT_ACCESS(2, REC_A, 4));
	char *all = mmap(NULL, 6 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(all != MAP_FAILED);
	p = all + PAGE;
	CHECK(mmap(p, 4 * PAGE, RW, MAP_SHARED | MAP_FIXED, dev, 0) == p);
	forget_events();
	CHECK(copy(REC_COPYOUT, all + PAGE / 2, 5 * PAGE, 'k').result == 0);
	EXPECT("access h1 d1 off 0 len 1 type 0 rw 2\naccess h2 d2 off 1 len 1 type 0 rw 2\n");
	for (size_t i = 0; i < 6 * PAGE; i++)
		CHECK(all[i] == (i >= PAGE / 2 && i < 5 * PAGE + PAGE / 2 ? 'k' : 0));
	struct rec_copy c = copy(REC_COPYIN, all + PAGE / 2, 5 * PAGE, 0);
	CHECK(c.result == 0 && c.value == 'k');
}

/* ---- cookies ---- */

PART(cookie_made_by_hand_shows_the_memory_it_names)
{
	LAYOUT(PIECE(3, REC_HAND, 1));
	poke(3, 43), poke(5, 45); /* it begins at page 2 of A */
	p = map_pages(3, RW);
	CHECK(*word(p, 0) == 43 && *word(p, 2) == 45);
	*word(p, 1) = 8;
	CHECK(peek(4) == 8 && remap(1, REC_HAND, 2, 3) == 0 && *word(p, 0) == 8);
}

static void holds_its_own(void *arg)
{
	CHECK(*word(p, 1) == 51 && ioctl(dev, REC_OWN_LEFT) == 1);
	*word(p, 1) = 52;
}

PART(cookie_freed_in_its_last_unmap_callback)
{
	LAYOUT(PIECE(4, REC_OWN, 0));
	p = map_pages(4, RW);
	char *other = map_pages(4, RW);
	CHECK(ioctl(dev, REC_OWN_LEFT) == 2 && *word(p, 1) == 0);
	*word(p, 1) = 51;
	CHECK(*word(other, 1) == 0 && munmap(other, 4 * PAGE) == 0 && ioctl(dev, REC_OWN_LEFT) == 1);
	reap(child_runs(holds_its_own, NULL));
	CHECK(ioctl(dev, REC_OWN_LEFT) == 1 && *word(p, 1) == 52);
	CHECK(munmap(p + 2 * PAGE, PAGE) == 0 && munmap(p, PAGE) == 0 && ioctl(dev, REC_OWN_LEFT) == 1);
	CHECK(*word(p, 1) == 52 && *word(p, 3) == 0);
	CHECK(munmap(p + PAGE, PAGE) == 0 && ioctl(dev, REC_OWN_LEFT) == 1);
	CHECK(munmap(p, 4 * PAGE) == 0 && ioctl(dev, REC_OWN_LEFT) == 0);
	CHECK(ioctl(dev, REC_HANDLES) == 0);
}

/* ---- private mappings ---- */

PART(private_mapping_is_a_context_of_its_own_on_shared_memory)
{
	char *q;

	p = mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE, dev, 0);
	q = mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE, dev, 0);
	CHECK(p != MAP_FAILED && q != MAP_FAILED);
	EXPECT("map h1 d1 off 0 len 2 private\nmap h2 d2 off 0 len 2 private\n");
	rule(REC_ACCESS, REC_ANY, REC_TAKE, 0);
	*word(p, 0) = 4;
	CHECK(*word(q, 0) == 4 && peek(0) == 4);
	*word(q, 0) = 5;
	CHECK(*word(p, 0) == 5);
	EXPECT("access h1 d1 off 0 len 1 type 0 rw 2\naccess h2 d2 off 0 len 1 type 0 rw 1\n"
	       "access h1 d1 off 0 len 1 type 0 rw 1\n");
}

PART(private_mapping_without_access_is_EINVAL)
{
	CHECK(touch(map_pages(1, RW), READ_IT) == 0);
	LAYOUT(PIECE_WITHOUT_ACCESS(8, REC_A, 0));
	CHECK(mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE, dev, 0) == MAP_FAILED && errno == EINVAL);
}

PART(private_mapping_for_writing_of_a_read_only_open)
{
	int fd = open_device(DEV, O_RDONLY);

	p = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0);
	CHECK(p != MAP_FAILED && touch(p, WRITE_IT) == 0 && peek(0) == 1);
	CHECK(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0) == MAP_FAILED && errno == EACCES);
}

/* ---- offsets ---- */

PART(trap_17_offset_of_a_32_bit_caller_is_sign_extended)
{
	struct rec_event e;

	CHECK(touch(map_pages(1, RW), READ_IT) == 0);
	forget_events();
	record(REC_BIT(REC_DEVMAP));
	CHECK(mmap(NULL, PAGE, RW, MAP_SHARED, dev, (off_t)0x80000000u) == MAP_FAILED && errno == ENXIO);
	CHECK(take(&e, 1) == 1);
	CHECK(e.off == (sizeof(off_t) == 4 ? 0xffffffff80000000ull : 0x80000000ull));
}

/* ---- a mapping that is refused half way ---- */

PART(map_callback_that_fails_unmaps_the_handles_before_it)
{
	CHECK(touch(map_pages(1, RW), READ_IT) == 0);
	LAYOUT(PIECE(2, REC_A, 0), PIECE(2, REC_B, 0), PIECE(2, REC_A, 4));
	rule(REC_MAP, 4, REC_RETURN, ENOMEM);
	forget_events();
	CHECK(mmap(NULL, 6 * PAGE, RW, MAP_SHARED, dev, 0) == MAP_FAILED && errno == ENXIO);
	EXPECT("map h2 d2 off 0 len 2 shared\nmap h3 d3 off 2 len 2 shared\nmap h4 d4 off 4 len 2 shared\n"
	       "unmap h2 d2 off 0 len 2 before - after -\nunmap h3 d3 off 2 len 2 before - after -\n");
	CHECK(ioctl(dev, REC_HANDLES) == 1);
}

int main(int argc, char **argv)
{
	return rec_main(argc, argv);
}
