/* SPDX-License-Identifier: BSD-2-Clause */
/* The agent: it changes this program's mappings, is no child that wait(2) knows, and ends with its socket. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#include "client/agent/agent.h"
#include "client/agent/promote.h"
#include "wire/wire.h"

#define PAGE 4096u

struct fixture {
	struct wire_agent_answer *answer;
	int socket, commands, memfd, pidfd;
	pid_t pid;
	uint64_t sequence;
	unsigned char *window;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int sv[2], ends[2];

	f->memfd = memfd_create("agent-test", MFD_CLOEXEC);
	assert_int_equal(ftruncate(f->memfd, 4 * PAGE), 0);
	f->window = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, f->memfd, 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv), 0);
	f->answer = mmap(NULL, sizeof(*f->answer), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(f->answer, MAP_FAILED);
	f->answer->awaited = 1;
	assert_int_equal(pipe(ends), 0);
	struct agent_means means = {.socket = sv[1], .commands = ends[0], .uffd = -1, .answer = f->answer};
	f->pid = agent_start(&means, NULL);
	assert_true(f->pid > 0);
	close(sv[1]);
	close(ends[0]);
	f->commands = ends[1];
	f->pidfd = (int)syscall(SYS_pidfd_open, f->pid, 0);
	assert_true(f->pidfd >= 0);
	f->socket = sv[0];
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	struct pollfd ended = {f->pidfd, POLLIN, 0};

	close(f->socket);
	close(f->commands);
	assert_int_equal(poll(&ended, 1, 10000), 1); /* it ends by itself */
	close(f->pidfd);
	munmap(f->window, 4 * PAGE);
	munmap(f->answer, sizeof(*f->answer));
	close(f->memfd);
	free(f);
	return 0;
}

/* The answer to the command of that number. */
static struct wire_agent_result answer(struct fixture *f, uint64_t sequence)
{
	uint32_t last = (uint32_t)sequence - 1;

	while (f->answer->turn == last)
		syscall(SYS_futex, &f->answer->turn, FUTEX_WAIT, last, NULL, NULL, 0);
	return f->answer->result;
}

static int command(struct fixture *f, struct wire_agent_command c, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec iov = {"", 1};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
	struct wire_agent_result r;

	c.sequence = ++f->sequence;
	c.with_descriptor = fd >= 0;
	if (fd >= 0) {
		struct cmsghdr *h = CMSG_FIRSTHDR(&mh);
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		h->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(h), &fd, sizeof(int));
		assert_int_equal(sendmsg(f->socket, &mh, 0), 1);
	}
	assert_int_equal(write(f->commands, &c, sizeof(c)), sizeof(c));
	if (c.sequence == 1) {
		assert_int_equal(recv(f->socket, &r, sizeof(r), 0), sizeof(r));
		assert_int_equal(r.sequence, 1);
	}
	r = answer(f, c.sequence);
	assert_int_equal(r.sequence, c.sequence);
	return r.error;
}

static bool present(const void *page)
{
	/* Bit 63 of the entry: this mapping has a translation (mincore() would tell of the page cache). */
	uint64_t entry = 0;
	FILE *pagemap = fopen("/proc/self/pagemap", "rb");
	assert_non_null(pagemap);
	assert_int_equal(fseek(pagemap, (long)((uintptr_t)page / PAGE * 8), SEEK_SET), 0);
	assert_int_equal(fread(&entry, 8, 1, pagemap), 1);
	fclose(pagemap);
	return entry >> 63;
}

#define TEST(name) TEST_WITH(name, setup, teardown)

TEST(zap_drops_translations_and_keeps_data)
{
	struct fixture *f = *state;

	memset(f->window, 'a', 4 * PAGE);
	assert_true(present(f->window + PAGE));
	assert_int_equal(command(f, (struct wire_agent_command){.op = WIRE_AGENT_ZAP, .addr = (uintptr_t)f->window + PAGE, .len = PAGE}, -1), 0);
	assert_true(present(f->window));
	assert_false(present(f->window + PAGE));
	assert_int_equal(f->window[PAGE], 'a');
}

