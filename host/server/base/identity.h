/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * identity.h: whether a process is still the one that said hello.
 *
 * Its connection does not tell: a fork child may hold that, and the channels of its threads, when the process itself has
 * become a set-user-ID program by an exec.  What Linux says of that number then is a stranger's.
 */
#ifndef HOST_SERVER_BASE_IDENTITY_H
#define HOST_SERVER_BASE_IDENTITY_H

#include "host/server/base/peers.h"

/*
 * The credentials of a process that says hello, whose connection Linux has attested to be uid's and gid's.  0, or errno:
 * EAGAIN, they are changing just now; EPERM, its program has gained privileges by an exec.
 */
int identity_read(pid_t pid, int pidfd, uid_t uid, gid_t gid, struct cred *cred);
/* The same of one that has said hello; EPERM: then it has been ended, too, as by any exec. */
int identity_again(struct process *p, struct cred *cred);
/* From now on these count. */
void identity_set(struct process *p, const struct cred *cred);
/* /proc/PID, to be kept as its proc; -1 and errno. */
int identity_open(pid_t pid);
/*
 * Before a server that Linux lets reach everybody's memory reaches that process's: its user is the one that it had, or one
 * that it may have changed to by itself.  Otherwise it has been ended.
 */
bool identity_holds(struct process *p);

#endif
