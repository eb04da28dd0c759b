/* SPDX-License-Identifier: BSD-2-Clause */
/* step.c: what the server asks of the thread that waits in a call; see enum wire_step. */
#define _GNU_SOURCE
#include "client/memory/memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "client/core/quiet.h"
#include "client/core/tool.h"
#include "client/core/upward.h"

/* ---- windows ---- */

#define POPULATE_BY_READ (16 * PAGE) /* Linux maps so many pages around one that is read, but only the one that is written */

static int window_lay(const struct wire_map *w, int fd)
{
	bool window = w->flags & WIRE_MAP_DESCRIPTOR, populate = w->flags & WIRE_MAP_POPULATE;
	bool by_read = populate && w->len > POPULATE_BY_READ;

	if (w->flags & WIRE_MAP_OPEN)
		return REAL(mprotect)((void *)(uintptr_t)w->addr, (size_t)w->len, (int)w->prot) < 0 ? errno : 0;
	int flags = MAP_FIXED | (window ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE) |
		    (populate && !by_read ? MAP_POPULATE : 0);

	if (w->flags & WIRE_MAP_INTERCEPT) {
		int error = fault_prepare();
		if (error)
			return error;
		/* First: an access to the window faults as soon as it is there. */
		if (!range_add((uintptr_t)w->addr, (uintptr_t)(w->addr + w->len), true))
			return ENOMEM;
	}
	void *p = REAL(mmap64)((void *)(uintptr_t)w->addr, (size_t)w->len, window ? (int)w->prot : PROT_NONE, flags,
			       window ? fd : -1, (off64_t)w->offset);

	if (p == MAP_FAILED)
		return errno;
	tool_written(p, (size_t)w->len);
	if (by_read) /* what this does not do, accesses do */
		(void)REAL(madvise)(p, (size_t)w->len, MADV_POPULATE_READ);
	if (!(w->flags & WIRE_MAP_INTERCEPT) && !range_add((uintptr_t)w->addr, (uintptr_t)(w->addr + w->len), false))
		return ENOMEM;
	return 0;
}

int windows_lay(struct call *c, uint64_t count)
{
	const struct wire_map *w = (const void *)call_data(c);
	unsigned next_fd = 0;
	int error = 0;

	for (uint64_t i = 0; i < count && i < WIRE_MAPS_MAX && !error; i++) {
		struct wire_map one = w[i];
		int fd = one.flags & WIRE_MAP_DESCRIPTOR ? call_take_fd(c, next_fd++) : -1;
		if ((one.flags & WIRE_MAP_DESCRIPTOR) && fd < 0)
			return call_fd_error(c);
		error = window_lay(&one, fd);
		if (fd >= 0)
			quiet_close(fd);
	}
	return error;
}

static int reserve(uint64_t *addr, uint64_t len, bool fixed)
{
	if (len == 0 || len > SIZE_MAX || *addr > UINTPTR_MAX - len)
		return ENOMEM;
	void *p = REAL(mmap)((void *)(uintptr_t)*addr, (size_t)len, PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (fixed ? MAP_FIXED : 0), -1, 0);
	if (p == MAP_FAILED)
		return errno;
	*addr = (uintptr_t)p;
	return 0;
}

/* ---- copying ---- */

#define CHUNK 4096u /* no pipe is too small for it */

/* What a pipe takes from one side and gives to the other. */
static int copy_chunk(const int *ends, void *from, void *to, size_t len)
{
	ssize_t n = quiet_write(ends[1], from, len);

	if (n < 0)
		return errno;
	return quiet_read(ends[0], to, (size_t)n) == n && n == (ssize_t)len ? 0 : EFAULT;
}

static int copy_by_pipe(struct iovec local, struct iovec remote, bool in)
{
	int ends[2], error = 0;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return errno;
	for (size_t at = 0; at < local.iov_len && !error; at += CHUNK) {
		char *here = (char *)local.iov_base + at, *there = (char *)remote.iov_base + at;
		size_t n = local.iov_len - at < CHUNK ? local.iov_len - at : CHUNK;
		error = in ? copy_chunk(ends, there, here, n) : copy_chunk(ends, here, there, n);
	}
	quiet_close(ends[0]);
	quiet_close(ends[1]);
	return error;
}

/* By the kernel, so that a bad address is an error and not a signal. */
static int copy_self(struct iovec local, struct iovec remote, bool in)
{
	ssize_t n = in ? process_vm_readv(getpid(), &local, 1, &remote, 1, 0)
		       : process_vm_writev(getpid(), &local, 1, &remote, 1, 0);

	if (n < 0 && (errno == EPERM || errno == ENOSYS)) /* a container's filter */
		return copy_by_pipe(local, remote, in);
	return n == (ssize_t)local.iov_len ? 0 : EFAULT;
}

static int copy_out(struct iovec data, struct iovec user)
{
	int error = copy_self(data, user, false);

	if (!error)
		tool_written(user.iov_base, user.iov_len);
	return error;
}

static int pins_begin(struct call *c)
{
	int fd = call_take_fd(c, 0), error = fault_prepare();

	if (!error)
		error = fd < 0 ? call_fd_error(c) : pin_begin(fd);
	if (fd >= 0)
		quiet_close(fd);
	return error;
}

int step_perform(struct call *c, struct wire_message *m)
{
	void *addr = (void *)(uintptr_t)m->a;
	size_t len = (size_t)m->b;
	struct iovec data = {call_data(c), len}, user = {addr, len};

	switch (m->op) {
	case WIRE_STEP_RESERVE:
		return reserve(&m->a, m->b, m->c != 0);
	case WIRE_STEP_MAP:
		return windows_lay(c, m->b);
	case WIRE_STEP_RELEASE:
		return range_release(m->a, m->b);
	case WIRE_STEP_PROTECT:
		return REAL(mprotect)(addr, len, (int)m->c) < 0 ? errno : 0;
	case WIRE_STEP_COPYIN:
		return len > WIRE_DATA_SIZE ? EINVAL : copy_self(data, user, true);
	case WIRE_STEP_COPYOUT:
		return len > WIRE_DATA_SIZE ? EINVAL : copy_out(data, user);
	case WIRE_STEP_PINS:
		return pins_begin(c);
	case WIRE_STEP_POPULATE:
		return pin_populate((uintptr_t)m->a, len, m->c != 0);
	default:
		return ENOSYS;
	}
}
