/* SPDX-License-Identifier: BSD-2-Clause */
/* cred.h: credentials, never changed once made; counted. */
#ifndef KERNEL_DDI_CORE_CRED_H
#define KERNEL_DDI_CORE_CRED_H

#include "kernel/sys/sys.h"
#include <sys/cred.h>

struct cred {
	uint32_t references; /* atomic */
	uid_t ruid, euid, suid;
	gid_t rgid, egid, sgid;
	bool privileged;
	zoneid_t zone; /* of the process; 0: the system's */
	int ngroups;
	gid_t groups[];
};

/* EINVAL: more than NGROUPS_UMAX groups. */
int cred_create(const struct sys_cred *from, cred_t **out);
bool cred_privileged(const cred_t *c);

#endif
