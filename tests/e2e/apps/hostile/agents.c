/* SPDX-License-Identifier: BSD-2-Clause */
/* agents.c: a client and an agent that have not done what they say they have. */
#include "hostile.h"

#include <linux/futex.h>
#include <linux/userfaultfd.h>
#include <sys/syscall.h>

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

APP_PART("offers", part_offers)
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

APP_PART("locks", part_locks)
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
