/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nouffd COMMAND...: runs it where userfaultfd is denied, as in containers: EPERM by a seccomp filter, for the system call
 * and for the device.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define NR_USERFAULTFD_64 323
#define NR_USERFAULTFD_32 374
#define NR_IOCTL_64 16
#define NR_IOCTL_32 54
#define USERFAULTFD_NEW 0xaa00 /* ioctl of /dev/userfaultfd */
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IF(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))

int main(int argc, char **argv)
{
	struct sock_filter filter[] = {
		LOAD(arch),
		IF(AUDIT_ARCH_X86_64, 0, 3),
		LOAD(nr),
		IF(NR_USERFAULTFD_64, 7, 0),
		IF(NR_IOCTL_64, 3, 5),
		LOAD(nr),
		IF(NR_USERFAULTFD_32, 4, 0),
		IF(NR_IOCTL_32, 0, 2),
		LOAD(args[1]),
		IF(USERFAULTFD_NEW, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };

	if (argc < 2 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
		fprintf(stderr, "nouffd: %s\n", strerror(errno));
		return 125;
	}
	if (syscall(NR_USERFAULTFD_64, 0) != -1 || errno != EPERM) {
		fprintf(stderr, "nouffd: userfaultfd is not denied\n");
		return 125;
	}
	execvp(argv[1], argv + 1);
	fprintf(stderr, "nouffd: %s: %s\n", argv[1], strerror(errno));
	return 126;
}
