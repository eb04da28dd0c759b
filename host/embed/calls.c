/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls on descriptors and on the address space. */
#include "host/embed/internal.h"
#include <errno.h>
#include <sys/mman.h>

/* A call of p on descriptor fd: the frame that the functions below share. */
struct fd_call {
	struct embed_call call;
	struct embed_file *file;
};

static int fd_enter(struct sundog_process *p, int fd, struct fd_call *c)
{
	int error = call_enter(p, &c->call);

	if (error != 0)
		return error;
	error = file_get(p, fd, &c->file);
	if (error != 0)
		call_leave(p, &c->call);
	return error;
}

static int fd_leave(struct sundog_process *p, struct fd_call *c, int error)
{
	file_drop(c->file);
	call_leave(p, &c->call);
	return error;
}

/* ---- read and write: the caller's buffer is lent to the process ---- */

typedef int (*transfer_fn)(struct sys_file *, const struct sys_iovec *, size_t, int64_t, uint64_t *);

static int fd_transfer(struct sundog_process *p, int fd, const struct sys_iovec *iov, size_t n, int64_t offset,
		       size_t *done, transfer_fn fn)
{
	struct fd_call c;
	uint64_t count = 0;
	int error = fd_enter(p, fd, &c);

	if (error != 0)
		return error;
	error = fn(c.file->file, iov, n, offset, &count);
	if (error == 0)
		*done = count;
	return fd_leave(p, &c, error);
}

static int fd_transfer_lent(struct sundog_process *p, int fd, void *buffer, size_t len, int64_t offset, size_t *done,
			    transfer_fn fn)
{
	struct sys_iovec iov = {0, len};
	struct embed_call call;
	uintptr_t addr = 0;
	int error = call_enter(p, &call);

	if (error != 0)
		return error;
	if (len > 0)
		error = as_lend_memory(p->as, buffer, len, &addr);
	iov.base = addr;
	if (error == 0) {
		error = fd_transfer(p, fd, &iov, 1, offset, done, fn);
		if (len > 0)
			as_return_memory(p->as, addr);
	}
	call_leave(p, &call);
	return error;
}

int sundog_read(struct sundog_process *p, int fd, void *buffer, size_t len, size_t *done)
{
	return fd_transfer_lent(p, fd, buffer, len, SYS_OFFSET_FILE, done, sys_read);
}

int sundog_write(struct sundog_process *p, int fd, const void *buffer, size_t len, size_t *done)
{
	return fd_transfer_lent(p, fd, (void *)(uintptr_t)buffer, len, SYS_OFFSET_FILE, done, sys_write);
}

int sundog_pread(struct sundog_process *p, int fd, void *buffer, size_t len, int64_t offset, size_t *done)
{
	if (offset < 0)
		return EINVAL;
	return fd_transfer_lent(p, fd, buffer, len, offset, done, sys_read);
}

int sundog_pwrite(struct sundog_process *p, int fd, const void *buffer, size_t len, int64_t offset, size_t *done)
{
	if (offset < 0)
		return EINVAL;
	return fd_transfer_lent(p, fd, (void *)(uintptr_t)buffer, len, offset, done, sys_write);
}

_Static_assert(sizeof(struct sundog_iovec) == sizeof(struct sys_iovec), "vectors are handed on as they are");
_Static_assert(SUNDOG_OFFSET_FILE == SYS_OFFSET_FILE, "so is the offset");

int sundog_readv(struct sundog_process *p, int fd, const struct sundog_iovec *iov, size_t n, int64_t offset,
		 size_t *done)
{
	return fd_transfer(p, fd, (const struct sys_iovec *)(const void *)iov, n, offset, done, sys_read);
}

int sundog_writev(struct sundog_process *p, int fd, const struct sundog_iovec *iov, size_t n, int64_t offset,
		  size_t *done)
{
	return fd_transfer(p, fd, (const struct sys_iovec *)(const void *)iov, n, offset, done, sys_write);
}

int sundog_ioctl(struct sundog_process *p, int fd, int cmd, uint64_t arg, int *rval)
{
	struct fd_call c;
	int32_t value = 0;
	int error = fd_enter(p, fd, &c);

	if (error != 0)
		return error;
	error = sys_ioctl(c.file->file, cmd, arg, &value);
	if (error == 0 && rval != NULL)
		*rval = value;
	return fd_leave(p, &c, error);
}

