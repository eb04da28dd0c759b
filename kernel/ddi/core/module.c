/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/core/module.h"
#include "kernel/lib/message.h"
#include "kernel/host.h"
#include <sys/sunddi.h>

static struct {
	struct host_mutex lock; /* protects the fields below; a leaf lock */
	struct module *first;
	major_t last_major;

	bool busy;              /* somebody is inside the gate */
	struct host_cond gate;  /* signalled when busy falls */
	struct module *current; /* inside the gate: whose _init or _fini runs */
} modules;

/* ---- the register ---- */

static char *string_copy(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(host_alloc(n, true), s, n);
}

int module_create(const struct sys_module *from, struct module **out)
{
	struct module *m = host_alloc(sizeof(*m), true);

	*m = (struct module){.init = from->init, .info = from->info, .fini = from->fini, .base = from->base, .size = from->size, .name = string_copy(from->name)};
	host_mutex_lock(&modules.lock);
	for (struct module *other = modules.first; other != NULL; other = other->next) {
		if (!other->retired && strcmp(other->name, m->name) == 0) {
			host_mutex_unlock(&modules.lock);
			host_free(m->name, strlen(m->name) + 1);
			host_free(m, sizeof(*m));
			return EEXIST;
		}
	}
	m->major = ++modules.last_major;
	m->next = modules.first;
	modules.first = m;
	host_mutex_unlock(&modules.lock);
	*out = m;
	return 0;
}

void module_forget(struct module *m)
{
	struct module **link;

	host_mutex_lock(&modules.lock);
	for (link = &modules.first; *link != m; link = &(*link)->next)
		;
	*link = m->next;
	if (modules.first == NULL)
		modules.last_major = 0;
	host_mutex_unlock(&modules.lock);
	host_free(m->name, strlen(m->name) + 1);
	host_free(m, sizeof(*m));
}

void module_retire(struct module *m)
{
	host_mutex_lock(&modules.lock);
	m->retired = true;
	host_mutex_unlock(&modules.lock);
}

struct module *module_first(void)
{
	struct module *m;

	host_mutex_lock(&modules.lock);
	m = modules.first;
	host_mutex_unlock(&modules.lock);
	return m;
}

/* Called with the lock held. */
static struct module *module_around(const void *address)
{
	struct module *m;

	for (m = modules.first; m != NULL; m = m->next)
		if ((uintptr_t)address - (uintptr_t)m->base < m->size)
			return m;
	return NULL;
}

/*
 * Offset in the module that contains it; *name is NULL if none does.  The name lives as long as the module: its own code, or the
 * halt, is running.
 */
static uintptr_t module_offset(const void *address, const char **name)
{
	struct module *m;

	host_mutex_lock(&modules.lock);
	m = module_around(address);
	host_mutex_unlock(&modules.lock);
	*name = m != NULL ? m->name : NULL;
	return m != NULL ? (uintptr_t)address - (uintptr_t)m->base : 0;
}

const char *module_name_of(const void *address)
{
	const char *name;

	(void)module_offset(address, &name);
	return name != NULL ? name : "";
}

struct module *module_with(const struct modlinkage *l)
{
	struct module *m;

	host_mutex_lock(&modules.lock);
	for (m = modules.first; m != NULL && m->linkage != l; m = m->next)
		;
	host_mutex_unlock(&modules.lock);
	return m;
}

void module_boot(void)
{
	caller_set_namer(module_offset);
}

/* ---- the gate ---- */

void module_gate_enter(void)
{
	host_mutex_lock(&modules.lock);
	while (modules.busy)
		(void)host_cond_wait(&modules.gate, &modules.lock, HOST_FOREVER, false);
	modules.busy = true;
	host_mutex_unlock(&modules.lock);
}

void module_gate_leave(void)
{
	host_mutex_lock(&modules.lock);
	modules.busy = false;
	host_cond_signal(&modules.gate);
	host_mutex_unlock(&modules.lock);
}

struct module *module_current(void)
{
	return modules.current;
}

int module_init(struct module *m)
{
	int error;

	modules.current = m;
	error = m->init();
	modules.current = NULL;
	if (error != 0) { /* an _init that fails after mod_install has installed nothing */
		m->linkage = NULL;
		m->ops = NULL;
	}
	return error;
}

int module_fini(struct module *m)
{
	int error;

	modules.current = m;
	error = m->fini();
	modules.current = NULL;
	return error;
}

/* ---- names and numbers ---- */

major_t ddi_name_to_major(const char *name)
{
	major_t major = DDI_MAJOR_T_NONE;

	host_mutex_lock(&modules.lock);
	for (struct module *m = modules.first; m != NULL; m = m->next)
		if (!m->retired && strcmp(m->name, name) == 0)
			major = m->major;
	host_mutex_unlock(&modules.lock);
	return major;
}

char *ddi_major_to_name(major_t major)
{
	char *name = NULL;

	host_mutex_lock(&modules.lock);
	for (struct module *m = modules.first; m != NULL; m = m->next)
		if (m->major == major)
			name = m->name;
	host_mutex_unlock(&modules.lock);
	return name;
}

/* ---- what drivers put into slots ---- */

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
int nodev()
{
	return ENXIO;
}

int nulldev()
{
	return 0;
}
#pragma GCC diagnostic pop

int nochpoll(dev_t dev, short events, int anyyet, short *revents, struct pollhead **php)
{
	return ENXIO;
}

int ddi_quiesce_not_needed(dev_info_t *dip)
{
	return DDI_SUCCESS;
}

int ddi_quiesce_not_supported(dev_info_t *dip)
{
	return DDI_FAILURE;
}

bool slot_usable(int (*fn)(void))
{
	return fn != NULL && fn != (int (*)(void))nodev && fn != (int (*)(void))nulldev;
}
