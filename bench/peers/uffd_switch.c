/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * uffd_switch: one page that one of two processes may have at a time.  A server with a blocked reader for each
 * process; a touch makes it take the page from the other process, by that one's agent (a process that shares its
 * memory, woken and answering by eventfd), and give it to this one.
 *
 *	A  touch ......................................... goes on
 *	server    read  write(eventfd)      read  CONTINUE
 *	agent of B              read  madvise  write(eventfd)
 *
 * CPU (of both processes and their agents) CPU-OF-SERVER
 */
#include "bench/peers/uffd.h"

#include <pthread.h>
#include <sys/eventfd.h>

#include "bench/partner.h"

enum {
	SIDES = 2,
};
static struct side {
	int uffd, order, done;
	int link[2]; /* socket pair: to the server */
	uintptr_t page;
} side[SIDES];
static volatile unsigned char *memory;

/* ---- the agents ---- */

static int agent(void *arg)
{
	struct side *s = arg;
	uint64_t count;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(s->order, &count, sizeof(count)) == sizeof(count)) {
		CHECK(madvise((void *)memory, LOOP_PAGE, MADV_DONTNEED) == 0);
		count = 1;
		CHECK(write(s->done, &count, sizeof(count)) == sizeof(count));
	}
	return 0;
}

static void agent_start(struct side *s)
{
	char *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(stack != MAP_FAILED);
	CHECK(clone(agent, stack + 65536, CLONE_VM, s) > 0);
}

/* ---- the server ---- */

static pthread_mutex_t owner_lock = PTHREAD_MUTEX_INITIALIZER;
static struct side *owner; /* owner_lock */

static void take_from(const struct side *s)
{
	uint64_t count = 1;

	CHECK(write(s->order, &count, sizeof(count)) == sizeof(count));
	CHECK(read(s->done, &count, sizeof(count)) == sizeof(count));
}

static void *reader(void *arg)
{
	struct side *s = arg;

	while (1) {
		(void)uffd_read(s->uffd);
		pthread_mutex_lock(&owner_lock);
		if (owner && owner != s)
			take_from(owner);
		owner = s;
		uffd_continue(s->uffd, s->page, LOOP_PAGE);
		pthread_mutex_unlock(&owner_lock);
	}
	return NULL;
}

union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static void side_receive(struct side *s)
{
	union control control;
	struct iovec iov = {&s->page, sizeof(s->page)};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};

	CHECK(recvmsg(s->link[1], &mh, MSG_CMSG_CLOEXEC) == sizeof(s->page) && CMSG_FIRSTHDR(&mh));
	memcpy(&s->uffd, CMSG_DATA(CMSG_FIRSTHDR(&mh)), sizeof(int));
}

static void side_send(struct side *s)
{
	union control control = {0};
	struct iovec iov = {&s->page, sizeof(s->page)};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &s->uffd, sizeof(int));
	CHECK(sendmsg(s->link[0], &mh, 0) == sizeof(s->page));
}

static void serve(int unused)
{
	pthread_t threads[SIDES];

	(void)unused;
	for (int i = 0; i < SIDES; i++)
		side_receive(&side[i]);
	for (int i = 0; i < SIDES; i++)
		CHECK(pthread_create(&threads[i], NULL, reader, &side[i]) == 0);
	for (int i = 0; i < SIDES; i++)
		pthread_join(threads[i], NULL);
}

/* ---- the two processes ---- */

static void once(void)
{
	loop_pause();
	partner_touch();
	loop_resume();
	*memory = 1;
}

int main(int argc, char **argv)
{
	int memfd = peer_memfd(LOOP_PAGE);

	CHECK(argc == 3);
	for (int i = 0; i < SIDES; i++) {
		side[i].order = eventfd(0, EFD_CLOEXEC);
		side[i].done = eventfd(0, EFD_CLOEXEC);
		CHECK(side[i].order >= 0 && side[i].done >= 0);
		CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, side[i].link) == 0);
	}
	uffd_start(argv, serve, -1);
	partner_start();
	struct side *s = &side[partner_is_child];
	memory = uffd_map(memfd, LOOP_PAGE, &s->uffd);
	s->page = (uintptr_t)memory;
	agent_start(s);
	side_send(s);
	partner_serve(memory);
	return loop_serve(once);
}
