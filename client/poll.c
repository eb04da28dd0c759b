/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * poll.c: readiness of devices.  The driver says what is ready now; a pollwakeup(9F) makes the device's socket
 * readable, which ends the sleep in the real poll, and the driver is asked again.
 */
#define _GNU_SOURCE
#include "client/client.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>

static short ask(const struct device *d, short events)
{
	struct wire_message m = {.op = WIRE_POLL, .a = d->id, .b = (uint16_t)events};

	return call_simple(&m) ? POLLERR : (short)m.a;
}

static bool any_device(const struct pollfd *fds, nfds_t n)
{
	struct device d;

	for (nfds_t i = 0; i < n; i++)
		if (unlikely(descriptor_get(fds[i].fd, &d)))
			return true;
	return false;
}

static void swallow_wakes(int fd)
{
	char bytes[16];

	while (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
}

/* Asks the drivers; returns how many devices are ready. */
static int ask_all(struct pollfd *fds, nfds_t n)
{
	struct device d;
	int ready = 0;

	for (nfds_t i = 0; i < n; i++)
		if (descriptor_get(fds[i].fd, &d)) {
			swallow_wakes(fds[i].fd); /* before asking: a later wake is not lost */
			fds[i].revents = ask(&d, fds[i].events);
			ready += fds[i].revents != 0;
		}
	return ready;
}

static int64_t nanoseconds(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

/* One real poll with devices as plain sockets; their revents are the drivers' alone. */
static int poll_others(struct pollfd *fds, struct pollfd *copy, nfds_t n, const struct timespec *timeout,
		       const sigset_t *mask)
{
	struct device d;

	for (nfds_t i = 0; i < n; i++) {
		copy[i] = fds[i];
		if (descriptor_get(fds[i].fd, &d))
			copy[i].events = POLLIN;
	}
	int result = REAL(ppoll)(copy, n, timeout, mask);
	int ready = 0;
	for (nfds_t i = 0; i < n && result >= 0; i++)
		if (!descriptor_get(fds[i].fd, &d)) {
			fds[i].revents = copy[i].revents;
			ready += fds[i].revents != 0;
		}
	return result < 0 ? result : ready;
}

static int device_poll(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask)
{
	static const struct timespec zero;
	struct timespec now, left, *limit = NULL;
	int64_t end = 0;

	if (n > 65536)
		return fail(EINVAL);
	size_t size = n * sizeof(struct pollfd);
	struct pollfd *copy = REAL(mmap)(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (copy == MAP_FAILED)
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (timeout)
		end = nanoseconds(&now) + nanoseconds(timeout);
	int result;
	for (;;) {
		int ready = ask_all(fds, n);
		if (timeout) {
			clock_gettime(CLOCK_MONOTONIC, &now);
			int64_t rest = end - nanoseconds(&now);
			left = (struct timespec){rest > 0 ? rest / 1000000000 : 0, rest > 0 ? rest % 1000000000 : 0};
			limit = &left;
		}
		bool last = ready || (limit && nanoseconds(limit) == 0);
		result = poll_others(fds, copy, n, last ? &zero : limit, mask);
		if (result >= 0)
			result += ready;
		if (result || last)
			break;
	}
	REAL(munmap)(copy, size);
	return result;
}

EXPORT int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	if (likely(!client_active()) || likely(!any_device(fds, n)))
		return REAL(poll)(fds, n, timeout);
	struct timespec t = {timeout / 1000, timeout % 1000 * 1000000L};
	return device_poll(fds, n, timeout < 0 ? NULL : &t, NULL);
}

EXPORT int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask)
{
	if (likely(!client_active()) || likely(!any_device(fds, n)))
		return REAL(ppoll)(fds, n, timeout, mask);
	return device_poll(fds, n, timeout, mask);
}

int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size);
EXPORT int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size)
{
	return size / sizeof(*fds) < n ? REAL(__poll_chk)(fds, n, timeout, size) : poll(fds, n, timeout);
}

/* ---- select: by poll ---- */

static bool select_any_device(int n, const fd_set *const sets[3])
{
	struct device d;

	for (int fd = 0; fd < n && fd < FD_SETSIZE; fd++)
		for (int s = 0; s < 3; s++)
			if (sets[s] && FD_ISSET(fd, sets[s]) && descriptor_get(fd, &d))
				return true;
	return false;
}

