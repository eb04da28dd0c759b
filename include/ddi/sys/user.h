/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/user.h>: what a driver reads of a process's user area: PTOU(curproc)->u_comm. */
#ifndef _SYS_USER_H
#define _SYS_USER_H

#include <sys/param.h>
#include <sys/time.h>
#include <sys/types.h>

#define PSARGSZ 80

typedef struct user {
	char u_comm[MAXCOMLEN + 1]; /* name of the program */
	char u_psargs[PSARGSZ];     /* begin of its arguments */
	timestruc_t u_start;
} user_t;

#define PTOU(p) (&(p)->p_user)
/* What comes along with it. */
#include <sys/proc.h>

#endif
