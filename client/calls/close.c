/* SPDX-License-Identifier: BSD-2-Clause */
/* close.c: descriptors that go, one by one or in ranges; the library's own stay. */
#define _GNU_SOURCE
#include "client/calls/calls.h"

#include <fcntl.h>
#include <unistd.h>

EXPORT int close(int fd)
{
	if (likely(!client_active()))
		return REAL(close)(fd);
	if (unlikely(own_has(fd)))
		return fail(EBADF); /* the application has no such descriptor */
	stream_before_change(fd);
	epoll_closing((unsigned)fd, (unsigned)fd);
	uint64_t id = descriptor_closing(fd);
	int result = REAL(close)(fd);
	descriptor_closed(id);
	stream_after_change(fd);
	return result;
}

/* Ranges are cut at the library's descriptors:   [first ... own)(own ... last] */
static int close_between(unsigned first, unsigned last, int flags)
{
	int end = descriptor_end();
	struct device d;

	for (int fd = (int)first; !(flags & CLOSE_RANGE_CLOEXEC) && fd < end && (unsigned)fd <= last; fd++)
		if (descriptor_get(fd, &d))
			(void)close(fd);
	if (!(flags & CLOSE_RANGE_CLOEXEC))
		epoll_closing(first, last);
	for (int own = own_from(first); own >= 0 && (unsigned)own <= last; own = own_from(first)) {
		if ((unsigned)own > first && REAL(close_range)(first, (unsigned)own - 1, flags) < 0)
			return -1;
		first = (unsigned)own + 1;
	}
	return first <= last ? REAL(close_range)(first, last, flags) : 0;
}

EXPORT int close_range(unsigned first, unsigned last, int flags)
{
	if (likely(!client_active()) || first > last)
		return REAL(close_range)(first, last, flags);
	return close_between(first, last, flags);
}

EXPORT void closefrom(int lowest)
{
	(void)close_range(lowest < 0 ? 0 : (unsigned)lowest, ~0u, 0);
}

ALIAS(__close, close);
