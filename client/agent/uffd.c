/* SPDX-License-Identifier: BSD-2-Clause */
/* uffd.c: the userfaultfd that the server reads: Linux wants it to be made by the process whose memory it is for. */
#define _GNU_SOURCE
#include "client/agent/fault.h"

#include <fcntl.h>
#include <linux/ioctl.h>
#include <linux/userfaultfd.h>

#include "client/core/quiet.h"
#include "client/core/raw.h"
#include "wire/rights.h"

#ifndef USERFAULTFD_IOC_NEW
#define USERFAULTFD_IOC_NEW _IO(0xAA, 0x00)
#endif
#ifndef UFFD_USER_MODE_ONLY
#define UFFD_USER_MODE_ONLY 1
#endif

/* By the server's device, with the privilege that we may have, or for accesses of the program itself only. */
static long uffd_create(int device, bool *full)
{
	long fd = -EBADF;

	*full = true;
	if (device >= 0)
		fd = raw_syscall(SYS_ioctl, device, USERFAULTFD_IOC_NEW, O_CLOEXEC, 0, 0, 0);
	if (fd < 0)
		fd = raw_syscall(SYS_userfaultfd, O_CLOEXEC, 0, 0, 0, 0, 0);
	if (fd >= 0)
		return fd;
	*full = false;
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
	bool full;
	long made = uffd_create(device, &full);

	*fd = made < 0 ? -1 : (int)made;
	offer.error = made < 0 ? (int32_t)-made : 0;
	offer.flags = full ? WIRE_OFFER_FULL : 0;
	int error = offer_send(socket, &offer, *fd);
	if (error && *fd >= 0) {
		raw_syscall(SYS_close, *fd, 0, 0, 0, 0, 0);
		*fd = -1;
	}
	return error;
}
