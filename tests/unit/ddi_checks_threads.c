/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/disp.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>
#include <sys/taskq.h>

#include "ddi_checks.h"

/* What the threads of one check share. */
struct shared {
	kmutex_t m;
	kcondvar_t cv;
	int count, gate, result;
	char order[8];
	timeout_id_t id;
};

static void shared_init(struct shared *s)
{
	bzero(s, sizeof(*s));
	mutex_init(&s->m, NULL, MUTEX_DRIVER, NULL);
	cv_init(&s->cv, NULL, CV_DRIVER, NULL);
}

static void shared_destroy(struct shared *s)
{
	cv_destroy(&s->cv);
	mutex_destroy(&s->m);
}

static void count_one(void *arg)
{
	struct shared *s = arg;

	mutex_enter(&s->m);
	s->count++;
	cv_broadcast(&s->cv);
	mutex_exit(&s->m);
}

static void wait_count(struct shared *s, int count)
{
	mutex_enter(&s->m);
	while (s->count < count)
		cv_wait(&s->cv, &s->m);
	mutex_exit(&s->m);
}

static void gate_open(struct shared *s)
{
	mutex_enter(&s->m);
	s->gate = 1;
	cv_broadcast(&s->cv);
	mutex_exit(&s->m);
}

static void count_and_wait(void *arg)
{
	struct shared *s = arg;

	count_one(s);
	mutex_enter(&s->m);
	while (!s->gate)
		cv_wait(&s->cv, &s->m);
	s->count += 10;
	mutex_exit(&s->m);
}

/* ---- threads ---- */

static void leave_from_below(struct shared *s)
{
	count_one(s);
	thread_exit();
}

static void thread_main(void *arg)
{
	VERIFY(curproc == &p0 && CRED() == kcred && ddi_get_kt_did() == curthread->t_did);
	leave_from_below(arg);
	panic("thread_exit returned");
}

void check_threads(void)
{
	struct shared s;
	kthread_t *t;
	kt_did_t did;

	shared_init(&s);
	t = thread_create(NULL, 0, count_and_wait, &s, 0, &p0, TS_RUN, minclsyspri); /* returns by itself */
	did = t->t_did;
	VERIFY(t != curthread && did != 0);
	wait_count(&s, 1);
	gate_open(&s);
	thread_join(did);
	VERIFY3S(s.count, ==, 11);
	thread_join(did); /* it is over: at once */
	thread_join(1ull << 60);
	did = thread_create(NULL, 0, thread_main, &s, 0, &p0, TS_RUN, minclsyspri)->t_did;
	wait_count(&s, 12);
	thread_join(did);
	shared_destroy(&s);
}

void bug_thread_exit(void)
{
	thread_exit();
}

/* ---- timeouts ---- */

static void note_order(struct shared *s, char c)
{
	mutex_enter(&s->m);
	s->order[s->count++] = c;
	cv_broadcast(&s->cv);
	mutex_exit(&s->m);
}

static void note_a(void *arg)
{
	note_order(arg, 'a');
}

static void note_b(void *arg)
{
	note_order(arg, 'b');
}

static void cancel_self(void *arg)
{
	struct shared *s = arg;

	mutex_enter(&s->m);
	while (s->id == 0)
		cv_wait(&s->cv, &s->m);
	mutex_exit(&s->m);
	s->result = (int)untimeout(s->id); /* does not wait for itself */
	count_one(s);
}

/* The later one is asked for first.  Once more, if the machine was so slow meanwhile that it had to come first. */
static void shorter_comes_first(struct shared *s)
{
	clock_t first;

	do {
		s->count = 0;
		first = ddi_get_lbolt();
		(void)timeout(note_b, s, 3);
		(void)timeout(note_a, s, 1);
		first = ddi_get_lbolt() - first;
		wait_count(s, 2);
	} while (first >= 2);
	VERIFY(strcmp(s->order, "ab") == 0);
}

void check_timeouts(void)
{
	struct shared s;
	timeout_id_t id, never;

	shared_init(&s);
	never = timeout(note_a, &s, 1000000);
	shorter_comes_first(&s);
	VERIFY(untimeout(never) > 900000 && untimeout(never) == -1 && untimeout(0) == -1);
	(void)timeout(note_b, &s, -5); /* at once */
	wait_count(&s, 3);

	id = timeout(cancel_self, &s, 0);
	VERIFY(id != NULL);
	mutex_enter(&s.m);
	s.id = id;
	cv_broadcast(&s.cv);
	mutex_exit(&s.m);
	wait_count(&s, 4);
	VERIFY3S(s.result, ==, -1);

	id = timeout(count_and_wait, &s, 0);
	wait_count(&s, 5);
	gate_open(&s);
	VERIFY(untimeout(id) == -1 && s.count == 15); /* it has returned */
	shared_destroy(&s);
}

/* ---- task queues ---- */

void check_taskqs(void)
{
	struct shared s;
	taskq_t *q = taskq_create("check", 3, minclsyspri, 1, INT_MAX, TASKQ_PREPOPULATE);

	shared_init(&s);
	VERIFY(!taskq_member(q, curthread));
	for (int i = 0; i < 3; i++) /* three threads: all three block at once */
		VERIFY(taskq_dispatch(q, count_and_wait, &s, TQ_SLEEP) != 0);
	wait_count(&s, 3);
	VERIFY(taskq_dispatch(q, count_one, &s, TQ_NOSLEEP | TQ_NOQUEUE) == 0); /* no thread is free */
	VERIFY(taskq_dispatch(q, count_one, &s, TQ_NOSLEEP) != 0);
	gate_open(&s);
	taskq_wait(q);
	VERIFY3S(s.count, ==, 34);
	taskq_suspend(q);
	VERIFY(taskq_suspended(q) && taskq_dispatch(q, count_one, &s, TQ_SLEEP) != 0);
	taskq_resume(q);
	VERIFY(!taskq_suspended(q));
	taskq_destroy(q); /* what is queued is done first */
	VERIFY3S(s.count, ==, 35);
	VERIFY(taskq_dispatch(system_taskq, count_one, &s, TQ_SLEEP) != 0);
	wait_count(&s, 36);
	taskq_wait(system_taskq);
	q = taskq_create_instance("check", 1, 0, minclsyspri, 1, 1, 0); /* never used */
	taskq_destroy(q);
	shared_destroy(&s);
}

void check_ddi_taskqs(void)
{
	struct shared s;
	ddi_taskq_t *q = ddi_taskq_create(NULL, "check", 1, TASKQ_DEFAULTPRI, 0);

	shared_init(&s);
	ddi_taskq_suspend(q);
	VERIFY(ddi_taskq_dispatch(q, note_a, &s, DDI_SLEEP) == DDI_SUCCESS);
	VERIFY(ddi_taskq_dispatch(q, note_b, &s, DDI_NOSLEEP) == DDI_SUCCESS);
	VERIFY(ddi_taskq_suspended(q) && s.count == 0);
	ddi_taskq_resume(q);
	ddi_taskq_wait(q);
	VERIFY(strcmp(s.order, "ab") == 0 && !ddi_taskq_suspended(q));
	ddi_taskq_destroy(q);
	ddi_taskq_destroy(NULL);
	shared_destroy(&s);
}
