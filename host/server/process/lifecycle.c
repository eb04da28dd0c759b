/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lifecycle.c: one set of descriptors whose hangup means that something ended:
 *
 *	pidfd        the process died
 *	connection   of a process that lives: it has exec'ed (the connection is close-on-exec)
 *	leash        of a fork: neither the parent nor a child that has not said hello yet is there any more
 *	open's end   of an open that no connected process has proven to hold: the last descriptor was closed
 *
 * The set is level-triggered and a hangup stays in it until its teardown has begun.  So whoever looks into
 * the set with no timeout and finds it empty knows that the teardown of every death so far has begun.  The
 * lifecycle thread sleeps on it; every request looks into it before it is served.
 *
 * An open that some process has proven is not in the set: its process announces the last close and waits
 * for it, and a second waiter would only be in the way.  open_sweep() finds what was closed unannounced.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/server/base/linux.h"
#include "host/server/process/process.h"

#define EVENTS 16
#define SWEEP_MS 300
#define ID_DEATHS UINT64_C(0xffffffffffffffff)
#define ID_WAKE UINT64_C(0xfffffffffffffffe)
#define ID_HEIR UINT64_C(0xfffffffffffffffd)

static struct {
	int deaths; /* the set above */
	int inputs; /* deaths, wake, and the process connections for reading */
	int wake;   /* eventfd: there are processes again, or stop */
	pthread_t thread;
	atomic_bool stop;
	atomic_uint watched; /* in the set of deaths */
} lifecycle;

static int set_add(int set, int fd, uint32_t events, uint64_t id)
{
	struct epoll_event e = {.events = events, .data.u64 = id};

	return epoll_ctl(set, EPOLL_CTL_ADD, fd, &e) == 0 ? 0 : errno;
}

int lifecycle_watch(int fd, uint64_t id)
{
	/* EPOLLIN is a pidfd's event; a socket's hangup is always reported. */
	enum watch_kind kind = WATCH_NONE;
	int error;

	(void)watch_find(id, &kind);
	error = set_add(lifecycle.deaths, fd, kind == WATCH_PIDFD ? EPOLLIN : 0, id);
	if (error == 0)
		atomic_fetch_add(&lifecycle.watched, 1);
	return error;
}

void lifecycle_unwatch(int fd)
{
	if (epoll_ctl(lifecycle.deaths, EPOLL_CTL_DEL, fd, NULL) == 0)
		atomic_fetch_sub(&lifecycle.watched, 1);
}

int lifecycle_listen(int fd, uint64_t id)
{
	uint64_t one = 1;

	if (server.nprocesses <= 1)
		(void)!write(lifecycle.wake, &one, sizeof(one));
	return set_add(lifecycle.inputs, fd, EPOLLIN, id);
}

int lifecycle_listen_heir(int pidfd)
{
	return set_add(lifecycle.inputs, pidfd, EPOLLIN, ID_HEIR);
}

void lifecycle_unlisten(int fd)
{
	(void)epoll_ctl(lifecycle.inputs, EPOLL_CTL_DEL, fd, NULL);
}

/* ---- ends ---- */

/* The process connection is closed: by exit, by exec, or by a client that does not know better. */
static struct job *connection_begin(struct process *p)
{
	if (!pidfd_is_dead(p->pidfd, 0) && pid_is_exiting(p->pid)) {
		process_unwatch_connection(p);
		return NULL;
	}
	/* Asked last: one that was reaped meanwhile did not look as if it exited. */
	return process_end(p, pidfd_is_dead(p->pidfd, 0) ? END_EXIT : END_EXEC, NULL) ? &p->job : NULL;
}

/* The job that the event begins, or NULL. */
static struct job *event_begin(uint64_t id)
{
	enum watch_kind kind;
	void *object = watch_find(id, &kind);
	struct process *p = object;
	struct open *o = object;

	if (object == NULL)
		return NULL;
	switch (kind) {
	case WATCH_PIDFD:
		return process_end(p, END_EXIT, NULL) ? &p->job : NULL;
	case WATCH_CONNECTION:
		return connection_begin(p);
	case WATCH_LEASH:
		return process_end(p, END_EXIT, NULL) ? &p->job : NULL;
	case WATCH_OPEN:
		return open_hangup(o) ? &o->job : NULL;
	case WATCH_NONE:
		break;
	}
	return NULL;
}

static enum watch_kind event_kind(uint64_t id)
{
	enum watch_kind kind = WATCH_NONE;

	(void)watch_find(id, &kind);
	return kind;
}

