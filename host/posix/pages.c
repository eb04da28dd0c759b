/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page objects: a memfd each, mapped here for the driver.
 *
 *	address             address + size
 *	|<-- memfd, read-write -->|<- guard: PROT_NONE, one page ->|
 *
 * The file is 0600 and sealed, so that an application that holds a descriptor can neither reopen a read-only
 * one for writing as another user nor cut the pages away under the driver.
 */
#define _GNU_SOURCE
#include "host/posix/internal.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct host_pages {
	void *address;
	uint64_t size, id;
	int fd;
	bool resident, locked;
	pthread_mutex_t lock; /* protects the field below */
	int fd_readonly;      /* -1: not made yet */
};

static atomic_uint_fast64_t pages_last_id;
static atomic_uint_fast64_t pages_locked;

uint64_t posix_pages_locked(void)
{
	return atomic_load(&pages_locked);
}

/* ---- what was refused, said once per limit ---- */

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

static uint64_t limit_of(__rlimit_resource_t resource)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

	(void)getrlimit(resource, &limit);
	return limit.rlim_cur;
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
			  (unsigned long long)limit_of(RLIMIT_NOFILE));
	return ENOMEM;
}

/* ---- creating ---- */

static int pages_open(struct host_pages *pages)
{
	int error;

	pages->fd = memfd_create("sundog", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (pages->fd < 0)
		return pages_no_descriptor(errno);
	if (fchmod(pages->fd, 0600) == 0 && ftruncate(pages->fd, (off_t)pages->size) == 0 &&
	    fcntl(pages->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
		return 0;
	error = errno;
	close(pages->fd);
	return error == EFBIG || error == EINVAL ? ENOMEM : error;
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
	if (mmap(pages->address, pages->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, pages->fd, 0) ==
	    MAP_FAILED) {
		munmap(pages->address, span);
		return ENOMEM;
	}
	return 0;
}

/* Kibibytes of a line of /proc/meminfo; UINT64_MAX if it cannot be told. */
static uint64_t meminfo(const char *text, const char *name)
{
	const char *line = strstr(text, name);
	unsigned long long value;

	return line != NULL && sscanf(line + strlen(name), ": %llu", &value) == 1 ? value : UINT64_MAX / 4096;
}

/*
 * Would taking bytes leave the machine without memory?  The kernel would rather kill somebody than
 * say no to fallocate.  0, EAGAIN (not now) or ENOMEM (never).
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
	while (fallocate(pages->fd, 0, 0, (off_t)pages->size) != 0) {
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
	pages_say_once(&said, posix_config.strict_lock ? HOST_LOG_WARN : HOST_LOG_DEBUG,
		       "non-pageable memory cannot be locked (RLIMIT_MEMLOCK)", pages->size,
		       atomic_load(&pages_locked), limit_of(RLIMIT_MEMLOCK));
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
	pages->resident = true;
	return pages_lock(pages);
}

int host_pages_create(size_t bytes, unsigned flags, struct host_pages **out)
{
	struct host_pages *pages = host_alloc(sizeof(*pages), !(flags & HOST_PAGES_NOWAIT));
	int error;

	if (pages == NULL)
		return ENOMEM;
	pages->size = bytes;
	pages->fd_readonly = -1;
	pthread_mutex_init(&pages->lock, NULL);
	if ((error = pages_open(pages)) != 0)
		goto free;
	if ((error = pages_map(pages)) != 0)
		goto close;
	if ((flags & HOST_PAGES_LOCKED) &&
	    (error = pages_make_resident(pages, !(flags & HOST_PAGES_NOWAIT))) != 0)
		goto unmap;
	pages->id = atomic_fetch_add(&pages_last_id, 1) + 1;
	*out = pages;
	return 0;
unmap:
	munmap(pages->address, pages->size + (size_t)sysconf(_SC_PAGESIZE));
close:
	close(pages->fd);
free:
	pthread_mutex_destroy(&pages->lock);
	host_free(pages, sizeof(*pages));
	return error;
}

void host_pages_destroy(struct host_pages *pages)
{
	munmap(pages->address, pages->size + (size_t)sysconf(_SC_PAGESIZE));
	if (pages->locked)
		atomic_fetch_sub(&pages_locked, pages->size);
	close(pages->fd);
	if (pages->fd_readonly >= 0)
		close(pages->fd_readonly);
	pthread_mutex_destroy(&pages->lock);
	host_free(pages, sizeof(*pages));
}

/* ---- looking ---- */

void *host_pages_address(const struct host_pages *pages)
{
	return pages->address;
}

int posix_pages_fd(const struct host_pages *pages)
{
	return pages->fd;
}

int posix_pages_fd_readonly(struct host_pages *pages)
{
	char path[40];
	int fd;

	pthread_mutex_lock(&pages->lock);
	if (pages->fd_readonly < 0) {
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", pages->fd);
		pages->fd_readonly = open(path, O_RDONLY | O_CLOEXEC);
	}
	fd = pages->fd_readonly;
	pthread_mutex_unlock(&pages->lock);
	return fd;
}

uint64_t posix_pages_size(const struct host_pages *pages)
{
	return pages->size;
}

uint64_t posix_pages_id(const struct host_pages *pages)
{
	return pages->id;
}

bool posix_pages_resident(const struct host_pages *pages)
{
	return pages->resident;
}
