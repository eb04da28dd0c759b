/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wp_promote: private memory becomes shared with a server, without losing a write.
 *
 *	client   ask -------------------------------------------------> go on
 *	server      -> command -->                        --> map, answer
 *	agent                     write-protect, copy, map over, wake
 *
 * CPU CPU-OF-SERVER BYTES
 */
#include "bench/peers/peer.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

static size_t size;
static int uffd, memfd, agent_ends[2];
static void *view; /* the server's */

/* ---- the agent: a thread of the client ---- */

static void promote(void *p)
{
	struct uffdio_range range = {(uintptr_t)p, size};
	struct uffdio_register area = {.range = range, .mode = UFFDIO_REGISTER_MODE_WP};
	struct uffdio_writeprotect protect = {.range = range, .mode = UFFDIO_WRITEPROTECT_MODE_WP};

	CHECK(ioctl(uffd, UFFDIO_REGISTER, &area) == 0);
	CHECK(ioctl(uffd, UFFDIO_WRITEPROTECT, &protect) == 0);
	CHECK(pwrite(memfd, p, size, 0) == (ssize_t)size);
	CHECK(mmap(p, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED | MAP_POPULATE, memfd, 0) == p);
	CHECK(ioctl(uffd, UFFDIO_WAKE, &range) == 0);
}

static void *agent(void *arg)
{
	char message[PEER_BYTES];
	void *p;

	while (recv(agent_ends[1], message, sizeof(message), 0) == sizeof(message)) {
		memcpy(&p, message, sizeof(p));
		promote(p);
		peer_echo(agent_ends[1], message);
	}
	return arg;
}

/* ---- the server ---- */

/* A request without an address: the view is not needed any more. */
static void serve(int socket, char *request)
{
	void *p;

	memcpy(&p, request, sizeof(p));
	if (p == NULL) {
		CHECK(munmap(view, size) == 0);
		CHECK(fallocate(memfd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, (off_t)size) == 0);
	} else {
		CHECK(send(agent_ends[0], request, PEER_BYTES, 0) == PEER_BYTES);
		CHECK(recv(agent_ends[0], request, PEER_BYTES, 0) == PEER_BYTES);
		view = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, memfd, 0);
		CHECK(view != MAP_FAILED);
		*(volatile char *)view = 1;
	}
	peer_echo(socket, request);
}

/* ---- the client ---- */

static void request(void *p)
{
	char message[PEER_BYTES] = {0};

	memcpy(message, &p, sizeof(p));
	peer_call(message);
}

static void once(void)
{
	void *p;

	loop_pause();
	p = loop_fresh(size);
	loop_touch(p, size);
	loop_resume();
	request(p);
	loop_pause();
	loop_fresh_end(p, size);
	request(NULL);
	loop_resume();
}

int main(int argc, char **argv)
{
	struct uffdio_api api = {.api = UFFD_API, .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP};
	pthread_t thread;

	CHECK(argc == 4);
	size = strtoul(argv[3], NULL, 0);
	memfd = memfd_create("peer", MFD_CLOEXEC);
	CHECK(memfd >= 0 && ftruncate(memfd, (off_t)size) == 0);
	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, agent_ends) == 0);
	peer_start(argv, serve);
	uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
	CHECK(uffd >= 0);
	CHECK(ioctl(uffd, UFFDIO_API, &api) == 0);
	CHECK(pthread_create(&thread, NULL, agent, NULL) == 0);
	return loop_serve(once);
}
