/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stream.c: stdio on devices.  libc's streams read and write by calls that cannot be interposed, so a stream on
 * a device is a cookie stream of ours; while descriptor 0, 1 or 2 is a device, so is stdin, stdout or stderr.
 */
#define _GNU_SOURCE
#include "client/calls/calls.h"

#include <fcntl.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* ---- cookie streams ---- */

#define STREAMS 64
struct stream {
	FILE *file;
	int fd;
	bool standard; /* of 0, 1 or 2: closing it is not closing the descriptor */
};
static struct lock streams_lock; /* protects the fields below */
static struct stream streams[STREAMS];
static int nstreams; /* ever made: most programs need not look */

void stream_fork_lock(void)
{
	lock_take(&streams_lock);
}

void stream_fork_unlock(void)
{
	lock_release(&streams_lock);
}

static bool any_stream(void)
{
	return __atomic_load_n(&nstreams, __ATOMIC_RELAXED) != 0;
}

void stream_flush_all(void)
{
	if (any_stream())
		(void)fflush(NULL);
}

static ssize_t stream_read(void *cookie, char *buffer, size_t n)
{
	return read((int)(intptr_t)cookie, buffer, n);
}

static ssize_t stream_write(void *cookie, const char *buffer, size_t n)
{
	size_t done = 0;

	/* All of it: less means an error to fopencookie. */
	while (done < n) {
		ssize_t m = write((int)(intptr_t)cookie, buffer + done, n - done);
		if (m <= 0)
			break;
		done += (size_t)m;
	}
	return (ssize_t)done;
}

static int stream_seek(void *cookie, off64_t *offset, int whence)
{
	off64_t at = lseek64((int)(intptr_t)cookie, *offset, whence);

	if (at < 0)
		return -1;
	*offset = at;
	return 0;
}

static int stream_close(void *cookie)
{
	return close((int)(intptr_t)cookie);
}

static int stream_keep(void *cookie)
{
	return 0;
}

static struct stream *stream_slot(const FILE *file)
{
	for (int i = 0; i < STREAMS; i++)
		if (streams[i].file == file)
			return &streams[i];
	return NULL;
}

static FILE *stream_new(int fd, const char *mode, bool standard)
{
	cookie_io_functions_t io = {stream_read, stream_write, stream_seek, standard ? stream_keep : stream_close};
	FILE *f = fopencookie((void *)(intptr_t)fd, mode, io);

	if (f == NULL)
		return NULL;
	lock_take(&streams_lock);
	struct stream *s = stream_slot(NULL);
	if (s)
		*s = (struct stream){f, fd, standard};
	__atomic_store_n(&nstreams, nstreams + 1, __ATOMIC_RELAXED);
	lock_release(&streams_lock);
	return f;
}

static int stream_fd(const FILE *f)
{
	int fd = -1;

	if (unlikely(any_stream()) && f != NULL) {
		lock_take(&streams_lock);
		struct stream *s = stream_slot(f);
		if (s)
			fd = s->fd;
		lock_release(&streams_lock);
	}
	return fd;
}

static void stream_drop(const FILE *f)
{
	if (!any_stream() || f == NULL)
		return;
	lock_take(&streams_lock);
	struct stream *s = stream_slot(f);
	if (s)
		*s = (struct stream){0};
	lock_release(&streams_lock);
}

static FILE **standard(int fd)
{
	return fd == 0 ? &stdin : fd == 1 ? &stdout
					  : &stderr;
}

/* ---- fopen and its relatives ---- */

/* O_* flags of an fopen mode, or -1. */
static int mode_flags(const char *mode)
{
	int flags = mode[0] == 'r' ? O_RDONLY : mode[0] == 'w' ? O_WRONLY
					: mode[0] == 'a'       ? O_WRONLY | O_APPEND
							       : -1;

	for (; flags >= 0 && *mode && *mode != ','; mode++) {
		if (*mode == '+')
			flags = (flags & ~O_ACCMODE) | O_RDWR;
		if (*mode == 'e')
			flags |= O_CLOEXEC;
		if (*mode == 'x')
			flags |= O_CREAT | O_EXCL;
	}
	return flags;
}

static FILE *device_fopen(const struct node *n, const char *mode)
{
	int flags = mode_flags(mode);

	if (flags < 0) {
		errno = EINVAL;
		return NULL;
	}
	int fd = device_open(n, flags);
	if (fd < 0)
		return NULL;
	FILE *f = stream_new(fd, mode, false);
	if (f == NULL)
		(void)close(fd);
	return f;
}

#define FOPEN(name) \
	EXPORT FILE *name(const char *path, const char *mode) \
	{ \
		struct node n; \
		return unlikely(node_find(AT_FDCWD, path, &n)) ? device_fopen(&n, mode) : REAL(name)(path, mode); \
	}
