/* SPDX-License-Identifier: BSD-2-Clause */
/* engine PART: what the fault engines must get right, with the driver gate. */
#include "app.h"
#include "client/core/raw.h"

#include <setjmp.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "gate.h"

#define DEV "/dev/gate"
#define RW (PROT_READ | PROT_WRITE)

static int fd;
static char *p;
static sigjmp_buf back;
static volatile sig_atomic_t signals, signo_seen, code_seen;

static char *page(int n)
{
	return p + n * (int)PAGE;
}

static void map(void)
{
	fd = open_device(DEV, O_RDWR);
	p = map_at(fd, 0, GATE_PAGES * PAGE, RW);
}

static void *toucher(void *arg)
{
	*(volatile char *)arg;
	return NULL;
}

static pthread_t touch_in_thread(char *at)
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, toucher, at) == 0);
	return thread;
}

static void handle(int signo, void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};

	CHECK(sigaction(signo, &sa, NULL) == 0);
}

/* ---- signals ---- */

/* The driver's wait has ended before the handler has. */
static void on_usr1_wait(int signo, siginfo_t *info, void *context)
{
	while (ioctl(fd, GATE_WAITING) != 0)
		sched_yield();
	signals = signals + 1;
}

APP_PART("handler_waits", part_handler_waits)
{
	handle(SIGUSR1, on_usr1_wait); /* before there is anything intercepted */
	map();
	pthread_t thread = touch_in_thread(page(GATE_CLOSED));
	for (int i = 1; i <= 20; i++) {
		while (ioctl(fd, GATE_WAITING) == 0)
			sched_yield();
		CHECK(pthread_kill(thread, SIGUSR1) == 0);
		while (signals < i)
			sched_yield();
	}
	CHECK(ioctl(fd, GATE_OPEN) == 0 && pthread_join(thread, NULL) == 0 && signals == 20);
}

static void on_usr1_leave(int signo, siginfo_t *info, void *context)
{
	siglongjmp(back, 1);
}

static void *leaver(void *arg)
{
	if (sigsetjmp(back, 1) == 0)
		*(volatile char *)page(GATE_CLOSED);
	return NULL;
}

APP_PART("handler_leaves", part_handler_leaves)
{
	map();
	handle(SIGUSR1, on_usr1_leave); /* after the first mapping */
	for (int i = 1; i <= 20; i++) {
		pthread_t thread;
		CHECK(pthread_create(&thread, NULL, leaver, NULL) == 0);
		CHECK(ioctl(fd, GATE_ENTERED, i) == 0);
		CHECK(pthread_kill(thread, SIGUSR1) == 0 && pthread_join(thread, NULL) == 0);
		while (ioctl(fd, GATE_WAITING) != 0)
			sched_yield();
	}
	CHECK(ioctl(fd, GATE_COUNT) == 20);
}

static void on_nothing(int signo)
{
	signals = signals + 1;
}

/* The application sees the handlers that it has set, however it asks. */
APP_PART("dispositions", part_dispositions)
{
	struct sigaction sa = {.sa_handler = on_nothing, .sa_flags = SA_RESTART}, was;

	sigemptyset(&sa.sa_mask);
	sigaddset(&sa.sa_mask, SIGSEGV);
	sigaddset(&sa.sa_mask, SIGINT);
	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	map();
	page(0)[0] = 1;
	CHECK(sigaction(SIGUSR1, NULL, &was) == 0 && was.sa_handler == on_nothing && !(was.sa_flags & SA_SIGINFO) &&
	      (was.sa_flags & SA_RESTART) && sigismember(&was.sa_mask, SIGINT) == 1);
	CHECK(raise(SIGUSR1) == 0 && signals == 1);
	CHECK(signal(SIGUSR1, SIG_IGN) == on_nothing && raise(SIGUSR1) == 0 && signals == 1);
	CHECK(signal(SIGUSR1, on_nothing) == SIG_IGN && raise(SIGUSR1) == 0 && signals == 2);
	CHECK(signal(SIGUSR1, on_nothing) == on_nothing);
	sa.sa_flags = (int)SA_RESETHAND;
	CHECK(sigaction(SIGUSR2, &sa, &was) == 0 && was.sa_handler == SIG_DFL);
	CHECK(raise(SIGUSR2) == 0 && signals == 3);
	CHECK(sigaction(SIGUSR2, NULL, &was) == 0 && was.sa_handler == SIG_DFL);
	CHECK_ERRNO(sigaction(SIGKILL, &sa, NULL), EINVAL);
	CHECK_ERRNO(sigaction(65, &sa, NULL), EINVAL);
	CHECK(sigaction(SIGKILL, NULL, &was) == 0 && was.sa_handler == SIG_DFL);
	pid_t pid = fork();
	if (pid == 0) {
		CHECK(raise(SIGUSR1) == 0 && signals == 4 && page(0)[0] == 1 && raise(SIGUSR1) == 0 && signals == 5);
		CHECK(signal(SIGUSR1, SIG_DFL) == on_nothing);
		_exit(0);
	}
	reap(pid);
	/* what a vfork child sets is not its parent's */
	pid = vfork();
	if (pid == 0) {
		signal(SIGUSR1, SIG_DFL);
		_exit(0);
	}
	reap(pid);
	CHECK(raise(SIGUSR1) == 0 && signals == 4);
}

