/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * own.c: descriptors of the library's own.  They live at high numbers, close-on-exec, in a small table, so that programs
 * that count on the lowest free number, or close everything, work as without us.
 */
#define _GNU_SOURCE
#include "client/core/core.h"

#include <fcntl.h>
#include <sys/resource.h>

#include "client/core/quiet.h"

#define OWN_MAX 4096
static struct lock own_lock;    /* protects the fields below for writing */
static int own[OWN_MAX];        /* number + 1, or 0 */
static int *own_where[OWN_MAX]; /* the variable that has the number, too, or NULL */
static int own_end;

static int own_slot(int fd)
{
	int end = __atomic_load_n(&own_end, __ATOMIC_ACQUIRE);

	for (int i = 0; i < end; i++)
		if (__atomic_load_n(&own[i], __ATOMIC_RELAXED) == fd + 1)
			return i;
	return -1;
}

bool own_has(int fd)
{
	return fd >= 0 && own_slot(fd) >= 0;
}

int own_from(unsigned first)
{
	int end = __atomic_load_n(&own_end, __ATOMIC_ACQUIRE), found = -1;

	for (int i = 0; i < end; i++) {
		int fd = __atomic_load_n(&own[i], __ATOMIC_RELAXED) - 1;
		if (fd >= 0 && (unsigned)fd >= first && (found < 0 || fd < found))
			found = fd;
	}
	return found;
}

static int high_number(void)
{
	struct rlimit limit;

	/* Not higher than that: Linux keeps, and copies at fork, a table up to the highest number. */
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > 1024)
		return 960;
	return (int)(limit.rlim_cur - limit.rlim_cur / 4);
}

int own_adopt(int fd)
{
	int high = REAL(fcntl)(fd, F_DUPFD_CLOEXEC, high_number());

	if (high < 0)
		high = REAL(fcntl)(fd, F_DUPFD_CLOEXEC, 3);
	int error = errno;
	quiet_close(fd);
	if (high < 0)
		return fail(error);
	lock_take(&own_lock);
	int i = own_slot(-1);
	if (i < 0 && own_end < OWN_MAX) {
		i = own_end;
		__atomic_store_n(&own_end, own_end + 1, __ATOMIC_RELEASE);
	}
	if (i >= 0) {
		__atomic_store_n(&own[i], high + 1, __ATOMIC_RELAXED);
		own_where[i] = NULL;
	}
	lock_release(&own_lock);
	if (i >= 0)
		return high;
	quiet_close(high);
	return fail(EMFILE);
}

void own_follow(int fd, int *where)
{
	lock_take(&own_lock);
	int i = own_slot(fd);
	if (i >= 0)
		own_where[i] = where;
	lock_release(&own_lock);
}

void own_drop(int fd)
{
	lock_take(&own_lock);
	int i = fd >= 0 ? own_slot(fd) : -1;
	if (i >= 0) {
		__atomic_store_n(&own[i], 0, __ATOMIC_RELAXED);
		own_where[i] = NULL;
	}
	lock_release(&own_lock);
}

void own_close(int fd)
{
	if (fd < 0)
		return;
	if (!in_vfork_child)
		own_drop(fd);
	quiet_close(fd);
}

/*
 * The application's dup2() onto one of ours, which moves.  Its owner may be another thread that sleeps in a call: that
 * goes on with the file that it began with, and finds the new number next time.
 */
void own_yield(int fd)
{
	lock_take(&own_lock);
	int i = own_slot(fd);
	if (i >= 0) {
		int copy = REAL(fcntl)(fd, F_DUPFD_CLOEXEC, high_number());
		if (own_where[i])
			__atomic_store_n(own_where[i], copy, __ATOMIC_RELAXED);
		if (copy < 0)
			own_where[i] = NULL;
		__atomic_store_n(&own[i], copy + 1, __ATOMIC_RELAXED);
	}
	lock_release(&own_lock);
}

/* ---- fork ---- */

void own_close_all(int keep)
{
	for (int i = 0; i < own_end; i++) {
		if (own[i] && own[i] - 1 != keep)
			quiet_close(own[i] - 1);
		own[i] = 0;
		own_where[i] = NULL;
	}
	own_end = 0;
	own_lock.state = 0;
}

void own_fork_lock(void)
{
	lock_take(&own_lock);
}

void own_fork_unlock(void)
{
	lock_release(&own_lock);
}