static int device_select(int n, fd_set *sets[3], const struct timespec *timeout, const sigset_t *mask)
{
	static const short want[3] = {POLLIN, POLLOUT, POLLPRI};
	static const short got[3] = {POLLIN | POLLHUP | POLLERR, POLLOUT | POLLERR, POLLPRI};
	struct pollfd fds[FD_SETSIZE];
	nfds_t used = 0;

	for (int fd = 0; fd < n && fd < FD_SETSIZE; fd++) {
		short events = 0;
		for (int s = 0; s < 3; s++)
			if (sets[s] && FD_ISSET(fd, sets[s]))
				events |= want[s];
		if (events)
			fds[used++] = (struct pollfd){fd, events, 0};
	}
	int result = device_poll(fds, used, timeout, mask), bits = 0;
	if (result < 0)
		return result;
	for (nfds_t i = 0; i < used; i++)
		for (int s = 0; s < 3; s++) {
			if (!sets[s] || !(fds[i].events & want[s]))
				continue;
			if (fds[i].revents & got[s])
				bits++;
			else
				FD_CLR(fds[i].fd, sets[s]);
		}
	return bits;
}

EXPORT int select(int n, fd_set *r, fd_set *w, fd_set *e, struct timeval *timeout)
{
	if (likely(!client_active()) || !select_any_device(n, (const fd_set *const[3]){r, w, e}))
		return REAL(select)(n, r, w, e, timeout);
	struct timespec t = {timeout ? timeout->tv_sec : 0, timeout ? timeout->tv_usec * 1000 : 0};
	return device_select(n, (fd_set *[3]){r, w, e}, timeout ? &t : NULL, NULL);
}

EXPORT int pselect(int n, fd_set *r, fd_set *w, fd_set *e, const struct timespec *timeout, const sigset_t *mask)
{
	if (likely(!client_active()) || !select_any_device(n, (const fd_set *const[3]){r, w, e}))
		return REAL(pselect)(n, r, w, e, timeout, mask);
	return device_select(n, (fd_set *[3]){r, w, e}, timeout, mask);
}

/* ---- the forms with 64-bit time of 32-bit programs ---- */

#ifndef __x86_64__
struct timespec64 {
	int64_t tv_sec;
	int32_t tv_nsec, pad;
};
struct timeval64 {
	int64_t tv_sec, tv_usec;
};

/* A wait of more than 68 years is one of 68 years. */
static struct timespec *narrow(struct timespec *to, int64_t sec, int64_t nsec)
{
	*to = (struct timespec){sec > INT32_MAX ? INT32_MAX : (time_t)sec, (long)nsec};
	return to;
}

int __ppoll64(struct pollfd *fds, nfds_t n, const struct timespec64 *timeout, const sigset_t *mask);
EXPORT int __ppoll64(struct pollfd *fds, nfds_t n, const struct timespec64 *timeout, const sigset_t *mask)
{
	struct timespec t;

	if (likely(!client_active()) || likely(!any_device(fds, n)))
		return REAL(__ppoll64)(fds, n, timeout, mask);
	return device_poll(fds, n, timeout ? narrow(&t, timeout->tv_sec, timeout->tv_nsec) : NULL, mask);
}

int __select64(int n, fd_set *r, fd_set *w, fd_set *e, struct timeval64 *timeout);
EXPORT int __select64(int n, fd_set *r, fd_set *w, fd_set *e, struct timeval64 *timeout)
{
	struct timespec t;

	if (likely(!client_active()) || !select_any_device(n, (const fd_set *const[3]){r, w, e}))
		return REAL(__select64)(n, r, w, e, timeout);
	return device_select(n, (fd_set *[3]){r, w, e},
			     timeout ? narrow(&t, timeout->tv_sec, timeout->tv_usec * 1000) : NULL, NULL);
}

int __pselect64(int n, fd_set *r, fd_set *w, fd_set *e, const struct timespec64 *timeout, const sigset_t *mask);
EXPORT int __pselect64(int n, fd_set *r, fd_set *w, fd_set *e, const struct timespec64 *timeout, const sigset_t *mask)
{
	struct timespec t;

	if (likely(!client_active()) || !select_any_device(n, (const fd_set *const[3]){r, w, e}))
		return REAL(__pselect64)(n, r, w, e, timeout, mask);
	return device_select(n, (fd_set *[3]){r, w, e}, timeout ? narrow(&t, timeout->tv_sec, timeout->tv_nsec) : NULL,
			     mask);
}
#endif
