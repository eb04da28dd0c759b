/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cardfb: draws on a frame buffer card, from several processes at once, each with registers of its own.
 *
 *	cardfb draw N        N processes draw a fan of lines each, side by side
 *	cardfb shot FILE     the picture, as /dev/cardmon sees it, as a PNG file
 *	cardfb info          what the card says of itself, and whether its screen is on
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cardfb_reg.h"
#include "png.h"

#define CARD "/dev/cardfb0"
#define CAMERA "/dev/cardmon"
#define PAGE 4096
#define DRAWERS_MAX 16

static void die(const char *what)
{
	fprintf(stderr, "cardfb: %s: %s\n", what, strerror(errno));
	exit(1);
}

static volatile uint32_t *map(int fd, off_t offset, size_t len, int prot)
{
	void *p = mmap(NULL, len, prot, MAP_SHARED, fd, offset);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

/* The card takes a command with the next retrace. */
static void command(volatile uint32_t *r, uint32_t number)
{
	__atomic_store_n(&r[CARDFB_COMMAND], number, __ATOMIC_RELEASE);
	while (__atomic_load_n(&r[CARDFB_COMMAND], __ATOMIC_ACQUIRE) != 0)
		sched_yield();
}

static void rectangle(volatile uint32_t *r, int x0, int y0, int x1, int y1)
{
	r[CARDFB_X0] = (uint32_t)x0;
	r[CARDFB_Y0] = (uint32_t)y0;
	r[CARDFB_X1] = (uint32_t)x1;
	r[CARDFB_Y1] = (uint32_t)y1;
}

/* Drawer number i of n has a column of the screen, its own colours, and its own origin. */
static void draw(int i, int n)
{
	static const uint32_t colours[] = {0xff8000, 0x30c0ff, 0x60e060, 0xf060c0};
	int fd = open(CARD, O_RDWR), width = CARDFB_WIDTH / n, lines = 12;
	volatile uint32_t *r;

	if (fd < 0)
		die(CARD);
	r = map(fd, CARDFB_OFF_REGISTERS, PAGE, PROT_READ | PROT_WRITE);
	r[CARDFB_FG] = colours[i % 4] >> 2 & 0x3f3f3f;
	r[CARDFB_BG] = 0x101018;
	r[CARDFB_PATTERN0] = r[CARDFB_PATTERN1] = 0x55aa55aa;
	r[CARDFB_ORIGIN_X] = (uint32_t)(i * width);
	r[CARDFB_CLIP_X0] = (uint32_t)(i * width);
	r[CARDFB_CLIP_X1] = (uint32_t)((i + 1) * width - 1);
	rectangle(r, 0, 0, width, CARDFB_HEIGHT);
	command(r, CARDFB_CMD_PATTERN);
	r[CARDFB_FG] = colours[i % 4];
	for (int line = 0; line <= lines; line++) {
		rectangle(r, width / 2, CARDFB_HEIGHT - 1, line * (width - 1) / lines, 0);
		command(r, CARDFB_CMD_LINE);
	}
	if (r[CARDFB_DONE] != (uint32_t)lines + 2 || r[CARDFB_ORIGIN_X] != (uint32_t)(i * width)) {
		fprintf(stderr, "cardfb: drawer %d has lost its registers: %u commands\n", i, r[CARDFB_DONE]);
		exit(1);
	}
}

static void drawers(int n)
{
	int status, bad = 0;

	for (int i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (pid == 0) {
			draw(i, n);
			exit(0);
		}
	}
	for (int i = 0; i < n; i++)
		if (wait(&status) < 0 || status != 0)
			bad = 1;
	if (bad)
		exit(1);
}

/* A frame by hand, over the seams of the banks. */
static void frame(int fd)
{
	volatile uint32_t *p = map(fd, CARDFB_OFF_PICTURE, CARDFB_PICTURE_SIZE, PROT_READ | PROT_WRITE);

	for (int x = 0; x < CARDFB_WIDTH; x++)
		p[x] = p[(CARDFB_HEIGHT - 1) * CARDFB_WIDTH + x] = 0xffffff;
	for (int y = 0; y < CARDFB_HEIGHT; y++)
		p[y * CARDFB_WIDTH] = p[y * CARDFB_WIDTH + CARDFB_WIDTH - 1] = 0xffffff;
}

static void retraces_wait(int fd, uint32_t n)
{
	volatile uint32_t *count = map(fd, CARDFB_OFF_RETRACE, PAGE, PROT_READ);
	uint32_t begin = *count;

	while (*count - begin < n)
		sched_yield();
}

static void info_print(int fd)
{
	struct cardfb_info info;

	if (ioctl(fd, CARDFB_IOC_INFO, &info) != 0)
		die("CARDFB_IOC_INFO");
	printf("%u by %u pixels, registers changed hands %s, screen %s\n", info.width, info.height,
	       info.switches > 1 ? "several times" : info.switches == 1 ? "once"
									: "never",
	       info.power ? "on" : "off");
}

static void shot(const char *path)
{
	static uint32_t picture[CARDFB_HEIGHT * CARDFB_WIDTH];
	int fd = open(CAMERA, O_RDONLY);
	size_t done = 0;

	if (fd < 0)
		die(CAMERA);
	while (done < sizeof(picture)) {
		ssize_t n = read(fd, (char *)picture + done, sizeof(picture) - done);

		if (n <= 0)
			die("read");
		done += (size_t)n;
	}
	info_print(fd);
	if (png_write(path, picture, CARDFB_WIDTH, CARDFB_HEIGHT) != 0)
		die(path);
}

int main(int argc, char **argv)
{
	int n = argc == 3 ? atoi(argv[2]) : 0, fd;

	if (argc == 3 && strcmp(argv[1], "draw") == 0 && n > 0 && n <= DRAWERS_MAX) {
		fd = open(CARD, O_RDWR);
		if (fd < 0)
			die(CARD);
		drawers(n);
		frame(fd);
		retraces_wait(fd, 2);
	} else if (argc == 3 && strcmp(argv[1], "shot") == 0) {
		shot(argv[2]);
	} else if (argc == 2 && strcmp(argv[1], "info") == 0) {
		fd = open(CARD, O_RDONLY);
		if (fd < 0)
			die(CARD);
		info_print(fd);
	} else {
		fprintf(stderr, "usage: cardfb draw N | shot FILE | info\n");
		return 2;
	}
	return 0;
}
