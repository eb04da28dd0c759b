/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/core/kthread.h"
#include "kernel/ddi/core/cred.h"
#include "kernel/lib/message.h"
#include <sys/disp.h>
#include <sys/model.h>
#include <sys/sunddi.h>
#include <vm/as.h>

proc_t p0;
struct as kas;
pri_t minclsyspri = 60, maxclsyspri = 99;

static struct {
	struct host_mutex lock; /* protects the fields below; a leaf lock */
	struct kthread *first;
	uint64_t last_did;
} threads;

static struct kthread *kthread_of(kthread_t *t)
{
	return (struct kthread *)t;
}

static void threads_add(struct kthread *k)
{
	host_mutex_lock(&threads.lock);
	k->public.t_did = ++threads.last_did;
	k->next = threads.first;
	if (k->next != NULL)
		k->next->previous = k;
	threads.first = k;
	host_mutex_unlock(&threads.lock);
}

static void threads_remove(struct kthread *k)
{
	host_mutex_lock(&threads.lock);
	if (k->next != NULL)
		k->next->previous = k->previous;
	if (k->previous != NULL)
		k->previous->next = k->next;
	else
		threads.first = k->next;
	host_mutex_unlock(&threads.lock);
}

struct kthread *kthread_prepare(void)
{
	struct kthread *k = host_alloc(sizeof(*k), true);

	k->public.t_procp = &p0;
	k->public.t_cred = kcred;
	k->public.t_pri = minclsyspri;
	crhold(kcred);
	threads_add(k);
	return k;
}

kthread_t *kthread_self(void)
{
	struct kthread *k = host_thread_local();

	if (k == NULL) {
		k = kthread_prepare();
		host_thread_set_local(k);
	}
	return &k->public;
}

void kthread_destroy(struct kthread *k)
{
	threads_remove(k);
	crfree(k->public.t_cred);
	host_free(k, sizeof(*k));
}

/* Frees what kthread_self() made for this thread. */
static void kthread_end(void)
{
	struct kthread *k = host_thread_local();

	if (k == NULL)
		return;
	host_thread_set_local(NULL);
	kthread_destroy(k);
}

dev_t kthread_serve(dev_t dev)
{
	struct kthread *k = kthread_of(kthread_self());
	dev_t before = k->serving;

	k->serving = dev;
	return before;
}

dev_t kthread_serving(void)
{
	return kthread_of(kthread_self())->serving;
}

bool kthread_in_interrupt(void)
{
	return kthread_of(kthread_self())->in_interrupt;
}

void kthread_set_interrupt(bool in)
{
	kthread_of(kthread_self())->in_interrupt = in;
}

static cred_t *proc_cred_hold(struct proc *p)
{
	cred_t *c;

	if (p == &p0) {
		crhold(kcred);
		return kcred;
	}
	mutex_enter(&p->p_crlock);
	c = p->p_cred;
	crhold(c);
	mutex_exit(&p->p_crlock);
	return c;
}

void kthread_refresh(void)
{
	kthread_t *t = kthread_self();
	cred_t *old = t->t_cred;

	/* The thread's hold keeps the old address from being used again: equal means unchanged. */
	if (t->t_procp == &p0 || __atomic_load_n(&t->t_procp->p_cred, __ATOMIC_ACQUIRE) == old)
		return;
	t->t_cred = proc_cred_hold(t->t_procp);
	crfree(old);
}

static void kthread_bind(kthread_t *t, struct proc *p)
{
	cred_t *old = t->t_cred;

	t->t_procp = p;
	t->t_lwp = p == &p0 ? NULL : (struct _klwp *)(void *)t;
	t->t_cred = proc_cred_hold(p);
	crfree(old);
}

void kthread_enter(struct proc *p)
{
	kthread_t *t = kthread_self();
	struct kthread *k = kthread_of(t);

	if (k->depth == KTHREAD_DEPTH)
		host_panic("sys_thread_enter: a thread entered more than 8 processes within each other");
	k->outer[k->depth++] = t->t_procp;
	kthread_bind(t, p != NULL ? p : &p0);
}

/* The process that is left may be gone by now: it is not touched. */
void kthread_leave(void)
{
	kthread_t *t = kthread_self();
	struct kthread *k = kthread_of(t);

	if (k->depth == 0)
		host_panic("sys_thread_leave: the thread has not entered a process");
	if (--k->depth == 0 && k->way_out == NULL)
		kthread_end();
	else
		kthread_bind(t, k->outer[k->depth]);
}

void kthread_boot(void)
{
	static user_t user = {.u_comm = "sched"};

	p0.p_model = DATAMODEL_LP64;
	p0.p_cred = kcred;
	p0.p_flag = SSYS;
	p0.p_as = &kas;
	p0.p_user = user;
}

kthread_t *threadp(void)
{
	return kthread_self();
}

pid_t ddi_get_pid(void)
{
	return kthread_self()->t_procp->p_pid;
}

kt_did_t ddi_get_kt_did(void)
{
	return kthread_self()->t_did;
}

model_t get_udatamodel(void)
{
	return kthread_self()->t_procp->p_model;
}

model_t ddi_mmap_get_model(void)
{
	return get_udatamodel();
}

/* What a 64-bit driver must convert from: ILP32 for a 32-bit caller, else nothing. */
model_t ddi_model_convert_from(model_t model)
{
	return (model & DATAMODEL_MASK) == DATAMODEL_ILP32 ? DDI_MODEL_ILP32 : DDI_MODEL_NONE;
}
