/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/pathname.h>: names of files. */
#ifndef _SYS_PATHNAME_H
#define _SYS_PATHNAME_H

#include <sys/types.h>
#include <sys/uio.h>
#include <sys/vnode.h>

/* Not provided: what they are about is not simulated. */
int lookupname(const char *, enum uio_seg, int, vnode_t **, vnode_t **) SUNDOG_ABSENT(lookupname);
int lookupnameat(const char *, enum uio_seg, int, vnode_t **, vnode_t **, vnode_t *) SUNDOG_ABSENT(lookupnameat);

#endif
