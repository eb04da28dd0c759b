/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/policy.h>: questions about privilege.  0: granted; else an errno. */
#ifndef _SYS_POLICY_H
#define _SYS_POLICY_H

#include <sys/cred.h>
#include <sys/types.h>

int secpolicy_excl_open(const cred_t *) SUNDOG_LINK(secpolicy_excl_open);
int secpolicy_rsm_access(const cred_t *, uid_t, mode_t) SUNDOG_LINK(secpolicy_rsm_access);
int secpolicy_lock_memory(const cred_t *) SUNDOG_LINK(secpolicy_lock_memory);
int secpolicy_sys_config(const cred_t *, boolean_t) SUNDOG_LINK(secpolicy_sys_config);
int secpolicy_sys_devices(const cred_t *) SUNDOG_LINK(secpolicy_sys_devices);
int secpolicy_resource(const cred_t *) SUNDOG_LINK(secpolicy_resource);
int secpolicy_blacklist(const cred_t *) SUNDOG_LINK(secpolicy_blacklist);
int secpolicy_console(const cred_t *) SUNDOG_LINK(secpolicy_console);
int secpolicy_gart_access(const cred_t *) SUNDOG_LINK(secpolicy_gart_access);
int secpolicy_gart_map(const cred_t *) SUNDOG_LINK(secpolicy_gart_map);
int secpolicy_power_mgmt(const cred_t *) SUNDOG_LINK(secpolicy_power_mgmt);
int secpolicy_ucode_update(const cred_t *) SUNDOG_LINK(secpolicy_ucode_update);

/* What comes along with it. */
#include <sys/fs/snode.h>

#endif
