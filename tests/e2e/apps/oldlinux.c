/* SPDX-License-Identifier: BSD-2-Clause */
/* oldlinux COMMAND...: runs it where /proc/PID/maps and pagemap can be read but not asked, as before Linux 6.7. */
#include <sys/syscall.h>

#include "deny.h"

#define PROCMAP_QUERY 0xc0686611u
#define PAGEMAP_SCAN 0xc0606610u

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
		ALLOW,
		DENY(ENOTTY),
	};

	deny("oldlinux", filter, sizeof(filter) / sizeof(filter[0]));
	return deny_run("oldlinux", argc, argv);
}
