/* SPDX-License-Identifier: BSD-2-Clause */
/* connection.c: this process image's connection to the server, and how others are made. */
#define _GNU_SOURCE
#include "client/core/core.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "client/core/quiet.h"
#include "client/core/server.h"
#include "client/core/tool.h"
#include "wire/rights.h"

struct connection {
	struct lock lock; /* protects the fields below while connecting */
	int state;        /* 0 not tried, 1 connected, -1 no server */
	int socket;
	struct wire_image image;
	const struct wire_nodes *nodes;
};

static struct connection global;
static _Thread_local struct connection vforked __attribute__((tls_model("initial-exec")));

static struct connection *current(void)
{
	return unlikely(in_vfork_child) && !in_vfork_fault ? &vforked : &global;
}

/* ---- connecting ---- */

/* Who we are, Linux tells the server itself. */
static int send_hello(int fd, const struct wire_hello *hello)
{
	return quiet_send(fd, hello, sizeof(*hello), MSG_NOSIGNAL) == (ssize_t)sizeof(*hello) ? 0 : -1;
}

static void discard(int fd)
{
	quiet_close(fd);
}

bool connection_receive(int fd, void *bytes, size_t n, int *with, bool *lost)
{
	struct wire_letter letter;
	ssize_t got;

	wire_letter_room(&letter, bytes, n);
	do
		got = quiet_recvmsg(fd, &letter.mh, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	*lost = false;
	*with = -1;
	if (got >= 0)
		(void)wire_letter_take(&letter, with, 1, discard, lost);
	return got == (ssize_t)n;
}

void *connection_welcome(int fd, int prot)
{
	struct wire_welcome w = {0};
	int memory = -1;
	bool lost;
	bool whole = connection_receive(fd, &w, sizeof(w), &memory, &lost);

	if (!whole || w.magic != WIRE_MAGIC || w.version != WIRE_VERSION || w.error || memory < 0) {
		if (memory >= 0)
			quiet_close(memory);
		errno = whole && w.error ? w.error : lost ? EMFILE
							  : ENXIO;
		return NULL;
	}
	void *p = REAL(mmap)(NULL, (size_t)w.size, prot, MAP_SHARED, memory, 0);
	int error = errno;
	quiet_close(memory);
	errno = error;
	return p == MAP_FAILED ? NULL : p;
}

static void fill_hello(struct wire_hello *h, enum wire_kind kind, const struct connection *c, uint64_t token)
{
	*h = (struct wire_hello){.magic = WIRE_MAGIC, .version = WIRE_VERSION, .kind = kind, .model = sizeof(void *) == 8 ? 64 : 32, .image = c->image, .fork_token = token, .tid = (uint32_t)syscall(SYS_gettid)};
}

/* A page that Linux clears in the child of a fork of any kind. */
static volatile int *sign;

static void sign_set(void)
{
	void *p = sign ? (void *)sign : REAL(mmap)(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || (sign == NULL && REAL(madvise)(p, 4096, MADV_WIPEONFORK) < 0))
		return;
	*(volatile int *)p = 1;
	sign = p;
}

bool connection_is_parents(void)
{
	return unlikely(sign != NULL && *sign == 0) && !in_vfork_child && global.state == 1;
}

/* With the connection's lock. */
static int connection_open(struct connection *c, uint64_t token, bool lent)
{
	struct wire_hello hello;
	int fd = server_connect();

	if (fd < 0)
		return -1;
	if (syscall(SYS_getrandom, &c->image, sizeof(c->image), 0) != (long)sizeof(c->image))
		goto fail;
	fill_hello(&hello, WIRE_PROCESS, c, token);
	hello.lent = lent;
	hello.copies = tool_watches();
	if (send_hello(fd, &hello) < 0)
		goto fail;
	const struct wire_nodes *nodes = connection_welcome(fd, PROT_READ);
	if (nodes == NULL)
		goto fail;
	int high = own_adopt(fd);
	if (high < 0) {
		int error = errno;
		(void)REAL(munmap)((void *)nodes, WIRE_NODES_SIZE);
		return fail(error);
	}
	c->socket = high;
	c->nodes = nodes;
	if (c == &global) {
		own_follow(high, &c->socket);
		sign_set();
	}
	return 0;
fail:;
	int error = errno;
	quiet_close(fd);
	return fail(error);
}

/* There is no server; or only no room for us now, and the next call tries again. */
static int state_of_failure(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS || error == EAGAIN ? 0 : -1;
}

static bool connection_get(struct connection *c)
{
	if (likely(__atomic_load_n(&c->state, __ATOMIC_ACQUIRE) == 1))
		return true;
	if (!client_active() || __atomic_load_n(&c->state, __ATOMIC_RELAXED) < 0)
		return false;
	int error = errno;
	lock_take(&c->lock);
	if (c->state == 0)
		__atomic_store_n(&c->state, connection_open(c, 0, false) == 0 ? 1 : state_of_failure(errno), __ATOMIC_RELEASE);
	lock_release(&c->lock);
	errno = error;
	return c->state == 1;
}

bool connection_exists(void)
{
	return __atomic_load_n(&current()->state, __ATOMIC_ACQUIRE) == 1;
}

const struct wire_nodes *connection_nodes(void)
{
	struct connection *c = current();

	/* In a vfork child the parent's table is as good, and costs no connection. */
	if (c == &vforked && c->state == 0 && global.state == 1)
		return global.nodes;
	return connection_get(c) ? c->nodes : NULL;
}

/* The process has been connected: without a server its calls fail with EIO. */
static int error_of_another(int error)
{
	return state_of_failure(error) < 0 ? EIO : error;
}

int connection_new(enum wire_kind kind, int *fd, uint32_t *tid)
{
	struct connection *c = current();
	struct wire_hello hello;

	if (!connection_get(c))
		return ENXIO;
	int s = server_connect();
	if (s < 0)
		return error_of_another(errno);
	fill_hello(&hello, kind, c, 0);
	if (send_hello(s, &hello) < 0) {
		int error = error_of_another(errno);
		quiet_close(s);
		return error;
	}
	*fd = s;
	if (tid)
		*tid = hello.tid;
	return 0;
}

int connection_thread(int *fd, struct wire_channel **memory, uint32_t *tid)
{
	int s, error = connection_new(WIRE_THREAD, &s, tid);

	if (error)
		return error;
	*memory = connection_welcome(s, PROT_READ | PROT_WRITE);
	if (*memory == NULL) {
		error = error_of_another(errno);
		quiet_close(s);
		return error;
	}
	*fd = own_adopt(s);
	if (*fd >= 0)
		return 0;
	(void)REAL(munmap)(*memory, sizeof(**memory));
	return EMFILE;
}

/* False: there is no room now. */
static bool interrupt_send(uint32_t tid, bool access, uint32_t turn)
{
	struct wire_interrupt i = {.magic = WIRE_MAGIC, .tid = tid, .access = access, .turn = turn};
	const struct connection *c = current();

	if (c->state != 1) /* nobody is there to hear it */
		return true;
	return quiet_send(c->socket, &i, sizeof(i), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0 || errno != EAGAIN;
}

void connection_interrupt_access(uint32_t tid)
{
	(void)interrupt_send(tid, true, 0);
}

bool connection_interrupt_call(uint32_t tid, uint32_t turn, const uint64_t *mask, const struct timespec *limit)
{
	struct pollfd room = {current()->socket, POLLOUT, 0};
	struct timespec left = limit ? *limit : (struct timespec){0}; /* Linux counts it down */

	while (!interrupt_send(tid, false, turn))
		if (syscall(SYS_ppoll, &room, 1, limit ? &left : NULL, mask, sizeof(*mask)) <= 0)
			return false;
	return true;
}

/* ---- fork and vfork ---- */

void connection_fork_lock(void)
{
	lock_take(&global.lock);
	own_fork_lock();
}

void connection_fork_unlock(void)
{
	own_fork_unlock();
	lock_release(&global.lock);
}

/* Forgets the parent's connection, then connects with its token. */
void connection_fork_child(struct fork_child *child)
{
	bool reconnect = global.state == 1;

	own_close_all(child->leash);
	if (global.nodes)
		(void)REAL(munmap)((void *)global.nodes, WIRE_NODES_SIZE);
	global = (struct connection){0};
	if (reconnect) {
		bool done = connection_open(&global, child->token, child->lent) == 0;
		global.state = done ? 1 : child->token ? -1
						       : 0;
	}
	if (child->leash >= 0)
		quiet_close(child->leash);
}

void connection_vfork_enter(void)
{
	vforked = (struct connection){0};
}

/* The child's descriptors went with it; its memory is ours to clean. */
void connection_vfork_leave(void)
{
	if (vforked.state == 1) {
		own_drop(vforked.socket);
		(void)REAL(munmap)((void *)vforked.nodes, WIRE_NODES_SIZE);
	}
	vforked = (struct connection){0};
}

/* A vfork child's dup2() reaches only its own copies. */
static void yield_in_vfork_child(int fd)
{
	if (vforked.state != 1 || vforked.socket != fd)
		return;
	int copy = REAL(fcntl)(fd, F_DUPFD_CLOEXEC, 3);
	vforked.socket = copy < 0 ? -1 : own_adopt(copy);
	own_drop(fd);
}

void connection_yield(int fd)
{
	if (unlikely(in_vfork_child))
		yield_in_vfork_child(fd);
	else
		own_yield(fd);
}
