/* SPDX-License-Identifier: BSD-2-Clause */
/* oddmap: what becomes of accesses to a mapping without devmap_access whose driver goes back on its word. */
#include "app.h"

#include <setjmp.h>

static sigjmp_buf back;
static siginfo_t got;

static void on_signal(int signo, siginfo_t *info, void *context)
{
	got = *info;
	siglongjmp(back, 1);
}

static int touch(volatile char *at)
{
	if (sigsetjmp(back, 1))
		return got.si_signo;
	(void)*at;
	return 0;
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
	char *p = map_at(open_device("/dev/oddmap", O_RDWR), 0, 3 * PAGE, PROT_READ | PROT_WRITE);

	CHECK(sigaction(SIGBUS, &sa, NULL) == 0);
	CHECK(touch(p + 7) == 0);
	CHECK(touch(p + PAGE + 7) == SIGBUS && got.si_code == BUS_ADRERR && got.si_addr == p + PAGE + 7 &&
	      got.si_errno == 0);
	CHECK(touch(p + 2 * PAGE + 7) == SIGBUS && got.si_code == BUS_OBJERR && got.si_addr == p + 2 * PAGE + 7 &&
	      got.si_errno == EFAULT);
	CHECK(touch(p + 8) == 0);
	return 0;
}
