/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fault.c: accesses to intercepted mappings.  Such a mapping has no access until the server has it loaded; the
 * SIGSEGV of the thread that touches it becomes a call of that thread, and the access is tried again.
 *
 *	thread: access -> SIGSEGV -> WIRE_FAULT --> server: driver --> agent: mprotect
 *	                                    <---------- reply
 *	        access, again
 *
 * With a userfaultfd Linux informs the server of a page that is not loaded.  Then a SIGSEGV comes of a mapping that a
 * fork child has not used yet, of an access that the driver has let fail, and of one that the protection forbids.
 */
#define _GNU_SOURCE
#include "client/agent/fault.h"

#include <linux/futex.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "client/agent/promote.h"
#include "client/core/raw.h"

/* ---- the agent ---- */

static struct lock agent_lock; /* protects the field below; with all signals blocked */
static bool agent_started;
static int agent_pid;
static bool watched; /* the server reads a userfaultfd of ours */

static int agent_connect(void)
{
	struct agent_means means;
	int error = agent_join(&means);

	if (error)
		return error;
	int pid = agent_start(&means, ranges_abandon);
	if (means.uffd >= 0)
		__atomic_store_n(&watched, true, __ATOMIC_RELAXED);
	agent_leave(&means);
	agent_pid = pid > 0 ? pid : 0;
	return pid < 0 ? -pid : 0;
}

/* The server has found that it has gone. */
static void agent_again(void)
{
	uint64_t mask;

	signals_block(&mask);
	lock_take(&agent_lock);
	if (agent_pid > 0) /* nobody else waits for it */
		raw_syscall(SYS_wait4, agent_pid, 0, __WCLONE | WNOHANG, 0, 0, 0);
	(void)agent_connect();
	lock_release(&agent_lock);
	signals_restore(&mask);
}

static int agent_need(void)
{
	uint64_t mask;
	int error = 0;

	if (likely(__atomic_load_n(&agent_started, __ATOMIC_ACQUIRE)))
		return 0;
	signals_block(&mask);
	lock_take(&agent_lock);
	if (!agent_started)
		error = agent_connect();
	__atomic_store_n(&agent_started, !error, __ATOMIC_RELEASE);
	lock_release(&agent_lock);
	signals_restore(&mask);
	handlers_wrap();
	return error;
}

/* ---- the fault ---- */

enum {
	RW_READ = 1,
	RW_WRITE = 2,
	RW_EXEC = 3,
};
#define ERROR_WRITE 0x2 /* of the processor's page-fault error code */
#define ERROR_FETCH 0x10

static int access_kind(const ucontext_t *uc)
{
	long code = (long)uc->uc_mcontext.gregs[REG_ERR];

	return code & ERROR_WRITE ? RW_WRITE : code & ERROR_FETCH ? RW_EXEC
								  : RW_READ;
}

/* The child's access is its parent's: it waits in vfork(), with its channel free. */
static int fault_call(struct wire_message *m)
{
	int error;

	if (likely(!in_vfork_child)) {
		error = agent_need();
		return error ? error : call_simple(m);
	}
	in_vfork_fault = true;
	error = call_simple(m);
	in_vfork_fault = false;
	return error;
}

/* True: the access goes on.  Else what it gets instead. */
static bool serve(uintptr_t addr, int kind, siginfo_t *failure)
{
	struct wire_message m = {.op = WIRE_FAULT, .a = addr, .b = (uint64_t)kind, .c = in_vfork_child ? (uint64_t)syscall(SYS_gettid) : 0};
	int error = fault_call(&m);

	if ((!error && m.a == 0) || error == EINTR)
		return true;
	if (error)
		process_wait_leaving(); /* another thread exits: nobody serves faults any more, and none is to be seen */
	memset(failure, 0, sizeof(*failure));
	failure->si_signo = error ? SIGBUS : (int)m.a;
	failure->si_code = error ? BUS_OBJERR : (int)m.b;
	failure->si_errno = error ? error : (int)m.c;
	failure->si_addr = (void *)addr;
	return false;
}

#ifdef __x86_64__
#define REG_RESULT REG_RAX
#define REG_PC REG_RIP
#define REG_FIRST REG_RDI
#define REG_SECOND REG_RSI
#define SYSCALL "\x0f\x05"
#else
#define REG_RESULT REG_EAX
#define REG_PC REG_EIP
#define REG_FIRST REG_EBX
#define REG_SECOND REG_ECX
#define SYSCALL "\xcd\x80"
#endif

/*
 * A wait on a futex was interrupted by the server, unknown to the program: Linux lets one without a timeout begin anew, and so
 * do we with one until a given time.  Others fail with EINTR, as they may at any time.
 */
static void sleeper_again(const siginfo_t *info, ucontext_t *uc)
{
	greg_t *r = uc->uc_mcontext.gregs;

	/* Between pid namespaces Linux has taken the number away. */
	if (info->si_pid == 0 || r[REG_RESULT] != -EINTR || r[REG_FIRST] != (greg_t)(uintptr_t)info->si_value.sival_ptr ||
	    (r[REG_SECOND] & ~(greg_t)FUTEX_CLOCK_REALTIME) != FUTEX_WAIT_BITSET ||
	    memcmp((const char *)(uintptr_t)r[REG_PC] - 2, SYSCALL, 2) != 0)
		return;
	r[REG_RESULT] = info->si_pid;
	r[REG_PC] -= 2;
}

static void on_segv(int signo, siginfo_t *info, void *context)
{
	uintptr_t addr = (uintptr_t)info->si_addr;
	int saved = errno;
	siginfo_t failure;

	if (unlikely(info->si_code == SI_QUEUE && info->si_errno == WIRE_SLEEPER)) {
		sleeper_again(info, context);
		return;
	}
	if (info->si_code == SEGV_ACCERR && promote_wait(addr)) {
		errno = saved;
		return;
	}
	if (unlikely(info->si_code == SI_QUEUE && info->si_value.sival_int == WIRE_AGENT_AGAIN))
		agent_again();
	else if (info->si_code != SEGV_ACCERR || !range_intercepted(addr))
		signals_deliver(signo, info, context, info->si_code > 0 && info->si_code != SI_KERNEL);
	else if (!serve(addr, access_kind(context), &failure))
		signals_deliver(failure.si_signo, &failure, context, true);
	errno = saved;
}

void fault_left(void)
{
	if (__atomic_load_n(&watched, __ATOMIC_RELAXED) && !in_vfork_child)
		connection_interrupt_access((uint32_t)syscall(SYS_gettid));
}

int fault_prepare(void)
{
	int error = agent_need();

	__atomic_store_n(&fault_possible, true, __ATOMIC_RELAXED);
	return error ? error : signals_take(on_segv);
}

/* ---- fork ---- */

void fault_fork_lock(void)
{
	lock_take(&agent_lock);
}

void fault_fork_unlock(void)
{
	lock_release(&agent_lock);
}

/* The child begins without translations; its first fault starts an agent. */
void fault_fork_child(struct fork_child *c)
{
	agent_started = watched = false;
	ranges_hide();
}

/* The agent and the thread's channel, neither of which a vfork child could leave to its parent. */
void fault_vfork_enter(void)
{
	int error = errno;

	if (unlikely(__atomic_load_n(&fault_possible, __ATOMIC_RELAXED)) && agent_need() == 0) {
		struct call *c = call_begin();
		if (c)
			call_end(c);
	}
	errno = error;
}
