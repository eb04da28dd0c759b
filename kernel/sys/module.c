/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/device/devinfo.h"
#include "kernel/lib/message.h"
#include "kernel/sys/module_unload.h"
#include <sys/errno.h>

int module_unload(struct module *m)
{
	struct dev_info *dip;
	int error;

	while (m->ops != NULL && (dip = devinfo_last_of(m)) != NULL) {
		error = devinfo_detach(dip);
		if (error != 0)
			return error;
	}
	error = m->fini != NULL ? module_fini(m) : 0;
	if (error != 0)
		message(HOST_LOG_WARN, "%s: _fini refused to unload the driver: error %d", m->name, error);
	return error;
}

static int module_attach_all(struct module *m, const struct sys_module *from, int *instance)
{
	static const struct sys_node alone = {.parent = "pseudo", .instance = 0};
	const struct sys_node *nodes = from->nnodes > 0 ? from->nodes : &alone;
	size_t count = from->nnodes > 0 ? from->nnodes : 1;
	struct dev_info *dip;
	int error;

	for (size_t i = 0; i < count; i++) {
		error = devinfo_attach(m, &nodes[i], &dip);
		if (error != 0) {
			*instance = nodes[i].instance >= 0 ? nodes[i].instance : (int)i;
			return error;
		}
	}
	return 0;
}

/* Within the gate; m is known.  On failure nothing of it runs or is attached, as far as the driver lets go. */
static int module_start(struct module *m, const struct sys_module *from, enum sys_module_step *step, int *instance)
{
	int error;

	*step = SYS_STEP_INIT;
	error = module_init(m);
	if (error != 0)
		return error;
	*step = SYS_STEP_NO_DRIVER;
	error = ENXIO;
	if (m->ops != NULL) {
		*step = SYS_STEP_ATTACH;
		error = module_attach_all(m, from, instance);
	} else if (m->linkage != NULL) {
		error = 0; /* a module that others call */
	}
	if (error != 0)
		(void)module_unload(m);
	return error;
}

int sys_module_load(const struct sys_module *from, enum sys_module_step *step, int *instance)
{
	struct module *m;
	int error;

	*step = SYS_STEP_NAME;
	module_gate_enter();
	error = module_create(from, &m);
	if (error == 0) {
		error = module_start(m, from, step, instance);
		if (error != 0)
			module_retire(m);
	}
	module_gate_leave();
	return error;
}
