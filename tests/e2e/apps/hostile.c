/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hostile: speaks wire/wire.h itself, badly.  Run without the client library, with the socket's name in the
 * environment.  Each part is bounded; what it shows is that the server afterwards still serves others.
 *
 *   hostile PART SEED
 */
#include "app.h"
#include "lockdrv.h"

#include <linux/futex.h>
#include <linux/userfaultfd.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "wire/channel.h"
#include "wire/wire.h"

static uint64_t rng_state;
static uint32_t rng(uint32_t below)
{
	rng_state = rng_state * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(rng_state >> 33) % below;
}

static uint64_t rng64(void)
{
	static const uint64_t edges[] = {0, 1, 2, 4095, 4096, 4097, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
					 0x7fffffffffff, 0x7ffffffff000, 0x800000000000, 0x7fffffffffffffff,
					 0x8000000000000000, 0xfffffffffffff000, ~0ull};

	if (rng(2))
		return edges[rng(sizeof(edges) / sizeof(edges[0]))];
	return (uint64_t)rng(0x7fffffff) << 32 | rng(0x7fffffff);
}

/* ---- connections ---- */

static int dial(void)
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

static bool say(int fd, const void *bytes, size_t len, const int *fds, unsigned nfds, bool cred)
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

static struct wire_image image = {{0x1111, 0x2222}};

static struct wire_hello hello_for(uint32_t kind)
{
	return (struct wire_hello){.magic = WIRE_MAGIC, .version = WIRE_VERSION, .kind = kind, .model = 64, .image = image, .tid = (uint32_t)syscall(SYS_gettid)};
}

/* The descriptor of the welcome, or -1. */
static int hear_welcome(int fd, struct wire_welcome *w)
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

static int process_fd = -1;
static uint64_t first_dev; /* of the first node */

/* A process connection that the server accepts. */
static void process_open(void)
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
	first_dev = ((const struct wire_node *)(table + 1))->dev;
	CHECK(munmap((void *)table, WIRE_NODES_SIZE) == 0);
	CHECK(close(nodes) == 0);
}

struct line {
	struct channel ch;
	int socket, memory;
};

static bool line_open(struct line *l)
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

static void line_close(struct line *l)
{
	channel_fini(&l->ch);
	munmap(l->ch.memory, sizeof(struct wire_channel));
	close(l->memory);
	close(l->socket);
}

/* One call; its steps are answered with an error.  The error of the reply, or -1: nothing came. */
static int call(struct line *l, struct wire_message *m, const int *fds)
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

/* ---- parts ---- */

static void part_hello(int argc, char **argv)
{
	static char big[100000];
	int fds[250], null = open("/dev/null", O_RDONLY);

	for (int i = 0; i < 250; i++)
		fds[i] = null;
	for (int i = 0; i < 300; i++) {
		struct wire_hello h = hello_for(rng(6));
		struct wire_welcome w;
		struct timeval short_patience = {0, 20000};
		int fd = dial();

		CHECK(fd >= 0);
		CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &short_patience, sizeof(short_patience)) == 0);
		switch (rng(9)) {
		case 0:
			h.magic = (uint32_t)rng64();
			break;
		case 1:
			h.version = (uint32_t)rng64();
			break;
		case 2:
			h.kind = (uint32_t)rng64();
			break;
		case 3:
			h.model = (uint32_t)rng64();
			break;
		case 4:
			h.image.id[rng(2)] = rng64();
			break;
		case 5:
			h.fork_token = rng64();
			break;
		case 6:
			h.tid = (uint32_t)rng64();
			break;
		}
		switch (rng(6)) {
		case 0:
			say(fd, &h, rng(sizeof(h)), NULL, 0, true);
			break; /* half */
		case 1:
			say(fd, big, rng(sizeof(big)), NULL, 0, true);
			break; /* far too long */
		case 2:
			say(fd, &h, sizeof(h), fds, 1 + rng(249), true);
			break; /* presents */
		case 3:
			say(fd, &h, sizeof(h), NULL, 0, false);
			break; /* no name */
		case 4:
			break; /* silence */
		default:
			say(fd, &h, sizeof(h), NULL, 0, true);
			break;
		}
		if (rng(4) == 0) {
			int got = hear_welcome(fd, &w);
			if (got >= 0)
				close(got);
		}
		CHECK(close(fd) == 0);
	}
}

