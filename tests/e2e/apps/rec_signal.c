/* SPDX-License-Identifier: BSD-2-Clause */
/* rec_signal PART: signals of the application, before, during and after accesses. */
#include "rec.h"

#include <sys/time.h>

static char *p; /* the part's mapping */
static volatile sig_atomic_t handled;
static volatile int seen;

static void on_count(int signo)
{
	handled = handled + 1;
}

static void on_touch(int signo)
{
	seen = *word(p, 3);
	handled = handled + 1;
}

static void on_leave(int signo)
{
	siglongjmp(back, 1);
}

static void handle(int signo, void (*handler)(int), int flags)
{
	struct sigaction sa = {.sa_handler = handler, .sa_flags = flags};

	CHECK(sigaction(signo, &sa, NULL) == 0);
}

static void *toucher(void *at)
{
	return (void *)(intptr_t) * (volatile int *)at;
}

/* ---- a signal comes while an access sleeps in the driver ---- */

static void interrupted(int flags, int value)
{
	pthread_t thread;
	void *result;

	handle(SIGUSR1, on_count, flags);
	p = map_pages(8, RW);
	poke(1, 77);
	rule(REC_ACCESS, 1, REC_WAIT, value);
	record(REC_BIT(REC_ACCESS) | REC_BIT(REC_GO));
	CHECK(pthread_create(&thread, NULL, toucher, p + PAGE) == 0);
	for (int i = 1; i <= 20; i++) {
		CHECK(ioctl(dev, REC_WAITED, i) == 0);
		CHECK(pthread_kill(thread, SIGUSR1) == 0);
	}
	CHECK(ioctl(dev, REC_WAITED, 21) == 0 && handled >= 1);
	release();
	CHECK(pthread_join(thread, &result) == 0 && (intptr_t)result == 77);
}

PART(trap_2_EINTR_of_an_interrupted_wait_restarts_the_access)
{
	interrupted(0, EINTR);
}

PART(trap_2_EINTR_of_an_interrupted_wait_restarts_the_access_with_SA_RESTART)
{
	interrupted(SA_RESTART, EINTR);
}

PART(trap_3_an_interrupted_wait_that_returns_0_restarts_the_access)
{
	interrupted(0, 0);
}

/* A wait that signals do not interrupt: the handler runs, and the driver hears nothing of it. */
PART(signal_does_not_end_a_wait_that_is_deaf)
{
	pthread_t thread;
	void *result;

	handle(SIGUSR1, on_count, 0);
	p = map_pages(8, RW);
	poke(1, 78);
	rule(REC_ACCESS, 1, REC_WAIT_DEAF, 0);
	forget_events();
	CHECK(pthread_create(&thread, NULL, toucher, p + PAGE) == 0);
	wait_for_waiters(1);
	for (int i = 0; i < 5; i++)
		CHECK(pthread_kill(thread, SIGUSR1) == 0);
	release();
	CHECK(pthread_join(thread, &result) == 0 && (intptr_t)result == 78 && handled >= 1);
	EXPECT("access h1 d1 off 1 len 1 type 0 rw 1\n");
}

PART(handler_that_interrupts_an_access_makes_accesses_of_its_own)
{
	pthread_t thread;
	void *result;

	handle(SIGUSR1, on_touch, 0);
	p = map_pages(8, RW);
	poke(1, 79), poke(3, 33);
	rule_times(REC_ACCESS, 1, REC_WAIT, EINTR, 0, 1);
	rule(REC_ACCESS, 1, REC_WAIT_DEAF, 0);
	CHECK(pthread_create(&thread, NULL, toucher, p + PAGE) == 0);
	CHECK(ioctl(dev, REC_WAITED, 1) == 0 && pthread_kill(thread, SIGUSR1) == 0);
	CHECK(ioctl(dev, REC_WAITED, 2) == 0 && handled == 1 && seen == 33);
	release();
	CHECK(pthread_join(thread, &result) == 0 && (intptr_t)result == 79);
}

static void *leaver(void *arg)
{
	handle(SIGUSR1, on_leave, 0);
	if (sigsetjmp(back, 1) == 0)
		return (void *)(intptr_t)*word(p, 1);
	/* It left the access for good; others work, and this one, too, when the driver lets it. */
	CHECK(*word(p, 2) == 22);
	release();
	return (void *)(intptr_t)(*word(p, 1) + 1);
}

