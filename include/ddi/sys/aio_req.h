/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/aio_req.h>: asynchronous I/O, aread(9E). */
#ifndef _SYS_AIO_REQ_H
#define _SYS_AIO_REQ_H

#include <sys/types.h>

struct buf;
struct uio;

struct aio_req {
	struct uio *aio_uio;
	void *aio_private;
};

int aphysio(int (*)(struct buf *), int (*)(struct buf *), dev_t, int, void (*)(struct buf *), struct aio_req *)
	SUNDOG_ABSENT(aphysio);
int anocancel(struct buf *) SUNDOG_ABSENT(anocancel);

/* What comes along with it. */
#include <sys/buf.h>

#endif
