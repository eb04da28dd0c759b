/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/core/kthread.h"
#include "kernel/sys/file.h"
#include <sys/devops.h>
#include <sys/errno.h>
#include <sys/file.h>

/* mode: the flags of the open, and the data model of the calling process. */
int sys_ioctl(struct sys_file *f, int cmd, uint64_t arg, int32_t *rval)
{
	model_t model = kthread_self()->t_procp->p_model & DATAMODEL_MASK;
	int value = 0, error;
	dev_t before;

	if (f->ops->cb_ioctl == NULL)
		return ENXIO;
	kthread_refresh();
	before = kthread_serve(f->dev);
	error = f->ops->cb_ioctl(f->dev, cmd, (intptr_t)arg, (int)(sys_file_flags(f) | model), CRED(), &value);
	(void)kthread_serve(before);
	if (error == 0)
		*rval = value;
	return error;
}
