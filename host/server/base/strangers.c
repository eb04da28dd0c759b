/* SPDX-License-Identifier: BSD-2-Clause */
/* strangers.c: descriptors that nobody has asked for. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/server/base/base.h"

#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif

static bool refused; /* by Linux; set before the first connection */

static int pass(int socket, int on)
{
	return setsockopt(socket, SOL_SOCKET, SO_PASSRIGHTS, &on, sizeof(on));
}

void connection_refuse(int socket)
{
	refused = pass(socket, 0) == 0;
}

void connection_allow(int connection)
{
	if (refused)
		(void)pass(connection, 1);
}

static void *close_thread(void *arg)
{
	pthread_setname_np(pthread_self(), "close");
	close((int)(intptr_t)arg);
	return NULL;
}

void connection_close(int connection)
{
	pthread_t id;

	if (!refused && pthread_create(&id, NULL, close_thread, (void *)(intptr_t)connection) == 0)
		pthread_detach(id);
	else
		close(connection);
}
