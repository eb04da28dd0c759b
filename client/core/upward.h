/* SPDX-License-Identifier: BSD-2-Clause */
/* upward.h: the few calls into rooms above, with fork_hooks of process.h; doc/map.md gives the reason of each. */
#ifndef CLIENT_CORE_UPWARD_H
#define CLIENT_CORE_UPWARD_H

#include "client/core/core.h"

/* memory/step.c: what the server asks of the thread that waits in a call.  0 or errno. */
int step_perform(struct call *c, struct wire_message *m);
/* signal/handler.c: from now on the server is informed of each handler that runs. */
void handlers_wrap(void);
/* agent/fault.c: before the first intercepted mapping is laid, so that its faults can be served.  0 or errno. */
int fault_prepare(void);
/* agent/fault.c: a signal's handler runs, and the thread has left the access that it may have been in.  From the handler. */
void fault_left(void);

#endif