/* A timer that never stops, through accesses, unloads, and an access that sleeps. */
APP_PART("storm", part_storm)
{
	struct itimerval often = {{0, 500}, {0, 500}};
	struct sigaction sa = {.sa_handler = on_nothing, .sa_flags = SA_RESTART};

	map();
	CHECK(sigaction(SIGALRM, &sa, NULL) == 0 && setitimer(ITIMER_REAL, &often, NULL) == 0);
	for (int i = 0; i < 300 || signals < 20; i++) {
		page(0)[i % 64]++;
		if (i % 3 == 0)
			CHECK(ioctl(fd, GATE_UNLOAD) == 1);
	}
	pthread_t thread = touch_in_thread(page(GATE_CLOSED));
	while (ioctl(fd, GATE_WAITING) == 0)
		;
	CHECK(ioctl(fd, GATE_OPEN) == 0 && pthread_join(thread, NULL) == 0);
	*(volatile char *)page(GATE_CLOSED);
	CHECK(setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL) == 0);
}

/* ---- layouts that change while accesses are served ---- */

static atomic_bool stop;

static void *touches(void *arg)
{
	unsigned n = (unsigned)(intptr_t)arg;
	volatile char *at = page(n % 2 ? 3 : 0) + n;

	while (!atomic_load(&stop))
		*at = *at + 1;
	return NULL;
}

APP_PART("layout", part_layout)
{
	pthread_t threads[4];

	map();
	for (int i = 0; i < 4; i++)
		CHECK(pthread_create(&threads[i], NULL, touches, (void *)(intptr_t)i) == 0);
	for (int i = 0; i < 200; i++) {
		CHECK(ioctl(fd, GATE_UNLOAD) == 1);
		CHECK(ioctl(fd, GATE_REMAP, i % 2) == 0);
		if (i % 10 == 0) {
			pid_t pid = fork();
			if (pid == 0) {
				page(0)[64] = 1;
				_exit(0);
			}
			reap(pid);
		}
		CHECK(mprotect(page(2), PAGE, i % 2 ? RW : PROT_READ) == 0);
		char *other = map_at(fd, 0, 2 * PAGE, RW);
		other[100] = 1;
		CHECK(munmap(other, 2 * PAGE) == 0);
	}
	atomic_store(&stop, true);
	for (int i = 0; i < 4; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
}

/* ---- many at once ---- */

#define WAITERS 40

/* As many accesses wait as threads touch; the others go on. */
APP_PART("many", part_many)
{
	pthread_t threads[WAITERS];

	map();
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < WAITERS; i++)
			threads[i] = touch_in_thread(page(GATE_CLOSED) + i);
		CHECK(ioctl(fd, GATE_ENTERED, round == 0 ? WAITERS : 1) == 0);
		for (int i = 0; round == 0 && i < 20; i++) {
			page(3)[0]++;
			CHECK(ioctl(fd, GATE_UNLOAD) == 1);
		}
		CHECK(ioctl(fd, GATE_OPEN) == 0);
		for (int i = 0; i < WAITERS; i++)
			CHECK(pthread_join(threads[i], NULL) == 0);
	}
	printf("done\n");
	fflush(stdout);
	getchar();
}

/* ---- system calls, made without the library ---- */

/* Not by syscall(3), behind which the client library stands, too. */
static long raw(long number, int end, const volatile void *at, size_t len)
{
	long result = raw_syscall(number, end, (long)(uintptr_t)at, (long)len, 0, 0, 0);

	if (result >= 0)
		return result;
	errno = (int)-result;
	return -1;
}
#define RAW_WRITE(at, len) raw(SYS_write, ends[1], (at), (size_t)(len))
#define RAW_READ(at, len) raw(SYS_read, ends[0], (at), (size_t)(len))