/* Connections that say nothing, many at once; then others must still be served. */
static void part_silence(int argc, char **argv)
{
	int fds[400], n = 0;

	for (int i = 0; i < 400; i++) {
		int fd = dial();
		if (fd >= 0)
			fds[n++] = fd;
	}
	process_open();
	struct line l;
	CHECK(line_open(&l));
	struct wire_message m = {.op = WIRE_SEEK, .a = 1};
	CHECK(call(&l, &m, NULL) > 0);
	line_close(&l);
	for (int i = 0; i < n; i++)
		close(fds[i]);
}

/* Random messages, every operation, random fields. */
static void part_messages(int argc, char **argv)
{
	struct line l;
	int null = open("/dev/null", O_RDWR), fds[WIRE_FDS_MAX], closed[2];

	CHECK(pipe(closed) == 0);
	CHECK(close(closed[1]) == 0);
	for (unsigned i = 0; i < WIRE_FDS_MAX; i++)
		fds[i] = rng(2) ? null : closed[0];
	process_open();
	for (int round = 0; round < 60; round++) {
		if (!line_open(&l))
			continue; /* it has had enough of this image */
		for (int i = 0; i < 40; i++) {
			struct wire_message m = {
				.op = rng(10) ? 1 + rng(WIRE_OP_END - 1) : (uint32_t)rng64(),
				.a = rng64(),
				.b = rng64(),
				.c = rng64(),
				.d = rng64(),
				.e = rng64(),
				.data_len = rng(3) ? rng(200) : (uint32_t)rng64(),
			};
			if (m.op == WIRE_EXIT && rng(10))
				m.op = WIRE_MUNMAP;
			if (m.op == WIRE_OPEN && rng(2))
				m.a = rng(8); /* perhaps a device */
			for (unsigned k = 0; k < 512; k += 8) {
				uint64_t value = rng64();
				memcpy(l.ch.memory->data + k, &value, 8);
			}
			if (rng(8) == 0)
				m.nfds = 1 + rng(WIRE_FDS_MAX);
			if (call(&l, &m, fds) < 0)
				break;
		}
		line_close(&l);
	}
}

/* Says that descriptors come, or data of a length, that do not; turns out of order; half a message. */
static void part_lies(int argc, char **argv)
{
	struct line l;

	process_open();
	for (int i = 0; i < 60; i++) {
		if (!line_open(&l))
			continue;
		struct wire_lane *out = &l.ch.memory->to_server;
		struct wire_message m = {.op = 1 + rng(WIRE_OP_END - 1), .nfds = rng(2) ? (uint32_t)rng64() : rng(20), .data_len = (uint32_t)rng64()};
		out->message = m;
		atomic_store(&out->turn, rng(2) ? 1 : (uint32_t)rng64());
		for (unsigned bells = rng(4); bells > 0; bells--)
			say(l.socket, "", 1, NULL, 0, rng(2));
		if (rng(2)) {
			static char text[3000];
			say(l.socket, text, rng(sizeof(text)), NULL, 0, false);
		}
		line_close(&l);
	}
}

/* Everything in the shared memory changes all the time while the server reads it. */
static struct wire_channel *volatile scribble_at;
static atomic_bool scribble_stop;

static void *scribbler(void *arg)
{
	uint64_t x = 88172645463325252ull;

	while (!atomic_load(&scribble_stop)) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		((volatile uint32_t *)&scribble_at->to_server.message)[x % (sizeof(struct wire_message) / 4)] =
			(uint32_t)(x >> 32);
		((volatile uint32_t *)scribble_at->data)[(x >> 8) % 256] = (uint32_t)(x >> 20);
		((volatile uint32_t *)&scribble_at->to_client)[(x >> 16) % 24] = (uint32_t)(x >> 24);
	}
	return NULL;
}

static void part_scribble(int argc, char **argv)
{
	process_open();
	for (int round = 0; round < 40; round++) {
		struct line l;
		pthread_t thread;

		if (!line_open(&l))
			continue;
		scribble_at = l.ch.memory;
		atomic_store(&scribble_stop, false);
		CHECK(pthread_create(&thread, NULL, scribbler, NULL) == 0);
		for (int i = 0; i < 30; i++) {
			struct wire_message m = {.op = 1 + rng(WIRE_EXIT - 1), .a = rng64(), .b = rng64(), .c = rng(20), .data_len = 4096};
			if (call(&l, &m, NULL) < 0)
				break;
		}
		atomic_store(&scribble_stop, true);
		CHECK(pthread_join(thread, NULL) == 0);
		line_close(&l);
	}
}

