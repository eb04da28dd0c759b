/* SPDX-License-Identifier: BSD-2-Clause */
/* exit.c: the end of a process, of every kind that it takes part in. */
#define _GNU_SOURCE
#include "client/calls/calls.h"

#include <stdlib.h>
#include <unistd.h>

#include "client/core/quiet.h"

/* Descriptors first, then the address space; all callbacks are over when this returns. */
static void leave(void)
{
	struct device d;

	if (in_vfork_child || !connection_exists() || connection_is_parents())
		return;
	bool any = range_any();
	for (int fd = 0; fd < descriptor_end(); fd++)
		if (descriptor_get(fd, &d)) {
			any = true;
			(void)quiet_close(fd);
		}
	if (!any)
		return;
	struct wire_message m = {.op = WIRE_EXIT};
	process_leaving();
	(void)call_simple(&m);
}

EXPORT __attribute__((noreturn)) void _exit(int status)
{
	if (client_active())
		leave();
	(void)REAL(_exit)(status);
	__builtin_unreachable();
}

EXPORT __attribute__((noreturn)) void _Exit(int status)
{
	_exit(status);
}

__attribute__((destructor)) static void last(void)
{
	if (client_active()) {
		stream_flush_all();
		leave();
	}
}

static void leave_quickly(void)
{
	leave();
}

__attribute__((constructor)) static void watch_exits(void)
{
	if (client_active())
		(void)at_quick_exit(leave_quickly);
}
