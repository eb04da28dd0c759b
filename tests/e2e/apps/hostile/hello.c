/* SPDX-License-Identifier: BSD-2-Clause */
/* hello.c: connections that greet badly, or not at all. */
#include "hostile.h"

APP_PART("hello", part_hello)
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
APP_PART("silence", part_silence)
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

/* The words of the supervisor, who has a socket of its own, mean nothing on a connection. */
APP_PART("supervisor", part_supervisor)
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
