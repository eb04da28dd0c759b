/* SPDX-License-Identifier: BSD-2-Clause */
/* neighbours PART: what other code in a process does at bad moments for the library that it shares the process with. */
#include "app.h"

#include <dirent.h>
#include <limits.h>
#include <setjmp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/syscall.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations" /* siginterrupt(3) */

#define DEV "/dev/tdrv"

static int fd = -1;

static void on_nothing(int signo)
{
}

static void *call_once(void *arg)
{
	CHECK(ioctl(fd, TDRV_ECHO, 7) == 7);
	return NULL;
}

static void in_thread(void *(*work)(void *))
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, work, NULL) == 0 && pthread_join(thread, NULL) == 0);
}

/* ---- cancellation ---- */

static void *opens_cancelled(void *arg)
{
	CHECK(pthread_cancel(pthread_self()) == 0);
	(void)open(DEV, O_RDWR);
	return NULL;
}

static void *calls_cancelled(void *arg)
{
	struct tdrv_answer a = {.question = 5};

	CHECK(pthread_cancel(pthread_self()) == 0);
	/* none of these is a cancellation point */
	CHECK(ioctl(fd, TDRV_ANSWER, &a) == 0 && a.answer == TDRV_ANSWER_OF(5));
	void *p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED && munmap(p, PAGE) == 0);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0)
		_exit(0);
	*(volatile bool *)arg = true;
	for (;;)
		pthread_testcancel();
}

static _Atomic int reader;

static void *reads_for_ever(void *arg)
{
	char byte;

	call_once(NULL);
	reader = gettid();
	(void)!read(*(int *)arg, &byte, 1);
	return NULL;
}

/* The reader is in its call. */
static void wait_asleep(void)
{
	char path[64], line[256], state = 'R';

	while (state != 'S') {
		sched_yield();
		snprintf(path, sizeof(path), "/proc/self/task/%d/stat", reader);
		FILE *f = reader ? fopen(path, "r") : NULL;
		if (f == NULL)
			continue;
		CHECK(fgets(line, sizeof(line), f) != NULL && fclose(f) == 0);
		state = strrchr(line, ')')[2];
	}
}

static void cancelled(void *(*work)(void *), void *arg, bool wait)
{
	pthread_t thread;
	void *result;

	CHECK(pthread_create(&thread, NULL, work, arg) == 0);
	if (wait) {
		wait_asleep();
		CHECK(pthread_cancel(thread) == 0);
	}
	CHECK(pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
}

static void part_cancel_first(int argc, char **argv)
{
	cancelled(opens_cancelled, NULL, false);
	fd = open_device(DEV, O_RDWR);
	call_once(NULL);
	in_thread(call_once);
}

static void part_cancel_calls(int argc, char **argv)
{
	fd = open_device(DEV, O_RDWR);
	volatile bool all = false;
	cancelled(calls_cancelled, (void *)&all, false);
	CHECK(all);
	call_once(NULL);
}

static void part_cancel_read(int argc, char **argv)
{
	int ring = open_device("/dev/tdrv.ring", O_RDWR);

	fd = open_device(DEV, O_RDWR);
	if (argc > 0)
		CHECK(signal(SIGUSR2, on_nothing) != SIG_ERR);
	cancelled(reads_for_ever, &ring, true);
	call_once(NULL);
}

/* ---- readers who have gone ---- */

/* What is written is for the next reader. */
static void read_next(int ring)
{
	struct pollfd p = {ring, POLLIN, 0};
	char byte = 0;

	for (int i = 0; i < 20; i++) {
		CHECK(write(ring, "x", 1) == 1 && poll(&p, 1, 0) == 1);
		CHECK(read(ring, &byte, 1) == 1 && byte == 'x');
	}
}

static sigjmp_buf back;

static void on_jump(int signo)
{
	siglongjmp(back, 1);
}

static void *jumps_out(void *arg)
{
	wait_asleep();
	CHECK(pthread_kill(*(pthread_t *)arg, SIGUSR1) == 0);
	return NULL;
}

static void part_gone_reader(int argc, char **argv)
{
	int ring = open_device("/dev/tdrv.ring", O_RDWR);

	fd = open_device(DEV, O_RDWR);
	if (strcmp(argv[0], "cancelled") == 0) {
		cancelled(reads_for_ever, &ring, true);
		read_next(ring);
		return;
	}
	struct sigaction sa = {.sa_handler = on_jump, .sa_flags = argc > 1 ? SA_RESTART : 0};
	pthread_t self = pthread_self(), thread;
	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	CHECK(pthread_create(&thread, NULL, jumps_out, &self) == 0);
	if (sigsetjmp(back, 1) == 0)
		reads_for_ever(&ring);
	CHECK(pthread_join(thread, NULL) == 0);
	if (strcmp(argv[0], "other") == 0) { /* nothing is called by this thread any more */
		pid_t pid = fork();
		if (pid == 0) {
			read_next(ring);
			_exit(0);
		}
		reap(pid);
	}
	read_next(ring);
}

/* ---- children of other kinds ---- */

static void part_raw_fork(int argc, char **argv)
{
	fd = open_device(DEV, O_RDWR);
	(void)map_at(fd, TDRV_AT_TRACKED, PAGE, PROT_READ | PROT_WRITE);
	struct tdrv_stats s;

	call_once(NULL);
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0) {
		if (argc > 0)
			CHECK(ioctl(fd, TDRV_ECHO, 9) == 9);
		exit(0);
	}
	reap(pid);
	CHECK(ioctl(fd, TDRV_STATS, &s) == 0 && s.mappings == 1 && s.open == 1);
	call_once(NULL);
}

