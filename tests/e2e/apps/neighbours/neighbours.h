/* SPDX-License-Identifier: BSD-2-Clause */
/* neighbours.h: shared by the parts of neighbours. */
#ifndef NEIGHBOURS_H
#define NEIGHBOURS_H

#include "app.h"

#define DEV "/dev/tdrv"

static int fd = -1; /* of this file's parts */

static inline void on_nothing(int signo)
{
}

static inline void *call_once(void *arg)
{
	CHECK(ioctl(fd, TDRV_ECHO, 7) == 7);
	return NULL;
}

static inline void in_thread(void *(*work)(void *))
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, work, NULL) == 0 && pthread_join(thread, NULL) == 0);
}

#endif
