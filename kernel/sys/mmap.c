/* SPDX-License-Identifier: BSD-2-Clause */
/* mmap(2) of a device. */
#include <sys/conf.h>
#include <sys/errno.h>
#include <sys/mman.h>
#include <sys/sunddi.h>

#include "kernel/ddi/core/kthread.h"
#include "kernel/ddi/core/module.h"
#include "kernel/devmap/devmap.h"
#include "kernel/sys/file.h"
#include "kernel/sys/proc.h"
#include "kernel/sys/snode.h"

struct request {
	struct sys_file *file;
	caddr_t addr;
	off_t len, offset;
	unsigned prot, maxprot, flags; /* the DDI's */
};

/* What the open allows at most. */
static unsigned
file_maxprot(const struct sys_file *f, unsigned type)
{
	if (type == MAP_SHARED && !(sys_file_flags(f) & SYS_FWRITE))
		return PROT_ALL & ~(unsigned)PROT_WRITE;
	return PROT_ALL;
}

/* Before any driver is asked; the order is part of the contract. */
static int
request_check(const struct request *r)
{
	unsigned type = r->flags & MAP_TYPE;

	if (r->file->snode->block)
		return ENODEV; /* there is no cache behind a block node whose pages could be shown */
	if (r->len == 0 || (r->offset & PAGEOFFSET) != 0)
		return EINVAL;
	if (type != MAP_SHARED && type != MAP_PRIVATE)
		return EINVAL;
	if (!(sys_file_flags(r->file) & SYS_FREAD))
		return EACCES;
	if ((r->prot & ~r->maxprot) != 0)
		return EACCES;
	if ((r->flags & MAP_FIXED) && ((uintptr_t)r->addr & PAGEOFFSET) != 0)
		return EINVAL;
	return 0;
}

/* No segmap(9E) of the driver's own. */
static int
default_segmap(struct request *r)
{
	const struct cb_ops *ops = r->file->ops;

	if (!(ops->cb_flag & D_DEVMAP) && SLOT_USABLE(ops->cb_mmap))
		return ddi_segmap(r->file->dev, r->offset, curproc->p_as, &r->addr, r->len, r->prot, r->maxprot,
				  r->flags, CRED());
	if (!SLOT_USABLE(ops->cb_devmap))
		return ENODEV;
	return devmap_setup(r->file->dev, r->offset, curproc->p_as, &r->addr, (size_t)r->len, r->prot, r->maxprot,
			    r->flags, CRED());
}

static int
driver_segmap(struct request *r)
{
	return r->file->ops->cb_segmap(r->file->dev, r->offset, curproc->p_as, &r->addr, r->len, r->prot, r->maxprot,
				       r->flags, CRED());
}

static struct request
request_make(struct sys_file *f, uintptr_t addr, uint64_t len, int prot, int flags, int64_t offset)
{
	return (struct request){
		.file = f,
		.addr = (caddr_t)addr,
		.len = (off_t)len,
		.offset = offset,
		.prot = ((unsigned)prot & (PROT_READ | PROT_WRITE | PROT_EXEC)) | PROT_USER,
		.maxprot = file_maxprot(f, (unsigned)flags & MAP_TYPE),
		.flags = (unsigned)flags & (MAP_TYPE | MAP_FIXED),
	};
}

int sys_mmap_check(struct sys_file *f, uintptr_t addr, uint64_t len, int prot, int flags, int64_t offset)
{
	struct request r = request_make(f, addr, len, prot, flags, offset);

	return request_check(&r);
}

int sys_mmap(struct sys_file *f, uintptr_t *addr, uint64_t len, int prot, int flags, int64_t offset)
{
	struct request r = request_make(f, *addr, len, prot, flags, offset);
	int error = request_check(&r);
	dev_t before;

	if (error != 0)
		return error;
	kthread_refresh();
	before = kthread_serve(f->dev);
	error = SLOT_USABLE(f->ops->cb_segmap) ? driver_segmap(&r) : default_segmap(&r);
	(void)kthread_serve(before);
	if (error == 0)
		error = devmap_confirm(&proc_current()->space, (uintptr_t)r.addr, (size_t)len);
	if (error == 0)
		*addr = (uintptr_t)r.addr;
	return error;
}