static volatile pid_t forked = -1;
static void on_fork(int signo)
{
	forked = fork();
}

static pthread_t sleeper;
static void *sends(void *arg)
{
	CHECK(ioctl(fd, TDRV_SLEEPERS, 1) == 0);
	CHECK(pthread_kill(sleeper, SIGUSR1) == 0);
	return NULL;
}

static void *sends_and_wakes(void *arg)
{
	sends(arg);
	while (forked < 0)
		sched_yield();
	reap(forked);
	CHECK(ioctl(fd, TDRV_SLEEPERS, 1) == 0 && ioctl(fd, TDRV_WAKE) == 1);
	return NULL;
}

/* In the child the handler returns into its parent's call. */
static void part_fork_in_handler(int argc, char **argv)
{
	bool restart = argc > 0;
	struct sigaction sa = {.sa_handler = on_fork, .sa_flags = restart ? SA_RESTART : 0};
	pid_t self = getpid();
	pthread_t thread;

	fd = open_device(DEV, O_RDWR);
	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	sleeper = pthread_self();
	CHECK(pthread_create(&thread, NULL, restart ? sends_and_wakes : sends, NULL) == 0);
	int result = ioctl(fd, TDRV_SLEEP), error = errno;
	CHECK(restart && getpid() == self ? result == 0 : result == -1 && error == EINTR);
	for (int i = 0; i < 8; i++)
		call_once(NULL);
	in_thread(call_once);
	if (getpid() != self)
		exit(0);
	CHECK(pthread_join(thread, NULL) == 0 && forked > 0);
	if (!restart)
		reap(forked);
}

/* ---- signals ---- */

static void part_siginterrupt(int argc, char **argv)
{
	bool after = argc > 0 && strcmp(argv[0], "after") == 0, set = argc > 0 && strcmp(argv[0], "sigset") == 0;
	struct sigaction was;
	pthread_t thread;

	fd = open_device(DEV, O_RDWR);
	if (set) {
		CHECK(sigset(SIGUSR1, SIG_HOLD) == SIG_DFL && sigset(SIGUSR1, on_nothing) == SIG_HOLD);
		CHECK(sigset(SIGUSR1, on_nothing) == on_nothing);
	} else {
		CHECK(!after || siginterrupt(SIGUSR1, 1) == 0);
		CHECK(signal(SIGUSR1, on_nothing) == SIG_DFL && (after || siginterrupt(SIGUSR1, 1) == 0));
	}
	CHECK(sigaction(SIGUSR1, NULL, &was) == 0 && was.sa_handler == on_nothing && !(was.sa_flags & SA_RESTART));
	sleeper = pthread_self();
	CHECK(pthread_create(&thread, NULL, sends, NULL) == 0);
	CHECK_ERRNO(ioctl(fd, TDRV_SLEEP), EINTR);
	CHECK(pthread_join(thread, NULL) == 0);
}

/* ---- descriptors ---- */

static void part_epoll_again(int argc, char **argv)
{
	struct epoll_event e = {.events = EPOLLIN, .data.u64 = 77}, got[4];

	fd = open_device("/dev/tdrv.ring", O_RDWR);
	CHECK(write(fd, "x", 1) == 1);
	for (int i = 0; i < 600; i++) {
		int set = epoll_create1(EPOLL_CLOEXEC);
		CHECK(set >= 0);
		CHECK(epoll_wait(set, got, 4, 0) == 0); /* another set had it */
		CHECK(epoll_ctl(set, EPOLL_CTL_ADD, fd, &e) == 0);
		CHECK(epoll_wait(set, got, 4, 0) == 1 && got[0].data.u64 == 77);
		CHECK(close(set) == 0);
	}
}

