/* SPDX-License-Identifier: BSD-2-Clause */
/* file.h: one open of a device, shared by dup and fork. */
#ifndef KERNEL_SYS_FILE_H
#define KERNEL_SYS_FILE_H

#include "kernel/ddi/sync/poll.h"
#include "kernel/host.h"
#include "kernel/sys/sys.h"
#include <sys/cred.h>
#include <sys/types.h>

struct cb_ops;
struct snode;

struct sys_file {
	/* constant for its life */
	struct snode *snode;
	dev_t dev; /* of the clone, if it was cloned */
	struct cb_ops *ops;

	unsigned flags; /* atomic: SYS_F* */

	struct host_mutex lock; /* protects offset; a leaf lock */
	int64_t offset;

	struct polldat poll;
};

/* May who has these credentials open a node of this mode for SYS_FREAD, SYS_FWRITE?  0 or EACCES. */
int file_permission(uint32_t mode, unsigned flags, const cred_t *c);

#endif
