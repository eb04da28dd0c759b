/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/sync/system_thread.h"
#include "kernel/host.h"

struct system_thread {
	struct kthread *self;
	struct host_thread *host;
	void (*fn)(void *);
	void *arg;
	void *way_out[5]; /* of __builtin_setjmp(): where thread_exit(9F) goes */
};

static void thread_main(void *arg)
{
	struct system_thread *t = arg;

	host_thread_set_local(t->self);
	t->self->way_out = t->way_out;
	if (__builtin_setjmp(t->way_out) == 0)
		t->fn(t->arg);
	host_thread_set_local(NULL);
}

int system_thread_create(void (*fn)(void *), void *arg, const char *name, struct system_thread **out)
{
	struct system_thread *t = host_alloc(sizeof(*t), true);
	int error;

	t->fn = fn;
	t->arg = arg;
	t->self = kthread_prepare();
	*out = t; /* before it runs */
	error = host_thread_create(thread_main, t, name, &t->host);
	if (error != 0) {
		kthread_destroy(t->self);
		host_free(t, sizeof(*t));
	}
	return error;
}

void system_thread_join(struct system_thread *t)
{
	host_thread_join(t->host);
	kthread_destroy(t->self);
	host_free(t, sizeof(*t));
}

static bool abandoned;

void system_thread_abandon(struct system_thread *t)
{
	abandoned = true; /* at the halt, by the one thread that halts */
}

bool system_threads_abandoned(void)
{
	bool was = abandoned;

	abandoned = false;
	return was;
}

kthread_t *system_thread_public(struct system_thread *t)
{
	return &t->self->public;
}