PART(handler_leaves_a_sleeping_access_by_siglongjmp)
{
	pthread_t thread;
	void *result;

	p = map_pages(8, RW);
	poke(1, 80), poke(2, 22);
	rule(REC_ACCESS, 1, REC_WAIT, EINTR);
	CHECK(pthread_create(&thread, NULL, leaver, NULL) == 0);
	CHECK(ioctl(dev, REC_WAITED, 1) == 0 && pthread_kill(thread, SIGUSR1) == 0);
	CHECK(pthread_join(thread, &result) == 0 && (intptr_t)result == 81);
	CHECK(ioctl(dev, REC_WAITERS, 0) == 0);
	CHECK(munmap(p, 8 * PAGE) == 0); /* which waits for accesses in progress: there are none */
}

/* ---- storms ---- */

static void storm(int flags)
{
	struct itimerval often = {{0, 300}, {0, 300}}, never = {{0, 0}, {0, 0}};

	record(0);
	handle(SIGALRM, on_touch, flags);
	p = map_pages(8, RW);
	poke(3, 0);
	CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
	for (int i = 1; i <= 2000; i++) {
		*word(p, 1) = i;
		while (ioctl(dev, REC_UNLOAD_ALL) < 0)
			CHECK(errno == EINTR);
		CHECK(*word(p, 1) == i);
	}
	while (handled == 0)
		CHECK(*word(p, 1) == 2000);
	CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
}

PART(SIGALRM_storm)
{
	storm(0);
}

PART(SIGALRM_storm_with_SA_RESTART)
{
	storm(SA_RESTART);
}

/*
 * Every access sleeps interruptibly and returns EINTR; the storm lets them pass all the same.  One handler may interrupt
 * more than one wait: the server hears of it from the client and from Linux, and the second may be late.
 */
PART(SIGALRM_storm_on_accesses_that_wait)
{
	struct itimerval often = {{0, 500}, {0, 500}}, never = {{0, 0}, {0, 0}};
	pthread_t thread;
	sigset_t alarm;
	void *result;

	handle(SIGALRM, on_count, 0);
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	p = map_pages(8, RW);
	poke(1, 90);
	record(0);
	rule(REC_ACCESS, 1, REC_WAIT, EINTR);
	CHECK(pthread_create(&thread, NULL, toucher, p + PAGE) == 0);
	CHECK(pthread_sigmask(SIG_BLOCK, &alarm, NULL) == 0);
	CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
	CHECK(ioctl(dev, REC_WAITED, 50) == 0);
	release();
	CHECK(pthread_join(thread, &result) == 0 && (intptr_t)result == 90 && handled > 0);
	CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
}

/* ---- the application's own SIGSEGV and SIGBUS ---- */

static char *foreign; /* ordinary memory without access */

/* What garbage collectors do: the handler gives access, and the instruction is made again. */
static void on_own_fault(int signo, siginfo_t *info, void *context)
{
	if (info->si_addr != foreign || info->si_code != SEGV_ACCERR)
		_exit(3);
	handled = handled + 1;
	seen = *word(p, 3);
	if (mprotect(foreign, PAGE, RW) != 0)
		_exit(4);
}

static void own_handler(bool before)
{
	struct sigaction sa = {.sa_sigaction = on_own_fault, .sa_flags = SA_SIGINFO};

	if (before)
		CHECK(sigaction(SIGSEGV, &sa, NULL) == 0);
	p = map_pages(8, RW);
	foreign = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!before)
		CHECK(sigaction(SIGSEGV, &sa, NULL) == 0);
	poke(3, 34);
	for (int i = 1; i <= 10; i++) {
		*foreign = (char)i;
		*word(p, 1) = i;
		CHECK(handled == i && *foreign == i && *word(p, 1) == i && seen == 34);
		CHECK(ioctl(dev, REC_UNLOAD_ALL) == 1 && mprotect(foreign, PAGE, PROT_NONE) == 0);
		CHECK(mprotect(foreign, PAGE, PROT_READ) == 0);
	}
}

