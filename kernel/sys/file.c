/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/sys/file.h"
#include "kernel/ddi/core/cred.h"
#include "kernel/ddi/core/kthread.h"
#include "kernel/ddi/device/minor.h"
#include "kernel/sys/snode.h"
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/open.h>

/* The bits are the DDI's own: a driver sees them as they are. */
_Static_assert(SYS_FREAD == FREAD && SYS_FWRITE == FWRITE && SYS_FNDELAY == FNDELAY &&
		       SYS_FNONBLOCK == FNONBLOCK && SYS_FEXCL == FEXCL,
	       "flags of sys.h are those of <sys/file.h>");
#define FILE_FLAGS (SYS_FREAD | SYS_FWRITE | SYS_FNDELAY | SYS_FNONBLOCK | SYS_FEXCL)
#define FILE_CHANGEABLE (SYS_FNDELAY | SYS_FNONBLOCK)

/* Nodes belong to user 0, group 0. */
int file_permission(uint32_t mode, unsigned flags, const cred_t *c)
{
	unsigned need = (flags & SYS_FREAD ? 4u : 0) | (flags & SYS_FWRITE ? 2u : 0);
	unsigned granted;

	if (cred_privileged(c))
		return 0;
	granted = groupmember(0, c) ? mode >> 3 : mode;
	return (granted & need) == need ? 0 : EACCES;
}

static int driver_open(struct snode *s, dev_t *dev, unsigned flags)
{
	struct cb_ops *ops = s->dip->ops->devo_cb_ops;

	if (ops == NULL || ops->cb_open == NULL)
		return ENXIO;
	return ops->cb_open(dev, (int)flags, s->block ? OTYP_BLK : OTYP_CHR, CRED());
}

static struct sys_file *file_create(struct snode *s, unsigned flags)
{
	struct sys_file *f = host_alloc(sizeof(*f), true);

	host_mutex_init(&f->lock);
	f->snode = s;
	f->dev = s->dev;
	f->ops = s->dip->ops->devo_cb_ops;
	f->flags = flags;
	return f;
}

static int file_open(dev_t dev, unsigned flags, const struct minor_open *node, struct sys_file **out)
{
	struct snode *s;
	dev_t chosen = dev;
	int error = file_permission(node->mode, flags, CRED());

	if (error == 0)
		error = snode_open_begin(dev, node->block, node->dip, &s);
	if (error != 0)
		return error;
	error = driver_open(s, &chosen, flags);
	if (error != 0) {
		snode_open_failed(s);
		return error;
	}
	/* a driver clones within its own devices */
	if (chosen >> 32 != dev >> 32)
		chosen = dev;
	snode_open_done(&s, chosen);
	*out = file_create(s, flags);
	return 0;
}

int sys_open(uint64_t dev, unsigned flags, struct sys_file **out)
{
	struct minor_open node;
	int error;

	if ((flags & ~(FILE_FLAGS | SYS_FBLOCK)) != 0 || (flags & (SYS_FREAD | SYS_FWRITE)) == 0)
		return EINVAL;
	kthread_refresh();
	error = minor_hold(dev, (flags & SYS_FBLOCK) != 0, &node);
	if (error != 0)
		return error;
	error = file_open(dev, flags & FILE_FLAGS, &node, out);
	devinfo_release(node.dip);
	return error;
}

void sys_close(struct sys_file *f)
{
	kthread_refresh();
	poll_waiter_end(&f->poll);
	snode_close(f->snode, (int)sys_file_flags(f));
	host_mutex_destroy(&f->lock);
	host_free(f, sizeof(*f));
}

uint64_t sys_file_dev(const struct sys_file *f)
{
	return f->dev;
}

void sys_file_setflags(struct sys_file *f, unsigned flags)
{
	unsigned old = sys_file_flags(f);

	while (!__atomic_compare_exchange_n(&f->flags, &old, (old & ~FILE_CHANGEABLE) | (flags & FILE_CHANGEABLE),
					    false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

unsigned sys_file_flags(const struct sys_file *f)
{
	return __atomic_load_n(&f->flags, __ATOMIC_RELAXED);
}

/* A driver without chpoll, or whose chpoll fails: POLLERR. */
int sys_poll(struct sys_file *f, short events, short *revents)
{
	struct pollhead *head = NULL;
	int error = ENXIO;

	kthread_refresh();
	*revents = 0;
	if (f->ops->cb_chpoll != NULL)
		error = f->ops->cb_chpoll(f->dev, events, 0, revents, &head);
	if (error != 0)
		*revents = POLLERR;
	else if (head != NULL)
		poll_waiter_move(&f->poll, head);
	return 0;
}

void sys_file_pollwake(struct sys_file *f, void (*wake)(void *arg), void *arg)
{
	poll_waiter_set(&f->poll, wake, arg);
}