FOPEN(fopen)
FOPEN(fopen64)
ALIAS(_IO_fopen, fopen);

/*
 * The stream keeps its descriptor's number and the device is put there.  A standard stream follows its
 * descriptor, a device's stream stays what it is; another one cannot become a cookie stream in place.
 */
static FILE *device_freopen(const struct node *n, const char *mode, FILE *f)
{
	int flags = mode_flags(mode), standard = f == stdin ? 0 : f == stdout ? 1
							  : f == stderr       ? 2
									      : -1;
	int at = standard >= 0 ? standard : stream_fd(f);

	if (flags < 0 || at < 0) {
		errno = EINVAL;
		return NULL;
	}
	(void)fflush(f);
	int fd = device_open(n, flags);
	if (fd < 0)
		return NULL;
	if (fd != at) {
		int moved = dup2(fd, at);
		(void)close(fd);
		if (moved < 0)
			return NULL;
	}
	if (standard >= 0)
		return standard == 0 ? stdin : standard == 1 ? stdout
							     : stderr;
	__fpurge(f);
	clearerr(f);
	return f;
}

/*
 * A device's stream becomes a file's.  A standard one gets its own stream back as its descriptor is replaced; libc
 * would give it another number.
 */
static FILE *file_freopen(const char *path, const char *mode, FILE *f)
{
	int flags = mode_flags(mode), at = stream_fd(f);

	if (flags < 0) {
		errno = EINVAL;
		return NULL;
	}
	(void)fflush(f);
	if ((flags & O_ACCMODE) != O_RDONLY && mode[0] != 'r')
		flags |= O_CREAT | (mode[0] == 'w' ? O_TRUNC : 0);
	int fd = open64(path, flags, 0666);
	if (fd < 0)
		return NULL;
	if (fd != at) {
		int moved = dup2(fd, at);
		(void)close(fd);
		if (moved < 0)
			return NULL;
	}
	return *standard(at);
}

#define FREOPEN(name) \
	EXPORT FILE *name(const char *path, const char *mode, FILE *f) \
	{ \
		struct node n; \
		if (unlikely(path && node_find(AT_FDCWD, path, &n))) \
			return device_freopen(&n, mode, f); \
		int fd = stream_fd(f); \
		if (unlikely(path && fd >= 0 && fd <= 2)) \
			return file_freopen(path, mode, f); \
		stream_drop(f); \
		return REAL(name)(path, mode, f); \
	}
FREOPEN(freopen)
FREOPEN(freopen64)

EXPORT FILE *fdopen(int fd, const char *mode)
{
	struct device d;

	return unlikely(descriptor_get(fd, &d)) ? stream_new(fd, mode, false) : REAL(fdopen)(fd, mode);
}

ALIAS(_IO_fdopen, fdopen);

EXPORT int fclose(FILE *f)
{
	int fd = likely(!client_active()) ? -1 : stream_fd(f);

	if (fd >= 0)
		stream_drop(f);
	else if (unlikely(client_active()))
		fd = REAL(fileno)(f), descriptor_forget(fd);
	return REAL(fclose)(f);
}

ALIAS(_IO_fclose, fclose);

EXPORT int fileno(FILE *f)
{
	int fd = stream_fd(f);

	return fd >= 0 ? fd : REAL(fileno)(f);
}

EXPORT int fileno_unlocked(FILE *f)
{
	int fd = stream_fd(f);

	return fd >= 0 ? fd : REAL(fileno_unlocked)(f);
}

/* ---- stdin, stdout, stderr ---- */

static FILE *originals[3];

void stream_before_change(int fd)
{
	if (likely(fd < 0 || fd > 2) || in_vfork_child || originals[fd] == NULL)
		return;
	if (*standard(fd) != originals[fd])
		(void)fflush(*standard(fd));
}

void stream_after_change(int fd)
{
	struct device d;

	if (likely(fd < 0 || fd > 2) || in_vfork_child || !client_active())
		return;
	bool is = descriptor_get(fd, &d), was = originals[fd] != NULL;
	if (is && !was) {
		FILE *f = stream_new(fd, fd == 0 ? "r" : "w", true);
		if (f == NULL)
			return;
		if (fd == 2)
			(void)setvbuf(f, NULL, _IONBF, 0);
		originals[fd] = *standard(fd);
		*standard(fd) = f;
	} else if (!is && was) {
		FILE *f = *standard(fd);
		*standard(fd) = originals[fd];
		originals[fd] = NULL;
		stream_drop(f);
		(void)REAL(fclose)(f);
	}
}

__attribute__((constructor)) static void standard_streams(void)
{
	for (int fd = 0; fd <= 2; fd++)
		stream_after_change(fd);
}
