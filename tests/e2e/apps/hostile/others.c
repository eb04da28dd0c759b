/* SPDX-License-Identifier: BSD-2-Clause */
/* others.c: what is another process's, or a driver waits for. */
#include "hostile.h"

/* Another process holds opens meanwhile: none of them may answer us. */
APP_PART("foreign", part_foreign)
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

/*
 * Owes the driver, which holds its mutex, a step; and says nothing, rings without a word, or has itself stopped.  The
 * server cuts it off.
 */
APP_PART("mute", part_mute)
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