PART(SIGSEGV_handler_of_the_application_installed_before_mapping)
{
	own_handler(true);
}

PART(SIGSEGV_handler_of_the_application_installed_after_mapping)
{
	own_handler(false);
}

static volatile uintptr_t handler_stack;

static void on_stack(int signo, siginfo_t *info, void *context)
{
	char here;

	handler_stack = (uintptr_t)&here;
	on_signal(signo, info, context);
}

PART(handler_on_an_alternate_stack_gets_the_signal_of_a_failed_access_there)
{
	static char stack[65536];
	stack_t ss = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction sa = {.sa_sigaction = on_stack, .sa_flags = SA_SIGINFO | SA_ONSTACK};

	CHECK(sigaltstack(&ss, NULL) == 0 && sigaction(SIGBUS, &sa, NULL) == 0);
	p = map_pages(8, RW);
	rule(REC_ACCESS, 1, REC_RETURN, EIO);
	CHECK_SIGNAL(p + PAGE + 4, READ_IT, SIGBUS, BUS_OBJERR, EIO);
	CHECK(handler_stack >= (uintptr_t)stack && handler_stack < (uintptr_t)stack + sizeof(stack));
	CHECK(*word(p, 0) == 0);
}

PART(handler_for_once_is_reset_by_the_signal_of_a_failed_access)
{
	struct sigaction sa = {.sa_sigaction = on_signal, .sa_flags = (int)(SA_SIGINFO | SA_RESETHAND)};

	CHECK(sigaction(SIGBUS, &sa, NULL) == 0 && sigaction(SIGSEGV, &sa, NULL) == 0);
	p = map_pages(8, PROT_READ);
	rule(REC_ACCESS, 1, REC_RETURN, EIO);
	CHECK_SIGNAL(p + PAGE, READ_IT, SIGBUS, BUS_OBJERR, EIO);
	CHECK(sigaction(SIGBUS, NULL, &sa) == 0 && sa.sa_handler == SIG_DFL);
	CHECK_SIGNAL(p, WRITE_IT, SIGSEGV, SEGV_ACCERR, 0);
	CHECK(sigaction(SIGSEGV, NULL, &sa) == 0 && sa.sa_handler == SIG_DFL && *word(p, 0) == 0);
}

/* The mask while a handler runs is what it asked for, and afterwards what it was. */
static sigset_t mask_in_handler;

static void on_mask(int signo, siginfo_t *info, void *context)
{
	pthread_sigmask(SIG_SETMASK, NULL, &mask_in_handler);
	on_signal(signo, info, context);
}

PART(mask_of_a_handler_holds_for_the_signal_of_a_failed_access)
{
	struct sigaction sa = {.sa_sigaction = on_mask, .sa_flags = SA_SIGINFO};
	sigset_t now;

	sigaddset(&sa.sa_mask, SIGUSR2);
	CHECK(sigaction(SIGBUS, &sa, NULL) == 0);
	p = map_pages(8, RW);
	rule(REC_ACCESS, 1, REC_RETURN, EIO);
	CHECK_SIGNAL(p + PAGE, READ_IT, SIGBUS, BUS_OBJERR, EIO);
	CHECK(sigismember(&mask_in_handler, SIGUSR2) == 1 && sigismember(&mask_in_handler, SIGBUS) == 1 &&
	      sigismember(&mask_in_handler, SIGUSR1) == 0);
	CHECK(pthread_sigmask(SIG_SETMASK, NULL, &now) == 0 && sigismember(&now, SIGUSR2) == 0 &&
	      sigismember(&now, SIGBUS) == 0);
}

PART(ignored_SIGBUS_of_a_failed_access_kills_as_on_Linux)
{
	int status;

	p = map_pages(8, RW);
	rule(REC_ACCESS, 1, REC_RETURN, EIO);
	pid_t child = fork_child();
	if (child == 0) {
		CHECK(signal(SIGBUS, SIG_IGN) != SIG_ERR);
		_exit(*word(p, 1));
	}
	CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	CHECK(ioctl(dev, REC_HANDLES) == 1);
}

int main(int argc, char **argv)
{
	return rec_main(argc, argv);
}
