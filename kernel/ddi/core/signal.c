/* SPDX-License-Identifier: BSD-2-Clause */
/* psignal(9F). */
#include "kernel/host.h"
#include "kernel/vm/address_space.h"
#include <sys/proc.h>

/* Signal numbers are the host's.  The system itself has no signals; p is alive. */
void psignal(proc_t *p, int signo)
{
	if (p != &p0)
		host_as_signal(address_space_of(p->p_as)->host, signo);
}
