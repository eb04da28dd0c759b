/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * listener.c: accepts connections and reads their hello.  A connection whose hello does not come at once waits in a short
 * list, for a short time, and the one that waits longest makes room, so that none can keep others out.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/server/admin/admin.h"
#include "host/server/server.h"
#include "host/server/sockets.h"

#define PENDING_MAX 1024u
#define HELLO_TIMEOUT_NS UINT64_C(5000000000)

struct pending {
	int connection;
	uint64_t deadline;
};
struct greeting {
	struct wire_hello hello;
	int connection;
	struct ucred peer;
};
static struct {
	int sockets[SOCKETS], stop;
	int reserve; /* a descriptor to give up when there is none left for accept() */
	pthread_t thread;
	struct pending pending[PENDING_MAX]; /* the listener thread's; oldest first */
	unsigned npending;
} listener;

/* ---- hellos ---- */

/* The listener has only looked at it: descriptors that came along end here, and may take their time. */
static void hello_consume(int connection)
{
	struct wire_hello hello;

	(void)recv(connection, &hello, sizeof(hello), MSG_DONTWAIT);
}

static void *greeting_thread(void *arg)
{
	struct greeting *g = arg;
	struct greeting copy = *g;

	free(g);
	hello_consume(copy.connection);
	pthread_setname_np(pthread_self(), copy.hello.kind == WIRE_THREAD ? "call" : "hello");
	if (copy.hello.kind == WIRE_THREAD) {
		thread_hello(&copy.hello, copy.connection, copy.peer.pid, copy.peer.uid);
		return NULL;
	}
	if (copy.hello.kind == WIRE_AGENT)
		agent_hello(&copy.hello, copy.connection, copy.peer.pid, copy.peer.uid);
	else if (copy.hello.kind == WIRE_ADMIN)
		admin_hello(copy.connection, copy.peer.pid, copy.peer.uid);
	else
		process_hello(&copy.hello, copy.connection, copy.peer.pid, copy.peer.uid, copy.peer.gid);
	hello_done();
	return NULL;
}

static int hello_check(const struct wire_hello *h)
{
	if (h->version != WIRE_VERSION)
		return EPROTONOSUPPORT;
	if ((h->model != 32 && h->model != 64) || h->kind < WIRE_PROCESS || h->kind > WIRE_ADMIN)
		return EINVAL;
	return 0;
}

/* A thread of its own answers: it may have to wait for the end of a process. */
static int greet(const struct wire_hello *hello, int connection)
{
	struct greeting *g;
	socklen_t size = sizeof(g->peer);
	pthread_t id;
	int error = hello_check(hello);

	if (error != 0)
		return error;
	g = malloc(sizeof(*g));
	if (g == NULL)
		return ENOMEM;
	*g = (struct greeting){.hello = *hello, .connection = connection};
	if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &g->peer, &size) != 0 || g->peer.pid <= 0) {
		free(g);
		return EACCES;
	}
	hello_begin();
	error = pthread_create(&id, NULL, greeting_thread, g);
	if (error == 0) {
		pthread_detach(id);
		return 0;
	}
	hello_done();
	free(g);
	return error;
}

/* True: done with the connection, one way or the other. */
static bool hello_read(int connection)
{
	struct wire_hello hello;
	struct iovec iov = {&hello, sizeof(hello)};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n = recvmsg(connection, &mh, MSG_DONTWAIT | MSG_PEEK);
	int error;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n != sizeof(hello) || (mh.msg_flags & MSG_TRUNC) || hello.magic != WIRE_MAGIC) {
		connection_close(connection);
		return true;
	}
	error = greet(&hello, connection);
	if (error != 0) {
		hello_answer(connection, error, -1, 0);
		connection_close(connection);
	}
	return true;
}

/* ---- connections without a hello yet ---- */

static void pending_remove(unsigned i)
{
	listener.npending--;
	memmove(&listener.pending[i], &listener.pending[i + 1],
		(listener.npending - i) * sizeof(listener.pending[0]));
}

static void pending_add(int connection)
{
	if (listener.npending == PENDING_MAX) {
		connection_close(listener.pending[0].connection);
		pending_remove(0);
	}
	listener.pending[listener.npending++] =
		(struct pending){connection, host_time_monotonic() + HELLO_TIMEOUT_NS};
}

static void pending_expire(void)
{
	uint64_t now = host_time_monotonic();

	while (listener.npending > 0 && listener.pending[0].deadline <= now) {
		connection_close(listener.pending[0].connection);
		pending_remove(0);
	}
}

static void pending_read(const struct pollfd *p, unsigned n)
{
	for (unsigned i = n; i-- > 0;)
		if (p[i].revents != 0 && hello_read(p[i].fd))
			pending_remove(i);
}

/* ---- accepting ---- */

/* No descriptor is left: take the connection with the reserve, and hang up, rather than spin on it. */
static void accept_refuse(int socket)
{
	static atomic_bool said;
	int connection;

	close(listener.reserve);
	connection = accept4(socket, NULL, NULL, SOCK_CLOEXEC);
	if (connection >= 0) {
		hello_answer(connection, EMFILE, -1, 0);
		connection_close(connection);
	}
	listener.reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (!atomic_exchange(&said, true))
		posix_log(HOST_LOG_WARN, "a connection is refused: the server has no descriptor left (RLIMIT_NOFILE is %llu)",
			  (unsigned long long)posix_limit(RLIMIT_NOFILE));
}

static void accept_some(int socket)
{
	for (int budget = 16; budget > 0; budget--) {
		int connection = accept4(socket, NULL, NULL, SOCK_CLOEXEC);
		if (connection < 0) {
			if (errno == EMFILE || errno == ENFILE)
				accept_refuse(socket);
			return;
		}
		if (!hello_read(connection))
			pending_add(connection);
	}
}

static void *listener_thread(void *arg)
{
	struct pollfd p[PENDING_MAX + 1 + SOCKETS];

	pthread_setname_np(pthread_self(), "listener");
	for (;;) {
		unsigned n = listener.npending;
		for (unsigned i = 0; i < n; i++)
			p[i] = (struct pollfd){listener.pending[i].connection, POLLIN, 0};
		p[n] = (struct pollfd){listener.stop, POLLIN, 0};
		for (unsigned i = 0; i < SOCKETS; i++) /* poll(2) passes over -1 */
			p[n + 1 + i] = (struct pollfd){listener.sockets[i], POLLIN, 0};
		if (poll(p, n + 1 + SOCKETS, n > 0 ? 1000 : -1) < 0)
			continue;
		if (p[n].revents != 0)
			return NULL;
		pending_read(p, n);
		pending_expire();
		for (unsigned i = 0; i < SOCKETS; i++)
			if (p[n + 1 + i].revents != 0)
				accept_some(listener.sockets[i]);
	}
}

/* ---- start and stop ---- */

int listener_start(const char *name)
{
	int error = sockets_open(name, listener.sockets);

	if (error != 0)
		return error;
	listener.stop = eventfd(0, EFD_CLOEXEC);
	listener.reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (listener.stop < 0 || listener.reserve < 0)
		return errno;
	return pthread_create(&listener.thread, NULL, listener_thread, NULL);
}

void listener_stop(void)
{
	uint64_t one = 1;

	(void)!write(listener.stop, &one, sizeof(one));
	pthread_join(listener.thread, NULL);
	for (unsigned i = 0; i < listener.npending; i++)
		connection_close(listener.pending[i].connection);
	sockets_close(listener.sockets);
	close(listener.stop);
	close(listener.reserve);
	hellos_drain();
}
