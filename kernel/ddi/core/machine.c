/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/core/machine.h"

#include <sys/cpuvar.h>
#include <sys/param.h>
#include <sys/systm.h>

#include "kernel/host.h"

/* As they were at the boot: nothing here follows what the machine's memory is used for. */
pgcnt_t physmem, maxmem, availrmem, freemem;
int ncpus, ncpus_online;

void machine_boot(void)
{
	physmem = maxmem = availrmem = freemem = host_memory() / PAGESIZE;
	ncpus = ncpus_online = (int)host_cpus();
	processor_boot();
}
