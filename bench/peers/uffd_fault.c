/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * uffd_fault: the first touch of a page, which another process supplies (UFFDIO_CONTINUE of that page).
 * CPU CPU-OF-SERVER
 */
#include "bench/peers/uffd.h"

#define SIZE ((size_t)LOOP_FAULT_PAGES * LOOP_PAGE)

static volatile unsigned char *memory;

static void serve(int uffd)
{
	uffd_continue(uffd, uffd_read(uffd) & -(uintptr_t)LOOP_PAGE, LOOP_PAGE);
}

static void once(void)
{
	static size_t page;

	if (page == LOOP_FAULT_PAGES) {
		loop_pause();
		CHECK(madvise((void *)memory, SIZE, MADV_DONTNEED) == 0);
		page = 0;
		loop_resume();
	}
	memory[page++ * LOOP_PAGE] = 1;
}

int main(int argc, char **argv)
{
	int uffd;

	CHECK(argc == 3);
	memory = uffd_map(peer_memfd(SIZE), SIZE, &uffd);
	uffd_start(argv, serve, uffd);
	return loop_serve(once);
}
