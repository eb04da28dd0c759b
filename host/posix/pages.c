/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page objects: a memfd each, or a part of a file that others have made, mapped here for the driver.
 *
 *	file:   | ....... | offset .. offset + size | ....... |
 *	                  |                         |
 *	memory:           |<--    read-write     -->|<- guard: PROT_NONE, one page ->|
 *	               address
 *
 * The memfd is 0600 and sealed, so that an application that holds a descriptor can neither reopen a read-only
 * one for writing as another user nor cut the pages away under the driver.
 */
#define _GNU_SOURCE
#include "host/posix/internal.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct posix_file {
	atomic_uint refs;
	int fd;
	pthread_mutex_t lock; /* protects the field below */
	int fd_readonly;      /* -1: not made yet */
};

struct host_pages {
	void *address;
	uint64_t offset, size;
	struct posix_file *file;
	bool locked;
	void (*released)(void *arg);
	void *released_arg;
};

static atomic_uint_fast64_t pages_locked;
static atomic_uint_fast64_t pages_lock_refusals;

/* ---- what was refused, reported once per limit ---- */

static void pages_say_once(atomic_bool *said, enum host_log_level level, const char *what, uint64_t bytes,
			   uint64_t used, uint64_t limit)
{
	char text[32];

	if ((level == HOST_LOG_DEBUG && !posix_config.verbose) || atomic_exchange(said, true))
		return;
	if (limit == RLIM_INFINITY)
		(void)snprintf(text, sizeof(text), "unlimited");
	else
		(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)limit);
	posix_log(level, "%s: size %llu, in use %llu, limit %s", what, (unsigned long long)bytes,
		  (unsigned long long)used, text);
}

/* Does RLIMIT_MEMLOCK not bind us? */
static bool may_lock_memory(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};

	return syscall(SYS_capget, &head, data) == 0 && (data[0].effective & (1u << CAP_IPC_LOCK)) != 0;
}

void posix_memlock(struct posix_memlock *out)
{
	out->used = atomic_load(&pages_locked);
	out->limit = may_lock_memory() ? UINT64_MAX : posix_limit(RLIMIT_MEMLOCK);
	out->refusals = atomic_load(&pages_lock_refusals);
	out->strict = posix_config.strict_lock;
}

static int pages_no_descriptor(int error)
{
	static atomic_bool said;

	if (error != EMFILE && error != ENFILE)
		return error == EAGAIN ? EAGAIN : ENOMEM;
	if (!atomic_exchange(&said, true))
		posix_log(HOST_LOG_WARN, "no descriptor for a page object: %s is %llu (one descriptor each)",
			  error == EMFILE ? "RLIMIT_NOFILE"
					  : "the system's file table is full, RLIMIT_NOFILE",
			  (unsigned long long)posix_limit(RLIMIT_NOFILE));
	return ENOMEM;
}

/* ---- creating ---- */

static int memfd_open(const char *name, uint64_t size, int *out)
{
	int error = memfd_sealed(name, size, F_SEAL_SEAL, out);

	if (error == EMFILE || error == ENFILE)
		return pages_no_descriptor(error);
	return error == EFBIG || error == EINVAL ? ENOMEM : error;
}

int posix_file_adopt(int fd, bool wait, struct posix_file **out)
{
	struct posix_file *file = host_alloc(sizeof(*file), wait);

	if (file == NULL)
		return ENOMEM;
	atomic_init(&file->refs, 1);
	file->fd = fd;
	file->fd_readonly = -1;
	pthread_mutex_init(&file->lock, NULL);
	*out = file;
	return 0;
}

static int file_create(const char *name, uint64_t size, bool wait, struct posix_file **out)
{
	int fd, error = memfd_open(name, size, &fd);

	if (error != 0)
		return error;
	error = posix_file_adopt(fd, wait, out);
	if (error != 0)
		close(fd);
	return error;
}

int posix_file_create(const char *name, uint64_t size, struct posix_file **out)
{
	return file_create(name, size, false, out);
}

struct posix_file *posix_file_get(struct posix_file *file)
{
	atomic_fetch_add(&file->refs, 1);
	return file;
}

void posix_file_put(struct posix_file *file)
{
	if (atomic_fetch_sub(&file->refs, 1) != 1)
		return;
	close(file->fd);
	if (file->fd_readonly >= 0)
		close(file->fd_readonly);
	pthread_mutex_destroy(&file->lock);
	host_free(file, sizeof(*file));
}

int posix_file_fd(const struct posix_file *file)
{
	return file->fd;
}

static int file_fd_readonly(struct posix_file *file)
{
	char path[40];
	int fd;

	pthread_mutex_lock(&file->lock);
	if (file->fd_readonly < 0) {
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", file->fd);
		file->fd_readonly = open(path, O_RDONLY | O_CLOEXEC);
	}
	fd = file->fd_readonly;
	pthread_mutex_unlock(&file->lock);
	return fd;
}

static int pages_map(struct host_pages *pages)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t span;

	if (__builtin_add_overflow((size_t)pages->size, page, &span))
		return ENOMEM;
	pages->address = mmap(NULL, span, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (pages->address == MAP_FAILED)
		return ENOMEM;
	if (mmap(pages->address, pages->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, pages->file->fd,
		 (off_t)pages->offset) == MAP_FAILED) {
		munmap(pages->address, span);
		return ENOMEM;
	}
	return 0;
}

