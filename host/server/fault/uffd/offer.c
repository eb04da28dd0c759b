/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * offer.c: how the server gets a userfaultfd for a client's memory, when that starts its agent:
 *
 *	client: hello -->            --> offer, userfaultfd -->              --> the agent takes commands
 *	server:      --> welcome, device                        --> welcome, engine
 *
 * The client makes the userfaultfd, since it is for the memory of the process that makes it.  Where the server may open
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

#include "host/server/fault/uffd/uffd.h"
#include "wire/rights.h"

#define OFFER_TIMEOUT_S 5

static int device = -1; /* /dev/userfaultfd */

void offer_prepare(void)
{
	device = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC);
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

static void discard(int fd)
{
	close(fd);
}

static int offer_receive(int connection, struct wire_offer *offer, int *fd)
{
	static const struct timeval timeout = {OFFER_TIMEOUT_S, 0};
	static const int off = 0;
	struct wire_letter letter;
	ssize_t n;

	/* Without its credentials, for which there would be no room. */
	if (setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) != 0 ||
	    setsockopt(connection, SOL_SOCKET, SO_PASSCRED, &off, sizeof(off)) != 0)
		return errno;
	wire_letter_room(&letter, offer, sizeof(*offer));
	do
		n = recvmsg(connection, &letter.mh, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		(void)wire_letter_take(&letter, fd, 1, discard, NULL);
	return n == sizeof(*offer) && offer->magic == WIRE_MAGIC ? 0 : EPROTO;
}

/* Takes the descriptor, or returns why not. */
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

int offer_agree(struct host_as *as, int connection, int *refused)
{
	static const int on = 1;
	struct process *p = as->process;
	struct wire_offer offer;
	int fd = -1, error;

	connection_allow(connection);
	hello_answer(connection, 0, device, WIRE_WANT_UFFD);
	error = offer_receive(connection, &offer, &fd);
	if (error == 0 && setsockopt(connection, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) != 0)
		error = errno;
	if (error != 0) {
		if (fd >= 0)
			close(fd);
		return error;
	}
	*refused = uffd_take(p, &offer, fd);
	if (*refused == 0)
		posix_log(HOST_LOG_DEBUG, "process %d: fault engine: uffd, %s system calls", (int)p->pid,
			  faults_of(as)->full ? "also for" : "not for");
	return 0;
}

/* ---- writers of pages that are becoming shared ---- */

int offer_watch(struct process *p, enum wire_watch *how, const char **words)
{
	struct wire_agent_command c = {.op = WIRE_AGENT_WATCH};
	int error = agent_run(p, &c, device);

	if (error != 0)
		return error;
	if (c.addr == WIRE_WATCH_USER)
		*words = "userfaultfd, user mode: a system call into pages that become shared may fail with EFAULT";
	else if (c.addr == WIRE_WATCH_FULL)
		*words = "userfaultfd";
	if (c.addr <= WIRE_WATCH_FULL) /* what it said */
		*how = (enum wire_watch)c.addr;
	return 0;
}
