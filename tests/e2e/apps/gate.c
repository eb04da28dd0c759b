/* SPDX-License-Identifier: BSD-2-Clause */
/* gate PART: accesses that the driver sees; signals, forks and cuts in the middle of them. */
#include "app.h"

#include <setjmp.h>

#include "gate.h"

#define DEV "/dev/gate"
#define RW (PROT_READ | PROT_WRITE)

static volatile sig_atomic_t handled, last_signo, last_code, last_errno;
static void *volatile last_addr;
static sigjmp_buf back;

static void on_jump(int signo, siginfo_t *info, void *context)
{
	last_signo = signo;
	last_code = info->si_code;
	last_errno = info->si_errno;
	last_addr = info->si_addr;
	siglongjmp(back, 1);
}

static void on_count(int signo)
{
	handled = handled + 1;
}

static void handle(int signo, void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};

	CHECK(sigaction(signo, &sa, NULL) == 0);
}

/* The signal that the access gets, or 0. */
static int touch(volatile char *at, bool write)
{
	char value;

	if (sigsetjmp(back, 1))
		return last_signo;
	if (write)
		*at = 1;
	else
		value = *at, (void)value;
	return 0;
}

static int count(int fd)
{
	return ioctl(fd, GATE_COUNT);
}

/* Each first touch of a page comes to the driver once, from this process and again after an unload. */
APP_PART("touch", part_touch)
{
	int fd = open_device(DEV, O_RDWR);
	int *p = map_at(fd, 0, GATE_PAGES * PAGE, RW);

	CHECK(count(fd) == 0);
	CHECK(p[0] == 0 && count(fd) == 1);
	p[0] = 5;
	p[1] = 6;
	CHECK(count(fd) == 1 && ioctl(fd, GATE_PEEK, 0) == 5);
	p[3 * PAGE / sizeof(int)] = 7;
	CHECK(count(fd) == 2);
	CHECK(ioctl(fd, GATE_UNLOAD) == 1);
	CHECK(p[0] == 5 && p[1] == 6 && count(fd) == 3);
	/* a second mapping is another handle */
	int *q = map_at(fd, 0, PAGE, PROT_READ);
	CHECK(q[0] == 5 && count(fd) == 4 && p[0] == 5 && count(fd) == 4);
	/* cut: the rest stays as it is, or faults again */
	CHECK(munmap((char *)p + PAGE, PAGE) == 0);
	CHECK(ioctl(fd, GATE_UNLOAD) == 3 && p[0] == 5 && p[3 * PAGE / sizeof(int)] == 7 && count(fd) == 6);
	CHECK(munmap(p, PAGE) == 0 && munmap((char *)p + 2 * PAGE, 2 * PAGE) == 0 && munmap(q, PAGE) == 0);
	CHECK(ioctl(fd, GATE_MAPPINGS) == 0);
}