/* Kibibytes of a line of /proc/meminfo; UINT64_MAX if it is unknown. */
static uint64_t meminfo(const char *text, const char *name)
{
	const char *line = strstr(text, name);
	unsigned long long value;

	return line != NULL && sscanf(line + strlen(name), ": %llu", &value) == 1 ? value : UINT64_MAX / 4096;
}

/*
 * Would taking bytes leave the machine without memory?  The kernel would rather kill a process than
 * refuse fallocate.  0, EAGAIN (not now) or ENOMEM (never).
 */
static int memory_check(uint64_t bytes)
{
	char text[4096];
	FILE *file = fopen("/proc/meminfo", "re");
	size_t length;

	if (file == NULL)
		return 0;
	length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[length] = '\0';
	if (bytes / 1024 > meminfo(text, "MemTotal"))
		return ENOMEM;
	return bytes / 1024 > meminfo(text, "MemAvailable") ? EAGAIN : 0;
}

#define MEMORY_CHECK_FROM (16u << 20) /* smaller ones are not worth a look at the machine */

static int pages_allocate(struct host_pages *pages)
{
	int error = pages->size >= MEMORY_CHECK_FROM ? memory_check(pages->size) : 0;

	if (error != 0)
		return error;
	while (fallocate(pages->file->fd, 0, 0, (off_t)pages->size) != 0) {
		if (errno != EINTR)
			return errno == ENOSPC || errno == ENOMEM ? EAGAIN : ENOMEM;
	}
	return 0;
}

static int pages_lock(struct host_pages *pages)
{
	static atomic_bool said;

	/* Not mlock(3), which the sanitizers replace by nothing. */
	if (syscall(SYS_mlock, pages->address, pages->size) == 0) {
		pages->locked = true;
		atomic_fetch_add(&pages_locked, pages->size);
		return 0;
	}
	atomic_fetch_add(&pages_lock_refusals, 1);
	pages_say_once(&said, posix_config.strict_lock ? HOST_LOG_WARN : HOST_LOG_DEBUG,
		       "non-pageable memory cannot be locked (RLIMIT_MEMLOCK)", pages->size,
		       atomic_load(&pages_locked), posix_limit(RLIMIT_MEMLOCK));
	return posix_config.strict_lock ? ENOMEM : 0;
}

static int pages_make_resident(struct host_pages *pages, bool wait)
{
	static const struct timespec retry = {.tv_nsec = 50 * 1000 * 1000};
	int error;

	while ((error = pages_allocate(pages)) == EAGAIN && wait)
		nanosleep(&retry, NULL);
	if (error != 0)
		return error;
	return pages_lock(pages);
}

static void pages_unmap(struct host_pages *pages)
{
	munmap(pages->address, pages->size + (size_t)sysconf(_SC_PAGESIZE));
}

int host_pages_create(size_t bytes, unsigned flags, struct host_pages **out)
{
	bool wait = !(flags & HOST_PAGES_NOWAIT);
	struct host_pages *pages = host_alloc(sizeof(*pages), wait);
	int error;

	if (pages == NULL)
		return ENOMEM;
	pages->size = bytes;
	if ((error = file_create("sundog", bytes, wait, &pages->file)) != 0)
		goto free;
	if ((error = pages_map(pages)) != 0)
		goto put;
	if ((flags & HOST_PAGES_LOCKED) && (error = pages_make_resident(pages, wait)) != 0)
		goto unmap;
	*out = pages;
	return 0;
unmap:
	pages_unmap(pages);
put:
	posix_file_put(pages->file);
free:
	host_free(pages, sizeof(*pages));
	return error;
}

int posix_pages_view(const struct posix_view *view, struct host_pages **out)
{
	struct host_pages *pages = host_alloc(sizeof(*pages), false);
	int error;

	if (pages == NULL)
		return ENOMEM;
	pages->offset = view->offset;
	pages->size = view->size;
	pages->released = view->released;
	pages->released_arg = view->arg;
	pages->file = posix_file_get(view->file);
	error = pages_map(pages);
	if (error == 0) {
		*out = pages;
		return 0;
	}
	posix_file_put(pages->file);
	host_free(pages, sizeof(*pages));
	return error;
}

void host_pages_destroy(struct host_pages *pages)
{
	void (*released)(void *) = pages->released;
	void *arg = pages->released_arg;

	pages_unmap(pages);
	if (pages->locked)
		atomic_fetch_sub(&pages_locked, pages->size);
	posix_file_put(pages->file);
	host_free(pages, sizeof(*pages));
	if (released != NULL)
		released(arg);
}

int host_pages_show(void *at, size_t len, struct host_pages *pages, uint64_t offset)
{
	void *shown = mmap(at, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, pages->file->fd,
			   (off_t)(pages->offset + offset));

	return shown == MAP_FAILED ? ENOMEM : 0;
}

/* ---- looking ---- */

void *host_pages_address(const struct host_pages *pages)
{
	return pages->address;
}

int posix_pages_fd(const struct host_pages *pages)
{
	return pages->file->fd;
}

int posix_pages_fd_readonly(struct host_pages *pages)
{
	return file_fd_readonly(pages->file);
}

uint64_t posix_pages_offset(const struct host_pages *pages)
{
	return pages->offset;
}
