/* SPDX-License-Identifier: BSD-2-Clause */
/* oldlinux COMMAND...: runs it where /proc/PID/maps and pagemap can be read but not asked, as before Linux 6.7. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PROCMAP_QUERY 0xc0686611u
#define PAGEMAP_SCAN 0xc0606610u
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IF(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))

int main(int argc, char **argv)
{
	struct sock_filter filter[] = {
		LOAD(arch),
		IF(AUDIT_ARCH_X86_64, 0, 5),
		LOAD(nr),
		IF(SYS_ioctl, 0, 3),
		LOAD(args[1]),
		IF(PROCMAP_QUERY, 2, 0),
		IF(PAGEMAP_SCAN, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOTTY),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };

	if (argc < 2 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
		fprintf(stderr, "oldlinux: %s\n", strerror(errno));
		return 125;
	}
	execvp(argv[1], argv + 1);
	fprintf(stderr, "oldlinux: %s: %s\n", argv[1], strerror(errno));
	return 126;
}
