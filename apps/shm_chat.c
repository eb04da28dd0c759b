/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shm_chat.c: an application of drivers/shm.  Built twice, as `shm` and, for 32 bits, as `shm32`.
 *
 *	shm [-d DEVICE] write TEXT     put TEXT into the shared page
 *	shm [-d DEVICE] read           print what is there
 *	shm [-d DEVICE] say TEXT...    send messages, one after another, and wait until each is heard
 *	shm [-d DEVICE] hear N         receive and print N messages
 *
 * The page:
 *
 *	| sent | heard | text of `write` | slot 0 | slot 1 | slot 2 | slot 3 |      a ring of messages
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SLOTS 4u
#define TEXT_SIZE 256u

struct page {
	_Atomic uint32_t sent, heard; /* messages so far; the writer changes the one, the reader the other */
	char text[TEXT_SIZE];
	char slots[SLOTS][TEXT_SIZE];
};

static const char *device = "/dev/shm0";
static const unsigned bits = sizeof(void *) * 8;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "shm: %s: %s: %s\n", device, what, strerror(errno));
	exit(1);
}

static _Noreturn void usage(void)
{
	fputs("usage: shm [-d DEVICE] write TEXT | read | say TEXT... | hear N\n", stderr);
	exit(2);
}

static struct page *page_map(void)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	int fd = open(device, O_RDWR);
	void *p;

	if (fd < 0)
		die("open");
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		die("mmap");
	close(fd); /* the mapping stays */
	return p;
}

static void text_put(char *to, const char *from)
{
	snprintf(to, TEXT_SIZE, "%s", from);
}

/* The other side may be another user's program: the text ends where its space does. */
static void text_get(char *to, const char *from)
{
	memcpy(to, from, TEXT_SIZE);
	to[TEXT_SIZE - 1] = '\0';
}

static void say(struct page *page, const char *text)
{
	uint32_t n = atomic_load(&page->sent);

	while (n - atomic_load(&page->heard) >= SLOTS)
		sched_yield();
	text_put(page->slots[n % SLOTS], text);
	atomic_store(&page->sent, n + 1);
	printf("%u-bit said: %s\n", bits, text);
	fflush(stdout);
}

static void hear(struct page *page)
{
	uint32_t n = atomic_load(&page->heard);
	char text[TEXT_SIZE];

	while (atomic_load(&page->sent) == n)
		sched_yield();
	text_get(text, page->slots[n % SLOTS]);
	atomic_store(&page->heard, n + 1);
	printf("%u-bit heard: %s\n", bits, text);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct page *page;
	char text[TEXT_SIZE];

	if (argc > 2 && strcmp(argv[1], "-d") == 0) {
		device = argv[2];
		argv += 2;
		argc -= 2;
	}
	if (argc == 3 && strcmp(argv[1], "write") == 0) {
		text_put(page_map()->text, argv[2]);
		printf("%u-bit wrote: %s\n", bits, argv[2]);
	} else if (argc == 2 && strcmp(argv[1], "read") == 0) {
		text_get(text, page_map()->text);
		printf("%u-bit read: %s\n", bits, text);
	} else if (argc > 2 && strcmp(argv[1], "say") == 0) {
		page = page_map();
		for (int i = 2; i < argc; i++)
			say(page, argv[i]);
		while (atomic_load(&page->heard) != atomic_load(&page->sent))
			sched_yield();
	} else if (argc == 3 && strcmp(argv[1], "hear") == 0) {
		page = page_map();
		for (long n = strtol(argv[2], NULL, 10); n > 0; n--)
			hear(page);
	} else {
		usage();
	}
	return 0;
}
