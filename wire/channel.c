/* SPDX-License-Identifier: BSD-2-Clause */
/* channel.c: take turns through shared memory, with a bell for sleepers. */
#define _GNU_SOURCE
#include "wire/channel.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "wire/rights.h"

#define SPIN_NS 20000u  /* a round trip between two CPUs by the bell costs 60000 and more */
#define SPIN_SKIP 64u   /* after a spin in vain, sleep at once this many times */
#define YIELD_NS 50000u /* a yield that takes longer went to somebody else */
#define YIELD_PART 64u  /* of the time at most is lost to such yields */

void channel_init(struct channel *ch, struct wire_channel *memory, int socket, bool server)
{
	memset(ch, 0, sizeof(*ch));
	ch->memory = memory;
	ch->socket = socket;
	ch->server = server;
	ch->in = server ? &memory->to_server : &memory->to_client;
	ch->out = server ? &memory->to_client : &memory->to_server;
	ch->wait.spin_ns = SPIN_NS;
	for (unsigned i = 0; i < WIRE_FDS_MAX; i++)
		ch->fds[i] = -1;
}

static void drop_fds(struct channel *ch)
{
	for (unsigned i = 0; i < ch->nfds; i++)
		if (ch->fds[i] >= 0)
			close(ch->fds[i]);
	ch->nfds = 0;
	ch->lost = false;
}

void channel_fini(struct channel *ch)
{
	drop_fds(ch);
}

int channel_take_fd(struct channel *ch, unsigned i)
{
	if (i >= ch->nfds)
		return -1;
	int fd = ch->fds[i];
	ch->fds[i] = -1;
	return fd;
}

/* ---- the bell ---- */

/* A client's are no cancellation points, unless it wants one: those of libc are. */
static ssize_t socket_send(const struct channel *ch, const struct msghdr *mh)
{
	int flags = MSG_NOSIGNAL | MSG_DONTWAIT;

	return ch->server ? sendmsg(ch->socket, mh, flags) : syscall(SYS_sendmsg, ch->socket, mh, flags);
}

static ssize_t socket_receive(const struct channel *ch, struct msghdr *mh)
{
	int flags = MSG_CMSG_CLOEXEC;
	bool libc = ch->server || (ch->cancellable && !ch->sleep_mask);

	return libc ? recvmsg(ch->socket, mh, flags) : syscall(SYS_recvmsg, ch->socket, mh, flags);
}

static int ring(struct channel *ch, const int *fds, unsigned nfds)
{
	struct wire_letter letter;

	wire_letter_fill(&letter, "", 1, fds, nfds);
	if (socket_send(ch, &letter.mh) >= 0)
		return 0;
	return errno == ECONNRESET ? EPIPE : errno;
}

static void discard(int fd)
{
	close(fd);
}

static void take_rights(struct channel *ch, const struct wire_letter *letter)
{
	bool lost;

	ch->nfds += wire_letter_take(letter, ch->fds + ch->nfds, WIRE_FDS_MAX - ch->nfds, discard, &lost);
	ch->lost |= lost;
}

static int wait_masked(const struct channel *ch)
{
	struct pollfd p = {ch->socket, POLLIN, 0};
	sigset_t mask;
	long n;

	if (ch->cancellable) {
		sigemptyset(&mask);
		memcpy(&mask, ch->sleep_mask, sizeof(*ch->sleep_mask));
		n = ppoll(&p, 1, NULL, &mask);
	} else {
		n = syscall(SYS_ppoll, &p, 1, NULL, ch->sleep_mask, sizeof(*ch->sleep_mask));
	}
	return n < 0 ? errno : 0;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* In the client poll(2) is one of ours. */
static int wait_quietly(struct pollfd *p, uint64_t ns)
{
	struct timespec t = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};

	return (int)syscall(SYS_ppoll, p, 1, &t, NULL, 8);
}

static int wait_until(const struct channel *ch)
{
	struct pollfd p = {ch->socket, POLLIN, 0};
	uint64_t now = now_ns();
	int n = 0; /* bells that ring for nothing do not make it longer */

	if (now < ch->deadline)
		n = wait_quietly(&p, ch->deadline - now);
	return n > 0 ? 0 : n < 0 ? errno
				 : ETIMEDOUT;
}

