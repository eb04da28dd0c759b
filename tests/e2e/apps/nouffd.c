/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nouffd COMMAND...: runs it where userfaultfd is denied, as in containers: EPERM by a seccomp filter, for the system call
 * and for the device.
 */
#include "deny.h"

#define NR_USERFAULTFD_64 323
#define NR_USERFAULTFD_32 374
#define NR_IOCTL_64 16
#define NR_IOCTL_32 54
#define USERFAULTFD_NEW 0xaa00 /* ioctl of /dev/userfaultfd */

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
		ALLOW,
		DENY(EPERM),
	};

	deny("nouffd", filter, sizeof(filter) / sizeof(filter[0]));
	if (syscall(NR_USERFAULTFD_64, 0) != -1 || errno != EPERM) {
		fprintf(stderr, "nouffd: userfaultfd is not denied\n");
		return 125;
	}
	return deny_run("nouffd", argc, argv);
}