TEST(zap_works_on_mlocked_memory)
{
	struct fixture *f = *state;

	assert_int_equal(mlock(f->window, PAGE), 0);
	f->window[0] = 'm';
	assert_int_equal(command(f, (struct wire_agent_command){.op = WIRE_AGENT_ZAP, .addr = (uintptr_t)f->window, .len = PAGE}, -1), 0);
	assert_false(present(f->window));
	assert_int_equal(f->window[0], 'm');
}

TEST(map_and_move_replace_a_window)
{
	struct fixture *f = *state;
	int other = memfd_create("other", MFD_CLOEXEC);
	char *beside = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_int_equal(ftruncate(other, 2 * PAGE), 0);
	assert_int_equal(pwrite(other, "z", 1, PAGE), 1);
	assert_int_equal(command(f, (struct wire_agent_command){.op = WIRE_AGENT_MAP, .addr = (uintptr_t)beside, .len = PAGE, .offset = PAGE, .prot = PROT_READ | PROT_WRITE}, other), 0);
	assert_int_equal(beside[0], 'z');
	assert_int_equal(command(f, (struct wire_agent_command){.op = WIRE_AGENT_MOVE, .len = PAGE, .addr = (uintptr_t)f->window, .offset = (uintptr_t)beside}, -1), 0);
	assert_int_equal(f->window[0], 'z');
	close(other);
}

TEST(protect_changes_protection_and_errors_come_back)
{
	struct fixture *f = *state;

	assert_int_equal(command(f, (struct wire_agent_command){.op = WIRE_AGENT_PROTECT, .addr = (uintptr_t)f->window, .len = PAGE, .prot = PROT_NONE}, -1), 0);
	assert_int_equal(msync(f->window, PAGE, MS_ASYNC), 0);
	assert_int_equal(command(f, (struct wire_agent_command){.op = WIRE_AGENT_PROTECT, .addr = 1, .len = PAGE, .prot = PROT_NONE}, -1), EINVAL);
	assert_int_equal(command(f, (struct wire_agent_command){.op = WIRE_AGENT_MAP, .addr = (uintptr_t)f->window, .len = PAGE}, -1), EBADF);
	assert_int_equal(command(f, (struct wire_agent_command){.op = 99}, -1), ENOSYS);
}

TEST(wait_knows_no_agent_and_it_holds_no_descriptor)
{
	struct fixture *f = *state;
	int pipes[2];
	char c;

	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	command(f, (struct wire_agent_command){.op = 99}, -1); /* it is past its start */
	assert_int_equal(pipe(pipes), 0);
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &c, 1), 0);
	close(pipes[0]);
}

static void share(struct fixture *f, void *page, int fd)
{
	assert_int_equal(command(f, (struct wire_agent_command){.op = WIRE_AGENT_SHARE, .addr = (uintptr_t)page, .len = PAGE, .prot = PROT_READ | PROT_WRITE}, fd), 0);
}

/* The handler of a thread that was stopped comes late, when the page is shared and another one has been stopped. */
TEST(an_access_that_was_stopped_before_is_tried_again)
{
	struct fixture *f = *state;
	char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	share(f, pages, f->memfd);
	share(f, pages + PAGE, f->memfd);
	assert_true(promote_wait((uintptr_t)pages));
	assert_false(promote_wait((uintptr_t)pages)); /* the same again: a mistake of the program */
	assert_true(promote_wait((uintptr_t)pages + PAGE));
	share(f, pages, f->memfd);
	assert_true(promote_wait((uintptr_t)pages + PAGE));
	assert_false(promote_wait((uintptr_t)pages + PAGE));
	munmap(pages, 2 * PAGE);
}

