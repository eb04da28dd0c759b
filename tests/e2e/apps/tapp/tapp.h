/* SPDX-License-Identifier: BSD-2-Clause */
/* tapp.h: shared by the parts of tapp. */
#ifndef TAPP_H
#define TAPP_H

#include "app.h"

#include <setjmp.h>

#define DEV "/dev/tdrv"

static volatile sig_atomic_t last_code;
static void *volatile last_addr;

static sigjmp_buf jump_buffer;

static inline void on_fault(int signo, siginfo_t *info, void *context)
{
	last_code = info->si_code;
	last_addr = info->si_addr;
	siglongjmp(jump_buffer, signo);
}

/* The signal that a write (or read) of the byte gets, 0 for none. */
static inline int access_signal(volatile char *at, bool write)
{
	struct sigaction sa = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO}, segv, bus;

	sigaction(SIGSEGV, &sa, &segv);
	sigaction(SIGBUS, &sa, &bus);
	int signo = sigsetjmp(jump_buffer, 1);
	if (signo == 0) {
		char value = *at;
		if (write)
			*at = value;
	}
	sigaction(SIGSEGV, &segv, NULL);
	sigaction(SIGBUS, &bus, NULL);
	return signo;
}

#endif
