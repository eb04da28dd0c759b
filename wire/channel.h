/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * channel.h: one end of a WIRE_THREAD connection, the same code for the client and the server.
 * Uses libc only, no allocation, no locks: an end belongs to one thread at a time.
 *
 * The other side may write anything anywhere in the shared memory at any moment.  So a message is
 * copied out once, and what is believed is the copy; data is read by the caller, once, with its own
 * bounds (data_len <= WIRE_DATA_SIZE and nfds <= WIRE_FDS_MAX are checked here).
 */
#ifndef WIRE_CHANNEL_H
#define WIRE_CHANNEL_H

#include <stdbool.h>
#include <sys/types.h>

#include "wire/wire.h"

/* How to wait without sleeping; adapts. */
struct channel_wait {
	unsigned spin_ns;     /* how long to spin */
	unsigned spin_skip;   /* waits until spinning is tried again */
	uint64_t yield_after; /* nanoseconds of CLOCK_MONOTONIC: no yield before */
};
/*
 * Waits a little, awake, until *turn is not old any more: spins where the peer last ran on another CPU, else lets it have
 * this one.  False: it pays to sleep now.
 */
bool channel_wait(struct channel_wait *w, const _Atomic uint32_t *turn, uint32_t old, uint32_t peer_cpu);

struct channel {
	struct wire_channel *memory;
	struct wire_lane *in, *out;
	int socket;
	uint32_t in_turn, out_turn; /* messages received and sent */
	struct channel_wait wait;
	int fds[WIRE_FDS_MAX]; /* received with the last message; -1 when taken */
	unsigned nfds;
	bool lost; /* there were more, for which this process had no room: channel_take_fd() says -1 */
	/* Client: NULL, or the kernel's signal set (8 bytes) that is in force while asleep, and only then: a caller
	   that blocks all signals before channel_send() gets EINTR for each handler, also with SA_RESTART. */
	const uint64_t *sleep_mask;
	bool cancellable; /* client: pthread_cancel(3) may end the sleep; the end is then of no use */
	bool server;
	uint64_t deadline; /* without sleep_mask: nanoseconds of CLOCK_MONOTONIC for channel_receive(); 0: for ever */
};

void channel_init(struct channel *ch, struct wire_channel *memory, int socket, bool server);

/*
 * Sends a message (its data is in place already) with descriptors, which stay the caller's.  0, or errno:
 * EPIPE when the peer is gone, EAGAIN when it does not take its bells (a peer that floods).  After an error
 * the channel is of no use: give it up.  Never blocks.
 */
int channel_send(struct channel *ch, const struct wire_message *m, const int *fds);

/*
 * Waits for the peer's next message.  0, or errno: EPIPE the peer is gone, EPROTO nonsense, EINTR a
 * signal handler ran (call again), ETIMEDOUT the deadline has passed (call again, or give it up).
 */
int channel_receive(struct channel *ch, struct wire_message *m);

/* Client: sleeps until the peer's next message is there, for so long at most, and takes nothing. */
void channel_await(const struct channel *ch, uint64_t ns);

/* Takes the i-th descriptor of the last message, or -1; what is not taken is closed by the next channel_send(). */
int channel_take_fd(struct channel *ch, unsigned i);
/* Closes descriptors that were not taken.  Not the socket, not the memory. */
void channel_fini(struct channel *ch);

#endif
