/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * uffd_whole: 64 MiB are touched; at the first touch another process supplies all of them (one UFFDIO_CONTINUE).
 * CPU CPU-OF-SERVER
 */
#include "bench/peers/uffd.h"

static volatile unsigned char *memory;

/* Linux may take a page away from the middle of what is there already, and ask for it again: then it is one page. */
static void serve(int uffd)
{
	uintptr_t at = uffd_read(uffd);
	struct uffdio_continue all = {.range = {(uintptr_t)memory, LOOP_64M}};

	if (ioctl(uffd, UFFDIO_CONTINUE, &all) == 0 || all.mapped > (int64_t)(at - (uintptr_t)memory))
		return;
	CHECK(errno == EEXIST || errno == EAGAIN);
	uffd_continue(uffd, at & ~(uintptr_t)(LOOP_PAGE - 1), LOOP_PAGE);
}

static void once(void)
{
	loop_touch(memory, LOOP_64M);
	loop_pause();
	CHECK(madvise((void *)memory, LOOP_64M, MADV_DONTNEED) == 0);
	loop_resume();
}

int main(int argc, char **argv)
{
	int uffd;

	CHECK(argc == 3);
	memory = uffd_map(peer_memfd(LOOP_64M), LOOP_64M, &uffd);
	uffd_start(argv, serve, uffd);
	return loop_serve(once);
}
