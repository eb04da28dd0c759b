/* SPDX-License-Identifier: BSD-2-Clause */
/* connect.c: connections to the server, calls on them, and what to send at random. */
#include "hostile.h"

#include <stddef.h>
#include <sys/syscall.h>
#include <sys/un.h>

uint64_t rng_state;
uint32_t rng(uint32_t below)
{
	rng_state = rng_state * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(rng_state >> 33) % below;
}

uint64_t rng64(void)
{
	static const uint64_t edges[] = {0, 1, 2, 4095, 4096, 4097, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
					 0x7fffffffffff, 0x7ffffffff000, 0x800000000000, 0x7fffffffffffffff,
					 0x8000000000000000, 0xfffffffffffff000, ~0ull};

	if (rng(2))
		return edges[rng(sizeof(edges) / sizeof(edges[0]))];
	return (uint64_t)rng(0x7fffffff) << 32 | rng(0x7fffffff);
}

/* ---- connections ---- */

int dial(void)
{
	const char *name = getenv(WIRE_ENV);
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	struct timeval patience = {0, 300000}; /* a server that waits for the rest of a lie need not answer */
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	CHECK(name != NULL && strlen(name) < sizeof(sa.sun_path) - 1);
	if (fd < 0)
		return -1; /* a flood uses up our descriptors, not the server's */
	memcpy(sa.sun_path + 1, name, strlen(name));
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
	if (connect(fd, (struct sockaddr *)&sa, len) != 0) {
		CHECK(errno == EAGAIN); /* its backlog is full; never ECONNREFUSED: it is there */
		close(fd);
		return -1;
	}
	CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0);
	return fd;
}

bool say(int fd, const void *bytes, size_t len, const int *fds, unsigned nfds, bool cred)
{
	union {
		struct cmsghdr h;
		char bytes[CMSG_SPACE(250 * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct iovec iov = {(void *)bytes, len};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1};
	struct ucred self = {getpid(), geteuid(), getegid()};

	memset(&control, 0, sizeof(control));
	struct cmsghdr *c = &control.h;
	if (nfds) {
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, nfds * sizeof(int));
		mh.msg_controllen += CMSG_SPACE(nfds * sizeof(int));
		c = (struct cmsghdr *)(control.bytes + mh.msg_controllen);
	}
	if (cred) {
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_CREDENTIALS;
		c->cmsg_len = CMSG_LEN(sizeof(self));
		memcpy(CMSG_DATA(c), &self, sizeof(self));
		mh.msg_controllen += CMSG_SPACE(sizeof(self));
	}
	if (mh.msg_controllen)
		mh.msg_control = &control;
	return sendmsg(fd, &mh, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

struct wire_image image = {{0x1111, 0x2222}};

struct wire_hello hello_for(uint32_t kind)
{
	return (struct wire_hello){.magic = WIRE_MAGIC, .version = WIRE_VERSION, .kind = kind, .model = 64, .image = image, .tid = (uint32_t)syscall(SYS_gettid)};
}

/* The descriptor of the welcome, or -1. */
int hear_welcome(int fd, struct wire_welcome *w)
{
	union {
		struct cmsghdr h;
		char bytes[CMSG_SPACE(16 * sizeof(int))];
	} control;
	struct iovec iov = {w, sizeof(*w)};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	int got = -1;

	*w = (struct wire_welcome){0};
	if (recvmsg(fd, &mh, MSG_CMSG_CLOEXEC) != sizeof(*w) || w->error) {
		errno = w->error ? w->error : errno;
		return -1;
	}
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&mh); c; c = CMSG_NXTHDR(&mh, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			memcpy(&got, CMSG_DATA(c), sizeof(int));
	return got;
}

int process_fd = -1;
uint64_t first_dev, public_dev;

/* A process connection that the server accepts. */
void process_open(void)
{
	struct wire_hello h = hello_for(WIRE_PROCESS);
	struct wire_welcome w;

	process_fd = dial();
	CHECK(process_fd >= 0);
	CHECK(say(process_fd, &h, sizeof(h), NULL, 0, true));
	int nodes = hear_welcome(process_fd, &w);
	CHECK(nodes >= 0);
	const struct wire_nodes *table = mmap(NULL, WIRE_NODES_SIZE, PROT_READ, MAP_SHARED, nodes, 0);
	CHECK(table != MAP_FAILED);
	const struct wire_node *node = (const struct wire_node *)(table + 1);
	first_dev = node->dev;
	for (uint32_t i = 0; i < table->count && (node->mode & 06) != 06; i++)
		node = (const void *)((const char *)node + node->size);
	public_dev = node->dev;
	CHECK(munmap((void *)table, WIRE_NODES_SIZE) == 0);
	CHECK(close(nodes) == 0);
}

bool line_open(struct line *l)
{
	struct wire_hello h = hello_for(WIRE_THREAD);
	struct wire_welcome w;

	l->socket = dial();
	if (l->socket < 0)
		return false;
	if (!say(l->socket, &h, sizeof(h), NULL, 0, true) || (l->memory = hear_welcome(l->socket, &w)) < 0) {
		close(l->socket);
		return false;
	}
	void *p = mmap(NULL, sizeof(struct wire_channel), PROT_READ | PROT_WRITE, MAP_SHARED, l->memory, 0);
	CHECK(p != MAP_FAILED);
	channel_init(&l->ch, p, l->socket, false);
	return true;
}

void line_close(struct line *l)
{
	channel_fini(&l->ch);
	munmap(l->ch.memory, sizeof(struct wire_channel));
	close(l->memory);
	close(l->socket);
}

/* One call; its steps are answered with an error.  The error of the reply, or -1: nothing came. */
int call(struct line *l, struct wire_message *m, const int *fds)
{
	struct wire_message answer = {.error = EFAULT};

	if (channel_send(&l->ch, m, fds) != 0)
		return -1;
	for (int steps = 0; steps < 1000; steps++) {
		int error = channel_receive(&l->ch, m);
		if (error)
			return -1;
		if (m->op == WIRE_STEP_NONE)
			return m->error;
		answer.error = rng(3) ? EFAULT : 0;
		answer.a = rng64();
		answer.data_len = rng(2) ? 0 : rng(WIRE_DATA_SIZE + 1);
		if (channel_send(&l->ch, &answer, NULL) != 0)
			return -1;
	}
	return -1;
}
