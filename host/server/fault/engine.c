/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * engine.c: which fault engine an address space has.  It is agreed upon when the client starts its agent, before its
 * first intercepted window is accessible:
 *
 *	client: hello -->            --> offer, userfaultfd -->              --> the agent takes commands
 *	server:      --> welcome, device                        --> welcome, engine
 *
 * The client makes the userfaultfd, since that is for the memory of who makes it.  Where the server may open
 * /dev/userfaultfd it lends that descriptor: then system calls of an application without privileges make events, too.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "host/server/server.h"

#define PATIENCE_S 5

static struct {
	const struct as_engine *only; /* NULL: the best that works */
	int device;                   /* /dev/userfaultfd, or -1 */
} engine = {.device = -1};

int engine_start(const char *name)
{
	if (name != NULL && strcmp(name, as_engine_uffd.name) == 0)
		engine.only = &as_engine_uffd;
	else if (name != NULL && strcmp(name, as_engine_sigsegv.name) == 0)
		engine.only = &as_engine_sigsegv;
	else if (name != NULL)
		return EINVAL;
	if (engine.only != &as_engine_sigsegv)
		engine.device = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC);
	faults_prepare();
	return 0;
}

bool engine_allows_uffd(int *device)
{
	*device = engine.device;
	return engine.only != &as_engine_sigsegv;
}

const struct as_engine *engine_first(void)
{
	return engine.only != NULL ? engine.only : &as_engine_uffd;
}

/* ---- the client's offer ---- */

static bool is_userfaultfd(int fd)
{
	static const char name[] = "anon_inode:[userfaultfd]";
	char path[40], target[sizeof(name)];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, target, sizeof(target));
	return n == sizeof(name) - 1 && memcmp(target, name, sizeof(name) - 1) == 0;
}

/* Is it a fresh one that can do what we need?  0 or errno. */
static int uffd_check(int fd)
{
	struct uffdio_api api = {.api = UFFD_API,
				 .features = UFFD_FEATURE_THREAD_ID | UFFD_FEATURE_EVENT_REMAP |
					     UFFD_FEATURE_MISSING_SHMEM | UFFD_FEATURE_MINOR_SHMEM};

	if (!is_userfaultfd(fd))
		return EINVAL;
	return ioctl(fd, UFFDIO_API, &api) == 0 ? 0 : errno;
}

/* The first one; others may have come along. */
static void descriptor_take(struct msghdr *mh, int *fd)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c != NULL; c = CMSG_NXTHDR(mh, c)) {
		size_t n = c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS ? (c->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;
		for (size_t i = 0; i < n; i++) {
			int one;
			memcpy(&one, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (*fd < 0)
				*fd = one;
			else
				close(one);
		}
	}
}

static int offer_receive(int connection, struct wire_offer *offer, int *fd)
{
	static const struct timeval patience = {PATIENCE_S, 0};
	static const int off = 0;
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = {offer, sizeof(*offer)};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
	ssize_t n;

	/* Without its credentials, for which there would be no room. */
	if (setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) != 0 ||
	    setsockopt(connection, SOL_SOCKET, SO_PASSCRED, &off, sizeof(off)) != 0)
		return errno;
	do
		n = recvmsg(connection, &mh, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		descriptor_take(&mh, fd);
	return n == sizeof(*offer) && offer->magic == WIRE_MAGIC ? 0 : EPROTO;
}

/* Takes the descriptor, or says why not. */
static int uffd_take(struct process *p, const struct wire_offer *offer, int fd)
{
	int error = fd >= 0 ? uffd_check(fd) : offer->error > 0 && offer->error < 4096 ? offer->error
										       : EPROTO;

	if (error == 0)
		return faults_start(p, fd, offer->flags & WIRE_OFFER_FULL);
	if (fd >= 0)
		close(fd);
	return error;
}

static int choose(struct process *p, const struct wire_offer *offer, int fd)
{
	int error = uffd_take(p, offer, fd);

	if (error == 0) {
		posix_log(HOST_LOG_DEBUG, "process %d: fault engine: uffd, %s system calls", (int)p->pid,
			  p->as.faults.full ? "also for" : "not for");
	} else if (atomic_load(&p->dying)) {
		return ESRCH;
	} else if (engine.only != NULL) {
		posix_log(HOST_LOG_WARN, "process %d: fault engine uffd: userfaultfd: %s", (int)p->pid,
			  strerror(error));
	} else {
		posix_log(HOST_LOG_DEBUG, "process %d: fault engine: sigsegv, userfaultfd: %s", (int)p->pid,
			  strerror(error));
		atomic_store(&p->as.engine, &as_engine_sigsegv);
		error = 0;
	}
	return error;
}

int engine_agree(struct process *p, int connection)
{
	static const int on = 1;
	struct wire_offer offer;
	int fd = -1, error;

	if (engine.only == &as_engine_sigsegv) {
		hello_answer(connection, 0, -1, WIRE_WANT_NONE);
		posix_log(HOST_LOG_DEBUG, "process %d: fault engine: sigsegv", (int)p->pid);
		return 0;
	}
	hello_answer(connection, 0, engine.device, WIRE_WANT_UFFD);
	error = offer_receive(connection, &offer, &fd);
	if (error == 0)
		return setsockopt(connection, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0 ? choose(p, &offer, fd) : errno;
	if (fd >= 0)
		close(fd);
	return error;
}
