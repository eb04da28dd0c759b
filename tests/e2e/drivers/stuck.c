/* SPDX-License-Identifier: BSD-2-Clause */
/* stuck: functions that never return: a timeout's, a task of a queue that is left behind, one of the system's. */
#define SMALL_NAME "stuck"
#define SMALL_ATTACH                                                            \
	stuck_queue = ddi_taskq_create(dip, "stuck", 1, TASKQ_DEFAULTPRI, 0);   \
	(void) timeout(stuck_timeout, NULL, 1);                                 \
	(void) ddi_taskq_dispatch(stuck_queue, stuck_task, NULL, DDI_SLEEP);    \
	(void) taskq_dispatch(system_taskq, stuck_task, NULL, TQ_SLEEP);        \
	mutex_enter(&stuck_lock);                                               \
	while (stuck_begun < 3)                                                 \
		cv_wait(&stuck_begin, &stuck_lock);                             \
	mutex_exit(&stuck_lock);

#include <sys/types.h>
#include <sys/ksynch.h>
#include <sys/taskq.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

static ddi_taskq_t *stuck_queue;
static kmutex_t stuck_lock; /* protects the fields below */
static kcondvar_t stuck_begin, stuck_never;
static int stuck_begun;

static void
stuck_wait(void)
{
	mutex_enter(&stuck_lock);
	stuck_begun++;
	cv_signal(&stuck_begin);
	for (;;)
		cv_wait(&stuck_never, &stuck_lock);
}

static void
stuck_timeout(void *arg)
{
	stuck_wait();
}

static void
stuck_task(void *arg)
{
	stuck_wait();
}

#include "small.h"
