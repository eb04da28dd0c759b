/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/ddi.h>
#include <sys/sunddi.h>

#include "ddi_checks.h"

static kmutex_t zero; /* an all-zero mutex is an initialised one */

static void take_and_leave(void *arg)
{
	kmutex_t *m = arg;

	VERIFY(!mutex_owned(m));
	VERIFY(mutex_owner(m) != NULL && mutex_owner(m) != curthread);
	VERIFY(mutex_tryenter(m) == 0);
}

void check_mutexes(void)
{
	kmutex_t m;

	mutex_enter(&zero);
	mutex_exit(&zero);
	mutex_init(&m, "name", MUTEX_DRIVER, NULL);
	VERIFY(!MUTEX_HELD(&m));
	mutex_enter(&m);
	VERIFY(MUTEX_HELD(&m) && mutex_owner(&m) == curthread && mutex_tryenter(&m) == 0);
	run_elsewhere(take_and_leave, &m);
	mutex_exit(&m);
	VERIFY(mutex_owner(&m) == NULL && mutex_tryenter(&m) == 1);
	mutex_destroy(&m); /* its owner may */
	mutex_init(&m, NULL, MUTEX_DRIVER, NULL);
	mutex_enter(&m);
	mutex_exit(&m);
	mutex_destroy(&m);
}

struct waiting {
	kmutex_t m;
	kcondvar_t cv, ready;
	int go, waits;
};

static void wait_for_go(void *arg)
{
	struct waiting *w = arg;

	mutex_enter(&w->m);
	w->waits++;
	cv_broadcast(&w->ready);
	while (!w->go)
		cv_wait(&w->cv, &w->m);
	VERIFY(mutex_owned(&w->m));
	w->waits--;
	mutex_exit(&w->m);
}

static void let_go(void *arg)
{
	struct waiting *w = arg;

	mutex_enter(&w->m);
	w->go = 1;
	cv_signal(&w->cv);
	mutex_exit(&w->m);
}

void check_conditions(void)
{
	struct waiting w = {.go = 1};
	clock_t now;

	mutex_init(&w.m, NULL, MUTEX_DRIVER, NULL);
	cv_init(&w.cv, NULL, CV_DRIVER, NULL);
	cv_init(&w.ready, NULL, CV_DRIVER, NULL);
	wait_for_go(&w);
	run_elsewhere(let_go, &w);
	mutex_enter(&w.m);
	VERIFY(cv_timedwait(&w.cv, &w.m, ddi_get_lbolt() - 5) == -1); /* in the past */
	VERIFY(mutex_owned(&w.m));
	VERIFY(cv_timedwait_sig(&w.cv, &w.m, 0) == -1);
	VERIFY(cv_reltimedwait(&w.cv, &w.m, 0, TR_CLOCK_TICK) == -1);
	VERIFY(cv_reltimedwait_sig(&w.cv, &w.m, -3, TR_MILLISEC) == -1);
	now = ddi_get_lbolt();
	VERIFY(cv_reltimedwait(&w.cv, &w.m, 2, TR_CLOCK_TICK) == -1);
	VERIFY(ddi_get_lbolt() - now >= 1); /* 2 whole ticks are at least one boundary */
	mutex_exit(&w.m);
	cv_destroy(&w.ready);
	cv_destroy(&w.cv);
	mutex_destroy(&w.m);
}

static void rw_busy_for_all(void *arg)
{
	VERIFY(!rw_tryenter(arg, RW_READER) && !rw_tryenter(arg, RW_WRITER));
	VERIFY(!rw_write_held(arg) && rw_owner(arg) != NULL && rw_owner(arg) != curthread);
}

static void rw_busy_for_writers(void *arg)
{
	VERIFY(rw_tryenter(arg, RW_READER));
	VERIFY(!rw_tryupgrade(arg)); /* two readers */
	rw_exit(arg);
	VERIFY(!rw_tryenter(arg, RW_WRITER));
}

void check_rwlocks(void)
{
	krwlock_t l;

	rw_init(&l, NULL, RW_DRIVER, NULL);
	VERIFY(!RW_LOCK_HELD(&l) && rw_owner(&l) == NULL);
	rw_enter(&l, RW_WRITER);
	VERIFY(RW_WRITE_HELD(&l) && RW_LOCK_HELD(&l) && !RW_READ_HELD(&l) && rw_owner(&l) == curthread);
	run_elsewhere(rw_busy_for_all, &l);
	rw_downgrade(&l);
	VERIFY(RW_READ_HELD(&l) && !RW_WRITE_HELD(&l) && rw_read_locked(&l));
	run_elsewhere(rw_busy_for_writers, &l);
	VERIFY(rw_tryupgrade(&l) && RW_WRITE_HELD(&l));
	rw_exit(&l);
	rw_enter(&l, RW_READER);
	rw_enter(&l, RW_READER);
	VERIFY(!rw_tryupgrade(&l));
	rw_exit(&l);
	rw_exit(&l);
	VERIFY(rw_tryenter(&l, RW_WRITER) && !rw_tryenter(&l, RW_READER));
	rw_exit(&l);
	rw_destroy(&l);
}

static void sema_give(void *arg)
{
	sema_v(arg);
}

void check_semaphores(void)
{
	ksema_t s;

	sema_init(&s, 1, NULL, SEMA_DRIVER, NULL);
	VERIFY(!SEMA_HELD(&s));
	sema_p(&s);
	VERIFY(SEMA_HELD(&s) && !sema_tryp(&s));
	run_elsewhere(sema_give, &s);
	VERIFY(sema_p_sig(&s) == 0);
	sema_v(&s);
	VERIFY(sema_tryp(&s) && !sema_tryp(&s));
	sema_destroy(&s);
}

/* ---- bugs ---- */

void bug_mutex_recursive(void)
{
	mutex_enter(&zero);
	mutex_enter(&zero);
}

static void leave(void *arg)
{
	mutex_exit(arg);
}

void bug_mutex_not_owner(void)
{
	mutex_enter(&zero);
	run_elsewhere(leave, &zero);
}

void bug_mutex_destroyed(void)
{
	mutex_destroy(&zero);
	mutex_enter(&zero);
}

static void destroy(void *arg)
{
	mutex_destroy(arg);
}

void bug_mutex_destroyed_held(void)
{
	mutex_enter(&zero);
	run_elsewhere(destroy, &zero);
}

void bug_cv_without_mutex(void)
{
	kcondvar_t cv;

	cv_init(&cv, NULL, CV_DRIVER, NULL);
	cv_wait(&cv, &zero);
}

void bug_rw_exit_unheld(void)
{
	krwlock_t l;

	rw_init(&l, NULL, RW_DRIVER, NULL);
	rw_exit(&l);
}

void bug_rw_destroy_held(void)
{
	krwlock_t l;

	rw_init(&l, NULL, RW_DRIVER, NULL);
	rw_enter(&l, RW_READER);
	rw_destroy(&l);
}