static void part_epoll_time64(int argc, char **argv)
{
	struct epoll_event e = {.events = EPOLLIN, .data.u64 = 77}, got[4];
	struct timespec t = {0, 1000000};
	int set = epoll_create1(EPOLL_CLOEXEC);

	fd = open_device("/dev/tdrv.ring", O_RDWR);
	CHECK(epoll_ctl(set, EPOLL_CTL_ADD, fd, &e) == 0 && epoll_pwait2(set, got, 4, &t, NULL) == 0);
	CHECK(write(fd, "x", 1) == 1 && epoll_pwait2(set, got, 4, &t, NULL) == 1 && got[0].data.u64 == 77);
}

static int pass_back(int what)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	char byte = 0;
	struct iovec iov = {&byte, 1};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control)};
	int ends[2], got;
	struct cmsghdr *c = CMSG_FIRSTHDR(&mh);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &what, sizeof(int));
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 && sendmsg(ends[0], &mh, 0) == 1);
	CHECK(close(ends[0]) == 0 && recvmsg(ends[1], &mh, 0) == 1);
	memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&mh)), sizeof(int));
	CHECK(close(ends[1]) == 0);
	return got;
}

static void part_number_of_libc(int argc, char **argv)
{
	struct stat st;

	fd = open_device(DEV, O_RDWR);
	DIR *d = opendir("/");
	CHECK(d && fstat(dirfd(d), &st) == 0);
	int number = dirfd(d);
	CHECK(closedir(d) == 0);
	int copy = pass_back(fd);
	CHECK(copy == number);
	CHECK(ioctl(copy, TDRV_ECHO, 3) == 3);
}

static int barrier_fd[2];
static void *calls_twice(void *arg)
{
	char byte;

	call_once(NULL);
	CHECK(write(barrier_fd[1], "x", 1) == 1);
	CHECK(read(*(int *)arg, &byte, 1) == 1);
	call_once(NULL);
	return NULL;
}

/* The application puts something of its own at every number that the library may have. */
static void part_takes_numbers(int argc, char **argv)
{
	int go[2];
	pthread_t thread;
	struct stat st, of;

	fd = open_device(DEV, O_RDWR);
	int file = open("/dev/null", O_RDWR);
	CHECK(fstat(file, &of) == 0);
	CHECK(pipe(barrier_fd) == 0 && pipe(go) == 0);
	CHECK(pthread_create(&thread, NULL, calls_twice, &go[0]) == 0);
	char byte;
	CHECK(read(barrier_fd[0], &byte, 1) == 1);
	for (int n = 900; n < 1000; n++)
		CHECK(dup2(file, n) == n);
	CHECK(write(go[1], "x", 1) == 1 && pthread_join(thread, NULL) == 0);
	call_once(NULL);
	for (int n = 900; n < 1000; n++)
		CHECK(fstat(n, &st) == 0 && st.st_rdev == of.st_rdev && S_ISCHR(st.st_mode));
}

static void part_bad_select(int argc, char **argv)
{
	fd_set in;
	struct timeval t = {0};

	fd = open_device("/dev/tdrv.ring", O_RDWR);
	FD_ZERO(&in);
	FD_SET(fd, &in);
	FD_SET(500, &in);
	CHECK_ERRNO(select(501, &in, NULL, NULL, &t), EBADF);
}

static void part_no_numbers_first(int argc, char **argv)
{
	struct rlimit limit = {64, 64};
	int last = -1;

	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	for (int n = dup(0); n >= 0; n = dup(0))
		last = n;
	CHECK_ERRNO(open(DEV, O_RDWR), EMFILE);
	for (int n = last - 10; n <= last; n++)
		CHECK(close(n) == 0);
	fd = open_device(DEV, O_RDWR);
	call_once(NULL);
}

static void part_no_environment(int argc, char **argv)
{
	CHECK(clearenv() == 0);
	fd = open_device(DEV, O_RDWR);
	call_once(NULL);
}

/* What the shells of old do. */
static void part_lowest_number(int argc, char **argv)
{
	char line[16];
	int ring = open_device("/dev/tdrv.ring", O_RDWR);

	for (int i = 0; i < 3; i++) {
		CHECK(close(1) == 0);
		CHECK(i == 0 ? open("/dev/tdrv.ring", O_RDWR) == 1 : i == 1 ? dup(ring) == 1
									    : fcntl(ring, F_DUPFD, 1) == 1);
		printf("hello %d\n", i);
		CHECK(fflush(stdout) == 0);
		CHECK(read(ring, line, sizeof(line)) == 8 && memcmp(line, "hello ", 6) == 0 && line[6] == '0' + i);
	}
	CHECK(close(0) == 0 && dup(ring) == 0 && write(ring, "42 ", 3) == 3);
	int n = 0;
	CHECK(scanf("%d", &n) == 1 && n == 42);
}