/* Never reads: bells, interrupts, hellos as fast as they go. */
static void part_flood(int argc, char **argv)
{
	struct line l;
	struct wire_interrupt interrupt = {.magic = WIRE_MAGIC, .access = rng(2)};

	process_open();
	CHECK(line_open(&l));
	for (int i = 0; i < 20000; i++) {
		interrupt.tid = (uint32_t)rng64();
		say(process_fd, &interrupt, rng(10) ? sizeof(interrupt) : rng(20), NULL, 0, false);
		say(l.socket, "", 1, NULL, 0, false);
	}
	line_close(&l);
	for (int i = 0; i < 200; i++) {
		if (!line_open(&l))
			break;
		struct wire_message m = {.op = WIRE_OPEN, .a = rng(10), .b = 3};
		channel_send(&l.ch, &m, NULL); /* and the answer goes nowhere */
		line_close(&l);
	}
	for (int i = 0; i < 2000; i++) {
		struct wire_hello h = hello_for(WIRE_THREAD);
		int fd = dial();
		if (fd >= 0) {
			say(fd, &h, sizeof(h), NULL, 0, true);
			close(fd);
		}
	}
}

/* What is offered for the interception of accesses: anything but what it should be, and then something again. */
static int offered(void)
{
	int ends[2], fd = -1;

	switch (rng(7)) {
	case 0:
		return open("/dev/null", O_RDWR | O_CLOEXEC);
	case 1:
		CHECK(pipe2(ends, O_CLOEXEC) == 0);
		close(ends[1]);
		return ends[0];
	case 2:
		return memfd_create("anon_inode:[userfaultfd]", MFD_CLOEXEC);
	case 3:
		return dial();
	default:
		fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | 1 | (rng(2) ? O_NONBLOCK : 0));
		if (fd >= 0 && rng(3) == 0) { /* somebody has made it his own already */
			struct uffdio_api api = {.api = UFFD_API};
			(void)ioctl(fd, UFFDIO_API, &api);
		}
		return fd;
	}
}

static void offer_once(void)
{
	struct wire_hello h = hello_for(WIRE_AGENT);
	struct wire_offer offer = {.magic = rng(8) ? WIRE_MAGIC : rng(99), .flags = rng(4), .error = (int32_t)rng64()};
	struct wire_agent_result result = {.sequence = rng64(), .error = (int32_t)rng64(), .value = rng64()};
	struct wire_welcome w;
	int fd = dial(), fds[3];

	if (fd < 0 || !say(fd, &h, sizeof(h), NULL, 0, true))
		return;
	int device = hear_welcome(fd, &w);
	unsigned n = rng(4);
	for (unsigned i = 0; i < n; i++)
		fds[i] = offered();
	while (n > 0 && fds[n - 1] < 0)
		n--;
	if (n == 0 || fds[0] >= 0)
		say(fd, &offer, rng(8) ? sizeof(offer) : rng(40), fds, n, rng(2));
	for (unsigned i = 0; i < n; i++)
		close(fds[i]);
	int nothing = hear_welcome(fd, &w);
	for (int i = 0; i < 5; i++)
		say(fd, &result, rng(8) ? sizeof(result) : rng(40), NULL, 0, false);
	if (device >= 0)
		close(device);
	if (nothing >= 0)
		close(nothing);
	close(fd);
}

static void part_offers(int argc, char **argv)
{
	for (int i = 0; i < 40; i++) {
		image.id[0]++;
		process_open();
		for (int j = 0; j < 3; j++)
			offer_once();
		close(process_fd);
	}
}

/* ---- locked memory: a client and an agent that say they have done what they were asked, or something else ---- */

