/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kstat_queue(9F): how long, and how full, the two queues of a kstat_io_t were.  Whenever a queue changes, the time since
 * its last change is added to its busy time if it was not empty, and its length times that time to its length-time.
 */
#include "kernel/lib/message.h"
#include <sys/kstat.h>
#include <sys/time.h>

struct queue_times {
	hrtime_t *busy, *length_time, *updated;
	uint_t *count;
};

static void queue_add(struct queue_times q, hrtime_t now, int change)
{
	hrtime_t passed = now - *q.updated;

	if (*q.count > 0) {
		*q.busy += passed;
		*q.length_time += passed * *q.count;
	}
	*q.updated = now;
	*q.count += (uint_t)change;
}

static struct queue_times wait_queue(kstat_io_t *io)
{
	return (struct queue_times){&io->wtime, &io->wlentime, &io->wlastupdate, &io->wcnt};
}

static struct queue_times run_queue(kstat_io_t *io)
{
	return (struct queue_times){&io->rtime, &io->rlentime, &io->rlastupdate, &io->rcnt};
}

static void queue_leave(struct queue_times q, hrtime_t now, const char *function, const void *caller)
{
	if (*q.count == 0)
		driver_warning(caller, "%s: the queue is empty", function);
	else
		queue_add(q, now, -1);
}

void kstat_waitq_enter(kstat_io_t *io)
{
	queue_add(wait_queue(io), gethrtime(), 1);
}

void kstat_waitq_exit(kstat_io_t *io)
{
	queue_leave(wait_queue(io), gethrtime(), "kstat_waitq_exit", CALLER());
}

void kstat_runq_enter(kstat_io_t *io)
{
	queue_add(run_queue(io), gethrtime(), 1);
}

void kstat_runq_exit(kstat_io_t *io)
{
	queue_leave(run_queue(io), gethrtime(), "kstat_runq_exit", CALLER());
}

void kstat_waitq_to_runq(kstat_io_t *io)
{
	hrtime_t now = gethrtime();

	queue_leave(wait_queue(io), now, "kstat_waitq_to_runq", CALLER());
	queue_add(run_queue(io), now, 1);
}

void kstat_runq_back_to_waitq(kstat_io_t *io)
{
	hrtime_t now = gethrtime();

	queue_leave(run_queue(io), now, "kstat_runq_back_to_waitq", CALLER());
	queue_add(wait_queue(io), now, 1);
}
