/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * agent.c: one loop: take a command, make the system call, answer.
 *
 * It runs on its own small stack with the thread-local storage of the thread that started it, which goes
 * on running: so nothing here may touch libc's state, not even errno.
 */
#define _GNU_SOURCE
#include "client/agent/agent.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "client/agent/promote.h"
#include "client/core/raw.h"
#include "client/core/tool.h"
#include "wire/rights.h"

#define AGENT_STACK 16384u
#define START_TRIES 2000
#define READY_POLL_NS 10000000
#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24
#endif

/* ---- commands ---- */

/* A shared mapping loses its translations and keeps its data. */
static long zap(const struct wire_agent_command *c)
{
	long r = sys3(SYS_madvise, (long)c->addr, (long)c->len, MADV_DONTNEED);

	if (r == -EINVAL) /* the application has mlocked part of it */
		r = sys3(SYS_madvise, (long)c->addr, (long)c->len, MADV_DONTNEED_LOCKED);
	return r;
}

static long map(const struct wire_agent_command *c, int fd)
{
	if (fd < 0)
		return -EBADF;
	return raw_mmap((long)c->addr, (long)c->len, (long)c->prot, MAP_SHARED | (c->addr ? MAP_FIXED : 0), fd,
			c->offset);
}

/*
 * Linux lets us wait until the server has read of it, for which our own descriptor would keep the userfaultfd alive
 * after the server's death.  So it goes before, and a new one comes with WIRE_AGENT_KEEP.
 */
static long move(struct agent_means *m, const struct wire_agent_command *c)
{
	if (m->uffd >= 0)
		sys3(SYS_close, m->uffd, 0, 0);
	m->uffd = -1;
	return raw_syscall(SYS_mremap, (long)c->offset, (long)c->len, (long)c->len, MREMAP_MAYMOVE | MREMAP_FIXED,
			   (long)c->addr, 0);
}

/* Takes it over. */
static long keep(struct agent_means *m, int *fd)
{
	if (m->uffd >= 0)
		sys3(SYS_close, m->uffd, 0, 0);
	m->uffd = *fd;
	*fd = -1;
	return 0;
}

/* A file that commands name; the agent's own. */
struct known {
	uint32_t file;
	int fd;
};

/* The descriptor of a command that came with one, or with a number. */
static int descriptor_of(struct known *k, const struct wire_agent_command *c, int received)
{
	if (c->file == 0)
		return received;
	if (received >= 0) {
		if (k->fd >= 0)
			sys3(SYS_close, k->fd, 0, 0);
		*k = (struct known){c->file, received};
	}
	return k->file == c->file ? k->fd : -1;
}

static long run(struct agent_means *m, const struct wire_agent_command *c, int *descriptor)
{
	int fd = *descriptor;

	switch (c->op) {
	case WIRE_AGENT_ZAP:
		return zap(c);
	case WIRE_AGENT_PROTECT:
		return sys3(SYS_mprotect, (long)c->addr, (long)c->len, (long)c->prot);
	case WIRE_AGENT_MAP:
		return map(c, fd);
	case WIRE_AGENT_MOVE:
		return move(m, c);
	case WIRE_AGENT_KEEP:
		return keep(m, descriptor);
	case WIRE_AGENT_UNMAP:
		return sys3(SYS_munmap, (long)c->addr, (long)c->len, 0);
	case WIRE_AGENT_SHARE:
		return promote_share(c, fd);
	case WIRE_AGENT_UNSHARE:
		return promote_unshare(c, fd);
	case WIRE_AGENT_SPLIT:
		return promote_split(c, fd);
	case WIRE_AGENT_JOIN:
		return promote_join(c, fd);
	case WIRE_AGENT_POPULATE:
		return promote_populate(c);
	case WIRE_AGENT_WATCH:
		return promote_watch(fd);
	default:
		return -ENOSYS;
	}
}

/* clone.S */
long agent_clone(unsigned long flags, void *end, int (*run)(void *), void *arg) __attribute__((visibility("hidden")));

/* ---- the loop ---- */

static void discard(int fd)
{
	(void)sys3(SYS_close, fd, 0, 0);
}

/* Or -1. */
static int descriptor_receive(int socket)
{
	struct wire_letter letter;
	char byte;
	int fd = -1;
	long n;

	wire_letter_room(&letter, &byte, 1);
	do
		n = sys3(SYS_recvmsg, socket, (long)&letter.mh, MSG_CMSG_CLOEXEC);
	while (n == -EINTR);
	if (n > 0)
		(void)wire_letter_take(&letter, &fd, 1, discard, NULL);
	return fd;
}

/* One command and its descriptor; false: the server has gone. */
static bool receive(const struct agent_means *m, struct wire_agent_command *c, int *fd)
{
	long n;

	do
		n = sys3(SYS_read, m->commands, (long)c, sizeof(*c));
	while (n == -EINTR);
	*fd = n == (long)sizeof(*c) && c->with_descriptor ? descriptor_receive(m->socket) : -1;
	return n == (long)sizeof(*c);
}

