/* SPDX-License-Identifier: BSD-2-Clause */
/* deny.h: what the programs share that run a command where some system calls fail: a seccomp filter. */
#ifndef DENY_H
#define DENY_H

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IF(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define DENY(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))

/* From now on, here and in all that is begun from here. */
static inline void deny(const char *name, struct sock_filter *filter, unsigned short len)
{
	struct sock_fprog program = {len, filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		exit(125);
	}
}

/* Runs the arguments of main(). */
static inline int deny_run(const char *name, int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: %s COMMAND...\n", name);
		return 125;
	}
	execvp(argv[1], argv + 1);
	fprintf(stderr, "%s: %s: %s\n", name, argv[1], strerror(errno));
	return 126;
}

#endif
