/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * engine.c: which fault engine an address space has: the first in the table that works.  It is agreed upon when the client
 * starts its agent, before its first intercepted window is accessible.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/server/base/linux.h"
#include "host/server/fault/fault.h"

extern const struct as_engine as_engine_uffd;
static const struct as_engine *const engines[] = {
	&as_engine_uffd,
	&as_engine_sigsegv,
};
#define ENGINES (sizeof(engines) / sizeof(engines[0]))
_Static_assert(ENGINES <= ENGINES_MAX, "each has its place in struct host_as");

static const struct as_engine *only; /* that is allowed; NULL: any */

static bool is_allowed(const struct as_engine *e)
{
	return only == NULL || e == only;
}

/* ---- the server's start ---- */

static const char *engine_names(void)
{
	static char text[80];
	const char *between = "";

	for (size_t i = 0, used = 0; i < ENGINES; i++) {
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", between, engines[i]->name);
		between = i + 2 < ENGINES ? ", " : " or ";
	}
	return text;
}

int engine_start(const char *name, const char **names)
{
	for (size_t i = 0; i < ENGINES && name != NULL && only == NULL; i++)
		if (strcmp(name, engines[i]->name) == 0)
			only = engines[i];
	*names = engine_names();
	if (name != NULL && only == NULL)
		return EINVAL;
	for (size_t i = 0; i < ENGINES; i++)
		if (is_allowed(engines[i]) && engines[i]->start != NULL)
			engines[i]->start();
	return 0;
}

/* ---- what an address space has of each ---- */

/* What it begins with, until its agent's hello. */
static const struct as_engine *engine_first(void)
{
	return only != NULL ? only : engines[0];
}

int engines_init(struct host_as *as)
{
	atomic_store(&as->engine, engine_first());
	for (size_t i = 0; i < ENGINES; i++) {
		if (!is_allowed(engines[i]) || engines[i]->init == NULL)
			continue;
		as->engine_data[i] = engines[i]->init(as);
		if (as->engine_data[i] == NULL)
			return ENOMEM;
	}
	return 0;
}

void engines_fini(struct host_as *as)
{
	for (size_t i = 0; i < ENGINES; i++)
		if (as->engine_data[i] != NULL)
			engines[i]->fini(as->engine_data[i]);
}

void *engine_data(const struct host_as *as, const struct as_engine *engine)
{
	size_t i = 0;

	while (engines[i] != engine)
		i++;
	return as->engine_data[i];
}

/* ---- an agreement with the client ---- */

static void say_chosen(const struct process *p, const struct as_engine *e, const struct as_engine *before, int refused)
{
	if (before != NULL)
		posix_log(HOST_LOG_DEBUG, "process %d: fault engine: %s, %s: %s", (int)p->pid, e->name, before->means,
			  strerror(refused));
	else
		posix_log(HOST_LOG_DEBUG, "process %d: fault engine: %s", (int)p->pid, e->name);
}

int engine_agree(struct host_as *as, int connection)
{
	struct process *p = as->process;
	const struct as_engine *before = NULL;
	int refused = 0;

	for (size_t i = 0; i < ENGINES; i++) {
		const struct as_engine *e = engines[i];
		int error = 0, why = 0;

		if (!is_allowed(e))
			continue;
		if (e->agree != NULL)
			error = e->agree(as, connection, &why);
		else if (before == NULL)
			hello_answer(connection, 0, -1, WIRE_WANT_NONE);
		if (error != 0)
			return error;
		if (why == 0) {
			atomic_store(&as->engine, e);
			if (e->agree == NULL)
				say_chosen(p, e, before, refused);
			return 0;
		}
		if (atomic_load(&p->dying))
			return ESRCH;
		before = e;
		refused = why;
	}
	posix_log(HOST_LOG_WARN, "process %d: fault engine %s: %s: %s", (int)p->pid, before->name, before->means,
		  strerror(refused));
	return refused;
}

/* ---- operations that not every engine has ---- */

int engine_descriptor(const struct host_as *as)
{
	const struct as_engine *e = atomic_load(&as->engine);

	return e->descriptor != NULL ? e->descriptor(as) : -1;
}

void engine_interrupt(struct host_as *as, uint32_t tid)
{
	const struct as_engine *e = atomic_load(&as->engine);

	if (e->interrupt != NULL)
		e->interrupt(as, tid);
}

void engine_forgive(struct host_as *as, uint32_t tid)
{
	const struct as_engine *e = atomic_load(&as->engine);

	if (e->forgive != NULL)
		e->forgive(as, tid);
}

void engine_end(struct host_as *as)
{
	const struct as_engine *e = atomic_load(&as->engine);

	if (e->end != NULL)
		e->end(as);
}

bool engine_wake(struct host_as *as)
{
	const struct as_engine *e = atomic_load(&as->engine);

	return e->wake != NULL && e->wake(as);
}

void engine_drain(struct host_as *as)
{
	const struct as_engine *e = atomic_load(&as->engine);

	if (e->drain != NULL)
		e->drain(as);
}

void engine_close(struct host_as *as)
{
	const struct as_engine *e = atomic_load(&as->engine);

	if (e->close != NULL)
		e->close(as);
}

/* ---- writers of pages that are becoming shared ---- */

int engine_watch(struct process *p, enum wire_watch *how, const char **words)
{
	*how = WIRE_WATCH_SIGNAL;
	*words = "mprotect and SIGSEGV: a system call into pages that become shared may fail with EFAULT";
	for (size_t i = 0; i < ENGINES; i++)
		if (is_allowed(engines[i]) && engines[i]->watch != NULL)
			return engines[i]->watch(p, how, words);
	return 0;
}
