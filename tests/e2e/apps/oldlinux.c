/* SPDX-License-Identifier: BSD-2-Clause */
/* oldlinux COMMAND...: runs it where /proc/PID/maps and pagemap can be read but not asked, and a socket takes every
 * descriptor, as before Linux 6.7. */
#include <sys/syscall.h>

#include "deny.h"

#define PROCMAP_QUERY 0xc0686611u
#define PAGEMAP_SCAN 0xc0606610u
#define SO_PASSRIGHTS 83u

int main(int argc, char **argv)
{
	struct sock_filter filter[] = {
		LOAD(arch),
		IF(AUDIT_ARCH_X86_64, 0, 5),
		LOAD(nr),
		IF(SYS_ioctl, 4, 0),
		IF(SYS_setsockopt, 0, 2),
		LOAD(args[2]),
		IF(SO_PASSRIGHTS, 6, 0),
		ALLOW,
		LOAD(args[1]),
		IF(PROCMAP_QUERY, 2, 0),
		IF(PAGEMAP_SCAN, 1, 0),
		ALLOW,
		DENY(ENOTTY),
		DENY(ENOPROTOOPT),
	};

	deny("oldlinux", filter, sizeof(filter) / sizeof(filter[0]));
	return deny_run("oldlinux", argc, argv);
}
