/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crash.c: reports in which function the server dies, most likely a driver's; then it dies as it would have.  A
 * sanitizer that reports so itself is not disturbed.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "host/conf/loader.h"
#include "host/server/base/base.h"

#define LOOKUP_TIMEOUT_S 2 /* looking the name up may wait for a lock that the crash has left behind */

static const int signals[] = {SIGSEGV, SIGFPE, SIGILL};

static void on_crash(int signo, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;
	const char *at = (const char *)(uintptr_t)uc->uc_mcontext.gregs[REG_RIP];
	char function[256], text[400];
	int n;

	(void)signal(signo, SIG_DFL);
	(void)signal(SIGALRM, SIG_DFL);
	(void)alarm(LOOKUP_TIMEOUT_S);
	loader_function(at + 1, function, sizeof(function));
	n = snprintf(text, sizeof(text), "sundog: %s in %s, address 0x%lx\n", strsignal(signo), function,
		     (unsigned long)(uintptr_t)info->si_addr);
	if (n > 0)
		(void)!write(STDERR_FILENO, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
	if (info->si_code <= 0) /* nobody will do it again */
		(void)raise(signo);
}

void crash_prepare(void)
{
	struct sigaction old, ours = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_NODEFER};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			(void)sigaction(signals[i], &ours, NULL);
}
