/* SPDX-License-Identifier: BSD-2-Clause */
/* A driver whose read(9E) uses a pointer to nothing. */
#define SMALL_NAME "crash"
#define SMALL_CB .cb_devmap = nodev, .cb_mmap = nodev, .cb_segmap = nodev, .cb_flag = D_NEW | D_MP, .cb_read = crash_read

#include <sys/types.h>
#include <sys/cred.h>
#include <sys/uio.h>

static int *volatile nothing;

static int
crash_read(dev_t dev, struct uio *uio, cred_t *cred)
{
	return (*nothing);
}

#include "small.h"
