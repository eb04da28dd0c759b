/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * promote_fork.c: a fork child finds pages that its parent shares with the server, or private ones with that memory behind
 * them, and gets a copy of its own before fork returns in it.  Before a fork that it knows of, the server sees to it
 * that nothing is shared (host/server/split.c); this is for forks that it does not know of, too.
 *
 *	[ shared, of the file .... ]   is moved away
 *	[ private, anonymous ..... ]   comes in its place, and is filled from there
 *
 * The child's only thread may be running on such a page, so a helper does it, on a stack of its own, while the thread
 * sleeps in vfork.
 */
#define _GNU_SOURCE
#include "client/agent/fault.h"

#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "client/agent/agent.h"
#include "client/agent/mapping.h"
#include "client/agent/promote.h"
#include "client/core/raw.h"

#define STACK 65536u
#define TEXT 32768u
#define FILE_NAME "/memfd:" WIRE_PINS_FILE " (deleted)"

struct copier {
	bool done;   /* nothing of the file is left */
	size_t held; /* bytes in text */
	char text[TEXT];
};

struct line {
	uintptr_t start, end;
	int prot;
	bool ours;
};

/* ---- /proc/self/maps, without libc ---- */

/* 7f00-7f10 rw-s 00000000 00:01 1234   /memfd:NAME (deleted) */
static struct line parse(const char *text, size_t len)
{
	size_t name = sizeof(FILE_NAME) - 1;
	struct mapping m;

	if (!mapping_parse(text, len, &m))
		return (struct line){0};
	return (struct line){(uintptr_t)m.start, (uintptr_t)m.end, m.prot, len > name && memcmp(text + len - name, FILE_NAME, name) == 0};
}

/* ---- copying ---- */

static bool make_own(const struct line *line)
{
	long at = (long)line->start, len = (long)(line->end - line->start);
	int both = PROT_READ | PROT_WRITE;
	long beside = raw_mmap(0, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (is_error(beside) ||
	    is_error(raw_syscall(SYS_mremap, at, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, beside, 0)))
		return false;
	if (is_error(raw_mmap(at, len, both, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0))) {
		(void)raw_syscall(SYS_mremap, beside, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, at, 0);
		return false;
	}
	if (!(line->prot & PROT_READ))
		(void)sys3(SYS_mprotect, beside, len, PROT_READ);
	memcpy((void *)at, (const void *)beside, (size_t)len);
	if (line->prot != both)
		(void)sys3(SYS_mprotect, at, len, line->prot);
	(void)sys3(SYS_munmap, beside, len, 0);
	return true;
}

/* The whole lines of what is in the buffer; the rest stays for the next read. */
static void take_lines(struct copier *c)
{
	char *at = c->text, *end = c->text + c->held, *stop;

	while ((stop = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		struct line line = parse(at, (size_t)(stop - at));
		if (line.ours && !range_is_device(line.start, line.end))
			c->done &= make_own(&line);
		at = stop + 1;
	}
	c->held = (size_t)(end - at);
	memmove(c->text, at, c->held);
}

static int copier_main(void *arg)
{
	struct copier *c = arg;
	long n = -1, fd = mapping_open();

	while (fd >= 0 && c->held < TEXT &&
	       (n = sys3(SYS_read, fd, (long)(c->text + c->held), (long)(TEXT - c->held))) > 0) {
		c->held += (size_t)n;
		take_lines(c);
	}
	c->done &= n == 0;
	sys3(SYS_exit_group, 0, 0, 0);
	return 0;
}

/*	memory:   | struct copier | ... stack -> |   */
static bool copy_all(void)
{
	size_t size = (sizeof(struct copier) + STACK + 4095) & ~(size_t)4095;
	char *memory = REAL(mmap)(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct copier *c = (struct copier *)memory;
	bool done = false;
	int status;

	if (memory == MAP_FAILED)
		return false;
	c->done = true;
	long pid = agent_process(CLONE_VM | CLONE_VFORK | CLONE_UNTRACED, memory + size, copier_main, memory);
	if (pid > 0) {
		(void)raw_syscall(SYS_wait4, pid, (long)&status, __WALL, 0, 0, 0);
		done = c->done;
	}
	(void)REAL(munmap)(memory, size);
	return done;
}

void promote_fork_child(struct fork_child *c)
{
	if (!pin_ever())
		return;
	promote_thaw_child();
	if (c->shared || pin_shared())
		c->lent = !copy_all();
	pin_forget();
}