static void *false_agent(void *arg)
{
	struct wire_hello h = hello_for(WIRE_AGENT);
	struct wire_offer offer = {.magic = WIRE_MAGIC, .error = EPERM};
	struct wire_agent_command c;
	struct wire_welcome w;
	int fd = *(int *)arg;
	bool greeted = false;

	if (!say(fd, &h, sizeof(h), NULL, 0, true))
		return NULL;
	int device = hear_welcome(fd, &w);
	if (w.size == WIRE_WANT_UFFD)
		say(fd, &offer, sizeof(offer), NULL, 0, false);
	int memory = hear_welcome(fd, &w), commands = hear_welcome(fd, &w);
	struct wire_agent_answer *answer = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	while (answer != MAP_FAILED && read(commands, &c, sizeof(c)) == sizeof(c)) {
		struct wire_agent_result r = {.sequence = c.sequence, .value = rng64()};
		if (c.op != WIRE_AGENT_WATCH && rng(4) == 0)
			r.error = (int32_t)rng(140);
		if (c.op == WIRE_AGENT_SHARE && rng(3) == 0) /* something else is there by now */
			(void)mmap((void *)(uintptr_t)c.addr, c.len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		answer->result = r;
		atomic_store(&answer->turn, (uint32_t)r.sequence);
		if (atomic_load(&answer->awaited))
			syscall(SYS_futex, &answer->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
		if (!greeted)
			say(fd, &r, sizeof(r), NULL, 0, false);
		greeted = true;
	}
	if (answer != MAP_FAILED)
		munmap(answer, PAGE);
	close(device);
	close(memory);
	close(commands);
	return NULL;
}

static unsigned locked, mapped;

static int lock_call(struct line *l, uint64_t id, uint32_t op, struct lockdrv *arg)
{
	struct wire_message m = {.op = WIRE_IOCTL, .a = id, .b = op, .c = (uintptr_t)arg};

	return call(l, &m, NULL);
}

static void locks_once(struct line *l, uint64_t id, char *memory)
{
	struct lockdrv k = {.addr = (uintptr_t)memory + rng(16) * PAGE, .len = (1 + rng(20)) * PAGE, .flags = 1 + (int)rng(7), .slot = (int)rng(8), .step = 1, .value = rng64()};

	if (lock_call(l, id, rng(2) ? LOCKDRV_LOCK : LOCKDRV_LOCKMEM, &k) != 0)
		return;
	locked++;
	struct wire_message m = {.op = WIRE_MMAP, .a = id, .c = PAGE, .d = 3 | (uint64_t)MAP_SHARED << 32, .e = LOCKDRV_AT(k.slot)};
	mapped += call(l, &m, NULL) == 0;
	struct wire_message advise = {.op = WIRE_ADVISE, .a = k.addr, .b = k.len};
	struct wire_message private = {.op = WIRE_PRIVATE, .a = k.addr, .b = k.len};
	struct wire_message munmap = {.op = WIRE_MUNMAP, .a = k.addr, .b = k.len};
	struct wire_message unmapped = {.op = WIRE_UNMAPPED, .a = k.addr, .b = k.len};
	struct wire_message fork = {.op = WIRE_FORK};
	(void)call(l, &advise, NULL);
	if (rng(4) == 0)
		(void)call(l, &fork, NULL);
	k.len = PAGE;
	(void)lock_call(l, id, LOCKDRV_XOR, &k);
	if (lock_call(l, id, LOCKDRV_UNLOCK, &k) != 0)
		return;
	(void)call(l, &private, NULL);
	if (rng(2) == 0)
		(void)call(l, &munmap, NULL);
	unmapped.a += rng(4) ? 0 : rng64();
	(void)call(l, &unmapped, NULL);
}

static void part_locks(int argc, char **argv)
{
	char *memory = mmap(NULL, 32 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(memory != MAP_FAILED);
	for (int i = 0; i < 20; i++) {
		struct wire_message m = {.op = WIRE_OPEN, .b = 3};
		pthread_t thread;
		struct line l;
		int fd;

		image.id[0]++;
		process_open();
		CHECK((fd = dial()) >= 0 && pthread_create(&thread, NULL, false_agent, &fd) == 0);
		m.a = first_dev;
		if (line_open(&l)) {
			if (call(&l, &m, NULL) == 0)
				for (int j = 0; j < 5; j++)
					locks_once(&l, m.a, memory);
			line_close(&l);
		}
		close(process_fd);
		CHECK(pthread_join(thread, NULL) == 0); /* the server has ended it */
		close(fd);
	}
	printf("%u %u\n", locked, mapped);
}

/* Another process holds opens meanwhile: none of them may answer us. */
static void part_foreign(int argc, char **argv)
{
	struct line l;
	static const uint32_t ops[] = {WIRE_READ, WIRE_WRITE, WIRE_IOCTL, WIRE_MMAP, WIRE_POLL, WIRE_SETFL, WIRE_CLOSED};

	process_open();
	CHECK(line_open(&l));
	for (uint64_t id = 0; id < 300; id++) {
		for (unsigned k = 0; k < sizeof(ops) / sizeof(ops[0]); k++) {
			struct wire_message m = {.op = ops[k], .a = id, .b = TDRV_ECHO, .c = 4096, .d = 3};
			int error;

			if (m.op == WIRE_MMAP) {
				m.b = 0x10000000;
				m.d = 3 | (uint64_t)MAP_SHARED << 32;
			}
			if (m.op == WIRE_READ || m.op == WIRE_WRITE) {
				struct wire_iovec iov = {0x1000, 1};
				memcpy(l.ch.memory->data, &iov, sizeof(iov));
				m.data_len = sizeof(iov);
				m.c = 1;
			}
			error = call(&l, &m, NULL);
			if (error < 0) {
				line_close(&l);
				CHECK(line_open(&l));
			} else if (error == 0 && ops[k] != WIRE_CLOSED) {
				fprintf(stderr, "op %u answered for the foreign open %llu\n", ops[k],
					(unsigned long long)id);
				_exit(1);
			}
		}
	}
	line_close(&l);
	/* nor does a guessed fork token make us anybody's child */
	for (uint64_t token = 0; token < 300; token++) {
		struct wire_hello h = hello_for(WIRE_PROCESS);
		struct wire_welcome w = {0};
		int fd = dial(), got;

		CHECK(fd >= 0);
		h.image.id[0] = token + 77;
		h.fork_token = token + 1;
		say(fd, &h, sizeof(h), NULL, 0, true);
		got = hear_welcome(fd, &w);
		if (got >= 0)
			close(got);
		close(fd);
	}
	/* nor does a device descriptor that is none; our last hello was an exec to the server */
	process_open();
	CHECK(line_open(&l));
	int pair[2];
	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
	struct wire_message m = {.op = WIRE_PROVE, .nfds = 1};
	CHECK(call(&l, &m, pair) > 0);
	line_close(&l);
}

/* The words of the supervisor, who has a socket of its own, mean nothing on a connection. */
static void part_supervisor(int argc, char **argv)
{
	for (int i = 0; i < 20; i++) {
		struct wire_hello h = hello_for(WIRE_PROCESS);
		static const char *const words[] = {"stop\n", "kill\n", "busy?\n"};
		int fd = dial();

		CHECK(fd >= 0);
		say(fd, &h, sizeof(h), NULL, 0, true);
		for (int k = 0; k < 3; k++)
			say(fd, words[k], strlen(words[k]), NULL, 0, true);
		close(fd);
	}
}

/*
 * Owes the driver, which holds its mutex, a step; and says nothing, rings without a word, or has itself stopped.  The
 * server cuts it off.
 */
static void part_mute(int argc, char **argv)
{
	struct wire_message m = {.op = WIRE_OPEN, .b = 3};
	struct timeval none = {0, 0};
	struct line l;

	process_open();
	m.a = first_dev;
	CHECK(line_open(&l));
	CHECK(setsockopt(l.socket, SOL_SOCKET, SO_RCVTIMEO, &none, sizeof(none)) == 0);
	CHECK(call(&l, &m, NULL) == 0);
	m = (struct wire_message){.op = WIRE_MMAP, .a = m.a, .c = PAGE, .d = PROT_READ | (uint64_t)MAP_SHARED << 32};
	CHECK(channel_send(&l.ch, &m, NULL) == 0);
	CHECK(channel_receive(&l.ch, &m) == 0 && m.op == WIRE_STEP_RESERVE);
	CHECK(write(1, "owing\n", 6) == 6);
	if (strcmp(argv[1], "stopped") == 0)
		raise(SIGSTOP);
	while (strcmp(argv[1], "rings") == 0 && say(l.socket, "", 1, NULL, 0, false))
		usleep(10000);
	CHECK(channel_receive(&l.ch, &m) == EPIPE);
	line_close(&l);
	CHECK(line_open(&l)); /* it may try again */
}

int main(int argc, char **argv)
{
	static const struct part parts[] = {
		{"hello", part_hello},
		{"silence", part_silence},
		{"messages", part_messages},
		{"lies", part_lies},
		{"scribble", part_scribble},
		{"flood", part_flood},
		{"foreign", part_foreign},
		{"offers", part_offers},
		{"locks", part_locks},
		{"supervisor", part_supervisor},
		{"mute", part_mute},
		{NULL, NULL},
	};

	if (argc > 2)
		rng_state = strtoull(argv[2], NULL, 10);
	image.id[0] = rng64() + (uint64_t)getpid();
	signal(SIGPIPE, SIG_IGN);
	return part_main(parts, argc, argv);
}