APP_PART("calls", part_calls)
{
	bool full = strcmp(argv[0], "full") == 0;
	int ends[2];

	map();
	CHECK(pipe(ends) == 0);
	if (!full) {
		CHECK_ERRNO(RAW_WRITE(page(0), 4), EFAULT);
		CHECK(ioctl(fd, GATE_COUNT) == 0);
		return;
	}
	CHECK(RAW_WRITE(page(0), 4) == 4 && ioctl(fd, GATE_COUNT) == 1);
	CHECK(RAW_READ(page(3), 4) == 4 && ioctl(fd, GATE_COUNT) == 2);
	CHECK(ioctl(fd, GATE_UNLOAD) == 1 && RAW_WRITE(page(3), 4) == 4 && ioctl(fd, GATE_COUNT) == 3);
	CHECK(RAW_READ(page(0), 4) == 4 && ioctl(fd, GATE_COUNT) == 4);
	/* one that fails says EFAULT, and leaves nothing behind */
	CHECK(ioctl(fd, GATE_SET_ERROR, -1) == 0);
	CHECK_ERRNO(RAW_WRITE(page(GATE_ERROR), 4), EFAULT);
	CHECK(ioctl(fd, GATE_COUNT) == 5 && ioctl(fd, GATE_SET_ERROR, 0) == 0);
	CHECK(RAW_WRITE(page(GATE_ERROR), 4) == 4 && ioctl(fd, GATE_COUNT) == 6);
	CHECK(RAW_READ(page(GATE_ERROR), 4) == 4 && ioctl(fd, GATE_COUNT) == 6);
	/* one that sleeps ends when the driver lets it */
	pid_t pid = fork();
	if (pid == 0) {
		*(volatile char *)page(0); /* the child's own userfaultfd */
		CHECK(RAW_WRITE(page(GATE_CLOSED), 4) == 4);
		_exit(0);
	}
	CHECK(ioctl(fd, GATE_ENTERED, 1) == 0 && ioctl(fd, GATE_OPEN) == 0);
	reap(pid);
}

static void on_segv(int signo, siginfo_t *info, void *context)
{
	signo_seen = signo;
	code_seen = info->si_code;
	siglongjmp(back, 1);
}

static int access_signal(char *at)
{
	if (sigsetjmp(back, 1))
		return signo_seen;
	*(volatile char *)at;
	return 0;
}

/* A system call that failed does not make the next access fail, whoever makes it. */
APP_PART("call_then_access", part_call_then_access)
{
	int ends[2];

	map();
	handle(SIGBUS, on_segv);
	CHECK(pipe(ends) == 0 && ioctl(fd, GATE_SET_ERROR, -1) == 0);
	for (int i = 0; i < 10; i++) {
		CHECK_ERRNO(RAW_WRITE(page(GATE_ERROR), 4), EFAULT);
		CHECK(access_signal(page(GATE_ERROR)) == SIGBUS && code_seen == BUS_OBJERR);
		CHECK_ERRNO(RAW_WRITE(page(GATE_ERROR), 4), EFAULT);
	}
	CHECK(ioctl(fd, GATE_SET_ERROR, 0) == 0 && pthread_join(touch_in_thread(page(GATE_ERROR)), NULL) == 0);
	CHECK(access_signal(page(GATE_ERROR)) == 0);
}

static int pipe_ends[2];

static void *writes_closed(void *arg)
{
	int *ends = pipe_ends;

	CHECK(RAW_WRITE(page(GATE_CLOSED), 4) == 4);
	return NULL;
}

/* Signals wait until a system call's access is over: Linux makes an event again and again meanwhile. */
APP_PART("call_and_signals", part_call_and_signals)
{
	struct sigaction sa = {.sa_handler = on_nothing};
	pthread_t thread;

	map();
	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0 && pipe(pipe_ends) == 0);
	CHECK(pthread_create(&thread, NULL, writes_closed, NULL) == 0);
	CHECK(ioctl(fd, GATE_ENTERED, 1) == 0);
	for (int i = 0; i < 3; i++)
		CHECK(pthread_kill(thread, SIGUSR1) == 0);
	CHECK(ioctl(fd, GATE_ENTERED, 50) == 0); /* interrupted, and there again, as often */
	page(0)[0] = 1;                          /* others are served meanwhile */
	CHECK(signals == 0 && ioctl(fd, GATE_OPEN) == 0 && pthread_join(thread, NULL) == 0 && signals >= 1);
}

/* Many threads whose accesses all fail get a signal each, and none is left in the access. */
static _Thread_local sigjmp_buf own_back;

static void on_bus_own(int signo, siginfo_t *info, void *context)
{
	siglongjmp(own_back, info->si_code);
}

static void *fails(void *arg)
{
	for (int i = 0; i < 20; i++) {
		int code = sigsetjmp(own_back, 1);
		if (code == 0)
			*(volatile char *)arg;
		CHECK(code == BUS_OBJERR);
	}
	return NULL;
}

