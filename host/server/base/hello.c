/* SPDX-License-Identifier: BSD-2-Clause */
/* hello.c: answers to new connections, and how many are still to be answered. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "host/server/base/base.h"
#include "wire/rights.h"

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

static bool answer_send(int connection, int error, int fd, uint64_t size)
{
	struct wire_welcome w = {WIRE_MAGIC, WIRE_VERSION, error, 0, size};
	struct wire_letter letter;

	wire_letter_fill(&letter, &w, sizeof(w), &fd, fd >= 0);
	return sendmsg(connection, &letter.mh, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

/*
 * The client waits for this with its signals blocked.  What cannot be sent (a descriptor, where its user has too many on
 * the way: ETOOMANYREFS) is an error there; and the connection ends, so that the wait does.  What has been sent is still read.
 */
void hello_answer(int connection, int error, int fd, uint64_t size)
{
	if (answer_send(connection, error, fd, size))
		return;
	(void)answer_send(connection, EAGAIN, -1, 0);
	(void)shutdown(connection, SHUT_RDWR);
}
