/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/dma/dma.h"
#include "kernel/ddi/core/kthread.h"
#include "kernel/ddi/core/leak.h"
#include "kernel/ddi/core/machine.h"
#include "kernel/ddi/core/cmn_err.h"
#include "kernel/ddi/device/minor.h"
#include "kernel/ddi/sync/periodic.h"
#include "kernel/ddi/sync/system_thread.h"
#include "kernel/ddi/sync/taskq.h"
#include "kernel/ddi/core/ticks.h"
#include "kernel/ddi/sync/timeout.h"
#include "kernel/devmap/trash.h"
#include "kernel/devmap/umem_lock.h"
#include "kernel/lib/message.h"
#include "kernel/rctl/rctl.h"
#include "kernel/sys/module_unload.h"
#include <sys/errno.h>

static int version_check(void)
{
	unsigned version = host_version();

	if (version == HOST_VERSION)
		return 0;
	message(HOST_LOG_WARN, "the host was made for version %u of kernel/host.h, the kernel part is of version %u", version,
		HOST_VERSION);
	return EPROTO;
}

int sys_boot(const struct sys_config *config)
{
	int error = version_check();

	if (error == 0)
		error = ticks_boot(config->hz);
	if (error != 0)
		return error;
	machine_boot();
	module_boot();
	kthread_boot();
	rctl_boot();
	taskq_boot();
	dma_stat_boot();
	return 0;
}

#define DRIVER_TIMEOUT_NS UINT64_C(10000000000) /* nanoseconds, for drivers' functions that are still running */

/*
 * A driver that refuses stays known until the leaks are reported, so that they carry its name.  Its node is dropped
 * without its consent: the host is about to go.
 */
int sys_halt(void (*leak)(void *arg, const struct sys_leak *), void *arg)
{
	struct module *m;
	uint64_t deadline;
	bool threads;
	int refused = 0;

	sys_devnode_watch(NULL, NULL);
	module_gate_enter();
	for (m = module_first(); m != NULL; m = m->next)
		if (!m->retired && module_unload(m) != 0)
			refused = EBUSY;
	devinfo_drop_all();
	deadline = host_time_monotonic() + DRIVER_TIMEOUT_NS;
	timeouts_halt(deadline);
	periodic_halt(deadline);
	taskq_halt(deadline);
	threads = driver_threads_halt();
	umem_lock_halt();
	message_flush();
	rctl_unpublish();
	dma_stat_halt();
	leak_report(leak, arg);
	rctl_halt();
	trash_halt();
	while ((m = module_first()) != NULL)
		module_forget(m);
	module_gate_leave();
	return system_threads_abandoned() || threads ? EINPROGRESS : refused;
}
