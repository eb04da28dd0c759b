/* SPDX-License-Identifier: BSD-2-Clause */
/* messages.c: calls with random fields, out of order, too many, or with words that change as they are read. */
#include "hostile.h"

/* Random messages, every operation, random fields. */
APP_PART("messages", part_messages)
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
APP_PART("lies", part_lies)
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

APP_PART("scribble", part_scribble)
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
APP_PART("flood", part_flood)
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
