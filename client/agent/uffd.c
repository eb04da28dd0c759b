/* SPDX-License-Identifier: BSD-2-Clause */
/* uffd.c: the userfaultfd that the server reads: Linux wants it to be made by the process whose memory it is for. */
#define _GNU_SOURCE
#include "client/agent/fault.h"

#include <fcntl.h>
#include <linux/ioctl.h>
#include <linux/userfaultfd.h>

#include "client/core/quiet.h"
#include "client/core/raw.h"
#include "client/core/tool.h"
#include "wire/rights.h"

#ifndef USERFAULTFD_IOC_NEW
#define USERFAULTFD_IOC_NEW _IO(0xAA, 0x00)
#endif
#ifndef UFFD_USER_MODE_ONLY
#define UFFD_USER_MODE_ONLY 1
#endif

struct creation {
	int device;
	bool full;
};

/* By the server's device, with the privilege that we may have, or for accesses of the program itself only. */
static long uffd_create(unsigned long thread, void *arg)
{
	struct creation *c = arg;
	long fd = -EBADF;

	(void)thread;
	c->full = true;
	if (c->device >= 0)
		fd = raw_syscall(SYS_ioctl, c->device, USERFAULTFD_IOC_NEW, O_CLOEXEC, 0, 0, 0);
	if (fd < 0)
		fd = raw_syscall(SYS_userfaultfd, O_CLOEXEC, 0, 0, 0, 0, 0);
	if (fd >= 0)
		return fd;
	c->full = false;
	return raw_syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY, 0, 0, 0, 0, 0);
}

static int offer_send(int socket, const struct wire_offer *offer, int fd)
{
	struct wire_letter letter;

	wire_letter_fill(&letter, offer, sizeof(*offer), &fd, fd >= 0);
	return quiet_sendmsg(socket, &letter.mh, MSG_NOSIGNAL) == (ssize_t)sizeof(*offer) ? 0 : EIO;
}

int uffd_offer(int socket, int device, int *fd)
{
	struct wire_offer offer = {.magic = WIRE_MAGIC};
	struct creation c = {.device = device};
	/* valgrind knows neither the system call nor the ioctl. */
	long made = tool_valgrind() ? tool_run_outside(uffd_create, &c) : uffd_create(0, &c);

	*fd = made < 0 ? -1 : (int)made;
	offer.error = made < 0 ? (int32_t)-made : 0;
	offer.flags = c.full ? WIRE_OFFER_FULL : 0;
	int error = offer_send(socket, &offer, *fd);
	if (error && *fd >= 0) {
		raw_syscall(SYS_close, *fd, 0, 0, 0, 0, 0);
		*fd = -1;
	}
	return error;
}