/* Processes first: a file that was closed by a death is closed as part of that death. */
static void events_begin(const struct epoll_event *e, int n)
{
	struct job *start[EVENTS];
	int count = 0;

	server_lock();
	for (int pass = 0; pass < 2; pass++) {
		for (int i = 0; i < n; i++) {
			struct job *job = NULL;
			if ((event_kind(e[i].data.u64) == WATCH_OPEN) == (pass == 1))
				job = event_begin(e[i].data.u64);
			if (job != NULL)
				start[count++] = job;
		}
	}
	server_unlock();
	for (int i = 0; i < count; i++)
		job_spawn(start[i]);
}

static void deaths_begin(void)
{
	struct epoll_event e[EVENTS];
	int n;

	while ((n = epoll_wait(lifecycle.deaths, e, EVENTS, 0)) > 0)
		events_begin(e, n);
}

#define OWN_WATCHES 2u /* the pidfd and the connection of the process that asks: it is alive */

void lifecycle_find(void)
{
	if (atomic_load(&lifecycle.watched) > OWN_WATCHES)
		deaths_begin();
}

/* ---- interrupts ---- */

/* One message; false: nonsense, or nothing there. */
static bool input_one(struct process *p, int connection, bool *nonsense)
{
	struct wire_interrupt m;
	struct iovec iov = {&m, sizeof(m)};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n = recvmsg(connection, &mh, MSG_DONTWAIT | MSG_PEEK);

	if (n <= 0)
		return false;
	/* One with descriptors is left where it is: to take it would be to close them. */
	*nonsense = n != sizeof(m) || (mh.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) || m.magic != WIRE_MAGIC;
	if (!*nonsense)
		(void)recv(connection, &m, sizeof(m), MSG_DONTWAIT);
	if (!*nonsense && m.access)
		engine_interrupt(p->as, m.tid);
	else if (!*nonsense)
		thread_interrupt(p, m.tid, m.turn);
	return !*nonsense;
}

static void input(uint64_t id)
{
	struct process *p;
	enum watch_kind kind;
	bool nonsense = false;
	int budget = 64;

	server_lock();
	p = watch_find(id, &kind);
	if (p != NULL)
		process_get(p);
	server_unlock();
	if (p == NULL)
		return;
	while (budget-- > 0 && input_one(p, p->connection, &nonsense))
		;
	if (nonsense)
		(void)shutdown(p->connection, SHUT_RDWR);
	process_put(p);
}

/* ---- the thread ---- */

static void wake_clear(void)
{
	uint64_t value;

	(void)!read(lifecycle.wake, &value, sizeof(value));
}

static int sleep_ms(void)
{
	bool idle;

	server_lock();
	idle = LIST_EMPTY(&server.processes);
	server_unlock();
	return idle ? -1 : SWEEP_MS;
}

static uint64_t sweep_if_due(uint64_t last)
{
	uint64_t now = host_time_monotonic();

	if (now - last < SWEEP_MS * UINT64_C(1000000))
		return last;
	open_sweep();
	return now;
}

static void *lifecycle_thread(void *arg)
{
	struct epoll_event e[EVENTS];
	uint64_t swept = host_time_monotonic();

	pthread_setname_np(pthread_self(), "lifecycle");
	while (!atomic_load(&lifecycle.stop)) {
		int n = epoll_wait(lifecycle.inputs, e, EVENTS, sleep_ms());
		for (int i = 0; i < n; i++) {
			if (e[i].data.u64 == ID_WAKE)
				wake_clear();
			else if (e[i].data.u64 == ID_HEIR)
				heirs_purge(false);
			else if (e[i].data.u64 != ID_DEATHS)
				input(e[i].data.u64);
		}
		deaths_begin();
		swept = sweep_if_due(swept);
	}
	return NULL;
}

int lifecycle_start(void)
{
	int error;

	lifecycle.deaths = epoll_create1(EPOLL_CLOEXEC);
	lifecycle.inputs = epoll_create1(EPOLL_CLOEXEC);
	lifecycle.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (lifecycle.deaths < 0 || lifecycle.inputs < 0 || lifecycle.wake < 0)
		return errno;
	error = set_add(lifecycle.inputs, lifecycle.deaths, EPOLLIN, ID_DEATHS);
	if (error == 0)
		error = set_add(lifecycle.inputs, lifecycle.wake, EPOLLIN, ID_WAKE);
	if (error == 0)
		error = pthread_create(&lifecycle.thread, NULL, lifecycle_thread, NULL);
	return error;
}

void lifecycle_stop(void)
{
	uint64_t one = 1;

	atomic_store(&lifecycle.stop, true);
	(void)!write(lifecycle.wake, &one, sizeof(one));
	pthread_join(lifecycle.thread, NULL);
	close(lifecycle.deaths);
	close(lifecycle.inputs);
	close(lifecycle.wake);
}
