/* SPDX-License-Identifier: BSD-2-Clause */
/* call.h: the kernel half of an application's thread, and what it calls. */
#ifndef HOST_SERVER_CALL_CALL_H
#define HOST_SERVER_CALL_CALL_H

#include "host/server/process/process.h"

/* ---- thread.c ---- */

/* Serves the hello of a thread; consumes connection; answers and serves its calls until it is gone. */
void thread_hello(const struct wire_hello *hello, int connection, pid_t pid, uid_t uid);
/* Before its end, if another thread takes the process down. */
void thread_leave_process(struct thread *t);

/* ---- file.c, memory.c, process.c ---- */

call_fn call_open, call_prove, call_closed, call_read, call_write, call_seek, call_ioctl, call_poll, call_setfl;
call_fn call_mmap, call_munmap, call_mprotect, call_fault;
call_fn call_fork, call_forking, call_forked, call_exit, call_cred;

#endif
