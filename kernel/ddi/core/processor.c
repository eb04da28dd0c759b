/* SPDX-License-Identifier: BSD-2-Clause */
/* Processors: as many as the machine has, all on line for good. */
#include "kernel/ddi/core/machine.h"
#include "kernel/host.h"
#include "kernel/lib/message.h"
#include <sys/cpuvar.h>
#include <sys/string.h>

#define CPUS_MAX 256

kmutex_t cpu_lock;
int max_ncpus, boot_max_ncpus;
processorid_t max_cpuid;
struct cpu *cpu[CPUS_MAX];

static struct cpu every[CPUS_MAX];

void processor_boot(void)
{
	int n = ncpus < CPUS_MAX ? ncpus : CPUS_MAX;

	for (int i = 0; i < n; i++) {
		every[i].cpu_id = every[i].cpu_seqid = i;
		every[i].cpu_type_info.pi_state = P_ONLINE;
		(void)strlcpy(every[i].cpu_type_info.pi_processor_type, "i386", PI_TYPELEN);
		(void)strlcpy(every[i].cpu_type_info.pi_fputypes, "i387 compatible", PI_FPUTYPE);
		cpu[i] = &every[i];
	}
	max_ncpus = boot_max_ncpus = n;
	max_cpuid = n - 1;
}

cpu_t *cpu_get(processorid_t id)
{
	if (!mutex_owned(&cpu_lock))
		driver_bug(CALLER(), "cpu_get: cpu_lock is not held");
	return id >= 0 && id < max_ncpus ? cpu[id] : NULL;
}
