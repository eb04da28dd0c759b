/* SPDX-License-Identifier: BSD-2-Clause */
/* uffd.h: a mapping whose missing translations another process supplies, one blocked reader each. */
#ifndef BENCH_UFFD_H
#define BENCH_UFFD_H

#include "bench/peers/peer.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

/* Maps a resident memfd; its first touches are the reader's of *uffd. */
static inline volatile unsigned char *uffd_map(int memfd, size_t size, int *uffd)
{
	struct uffdio_api api = {.api = UFFD_API, .features = UFFD_FEATURE_MINOR_SHMEM};
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, memfd, 0);
	struct uffdio_register area = {.range = {(uintptr_t)p, size}, .mode = UFFDIO_REGISTER_MODE_MINOR};

	CHECK(p != MAP_FAILED);
	*uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
	CHECK(*uffd >= 0);
	CHECK(ioctl(*uffd, UFFDIO_API, &api) == 0);
	CHECK(ioctl(*uffd, UFFDIO_REGISTER, &area) == 0);
	return p;
}

/* In the server: the address that was touched. */
static inline uintptr_t uffd_read(int uffd)
{
	struct uffd_msg m;

	CHECK(read(uffd, &m, sizeof(m)) == sizeof(m));
	CHECK(m.event == UFFD_EVENT_PAGEFAULT);
	return (uintptr_t)m.arg.pagefault.address;
}

static inline void uffd_continue(int uffd, uintptr_t start, size_t size)
{
	struct uffdio_continue c = {.range = {start, size}};

	CHECK(ioctl(uffd, UFFDIO_CONTINUE, &c) == 0);
}

/* A server process that runs serve(uffd) for ever. */
static inline void uffd_start(char **argv, void (*serve)(int uffd), int uffd)
{
	CHECK(argv[1] && argv[2]);
	pid_t child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		loop_pin(atoi(argv[2]));
		while (1)
			serve(uffd);
	}
	loop_pin(atoi(argv[1]));
}

#endif
