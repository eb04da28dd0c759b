/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * uffd_whole: 64 MiB are touched; at the first touch another process supplies all of them (one UFFDIO_CONTINUE).
 * CPU CPU-OF-SERVER
 */
#include "bench/peers/uffd.h"

static volatile unsigned char *memory;

static void serve(int uffd)
{
	(void)uffd_read(uffd);
	uffd_continue(uffd, (uintptr_t)memory, LOOP_64M);
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