/* Waits for one bell and takes what it carries. */
static int hear(struct channel *ch)
{
	int error = ch->sleep_mask ? wait_masked(ch) : ch->deadline ? wait_until(ch)
								    : 0;

	if (error)
		return error;

	struct wire_letter letter;
	char byte;
	wire_letter_room(&letter, &byte, 1);
	ssize_t n = socket_receive(ch, &letter.mh);

	if (n < 0)
		return errno == ECONNRESET ? EPIPE : errno;
	take_rights(ch, &letter);
	return n == 0 ? EPIPE : 0;
}

/* ---- turns ---- */

int channel_send(struct channel *ch, const struct wire_message *m, const int *fds)
{
	struct wire_lane *out = ch->out;

	drop_fds(ch); /* what came with the message that this one answers */
	out->message = *m;
	atomic_store_explicit(&out->cpu, (uint32_t)sched_getcpu(), memory_order_relaxed);
	/* Sequentially consistent with sleep_for_turn(): one of the two sees the other's store. */
	atomic_store(&out->turn, ++ch->out_turn);
	/* The bell that brings descriptors wakes a sleeper too; one who is awake waits for it. */
	if (m->nfds || atomic_load(&out->asleep))
		return ring(ch, fds, m->nfds);
	return 0;
}

static bool my_turn(const struct channel *ch)
{
	return atomic_load(&ch->in->turn) != ch->in_turn;
}

/*
 * The peer waits for this very CPU, and nobody need be woken if it gets it now.  But a yield gives the CPU to whoever
 * wants it, and one who computes keeps it for a slice: after that, none for a multiple of what it has cost.
 */
static bool wait_yield(struct channel_wait *w, const _Atomic uint32_t *turn, uint32_t old)
{
	uint64_t begin = now_ns(), end;

	if (begin < w->yield_after)
		return atomic_load(turn) != old;
	sched_yield();
	end = now_ns();
	if (end - begin > YIELD_NS)
		w->yield_after = end + YIELD_PART * (end - begin);
	return atomic_load(turn) != old;
}

/*
 * The peer answers soon only if it runs now, on another CPU.  After a spin in vain sleep at once for
 * a while: a peer that is slow once tends to be slow again.
 */
bool channel_wait(struct channel_wait *w, const _Atomic uint32_t *turn, uint32_t old, uint32_t peer_cpu)
{
	if (peer_cpu == (uint32_t)sched_getcpu())
		return wait_yield(w, turn, old);
	if (w->spin_skip) {
		w->spin_skip--;
		return atomic_load(turn) != old;
	}
	uint64_t end = now_ns() + w->spin_ns;
	do {
		for (int i = 0; i < 32; i++) {
			if (atomic_load(turn) != old)
				return true;
			__builtin_ia32_pause();
		}
	} while (now_ns() < end);
	w->spin_skip = SPIN_SKIP;
	return false;
}

static bool wait_for_turn(struct channel *ch)
{
	uint32_t cpu = atomic_load_explicit(&ch->in->cpu, memory_order_relaxed);

	return channel_wait(&ch->wait, &ch->in->turn, ch->in_turn, cpu);
}

static int sleep_for_turn(struct channel *ch)
{
	int error = 0;

	atomic_store(&ch->in->asleep, 1);
	while (!my_turn(ch) && !error)
		error = hear(ch);
	atomic_store(&ch->in->asleep, 0);
	/* A peer that spoke its last word and then closed is heard first. */
	return error == EPIPE && my_turn(ch) ? 0 : error;
}

void channel_await(const struct channel *ch, uint64_t ns)
{
	struct pollfd p = {ch->socket, POLLIN, 0};
	uint64_t now = now_ns(), end = now + ns;
	int n = 0;

	/* A bell that is there already, and rings for nothing, is not waited behind. */
	for (; !my_turn(ch) && n <= 0 && now < end; now = now_ns())
		n = wait_quietly(&p, end - now);
}

int channel_receive(struct channel *ch, struct wire_message *m)
{
	if (!my_turn(ch) && !wait_for_turn(ch)) {
		int error = sleep_for_turn(ch);
		if (error)
			return error;
	}
	memcpy(m, (const void *)&ch->in->message, sizeof(*m));
	if (m->nfds > WIRE_FDS_MAX || m->data_len > WIRE_DATA_SIZE ||
	    atomic_load(&ch->in->turn) != ch->in_turn + 1)
		return EPROTO;
	while (ch->nfds < m->nfds && !ch->lost) {
		int error = hear(ch);
		if (error && error != EINTR)
			return error;
	}
	ch->in_turn++;
	return 0;
}