/* The window is the others'; what is aside lies behind it in the file. */
static int split_or_join(struct fixture *f, unsigned op, void *page)
{
	struct stat status;

	assert_int_equal(fstat(f->memfd, &status), 0);
	return command(f, (struct wire_agent_command){.op = op, .addr = (uintptr_t)page, .len = PAGE, .aside = 2 * PAGE, .prot = PROT_READ | PROT_WRITE | WIRE_AGENT_CHECK, .inode = status.st_ino}, f->memfd);
}

/*	bytes 0 to 63 of the page, by words of 16 */
TEST(what_was_split_is_joined_without_losing_a_write)
{
	struct fixture *f = *state;
	unsigned char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, f->memfd, 0);

	memset(page, 1, PAGE);
	assert_int_equal(split_or_join(f, WIRE_AGENT_SPLIT, page), 0);
	page[0] = 2;                     /* the process's */
	f->window[16] = 3;               /* the others' */
	page[32] = 4, f->window[33] = 5; /* both, apart */
	page[48] = 6, page[49] = 6;      /* both, the same: the others' word stands */
	f->window[48] = 7;
	f->window[PAGE - 1] = 8;
	assert_int_equal(f->window[0], 1);
	assert_int_equal(page[16], 1);
	assert_int_equal(split_or_join(f, WIRE_AGENT_SPLIT, page), 0); /* done already: nothing changes */
	assert_int_equal(page[0], 2);
	assert_int_equal(split_or_join(f, WIRE_AGENT_JOIN, page), 0);
	const unsigned char joined[] = {[0] = 2, [16] = 3, [32] = 4, [33] = 5, [48] = 7, [63] = 1};
	for (size_t i = 0; i < sizeof(joined); i++)
		assert_int_equal(f->window[i], joined[i] ? joined[i] : 1);
	assert_int_equal(f->window[PAGE - 1], 8);
	assert_memory_equal(page, f->window, PAGE);
	page[0] = 9;
	assert_int_equal(f->window[0], 9);
	assert_int_equal(split_or_join(f, WIRE_AGENT_JOIN, page), 0);
	assert_int_equal(page[0], 9);
	assert_int_equal(split_or_join(f, WIRE_AGENT_JOIN, f->window + PAGE), EAGAIN); /* another place of the file */
	munmap(page, PAGE);
}

static volatile bool others_run = true;

static void *other_thread(void *arg)
{
	volatile int *bad = arg;

	while (others_run) {
		errno = 0;
		if (syscall(SYS_getppid) < 0 || errno)
			*bad = 1;
	}
	return NULL;
}

TEST(it_goes_on_while_the_program_is_stopped)
{
	struct fixture *f = *state;

	/* A child process plays the server, while this program stops itself. */
	pid_t self = getpid(), server = fork();
	if (server == 0) {
		kill(self, SIGSTOP);
		struct wire_agent_command c = {.op = WIRE_AGENT_ZAP, .sequence = 1, .addr = (uintptr_t)f->window, .len = PAGE};
		(void)!write(f->commands, &c, sizeof(c));
		struct wire_agent_result r = answer(f, 1);
		kill(self, SIGCONT);
		_exit(r.error);
	}
	int status;
	assert_int_equal(waitpid(server, &status, 0), server);
	assert_int_equal(status, 0);
	f->sequence = 1;
}

TEST(threads_of_the_program_keep_their_errno)
{
	struct fixture *f = *state;
	volatile int bad = 0;
	pthread_t t;

	others_run = true;
	assert_int_equal(pthread_create(&t, NULL, other_thread, (void *)&bad), 0);
	for (int i = 0; i < 2000; i++)
		command(f, (struct wire_agent_command){.op = WIRE_AGENT_PROTECT, .addr = 1, .len = PAGE}, -1);
	others_run = false;
	pthread_join(t, NULL);
	assert_int_equal(bad, 0);
}
