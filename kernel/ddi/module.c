/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/module.h"
#include "kernel/ddi/devinfo.h"
#include "kernel/ddi/message.h"
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

struct mod_ops mod_driverops, mod_miscops, mod_strmodops;

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

const char *module_name_of(const void *address)
{
	const char *name;

	(void)module_offset(address, &name);
	return name != NULL ? name : "";
}

/* The name lives as long as the module: its own code, or the halt, is running. */
uintptr_t module_offset(const void *address, const char **name)
{
	struct module *m;

	host_mutex_lock(&modules.lock);
	m = module_around(address);
	host_mutex_unlock(&modules.lock);
	*name = m != NULL ? m->name : NULL;
	return m != NULL ? (uintptr_t)address - (uintptr_t)m->base : 0;
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

/* ---- mod_install(9F) and its kin ---- */

static bool linkage_valid(const struct modlinkage *l)
{
	return l != NULL && l->ml_rev == MODREV_1 && l->ml_linkage[0] != NULL;
}

/* The linkage structures all begin with their mod_ops and a name. */
static struct mod_ops *link_ops(const struct modlinkage *l, int i)
{
	return ((struct modldrv *)l->ml_linkage[i])->drv_modops;
}

static int linkage_ops(const struct modlinkage *l, struct dev_ops **ops)
{
	int links = sizeof(l->ml_linkage) / sizeof(l->ml_linkage[0]);

	*ops = NULL;
	for (int i = 0; i < links && l->ml_linkage[i] != NULL; i++) {
		struct modldrv *drv = l->ml_linkage[i];

		if (link_ops(l, i) == &mod_miscops || link_ops(l, i) == &mod_strmodops)
			continue;
		if (link_ops(l, i) != &mod_driverops || drv->drv_dev_ops == NULL || *ops != NULL)
			return EINVAL;
		*ops = drv->drv_dev_ops;
	}
	return 0;
}

int mod_install(struct modlinkage *l)
{
	struct module *m = modules.current;
	struct dev_ops *ops;
	int error;

	if (m == NULL || !linkage_valid(l))
		return EINVAL;
	if (m->linkage != NULL)
		return EBUSY;
	error = linkage_ops(l, &ops);
	if (error != 0)
		return error;
	if (ops != NULL && ops->devo_rev > DEVO_REV) {
		message(HOST_LOG_WARN, "%s: devo_rev %d: at most %d is known", m->name, ops->devo_rev, DEVO_REV);
		return EINVAL;
	}
	m->linkage = l;
	m->ops = ops;
	return 0;
}

int mod_remove(struct modlinkage *l)
{
	struct module *m = modules.current;

	if (m == NULL || !linkage_valid(l) || m->linkage != l)
		return EINVAL;
	if (devinfo_attached(m))
		return EBUSY;
	m->linkage = NULL;
	m->ops = NULL;
	return 0;
}

static struct module *module_with(const struct modlinkage *l)
{
	struct module *m;

	host_mutex_lock(&modules.lock);
	for (m = modules.first; m != NULL && m->linkage != l; m = m->next)
		;
	host_mutex_unlock(&modules.lock);
	return m;
}

int mod_info(struct modlinkage *l, struct modinfo *info)
{
	struct module *m = linkage_valid(l) ? module_with(l) : NULL;

	if (!linkage_valid(l))
		return 0;
	info->mi_rev = l->ml_rev;
	for (int i = 0; i < 7 && l->ml_linkage[i] != NULL; i++) {
		const struct modldrv *drv = l->ml_linkage[i];

		(void)strlcpy(info->mi_msinfo[i].msi_linkinfo, drv->drv_linkinfo != NULL ? drv->drv_linkinfo : "",
			      MODMAXLINKINFOLEN);
		info->mi_msinfo[i].msi_p0 = m != NULL && m->ops != NULL ? (int)m->major : -1;
	}
	if (m == NULL)
		return 1;
	(void)strlcpy(info->mi_name, m->name, sizeof(info->mi_name));
	info->mi_base = (caddr_t)(uintptr_t)m->base;
	info->mi_size = m->size;
	info->mi_loadcnt = 1;
	return 1;
}

const char *mod_modname(struct modlinkage *l)
{
	struct module *m = module_with(l);

	return m != NULL ? m->name : NULL;
}

/* ---- names and numbers ---- */

major_t ddi_name_to_major(char *name)
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
