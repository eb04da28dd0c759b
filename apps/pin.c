/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pin capture [-b KIB] [-n BUFFERS] [-f FRAMES] [-w]: locks buffers of its own memory for the capture card, has frames
 * captured into the first one, and checks them.  -w: another process watches the same pages meanwhile.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../drivers/pin/pin_ioctl.h"

#define DEVICE "/dev/pin0"

static int fail(const char *what)
{
	fprintf(stderr, "pin: %s: %s\n", what, strerror(errno));
	return 1;
}

/* 1: an intact frame, 0: the card is just writing it, or has not yet. */
static int frame_intact(const volatile struct pin_frame *in_ring, uint32_t *sequence)
{
	struct pin_frame f;

	memcpy(&f, (const void *)in_ring, sizeof(f));
	*sequence = f.sequence;
	return f.sequence != 0 && f.checksum == pin_checksum(&f);
}

/* ---- the watcher: a process of its own, which sees the ring through the device ---- */

static int watch(uint32_t number, size_t len, uint32_t last)
{
	int fd = open(DEVICE, O_RDONLY);
	const struct pin_frame *ring = fd < 0 ? MAP_FAILED : mmap64(NULL, len, PROT_READ, MAP_SHARED, fd, (off64_t)number * PIN_SPAN);
	uint32_t frames = (uint32_t)(len / PIN_FRAME), next = 1, seen = 0, sequence;

	if (ring == MAP_FAILED)
		return fail("watcher");
	if (write(STDOUT_FILENO, "ready\n", 6) != 6)
		return 1;
	while (next <= last) {
		if (!frame_intact(&ring[(next - 1) % frames], &sequence) || sequence < next) {
			usleep(100);
			continue;
		}
		next = sequence + 1; /* it may be behind, and miss some */
		seen++;
	}
	fprintf(stderr, "pin: the watcher saw frame %u, the last of %u\n", sequence, last);
	return seen > 0 ? 0 : 1;
}

static pid_t watcher_start(const char *self, uint32_t number, size_t len, uint32_t last)
{
	char numbers[3][16], line[8];
	int ends[2];

	if (pipe(ends) < 0)
		return -1;
	snprintf(numbers[0], sizeof(numbers[0]), "%u", number);
	snprintf(numbers[1], sizeof(numbers[1]), "%zu", len);
	snprintf(numbers[2], sizeof(numbers[2]), "%u", last);
	pid_t pid = vfork(); /* the parent's memory is locked: a copy of it must not be made */
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		execl(self, "pin", "watch", numbers[0], numbers[1], numbers[2], (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	if (pid > 0 && read(ends[0], line, sizeof(line)) <= 0)
		fprintf(stderr, "pin: there is no watcher\n");
	close(ends[0]);
	return pid;
}

/* ---- the one whose memory it is ---- */

static char *buffers;

static int buffers_lock(int fd, int n, size_t len, struct pin_buffer *first)
{
	buffers = aligned_alloc(PIN_FRAME, (size_t)n * len);
	for (int i = 0; i < n; i++) {
		struct pin_buffer b = {.addr = (uintptr_t)buffers + (size_t)i * len, .len = len};
		if (buffers == NULL || ioctl(fd, PIN_LOCK, &b) < 0) {
			fprintf(stderr, "pin: buffer %d of %zu KiB: %s\n", i + 1, len / 1024, strerror(errno));
			return -1;
		}
		if (i == 0)
			*first = b;
		printf("buffer %d of %zu KiB is locked\n", i + 1, len / 1024);
	}
	fflush(stdout);
	return 0;
}

/* Each place of the ring has the last frame that belongs there. */
static int ring_check(const struct pin_frame *ring, uint32_t frames, uint32_t last)
{
	uint32_t sequence;

	for (uint32_t at = last < frames ? 1 : last - frames + 1; at <= last; at++)
		if (!frame_intact(&ring[(at - 1) % frames], &sequence) || sequence != at) {
			fprintf(stderr, "pin: frame %u is not in its place\n", at);
			return 1;
		}
	return 0;
}

static int capture(const char *self, int n, size_t len, uint32_t frames, int watched)
{
	struct pin_buffer b = {0};
	int fd = open(DEVICE, O_RDWR), status = 0;
	pid_t pid = 0;

	if (fd < 0)
		return fail(DEVICE);
	if (buffers_lock(fd, n, len, &b) < 0)
		return 1;
	if (watched && (pid = watcher_start(self, b.number, len, frames)) < 0)
		return fail("watcher");
	struct pin_capture c = {.number = b.number, .frames = frames};
	if (ioctl(fd, PIN_CAPTURE, &c) < 0)
		return fail("capture");
	if (ring_check((const struct pin_frame *)(uintptr_t)b.addr, (uint32_t)(len / PIN_FRAME), frames))
		return 1;
	printf("%u frames came into the program's own memory\n", frames);
	fflush(stdout);
	if (pid > 0 && (waitpid(pid, &status, 0) != pid || status != 0))
		return 1;
	if (ioctl(fd, PIN_RELEASE, (long)b.number) < 0)
		return fail("release");
	return 0;
}

int main(int argc, char **argv)
{
	int c, buffers = 1, watched = 0;
	size_t len = 64 << 10;
	uint32_t frames = 1000;

	setvbuf(stdout, NULL, _IOLBF, 0); /* in the order of what stderr says */
	if (argc == 5 && strcmp(argv[1], "watch") == 0)
		return watch((uint32_t)atoi(argv[2]), (size_t)atol(argv[3]), (uint32_t)atoi(argv[4]));
	if (argc < 2 || strcmp(argv[1], "capture") != 0)
		return fprintf(stderr, "usage: pin capture [-b KIB] [-n BUFFERS] [-f FRAMES] [-w]\n"), 2;
	for (optind = 2; (c = getopt(argc, argv, "b:n:f:w")) != -1;) {
		if (c == 'b')
			len = (size_t)atol(optarg) << 10;
		else if (c == 'n')
			buffers = atoi(optarg);
		else if (c == 'f')
			frames = (uint32_t)atol(optarg);
		else if (c == 'w')
			watched = 1;
		else
			return 2;
	}
	return capture("/proc/self/exe", buffers, len, frames, watched);
}