/* At the top of the agent's stack; the thread that starts it waits until ready. */
struct start {
	struct agent_means means;
	int ready;
	void (*abandon)(int uffd);
};

static bool is_own(const struct agent_means *m, int fd)
{
	return fd == m->socket || fd == m->commands || fd == m->uffd;
}

/* [0 ... own)(own ... own)(own ... */
static void close_others(const struct agent_means *m)
{
	int last = m->socket > m->commands ? m->socket : m->commands, first = 0;

	if (m->uffd > last)
		last = m->uffd;
	for (int fd = 0; fd <= last; fd++) {
		if (!is_own(m, fd))
			continue;
		if (fd > first)
			sys3(SYS_close_range, first, fd - 1, 0);
		first = fd + 1;
	}
	sys3(SYS_close_range, first, ~0u, 0);
}

static void answer(struct wire_agent_answer *a, const struct wire_agent_result *r)
{
	unsigned cpu = 0;

	sys3(SYS_getcpu, (long)&cpu, 0, 0);
	a->result = *r;
	atomic_store_explicit(&a->cpu, cpu, memory_order_relaxed);
	atomic_store(&a->turn, (uint32_t)r->sequence);
	if (atomic_load(&a->awaited))
		sys3(SYS_futex, (long)&a->turn, FUTEX_WAKE, 1);
}

/* With the first answer: so that Linux attests who we are. */
static void greet(int socket, const struct wire_agent_result *r)
{
	raw_syscall(SYS_sendto, socket, (long)r, sizeof(*r), MSG_NOSIGNAL, 0, 0);
}

static int agent_main(void *arg)
{
	struct start *start = arg;
	struct agent_means means = start->means;
	void (*abandon)(int uffd) = start->abandon;
	struct known known = {0, -1};
	struct wire_agent_command c;
	bool greeted = false;
	int fd;

	sys3(SYS_setpgid, 0, 0, 0);
	sys3(SYS_prctl, PR_SET_NAME, (long)"sundog-agent", 0);
	close_others(&means);
	promote_begin();
	__atomic_store_n(&start->ready, 1, __ATOMIC_RELEASE);
	sys3(SYS_futex, (long)&start->ready, FUTEX_WAKE, 1);
	while (receive(&means, &c, &fd)) {
		struct wire_agent_result r = {.sequence = c.sequence};
		fd = descriptor_of(&known, &c, fd);
		long result = run(&means, &c, &fd);

		r.error = is_error(result) ? (int32_t)-result : 0;
		r.value = r.error ? 0 : (unsigned long)result;
		if (fd >= 0 && c.file == 0)
			sys3(SYS_close, fd, 0, 0);
		answer(means.answer, &r);
		if (!greeted)
			greet(means.socket, &r);
		greeted = true;
	}
	if (abandon)
		abandon(means.uffd);
	sys3(SYS_exit_group, 0, 0, 0);
	return 0;
}

/* Until it has closed the application's descriptors: a close(2) from now on is the last one if it looks so. */
static int wait_ready(int *ready, int pid)
{
	const struct {
		long seconds, nanoseconds;
	} moment = {0, READY_POLL_NS};

	for (int i = 0; i < START_TRIES; i++) {
		if (__atomic_load_n(ready, __ATOMIC_ACQUIRE))
			return 0;
		raw_syscall(SYS_futex, (long)ready, FUTEX_WAIT, 0, (long)&moment, 0, 0);
		if (raw_syscall(SYS_wait4, pid, 0, __WCLONE | WNOHANG, 0, 0, 0) == pid)
			return ECHILD; /* it was killed */
	}
	return __atomic_load_n(ready, __ATOMIC_ACQUIRE) ? 0 : ETIMEDOUT;
}

struct process {
	unsigned long flags;
	void *end;
	int (*run)(void *);
	void *arg;
};

static long process_clone(unsigned long thread, void *arg)
{
	const struct process *p = arg;

	(void)thread;
	return agent_clone(p->flags, p->end, p->run, p->arg);
}

long agent_process(unsigned long flags, void *end, int (*run)(void *), void *arg)
{
	struct process p = {flags, end, run, arg};

	return tool_valgrind() ? tool_run_outside(process_clone, &p) : process_clone(0, &p);
}

int agent_start(const struct agent_means *means, void (*abandon)(int uffd))
{
	long memory = raw_mmap(0, AGENT_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t all = ~0ull, old;
	int pid;

	if (is_error(memory))
		return (int)memory;
	struct start *start = (struct start *)(memory + (long)AGENT_STACK) - 8;
	start->means = *means;
	start->abandon = abandon;
	/* It starts with every signal blocked, so that none is handled on its stack. */
	raw_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)&old, KERNEL_SIGSET, 0, 0);
	pid = (int)agent_process(CLONE_VM | CLONE_UNTRACED, start, agent_main, start);
	raw_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&old, 0, KERNEL_SIGSET, 0, 0);
	if (pid < 0) {
		(void)sys3(SYS_munmap, memory, AGENT_STACK, 0);
		return pid;
	}
	int error = wait_ready(&start->ready, pid);
	return error ? -error : pid;
}
