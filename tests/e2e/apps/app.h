/* SPDX-License-Identifier: BSD-2-Clause */
/* app.h: checks that say where they failed, and a dispatcher for programs of many small parts. */
#ifndef APP_H
#define APP_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tdrv.h"

#define PAGE 4096u

#define CHECK(what) \
	do { \
		errno = 0; \
		if (!(what)) { \
			fprintf(stderr, "%s:%d: %s: errno %d (%s)\n", __FILE__, __LINE__, #what, errno, \
				strerror(errno)); \
			_exit(1); \
		} \
	} while (0)

/* The call fails, with this errno. */
#define CHECK_ERRNO(call, wanted) \
	do { \
		errno = 0; \
		long got_ = (long)(call); \
		int errno_ = errno; \
		if (got_ != -1 || errno_ != (wanted)) { \
			fprintf(stderr, "%s:%d: %s: returned %ld, errno %d (%s), wanted errno %d\n", __FILE__, \
				__LINE__, #call, got_, errno_, strerror(errno_), wanted); \
			_exit(1); \
		} \
	} while (0)

static inline int open_device(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		_exit(1);
	}
	return fd;
}

static inline void *map_at(int fd, off_t offset, size_t len, int prot)
{
	void *p = mmap(NULL, len, prot, MAP_SHARED, fd, offset);

	if (p == MAP_FAILED) {
		fprintf(stderr, "mmap of %zu at %llx: %s\n", len, (unsigned long long)offset, strerror(errno));
		_exit(1);
	}
	return p;
}

/* The child ended with status 0. */
static inline void reap(pid_t pid)
{
	int status;

	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

struct part {
	const char *name;
	void (*run)(int argc, char **argv);
};
/* APP_PART("name", function) { ... } defines what `PROGRAM name ARGUMENT...` does, in any file of the program. */
#define APP_PART(word, function) \
	static void function(int argc, char **argv); \
	static const struct part part_of_##function = {word, function}; \
	static const struct part *const listed_##function __attribute__((section("app_parts"), used)) = &part_of_##function; \
	static void function(int argc, char **argv)
extern const struct part *const __start_app_parts[], *const __stop_app_parts[];

static inline int part_main(int argc, char **argv)
{
	for (const struct part *const *p = __start_app_parts; argc > 1 && p < __stop_app_parts; p++)
		if (strcmp((*p)->name, argv[1]) == 0) {
			(*p)->run(argc - 2, argv + 2);
			return 0;
		}
	fprintf(stderr, "usage: %s PART\n", argv[0]);
	return 2;
}

#endif
