/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/policy.h>: root, and who has its like, may; nobody else may. */
#include "kernel/ddi/core/cred.h"
#include <sys/errno.h>
#include <sys/policy.h>

static int granted(const cred_t *c, int refusal)
{
	return cred_privileged(c) ? 0 : refusal;
}

int secpolicy_excl_open(const cred_t *c)
{
	return granted(c, EBUSY);
}

int secpolicy_lock_memory(const cred_t *c)
{
	return granted(c, EPERM);
}

int secpolicy_sys_config(const cred_t *c, boolean_t checkonly)
{
	return granted(c, EPERM);
}

int secpolicy_sys_devices(const cred_t *c)
{
	return granted(c, EPERM);
}

int secpolicy_resource(const cred_t *c)
{
	return granted(c, EPERM);
}

/* The owner of the segment, or privilege. */
int secpolicy_rsm_access(const cred_t *c, uid_t owner, mode_t mode)
{
	return crgetuid(c) == owner ? 0 : granted(c, EACCES);
}

int secpolicy_blacklist(const cred_t *c)
{
	return granted(c, EPERM);
}

int secpolicy_console(const cred_t *c)
{
	return granted(c, EPERM);
}

int secpolicy_gart_access(const cred_t *c)
{
	return granted(c, EPERM);
}

int secpolicy_gart_map(const cred_t *c)
{
	return granted(c, EPERM);
}

int secpolicy_power_mgmt(const cred_t *c)
{
	return granted(c, EPERM);
}

int secpolicy_ucode_update(const cred_t *c)
{
	return granted(c, EPERM);
}
