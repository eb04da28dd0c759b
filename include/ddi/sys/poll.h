/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/poll.h>: poll(2) events, chpoll(9E), pollwakeup(9F).  The bits are Linux's. */
#ifndef _SYS_POLL_H
#define _SYS_POLL_H

#include <sys/types.h>

#define POLLIN 0x0001
#define POLLPRI 0x0002
#define POLLOUT 0x0004
#define POLLERR 0x0008
#define POLLHUP 0x0010
#define POLLNVAL 0x0020
#define POLLRDNORM 0x0040
#define POLLRDBAND 0x0080
#define POLLWRNORM 0x0100
#define POLLWRBAND 0x0200
#define POLLNORM POLLRDNORM
#define POLLRDHUP 0x2000
#define POLLET 0x4000 /* chpoll(9E): the caller wants edge-triggered wakeups */

struct pollfd {
	int fd;
	short events;
	short revents;
};
typedef struct pollfd pollfd_t;

/* Drivers allocate it zeroed and hand it to pollwakeup(). */
typedef struct pollhead {
	struct polldat *ph_list;
	void *ph_pad1;
	short ph_pad2;
} pollhead_t;

/* Makes those who got this head from chpoll(9E) ask it again.  No lock that chpoll takes is held.  Any context. */
void pollwakeup(pollhead_t *, short) SUNDOG_LINK(pollwakeup);
/* Before the driver frees a head that may still be polled. */
void pollhead_clean(pollhead_t *) SUNDOG_LINK(pollhead_clean);

/* What comes along with it. */
#include <sys/thread.h>

#endif
