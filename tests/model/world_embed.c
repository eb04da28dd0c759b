/* SPDX-License-Identifier: BSD-2-Clause */
/* A world inside this program: <sundog/embed.h>. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <sundog/embed.h>

#include "world.h"

#define CONTROL "project.max-locked-memory"
#define PROJECT 3 /* default */

struct world {
	struct sundog_system *system;
	struct {
		struct sundog_process *process;
		int fds[MODEL_FDS];
		int control; /* of /dev/mdl */
	} slots[MODEL_PROCESSES];
	char leak[256];
};

static void quiet(void *arg, int level, const char *text)
{
	if (getenv("MODEL_LOG") != NULL)
		fprintf(stderr, "%d %s\n", level, text);
}

struct world *world_open(const char *argument)
{
	struct sundog_options options = {.log = quiet};
	struct world *w = calloc(1, sizeof(*w));
	char message[256];
	int error;

	mdl_linked = true;
	error = sundog_system_create(&options, &w->system);

	if (error == 0)
		error = sundog_driver_attach(w->system, "mdl", mdl_init, mdl_info, mdl_fini, NULL, message, sizeof(message));
	if (error == 0)
		return w;
	fprintf(stderr, "no world: %s\n", strerror(error));
	free(w);
	return NULL;
}

static void leaked(void *arg, const struct sundog_leak *leak)
{
	struct world *w = arg;

	snprintf(w->leak, sizeof(w->leak), "leaked: %zu %s, %zu bytes, in %s", leak->count, leak->kind, leak->bytes,
		 leak->function != NULL ? leak->function : "?");
}

bool world_close(struct world *w, char *why, size_t size)
{
	size_t leaks = sundog_system_destroy(w->system, leaked, w);

	snprintf(why, size, "%s", w->leak);
	free(w);
	return leaks == 0;
}

void world_begin(struct world *w, struct model *m)
{
	struct mdl_command reset = {.op = MDL_OP_RESET}, codes = {.op = MDL_OP_CODES};
	int count;

	(void)mdl_command(&codes);
	model_init(m, false, (int)codes.addr, (int)codes.len);
	(void)mdl_command(&reset);
	(void)mdl_take_events(&count);
	(void)sundog_rctl_clear(w->system, 0, PROJECT, CONTROL);
}

uint64_t world_peek(struct world *w, int cookie, uint64_t offset)
{
	struct mdl_command peek = {.op = MDL_OP_PEEK, .id = cookie, .off = (long long)offset};

	(void)mdl_command(&peek);
	return peek.value;
}

/* ---- actions ---- */

static int do_new(struct world *w, const struct action *a, struct outcome *o)
{
	struct sundog_process **p = &w->slots[a->process].process;
	int error = sundog_process_create(w->system, a->ilp32 ? SUNDOG_ILP32 : SUNDOG_LP64, 0, 0, p);

	if (error == 0)
		error = sundog_open(*p, "/dev/mdl", O_RDWR, &w->slots[a->process].control);
	if (error == 0)
		error = sundog_anon(*p, MODEL_ANON_PAGES * MDL_PAGE, &o->addr);
	o->pid = error == 0 ? sundog_process_pid(*p) : 0;
	return error;
}

static int do_open(struct world *w, const struct action *a)
{
	const char *path = a->minor == 0 ? "/dev/mdl0" : "/dev/mdl1";
	int *fd = &w->slots[a->process].fds[a->fd];
	int error = sundog_open(w->slots[a->process].process, path, a->open_flags, fd);

	if (error == 0 && a->cloexec)
		error = sundog_set_cloexec(w->slots[a->process].process, *fd, true);
	return error;
}

static int do_mmap(struct world *w, const struct action *a, struct outcome *o)
{
	o->addr = a->addr;
	return sundog_mmap(w->slots[a->process].process, &o->addr, a->len, a->prot, a->flags, w->slots[a->process].fds[a->fd],
			   a->offset);
}

static int do_touch(struct world *w, const struct action *a, struct outcome *o)
{
	struct sundog_process *p = w->slots[a->process].process;
	struct sundog_signal_info info;

	if (a->write)
		info = sundog_poke(p, a->addr, &a->value, sizeof(a->value));
	else
		info = sundog_peek(p, a->addr, &o->value, sizeof(o->value));

	o->signo = info.signo;
	o->code = info.code;
	o->si_errno = info.error;
	return 0;
}

