/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/rctl.h>: resource controls: constants.  There is nothing to call: ddi_umem_lock(9F) returns ENOMEM where a control
 * refuses, and curprojid() of <sys/project.h> returns whose it is.
 */
#ifndef _SYS_RCTL_H
#define _SYS_RCTL_H

#include <sys/types.h>

typedef id_t rctl_hndl_t;
typedef u_longlong_t rctl_qty_t;
typedef int rctl_priv_t;

#define RCPRIV_BASIC 0x01000000u
#define RCPRIV_PRIVILEGED 0x04000000u
#define RCPRIV_SYSTEM 0x07000000u

#define RCTL_LOCAL_NOACTION 0
#define RCTL_LOCAL_SIGNAL 1
#define RCTL_LOCAL_DENY 2
#define RCTL_LOCAL_MAXIMAL 0x80000000u

/* What comes along with it. */
#include <sys/kmem.h>
#include <sys/model.h>
#include <sys/time.h>

#endif
