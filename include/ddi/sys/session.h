/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/session.h>: sessions of processes. */
#ifndef _SYS_SESSION_H
#define _SYS_SESSION_H

#include <sys/types.h>

/* Not provided: what they are about is not simulated. */
struct proc;
dev_t cttydev(struct proc *) SUNDOG_ABSENT(cttydev);

#endif
