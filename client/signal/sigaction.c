/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sigaction.c: SIGSEGV belongs to the library from the first intercepted mapping on.  The application's own
 * disposition is kept here, returned when it asks, and followed for everything that is not ours.
 *
 * A fault while SIGSEGV is blocked would kill, so it never is for real; what the application believes is kept for
 * each thread.
 */
#define _GNU_SOURCE
#include "client/signal/signals.h"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "client/core/raw.h"

static struct {
	struct lock lock;     /* protects the fields below; with all signals blocked */
	struct sigaction app; /* what the application has set */
} segv;
static _Thread_local bool segv_blocked __attribute__((tls_model("initial-exec")));

void signals_fork_lock(void)
{
	lock_take(&segv.lock);
	handlers_fork_lock();
}

void signals_fork_unlock(void)
{
	handlers_fork_unlock();
	lock_release(&segv.lock);
}

/* ---- taking it ---- */

static void segv_unblock(void)
{
	uint64_t mask = SIGNAL_BIT(SIGSEGV), old = 0;

	raw_syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, (long)&mask, (long)&old, KERNEL_SIGSET, 0, 0);
	if (old & mask)
		segv_blocked = true;
}

int signals_take(void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction ours = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | SA_RESTART};
	uint64_t mask;
	int error = 0;

	segv_unblock();
	if (__atomic_load_n(&segv_taken, __ATOMIC_ACQUIRE))
		return 0;
	signals_block(&mask);
	lock_take(&segv.lock);
	if (!segv_taken && REAL(sigaction)(SIGSEGV, &ours, &segv.app) < 0)
		error = errno;
	__atomic_store_n(&segv_taken, !error, __ATOMIC_RELEASE);
	lock_release(&segv.lock);
	signals_restore(&mask);
	return error;
}

/* Reads and replaces what the application has set. */
static int segv_exchange(const struct sigaction *act, struct sigaction *old)
{
	struct sigaction new = {0}, was;
	uint64_t mask;
	int result = 0;

	if (act)
		new = *act; /* a bad pointer faults here, without the lock */
	signals_block(&mask);
	lock_take(&segv.lock);
	if (segv_taken) {
		was = segv.app;
		if (act)
			segv.app = new;
	} else {
		result = REAL(sigaction)(SIGSEGV, act ? &new : NULL, &was);
	}
	lock_release(&segv.lock);
	signals_restore(&mask);
	if (result == 0 && old)
		*old = was;
	return result;
}

/* ---- handing a signal to the application ---- */

static void handler_reset(int signo)
{
	static const struct sigaction by_default = {.sa_handler = SIG_DFL};

	if (signo == SIGSEGV)
		(void)segv_exchange(&by_default, NULL);
	else
		(void)REAL(sigaction)(signo, &by_default, NULL);
}

static void handler_call(const struct sigaction *a, int signo, siginfo_t *info, void *context)
{
	sigset_t block = a->sa_mask;

	if (a->sa_flags & (int)SA_RESETHAND)
		handler_reset(signo);
	if (!(a->sa_flags & SA_NODEFER))
		sigaddset(&block, signo);
	sigdelset(&block, SIGSEGV);
	raw_syscall(SYS_rt_sigprocmask, SIG_BLOCK, (long)&block, 0, KERNEL_SIGSET, 0, 0);
	if (a->sa_flags & SA_SIGINFO)
		a->sa_sigaction(signo, info, context);
	else
		a->sa_handler(signo);
	/* Linux restores the mask when our own handler returns. */
}

/* The default action, which for these signals ends the process. */
static void default_action(int signo, siginfo_t *info, bool forced)
{
	static const struct sigaction by_default = {.sa_handler = SIG_DFL};
	uint64_t mask = UINT64_C(1) << (signo - 1);

	(void)REAL(sigaction)(signo, &by_default, NULL);
	if (signo == SIGSEGV && forced)
		return; /* the access is made again, and Linux does the rest, with the registers as they were */
	raw_syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, (long)&mask, 0, KERNEL_SIGSET, 0, 0);
	raw_syscall(SYS_rt_tgsigqueueinfo, getpid(), (long)syscall(SYS_gettid), signo, (long)info, 0, 0);
}

#ifdef __x86_64__
#define REG_PC REG_RIP
#else
#define REG_PC REG_EIP
#endif
extern const char touch_read_at[], touch_write_at[], touch_failed[]; /* touch.S */

/* An access of our own, before a system call: it is told, and no signal comes. */
static bool touch_fails(ucontext_t *uc)
{
	greg_t *pc = &uc->uc_mcontext.gregs[REG_PC];

	if (*pc != (greg_t)(uintptr_t)touch_read_at && *pc != (greg_t)(uintptr_t)touch_write_at)
		return false;
	*pc = (greg_t)(uintptr_t)touch_failed;
	return true;
}

