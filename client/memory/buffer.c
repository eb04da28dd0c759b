/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * buffer.c: buffers of system calls that lie in intercepted mappings.  Linux itself cannot wait for a page that is
 * not loaded and fails with EFAULT, so the pages are touched before, as the call will touch them; and again if one has been
 * unloaded meanwhile.
 *
 *	          |---- intercepted ----|
 *	    |------- buffer -------|
 *	          ^   ^   ^   ^   ^              one access each
 *
 * differs: the whole buffer is touched, also where the call would end earlier.  Other calls (stat, getcwd, poll, ...)
 * and calls from inside libc (fread) still get EFAULT.
 */
#define _GNU_SOURCE
#include "client/memory/memory.h"

#include <limits.h>
#include <sys/uio.h>

/* touch.S */
int touch_read(const void *at);
int touch_write(void *at);

bool fault_possible;

bool buffer_load(const void *buffer, size_t len, bool write)
{
	uintptr_t at = (uintptr_t)buffer, end = at + len, start, stop;

	if (end < at)
		return true; /* Linux returns the error */
	while (at < end && range_first_intercepted(at, end, &start, &stop)) {
		for (at = start; at < stop; at = (at | (PAGE - 1)) + 1)
			if (write ? touch_write((void *)at) : touch_read((void *)at))
				return false;
	}
	return true;
}

bool buffer_readable(const void *p, size_t len)
{
	for (uintptr_t at = (uintptr_t)p, end = at + len; at < end; at = (at | (PAGE - 1)) + 1)
		if (touch_read((const void *)at))
			return false;
	return true;
}

bool buffer_load_vector(const struct iovec *iov, int count, bool write)
{
	if (count < 0 || count > IOV_MAX || !buffer_readable(iov, (size_t)count * sizeof(*iov)))
		return true; /* Linux returns the error */
	for (int i = 0; i < count; i++)
		if (!buffer_load(iov[i].iov_base, iov[i].iov_len, write))
			return false;
	return true;
}
