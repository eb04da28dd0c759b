/* SPDX-License-Identifier: BSD-2-Clause */
/* hello.c: answers to new connections, and how many are still to be answered. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/socket.h>

#include "host/server/base/base.h"

static struct {
	pthread_mutex_t lock; /* protects the field below; a leaf */
	pthread_cond_t idle;
	unsigned count; /* hellos that are being answered */
} hellos = {.lock = PTHREAD_MUTEX_INITIALIZER, .idle = PTHREAD_COND_INITIALIZER};

void hello_begin(void)
{
	pthread_mutex_lock(&hellos.lock);
	hellos.count++;
	pthread_mutex_unlock(&hellos.lock);
}

void hello_done(void)
{
	pthread_mutex_lock(&hellos.lock);
	if (--hellos.count == 0)
		pthread_cond_broadcast(&hellos.idle);
	pthread_mutex_unlock(&hellos.lock);
}

void hellos_drain(void)
{
	pthread_mutex_lock(&hellos.lock);
	while (hellos.count > 0)
		pthread_cond_wait(&hellos.idle, &hellos.lock);
	pthread_mutex_unlock(&hellos.lock);
}

void hello_answer(int connection, int error, int fd, uint64_t size)
{
	struct wire_welcome w = {WIRE_MAGIC, WIRE_VERSION, error, 0, size};
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec iov = {&w, sizeof(w)};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1};
	struct cmsghdr *c;

	if (fd >= 0) {
		mh.msg_control = control.bytes;
		mh.msg_controllen = sizeof(control.bytes);
		c = CMSG_FIRSTHDR(&mh);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	(void)sendmsg(connection, &mh, MSG_NOSIGNAL | MSG_DONTWAIT);
}
