/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * poll.c: readiness of devices.  The driver returns what is ready now; a pollwakeup(9F) makes the device's socket
 * readable, which ends the sleep in the real poll, and the driver is asked again.
 */
#define _GNU_SOURCE
#include "client/calls/calls.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>

#include "client/core/quiet.h"
#include "client/core/time64.h"

short device_ready(const struct device *d, short events)
{
	struct wire_message m = {.op = WIRE_POLL, .a = d->id, .b = (uint16_t)events};

	return call_simple(&m) ? POLLERR | POLLHUP : (short)m.a;
}

/* A handler that runs meanwhile may touch a device mapping: SIGSEGV is never blocked for real. */
#define WITHOUT_SEGV(mask) signals_without_segv(mask, &(sigset_t){0})

static bool any_device(const struct pollfd *fds, nfds_t n)
{
	struct device d;

	for (nfds_t i = 0; i < n; i++)
		if (unlikely(descriptor_get(fds[i].fd, &d)))
			return true;
	return false;
}

void device_swallow_wakes(int fd)
{
	char bytes[16];

	while (quiet_recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
}

/* Asks the drivers; returns how many devices are ready. */
static int ask_all(struct pollfd *fds, nfds_t n)
{
	struct device d;
	int ready = 0;

	for (nfds_t i = 0; i < n; i++)
		if (descriptor_get(fds[i].fd, &d)) {
			device_swallow_wakes(fds[i].fd);
			fds[i].revents = device_ready(&d, fds[i].events);
			ready += fds[i].revents != 0;
		}
	return ready;
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

void device_sleep_mask(const uint64_t *old, sigset_t *mask)
{
	sigemptyset(mask);
	memcpy(mask, old, sizeof(*old));
}

/* The drivers have spoken: it is over, whatever handlers have run meanwhile. */
static int others_unknown(struct pollfd *fds, nfds_t n, int ready)
{
	struct device d;

	for (nfds_t i = 0; i < n; i++)
		if (!descriptor_get(fds[i].fd, &d))
			fds[i].revents = 0;
	return ready;
}

static int wait_ready(struct pollfd *fds, struct pollfd *copy, nfds_t n, const struct timespec *timeout, const sigset_t *mask)
{
	static const struct timespec zero, moment = {0, DEVICE_SLEEP_MS * 1000000};
	struct timespec left, *limit = NULL;
	int64_t end = 0;

	if (timeout)
		end = clock_now() + nanoseconds(timeout->tv_sec, timeout->tv_nsec);
	for (;;) {
		int ready = ask_all(fds, n);
		if (timeout) {
			int64_t rest = end - clock_now();
			rest = rest > 0 ? rest : 0;
			int64_t seconds = rest / SECOND_NS;
			left = (struct timespec){(time_t)(seconds > INT32_MAX ? INT32_MAX : seconds),
						 (long)(rest % SECOND_NS)};
			limit = &left;
		}
		bool last = ready || (limit && limit->tv_sec == 0 && limit->tv_nsec == 0);
		bool soon = limit && limit->tv_sec == 0 && limit->tv_nsec < moment.tv_nsec;
		int result = poll_others(fds, copy, n, last ? &zero : soon ? limit
									   : &moment,
					 mask);
		if (result >= 0)
			result += ready;
		else if (ready)
			result = others_unknown(fds, n, ready);
		if (result || last)
			return result;
	}
}

/*
 * A wake is one byte, and who asks the driver takes it: another one who sleeps on the same open may miss it, so nobody
 * sleeps for longer than a moment.  Handlers run only while asleep.
 */
static int device_poll(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask)
{
	sigset_t during;
	uint64_t old;

	if (n > 65536)
		return fail(EINVAL);
	size_t size = n * sizeof(struct pollfd);
	struct pollfd *copy = REAL(mmap)(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (copy == MAP_FAILED)
		return -1;
	signals_block_most(&old);
	device_sleep_mask(&old, &during);
	int result = wait_ready(fds, copy, n, timeout, mask ? mask : &during);
	signals_restore(&old);
	(void)REAL(munmap)(copy, size);
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
	mask = WITHOUT_SEGV(mask);
	if (likely(!client_active()) || likely(!any_device(fds, n)))
		return REAL(ppoll)(fds, n, timeout, mask);
	return device_poll(fds, n, timeout, mask);
}

ALIAS(__poll, poll);

int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size);
EXPORT int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size)
{
	return size / sizeof(*fds) < n ? REAL(__poll_chk)(fds, n, timeout, size) : poll(fds, n, timeout);
}

int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask, size_t size);
EXPORT int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask, size_t size)
{
	return size / sizeof(*fds) < n ? REAL(__ppoll_chk)(fds, n, timeout, mask, size) : ppoll(fds, n, timeout, mask);
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
		if (fds[i].revents & POLLNVAL)
			return fail(EBADF);
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

/* Linux returns how much of the time is left. */
#define SELECT(name, timeval_type, sec, usec) \
	EXPORT int name(int n, fd_set *r, fd_set *w, fd_set *e, timeval_type *timeout) \
	{ \
		if (likely(!client_active()) || !select_any_device(n, (const fd_set *const[3]){r, w, e})) \
			return REAL(name)(n, r, w, e, timeout); \
		if (timeout && (timeout->sec < 0 || timeout->usec < 0)) \
			return fail(EINVAL); \
		struct timespec t = {0}; \
		int64_t ns = timeout ? nanoseconds(timeout->sec, (int64_t)timeout->usec * 1000) : 0; \
		int64_t end = clock_now() + ns; \
		t.tv_sec = (time_t)(ns / SECOND_NS > INT32_MAX ? INT32_MAX : ns / SECOND_NS); \
		t.tv_nsec = (long)(ns % SECOND_NS); \
		int result = device_select(n, (fd_set *[3]){r, w, e}, timeout ? &t : NULL, NULL); \
		if (timeout) { \
			ns = end - clock_now(); \
			timeout->sec = (__typeof__(timeout->sec))(ns > 0 ? ns / SECOND_NS : 0); \
			timeout->usec = (__typeof__(timeout->usec))(ns > 0 ? ns % SECOND_NS / 1000 : 0); \
		} \
		return result; \
	}
SELECT(select, struct timeval, tv_sec, tv_usec)
ALIAS(__select, select);

EXPORT int pselect(int n, fd_set *r, fd_set *w, fd_set *e, const struct timespec *timeout, const sigset_t *mask)
{
	mask = WITHOUT_SEGV(mask);
	if (likely(!client_active()) || !select_any_device(n, (const fd_set *const[3]){r, w, e}))
		return REAL(pselect)(n, r, w, e, timeout, mask);
	return device_select(n, (fd_set *[3]){r, w, e}, timeout, mask);
}

/* ---- 32-bit programs with 64-bit time ---- */

#ifndef __x86_64__
int __ppoll64(struct pollfd *fds, nfds_t n, const struct timespec64 *timeout, const sigset_t *mask);
EXPORT int __ppoll64(struct pollfd *fds, nfds_t n, const struct timespec64 *timeout, const sigset_t *mask)
{
	struct timespec t;

	mask = WITHOUT_SEGV(mask);
	if (likely(!client_active()) || likely(!any_device(fds, n)))
		return REAL(__ppoll64)(fds, n, timeout, mask);
	return device_poll(fds, n, shorter(timeout, &t), mask);
}

int __select64(int n, fd_set *r, fd_set *w, fd_set *e, struct timeval64 *timeout);
SELECT(__select64, struct timeval64, sec, usec)

int __pselect64(int n, fd_set *r, fd_set *w, fd_set *e, const struct timespec64 *timeout, const sigset_t *mask);
EXPORT int __pselect64(int n, fd_set *r, fd_set *w, fd_set *e, const struct timespec64 *timeout, const sigset_t *mask)
{
	struct timespec t;

	mask = WITHOUT_SEGV(mask);
	if (likely(!client_active()) || !select_any_device(n, (const fd_set *const[3]){r, w, e}))
		return REAL(__pselect64)(n, r, w, e, timeout, mask);
	return device_select(n, (fd_set *[3]){r, w, e}, shorter(timeout, &t), mask);
}
#endif
