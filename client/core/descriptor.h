/* SPDX-License-Identifier: BSD-2-Clause */
/* descriptor.h: which descriptors are device opens; a part of core.h. */
#ifndef CLIENT_CORE_DESCRIPTOR_H
#define CLIENT_CORE_DESCRIPTOR_H

#include <stdbool.h>
#include <stdint.h>

struct device {
	uint64_t id; /* the server's */
	uint64_t dev;
	int flags; /* O_* as the application opened it */
};
/* Is fd a device?  The first question about a number asks Linux, and for a socket of our kind the server. */
bool descriptor_get(int fd, struct device *d);
/* fd is a new device descriptor; false: there is no memory to remember it. */
bool descriptor_add(int fd, const struct device *d);
/* fd was opened with O_PATH, and names the device dev. */
bool descriptor_add_place(int fd, uint64_t dev);
bool descriptor_place(int fd, uint64_t *dev);
/* newfd is a copy of oldfd, or nothing of ours. */
void descriptor_dup(int oldfd, int newfd);
/*
 * fd is about to be closed: forgets it, before another thread gets the number.  Returns what descriptor_closed()
 * wants to know when that is done: it informs the server if this was the last of its open here.
 */
uint64_t descriptor_closing(int fd);
void descriptor_closed(uint64_t id);
/* fd may be anything from now on. */
void descriptor_forget(int fd);
/* fd is new and no device's. */
void descriptor_is_other(int fd);
void descriptor_setflags(int fd, int flags);
/* Highest device descriptor + 1. */
int descriptor_end(void);
bool descriptor_any(void);

#endif