void signals_deliver(int signo, siginfo_t *info, void *context, bool forced)
{
	const ucontext_t *uc = context;
	struct sigaction a;
	bool blocked;

	if (forced && touch_fails(context))
		return;
	if (signo == SIGSEGV) {
		(void)segv_exchange(NULL, &a);
		blocked = segv_blocked && forced;
	} else {
		if (REAL(sigaction)(signo, NULL, &a) < 0)
			a.sa_handler = SIG_DFL;
		blocked = sigismember(&uc->uc_sigmask, signo);
	}
	if (a.sa_handler == SIG_IGN && !forced)
		return;
	if (a.sa_handler == SIG_DFL || a.sa_handler == SIG_IGN || blocked)
		default_action(signo, info, forced);
	else
		handler_call(&a, signo, info, context);
}

/* ---- what applications call ---- */

EXPORT int sigaction(int signo, const struct sigaction *act, struct sigaction *old)
{
	struct sigaction copy;

	if (likely(!client_active()))
		return REAL(sigaction)(signo, act, old);
	if (act)
		signals_handler_comes(signo, act->sa_handler, act->sa_flags & SA_RESTART);
	if (signo == SIGSEGV)
		return segv_exchange(act, old);
	if (act && sigismember(&act->sa_mask, SIGSEGV) > 0 && !handlers_wrapped()) {
		copy = *act;
		sigdelset(&copy.sa_mask, SIGSEGV);
		act = &copy;
	}
	int result = handlers_wrapped() ? handler_exchange(signo, act, old) : REAL(sigaction)(signo, act, old);
	if (act && result == 0)
		signals_handler_gone(signo, act->sa_handler);
	return result;
}

ALIAS(__sigaction, sigaction);

static sighandler_t wrapped_signal(int signo, sighandler_t handler, int flags)
{
	struct sigaction act = {.sa_handler = handler, .sa_flags = flags}, old;

	if (!(flags & SA_NODEFER) && signo >= 1 && signo <= 64)
		sigaddset(&act.sa_mask, signo);
	return handler_exchange(signo, &act, &old) == 0 ? old.sa_handler : SIG_ERR;
}

/* signal(2) in one of its kinds. */
static sighandler_t other_signal(sighandler_t (*real)(int, sighandler_t), int signo, sighandler_t handler, int flags)
{
	if (likely(!client_active()))
		return real(signo, handler);
	signals_handler_comes(signo, handler, flags & SA_RESTART);
	sighandler_t old = handlers_wrapped() ? wrapped_signal(signo, handler, flags) : real(signo, handler);
	if (old != SIG_ERR)
		signals_handler_gone(signo, handler);
	return old;
}

static sighandler_t segv_signal(sighandler_t handler, int flags)
{
	struct sigaction act = {.sa_handler = handler, .sa_flags = flags}, old;

	if (!(flags & SA_NODEFER))
		sigaddset(&act.sa_mask, SIGSEGV);
	return segv_exchange(&act, &old) == 0 ? old.sa_handler : SIG_ERR;
}

EXPORT sighandler_t signal(int signo, sighandler_t handler)
{
	if (unlikely(signo == SIGSEGV && client_active()))
		return segv_signal(handler, SA_RESTART);
	return other_signal(REAL(signal), signo, handler, signals_interrupting(signo) ? 0 : SA_RESTART);
}

EXPORT sighandler_t sysv_signal(int signo, sighandler_t handler)
{
	if (unlikely(signo == SIGSEGV && client_active()))
		return segv_signal(handler, (int)SA_RESETHAND | SA_NODEFER);
	return other_signal(REAL(sysv_signal), signo, handler, (int)SA_RESETHAND | SA_NODEFER);
}

ALIAS(__sysv_signal, sysv_signal);
ALIAS(bsd_signal, signal);
ALIAS(ssignal, signal);

/* ---- masks ---- */

static bool blocked_after(int how, const sigset_t *set)
{
	bool named = sigismember(set, SIGSEGV) > 0;

	switch (how) {
	case SIG_BLOCK:
		return segv_blocked || named;
	case SIG_UNBLOCK:
		return segv_blocked && !named;
	default:
		return named;
	}
}

static int mask_change(int (*real)(int, const sigset_t *, sigset_t *), int how, const sigset_t *set, sigset_t *old)
{
	bool was = segv_blocked, after = was;
	sigset_t copy;

	if (set) {
		after = blocked_after(how, set);
		copy = *set;
		if (how != SIG_UNBLOCK)
			sigdelset(&copy, SIGSEGV);
		set = &copy;
	}
	int result = real(how, set, old);
	if (result != 0)
		return result;
	segv_blocked = after;
	if (old && was)
		sigaddset(old, SIGSEGV);
	return 0;
}

EXPORT int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	if (likely(!client_active()))
		return REAL(sigprocmask)(how, set, old);
	return mask_change(REAL(sigprocmask), how, set, old);
}

EXPORT int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	if (likely(!client_active()))
		return REAL(pthread_sigmask)(how, set, old);
	return mask_change(REAL(pthread_sigmask), how, set, old);
}

const sigset_t *signals_without_segv(const sigset_t *mask, sigset_t *to)
{
	if (likely(mask == NULL || !client_active()) || sigismember(mask, SIGSEGV) <= 0)
		return mask;
	*to = *mask;
	sigdelset(to, SIGSEGV);
	return to;
}

EXPORT int sigsuspend(const sigset_t *mask)
{
	return REAL(sigsuspend)(signals_without_segv(mask, &(sigset_t){0}));
}

ALIAS(__sigsuspend, sigsuspend);