/* Protections, and the signals of what they forbid; before and after a handler of the application's own. */
APP_PART("signals", part_signals)
{
	bool before = strcmp(argv[0], "before") == 0;
	int fd = open_device(DEV, O_RDWR);
	struct sigaction was;

	if (before)
		handle(SIGSEGV, on_jump);
	char *p = map_at(fd, 0, GATE_PAGES * PAGE, RW), *none = map_at(fd, 0, PAGE, PROT_NONE);
	char *foreign = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!before)
		handle(SIGSEGV, on_jump);
	handle(SIGBUS, on_jump);
	CHECK(sigaction(SIGSEGV, NULL, &was) == 0 && was.sa_sigaction == on_jump && (was.sa_flags & SA_SIGINFO));

	CHECK(touch(p, true) == 0 && count(fd) == 1);
	CHECK(touch(none + 8, false) == SIGSEGV && last_code == SEGV_ACCERR && last_addr == none + 8);
	CHECK(touch(foreign, false) == SIGSEGV && last_code == SEGV_ACCERR && last_addr == foreign);
	CHECK(touch((char *)8, true) == SIGSEGV && last_code == SEGV_MAPERR && last_addr == (char *)8);
	CHECK(count(fd) == 1);
	CHECK(mprotect(p, PAGE, PROT_READ) == 0);
	CHECK(touch(p, false) == 0 && p[0] == 1 && touch(p + 1, true) == SIGSEGV && last_code == SEGV_ACCERR);
	CHECK(mprotect(p, PAGE, RW) == 0 && touch(p + 1, true) == 0);

	CHECK(ioctl(fd, GATE_SET_ERROR, -1) == 0);
	char *bad = p + GATE_ERROR * PAGE;
	CHECK(touch(bad + 4, true) == SIGBUS && last_code == BUS_OBJERR && last_errno == 0xffffff &&
	      last_addr == bad + 4);
	CHECK(ioctl(fd, GATE_SET_ERROR, ENOSPC) == 0);
	CHECK(touch(bad, false) == SIGBUS && last_code == BUS_OBJERR && last_errno == ENOSPC);
	CHECK(ioctl(fd, GATE_SET_ERROR, 0) == 0 && touch(bad, true) == 0);

	/* asked for by somebody: no access has failed */
	if (sigsetjmp(back, 1) == 0)
		raise(SIGSEGV);
	CHECK(last_signo == SIGSEGV && last_code == SI_TKILL);
	CHECK(signal(SIGSEGV, SIG_IGN) != SIG_ERR && raise(SIGSEGV) == 0);
	CHECK(signal(SIGSEGV, SIG_DFL) == SIG_IGN && ioctl(fd, GATE_UNLOAD) == 2 && touch(p, false) == 0);
}

/* all signals blocked, by the thread and by a handler: accesses are served all the same */
static void on_usr2(int signo)
{
	handled = *(volatile char *)last_addr;
}

APP_PART("blocked", part_blocked)
{
	int fd = open_device(DEV, O_RDWR);
	sigset_t all, old;

	sigfillset(&all);
	CHECK(sigprocmask(SIG_SETMASK, &all, &old) == 0);
	char *p = map_at(fd, 0, GATE_PAGES * PAGE, RW);
	p[0] = 9;
	CHECK(sigprocmask(SIG_SETMASK, NULL, &all) == 0 && sigismember(&all, SIGSEGV) == 1);
	CHECK(sigprocmask(SIG_SETMASK, &old, NULL) == 0);
	CHECK(sigprocmask(SIG_SETMASK, NULL, &all) == 0 && sigismember(&all, SIGSEGV) == 0);
	struct sigaction sa = {.sa_handler = on_usr2};
	sigfillset(&sa.sa_mask);
	CHECK(sigaction(SIGUSR2, &sa, NULL) == 0);
	last_addr = p;
	CHECK(ioctl(fd, GATE_UNLOAD) == 1 && raise(SIGUSR2) == 0 && handled == 9);
}

/* default: the process dies of the right signal. */
APP_PART("dies", part_dies)
{
	int fd = open_device(DEV, O_RDWR);
	char *p = map_at(fd, 0, GATE_PAGES * PAGE, PROT_READ);
	int status;

	CHECK(ioctl(fd, GATE_SET_ERROR, -1) == 0);
	for (int bus = 0; bus < 2; bus++) {
		pid_t pid = fork();
		if (pid == 0) {
			prctl(PR_SET_DUMPABLE, 0);
			*(volatile char *)(p + (bus ? GATE_ERROR : 0) * PAGE);
			if (!bus)
				*(volatile char *)p = 1;
			_exit(0);
		}
		CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) &&
		      WTERMSIG(status) == (bus ? SIGBUS : SIGSEGV));
	}
	CHECK(ioctl(fd, GATE_MAPPINGS) == 1);
}

static void *toucher(void *arg)
{
	return (void *)(intptr_t) * (volatile char *)arg;
}

/* A signal's handler runs while the access sleeps in the driver, which is told; the access goes on afterwards. */
APP_PART("interrupted", part_interrupted)
{
	int fd = open_device(DEV, O_RDWR);
	struct sigaction sa = {.sa_handler = on_count, .sa_flags = strcmp(argv[0], "restart") == 0 ? SA_RESTART : 0};
	char *p = map_at(fd, 0, GATE_PAGES * PAGE, RW);
	pthread_t thread;
	void *result;

	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	CHECK(pthread_create(&thread, NULL, toucher, p + GATE_CLOSED * PAGE) == 0);
	for (int i = 1; i <= 50; i++) {
		CHECK(ioctl(fd, GATE_ENTERED, i) == 0);
		CHECK(pthread_kill(thread, SIGUSR1) == 0);
	}
	CHECK(ioctl(fd, GATE_ENTERED, 51) == 0 && handled >= 1);
	CHECK(p[0] == 0); /* other accesses of the process go on meanwhile */
	CHECK(ioctl(fd, GATE_OPEN) == 0);
	CHECK(pthread_join(thread, &result) == 0 && result == NULL);
}