static void part_proc(int argc, char **argv)
{
	char path[4][64];
	struct stat st;

	fd = open_device(DEV, O_RDWR);
	snprintf(path[0], sizeof(path[0]), "/dev/fd/%d", fd);
	snprintf(path[1], sizeof(path[1]), "/proc/self/fd/%d", fd);
	snprintf(path[2], sizeof(path[2]), "/proc/thread-self/fd/%d", fd);
	snprintf(path[3], sizeof(path[3]), "/proc/%d/fd/%d", getpid(), fd);
	for (int i = 0; i < 4; i++) {
		int again = open_device(path[i], O_RDONLY);
		CHECK(ioctl(again, TDRV_ECHO, i + 1) == i + 1 && close(again) == 0);
		CHECK(stat(path[i], &st) == 0 && S_ISCHR(st.st_mode));
	}
	call_once(NULL);
}

static void part_lengths(int argc, char **argv)
{
	int ring = open_device("/dev/tdrv.ring", O_RDWR | O_NONBLOCK);
	char byte = 'x', *volatile at = &byte;
	struct iovec many[1025] = {{at, SSIZE_MAX}, {at, 1}};
	volatile size_t much = (size_t)SSIZE_MAX + 1, most = SIZE_MAX;
	volatile int none = -1;

	CHECK(write(ring, at, 0) == 0 && read(ring, at, 0) == 0 && write(ring, at, 1) == 1);
	CHECK_ERRNO(read(ring, at, much), EINVAL);
	CHECK_ERRNO(write(ring, at, most), EINVAL);
	CHECK_ERRNO(readv(ring, many, 2), EINVAL);
	CHECK_ERRNO(writev(ring, many, 1025), EINVAL);
	CHECK_ERRNO(writev(ring, many, none), EINVAL);
	CHECK(read(ring, at, 1) == 1 && byte == 'x');
}

/* Two wait for one open, each for something else, and nobody takes the other one's wake. */
static int rounds, done_rounds;
static _Atomic bool bystander_ends;

static void *bystander(void *arg)
{
	struct pollfd p = {fd, POLLPRI, 0};
	struct epoll_event e;

	while (!bystander_ends)
		CHECK(arg ? epoll_wait(*(int *)arg, &e, 1, 50) == 0 : poll(&p, 1, 50) == 0);
	return NULL;
}

static void *waiter(void *arg)
{
	struct pollfd p = {fd, POLLIN, 0};
	char byte;

	for (int i = 0; i < rounds; i++) {
		CHECK(poll(&p, 1, -1) == 1 && read(fd, &byte, 1) == 1);
		__atomic_store_n(&done_rounds, i + 1, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

static void part_two_wait(int argc, char **argv)
{
	struct epoll_event e = {.events = EPOLLPRI};
	pthread_t thread[2];
	int set = -1;
	pid_t pid = 0;

	rounds = 60;
	fd = open_device("/dev/tdrv.ring", O_RDWR);
	if (argc > 0) {
		set = epoll_create1(0);
		CHECK(epoll_ctl(set, EPOLL_CTL_ADD, fd, &e) == 0);
	}
	if (argc > 0 && strcmp(argv[0], "processes") == 0) {
		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			bystander(NULL);
		}
	} else {
		CHECK(pthread_create(&thread[0], NULL, bystander, argc > 0 ? &set : NULL) == 0);
	}
	CHECK(pthread_create(&thread[1], NULL, waiter, NULL) == 0);
	for (int i = 0; i < rounds; i++) {
		usleep(2000);
		CHECK(write(fd, "x", 1) == 1);
		while (__atomic_load_n(&done_rounds, __ATOMIC_SEQ_CST) <= i)
			usleep(1000);
	}
	bystander_ends = true;
	CHECK(pthread_join(thread[1], NULL) == 0);
	if (pid)
		CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
	else
		CHECK(pthread_join(thread[0], NULL) == 0);
}

int main(int argc, char **argv)
{
	static const struct part parts[] = {
		{"cancel-first", part_cancel_first},
		{"cancel-calls", part_cancel_calls},
		{"cancel-read", part_cancel_read},
		{"gone-reader", part_gone_reader},
		{"raw-fork", part_raw_fork},
		{"fork-in-handler", part_fork_in_handler},
		{"siginterrupt", part_siginterrupt},
		{"epoll-again", part_epoll_again},
		{"epoll-time64", part_epoll_time64},
		{"number-of-libc", part_number_of_libc},
		{"takes-numbers", part_takes_numbers},
		{"bad-select", part_bad_select},
		{"no-numbers-first", part_no_numbers_first},
		{"no-environment", part_no_environment},
		{"lowest-number", part_lowest_number},
		{"proc", part_proc},
		{"two-wait", part_two_wait},
		{"lengths", part_lengths},
		{NULL, NULL},
	};
	return part_main(parts, argc, argv);
}