static int do_fork(struct world *w, const struct action *a, struct outcome *o)
{
	struct sundog_process **child = &w->slots[a->child].process;
	int error = sundog_fork(w->slots[a->process].process, child);

	memcpy(w->slots[a->child].fds, w->slots[a->process].fds, sizeof(w->slots[0].fds));
	w->slots[a->child].control = w->slots[a->process].control;
	o->pid = error == 0 ? sundog_process_pid(*child) : 0;
	return error;
}

static int do_exec(struct world *w, const struct action *a, struct outcome *o)
{
	int error = sundog_exec(w->slots[a->process].process);

	return error != 0 ? error : sundog_anon(w->slots[a->process].process, MODEL_ANON_PAGES * MDL_PAGE, &o->addr);
}

/* In the process. */
static int do_command(struct world *w, const struct action *a, struct outcome *o)
{
	struct mdl_command c = a->command;
	int error;

	if (a->kind == OP_COPY) {
		c.op = a->write ? MDL_OP_COPYOUT : MDL_OP_COPYIN;
		c.addr = a->addr;
		c.value = a->value;
	}
	error = sundog_ioctl(w->slots[a->process].process, w->slots[a->process].control, MDL_IOCTL_LINKED, (uintptr_t)&c, NULL);
	o->result = c.result;
	o->value = c.value;
	return error;
}

static int do_limit(struct world *w, const struct action *a)
{
	char setting[128], message[256];
	int error = sundog_rctl_clear(w->system, 0, PROJECT, CONTROL);

	snprintf(setting, sizeof(setting), CONTROL "=(privileged,%llu,deny)", (unsigned long long)a->limit);
	if (a->limit != UINT64_MAX && error == 0)
		error = sundog_rctl_set(w->system, 0, PROJECT, setting, message, sizeof(message));
	return error;
}

static int do_kind(struct world *w, const struct action *a, struct outcome *o)
{
	struct sundog_process *p = w->slots[a->process].process;

	switch (a->kind) {
	case OP_NEW:
		return do_new(w, a, o);
	case OP_OPEN:
		return do_open(w, a);
	case OP_CLOSE:
		return sundog_close(p, w->slots[a->process].fds[a->fd]);
	case OP_MMAP:
		return do_mmap(w, a, o);
	case OP_MUNMAP:
		return sundog_munmap(p, a->addr, a->len);
	case OP_MPROTECT:
		return sundog_mprotect(p, a->addr, a->len, a->prot);
	case OP_TOUCH:
		return do_touch(w, a, o);
	case OP_FORK:
		return do_fork(w, a, o);
	case OP_EXEC:
		return do_exec(w, a, o);
	case OP_EXIT:
		sundog_exit(p);
		return 0;
	case OP_LIMIT:
		return do_limit(w, a);
	default:
		return do_command(w, a, o);
	}
}

void world_do(struct world *w, const struct action *a, struct outcome *o)
{
	struct mdl_command script = {.op = MDL_OP_SCRIPT, .script = a->script};

	*o = (struct outcome){0};
	if (a->scripted)
		(void)mdl_command(&script);
	o->error = do_kind(w, a, o);
	o->events = mdl_take_events(&o->nevents);
	script.script = (struct mdl_script){0};
	if (a->scripted)
		(void)mdl_command(&script);
}

/* ---- comparison ---- */

static bool differs(struct model *m, const char *what, unsigned long long at, unsigned long long got, unsigned long long expected)
{
	snprintf(m->why, sizeof(m->why), "%s %#llx: %llu, expected %llu", what, at, got, expected);
	return false;
}

bool world_compare(struct world *w, struct model *m, int process)
{
	const struct model_process *p = &m->processes[process];
	struct sundog_rctl rctl;

	for (int i = 0; p->alive && i < p->nhandles; i++)
		for (int k = 0; k < p->handles[i].npages; k++) {
			uint64_t addr = p->handles[i].start + (uint64_t)k * MDL_PAGE;
			bool known, expected = model_loaded(&p->handles[i], k, &known);

			if (known && sundog_loaded(w->slots[process].process, addr, SUNDOG_READ) != expected)
				return differs(m, "translation of", addr, !expected, expected);
		}
	if (sundog_rctl_get(w->system, 0, PROJECT, CONTROL, &rctl) != 0 || rctl.used != m->used)
		return differs(m, "charge of project", PROJECT, rctl.used, m->used);
	return true;
}