APP_PART("failures", part_failures)
{
	pthread_t threads[8];

	map();
	handle(SIGBUS, on_bus_own);
	CHECK(ioctl(fd, GATE_SET_ERROR, -1) == 0);
	for (int i = 0; i < 8; i++)
		CHECK(pthread_create(&threads[i], NULL, fails, page(GATE_ERROR) + i) == 0);
	for (int i = 0; i < 8; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	CHECK(ioctl(fd, GATE_SET_ERROR, 0) == 0);
	page(GATE_ERROR)[0] = 1;
}

/* A descriptor without write permission: Linux would not register that with a userfaultfd. */
APP_PART("readonly", part_readonly)
{
	char buffer[64];
	int ends[2];

	map();
	page(0)[0] = 'a';
	page(3)[0] = 'd';
	int readonly = open_device(DEV, O_RDONLY);
	volatile char *q = map_at(readonly, 0, GATE_PAGES * PAGE, PROT_READ);
	int before = ioctl(fd, GATE_COUNT);
	CHECK(q[0] == 'a' && ioctl(fd, GATE_COUNT) == before + 1);
	CHECK(ioctl(fd, GATE_UNLOAD) == 2 && q[0] == 'a' && ioctl(fd, GATE_COUNT) == before + 2);
	CHECK(pipe(ends) == 0 && write(ends[1], (char *)q + 3 * PAGE, 1) == 1 && read(ends[0], buffer, 64) == 1);
	CHECK(buffer[0] == 'd' && ioctl(fd, GATE_COUNT) == before + 3);
	CHECK(ioctl(fd, GATE_REMAP, 1) == 0 && q[0] == 0 && ioctl(fd, GATE_REMAP, 0) == 0 && q[0] == 'a');
	handle(SIGSEGV, on_segv);
	CHECK(sigsetjmp(back, 1) != 0 || (q[0] = 1, false));
	CHECK(signo_seen == SIGSEGV && code_seen == SEGV_ACCERR);
	CHECK_ERRNO(mprotect((char *)q, PAGE, RW), EACCES);
	pid_t pid = fork();
	if (pid == 0)
		_exit(q[0] == 'a' && q[3 * PAGE] == 'd' ? 0 : 1);
	reap(pid);
}

/* Its parent ends while it lives on. */
APP_PART("daemon", part_daemon)
{
	map();
	page(0)[0] = 1;
	if (fork() != 0)
		return;
	page(0)[0] = 2;
	while (getppid() != 1 && getppid() != atoi(argv[0]))
		sched_yield();
	printf("alone\n");
	fflush(stdout);
	getchar();
	CHECK(page(0)[0] == 2);
	page(3)[0] = 3;
}

/* A core dump waits for nobody. */
APP_PART("core", part_core)
{
	int status;

	map();
	page(0)[0] = 1;
	CHECK(chdir(getenv("TMPDIR")) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct rlimit some = {1 << 24, 1 << 24};
		setrlimit(RLIMIT_CORE, &some);
		page(3)[0] = 1;
		signal(SIGQUIT, SIG_DFL);
		kill(getpid(), SIGQUIT);
		pause();
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGQUIT);
	char name[64];
	snprintf(name, sizeof(name), "core.%d", (int)pid);
	(void)unlink(name);
	(void)unlink("core");
}

/* Its accesses are its parent's; one fails. */
APP_PART("vfork", part_vfork)
{
	map();
	CHECK(ioctl(fd, GATE_SET_ERROR, -1) == 0);
	page(0)[0] = 1;
	pid_t pid = vfork();
	if (pid == 0) {
		*(volatile char *)page(3);
		*(volatile char *)page(GATE_ERROR);
		_exit(0);
	}
	int status;
	CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	CHECK(ioctl(fd, GATE_SET_ERROR, 0) == 0 && page(0)[0] == 1);
	page(GATE_ERROR)[0] = 1;
}

/* ---- the server dies ---- */

APP_PART("orphan", part_orphan)
{
	map();
	handle(SIGBUS, on_segv);
	page(0)[0] = 1;
	pthread_t thread = touch_in_thread(page(3));
	CHECK(pthread_join(thread, NULL) == 0);
	printf("ready\n");
	fflush(stdout);
	/* It waits in the driver, which dies. */
	CHECK(access_signal(page(GATE_CLOSED)) == SIGBUS && code_seen == BUS_OBJERR);
	while (access_signal(page(0)) != SIGBUS) /* until the agent has heard of it */
		sched_yield();
	CHECK(access_signal(page(3)) == SIGBUS);
	printf("survived\n");
}

int main(int argc, char **argv)
{
	return part_main(argc, argv);
}