/* The child has the mapping and none of its translations. */
APP_PART("fork", part_fork)
{
	int fd = open_device(DEV, O_RDWR);
	int *p = map_at(fd, 0, GATE_PAGES * PAGE, RW);

	p[0] = 1;
	for (int i = 1; i <= 5; i++) {
		int before = count(fd);
		pid_t pid = fork();
		if (pid == 0) {
			CHECK(count(fd) == before);
			CHECK(p[0] == i && count(fd) == before + 1);
			p[0] = i + 1;
			pid_t grandchild = fork();
			if (grandchild == 0)
				_exit(p[0] == i + 1 && count(fd) == before + 2 ? 0 : 1);
			reap(grandchild);
			_exit(0);
		}
		reap(pid);
		CHECK(p[0] == i + 1 && ioctl(fd, GATE_MAPPINGS) == 1);
	}
	/* exits with a thread in an access */
	pid_t pid = fork();
	if (pid == 0) {
		pthread_t thread;
		CHECK(pthread_create(&thread, NULL, toucher, (char *)p + GATE_CLOSED * PAGE) == 0);
		CHECK(ioctl(fd, GATE_ENTERED, 1) == 0);
		exit(0);
	}
	reap(pid);
	CHECK(ioctl(fd, GATE_MAPPINGS) == 1);
}

/* Other memory behind the same addresses, and before a fork. */
APP_PART("remap", part_remap)
{
	int fd = open_device(DEV, O_RDWR);
	int *p = map_at(fd, 0, GATE_PAGES * PAGE, RW);

	for (int i = 0; i < 4; i++) {
		p[0] = 10 + i % 2;
		CHECK(ioctl(fd, GATE_REMAP, (i + 1) % 2) == 0);
		CHECK(i == 0 ? p[0] == 0 : p[0] == 10 + (i + 1) % 2);
	}
	/* a child before the parent has seen it */
	CHECK(p[0] == 10 && ioctl(fd, GATE_REMAP, 1) == 0);
	pid_t pid = fork();
	if (pid == 0)
		_exit(p[0] == 11 ? 0 : 1);
	reap(pid);
	CHECK(p[0] == 11);
}

/* spin: writes for ever, first says that it does. */
APP_PART("spin", part_spin)
{
	volatile int *p = map_at(open_device(DEV, O_RDWR), 0, PAGE, RW);

	p[0] = 1;
	CHECK(write(1, "ready\n", 6) == 6);
	for (;;)
		p[0]++;
}

/* unload: takes it from everybody; nobody who is stopped changes it any more. */
APP_PART("unload", part_unload)
{
	int fd = open_device(DEV, O_RDWR);

	CHECK(ioctl(fd, GATE_UNLOAD) == 1);
	printf("%d\n", count(fd));
}

APP_PART("count", part_count)
{
	printf("%d\n", count(open_device(DEV, O_RDWR)));
}

APP_PART("peek", part_peek)
{
	printf("%d\n", ioctl(open_device(DEV, O_RDWR), GATE_PEEK, 0));
}

APP_PART("wait", part_wait)
{
	toucher((char *)map_at(open_device(DEV, O_RDWR), 0, GATE_PAGES * PAGE, RW) + GATE_CLOSED * PAGE);
}

APP_PART("entered", part_entered)
{
	CHECK(ioctl(open_device(DEV, O_RDWR), GATE_ENTERED, atoi(argv[0])) == 0);
}

APP_PART("mappings", part_mappings)
{
	printf("%d\n", ioctl(open_device(DEV, O_RDWR), GATE_MAPPINGS));
}

int main(int argc, char **argv)
{
	return part_main(argc, argv);
}