int sundog_poll(struct sundog_process *p, int fd, short events, short *revents)
{
	struct fd_call c;
	int error = fd_enter(p, fd, &c);

	if (error != 0)
		return error;
	error = sys_poll(c.file->file, events, revents);
	return fd_leave(p, &c, error);
}

/* ---- the address space ---- */

static unsigned prot_of(int prot)
{
	return (prot & PROT_READ ? HOST_PROT_READ : 0u) | (prot & PROT_WRITE ? HOST_PROT_WRITE : 0u) |
	       (prot & PROT_EXEC ? HOST_PROT_EXEC : 0u);
}

/* A 32-bit caller's offset is sign-extended. */
static int64_t mmap_offset(const struct sundog_process *p, int64_t offset)
{
	return p->model == SUNDOG_ILP32 && offset >= 0 && offset <= UINT32_MAX ? (int32_t)offset : offset;
}

int sundog_mmap(struct sundog_process *p, uint64_t *addr, size_t len, int prot, int flags, int fd,
		int64_t offset)
{
	struct fd_call c;
	uintptr_t at = *addr;
	int error = fd_enter(p, fd, &c);

	if (error != 0)
		return error;
	error = sys_mmap(c.file->file, &at, len, prot, flags, mmap_offset(p, offset));
	if (error == 0)
		*addr = at;
	return fd_leave(p, &c, error);
}

/* Linux's rules for the range of mprotect, and of munmap whose errors are all EINVAL; rounds len up to pages. */
static int range_check(uint64_t addr, size_t *len)
{
	uintptr_t end;

	if ((addr & ~AS_PAGE_MASK) != 0)
		return EINVAL;
	if (__builtin_add_overflow(*len, AS_PAGE - 1, len))
		return ENOMEM;
	*len &= AS_PAGE_MASK;
	return __builtin_add_overflow((uintptr_t)addr, *len, &end) ? ENOMEM : 0;
}

/* A signal has come while the call waits for a driver: its handler runs, and the call goes on.  false: the process dies. */
static bool signal_handled(void)
{
	struct posix_thread *self = posix_thread_self();

	posix_thread_clear_interrupt(self);
	return !posix_thread_is_dying(self);
}

int sundog_munmap(struct sundog_process *p, uint64_t addr, size_t len)
{
	struct embed_call call;
	int error = range_check(addr, &len);

	if (error != 0 || len == 0)
		return EINVAL;
	if ((error = call_enter(p, &call)) != 0)
		return error;
	do
		error = sys_munmap(addr, len);
	while (error == EINTR && signal_handled());
	if (error == 0)
		as_unmap_memory(p->as, addr, len);
	call_leave(p, &call);
	return error;
}

static int process_mprotect(struct sundog_process *p, uintptr_t addr, size_t len, int prot)
{
	bool device = sys_mapped(addr, len);
	int error;

	do
		error = sys_mprotect(addr, len, prot);
	while (error == EINTR && signal_handled());
	if (error != 0)
		return error;
	if (!device && !as_has_memory(p->as, addr, len))
		return ENOMEM;
	as_protect_memory(p->as, addr, len, prot_of(prot));
	return 0;
}

int sundog_mprotect(struct sundog_process *p, uint64_t addr, size_t len, int prot)
{
	struct embed_call call;
	int error = range_check(addr, &len);

	if (error != 0 || len == 0)
		return error;
	if ((error = call_enter(p, &call)) != 0)
		return error;
	error = process_mprotect(p, addr, len, prot);
	call_leave(p, &call);
	return error;
}

int sundog_anon(struct sundog_process *p, size_t len, uint64_t *addr)
{
	struct embed_call call;
	uintptr_t at = 0;
	int error = len == 0 ? EINVAL : call_enter(p, &call);

	if (error != 0)
		return error;
	error = as_map_memory(p->as, &at, len, HOST_PROT_READ | HOST_PROT_WRITE);
	if (error == 0)
		*addr = at;
	call_leave(p, &call);
	return error;
}
