/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/autoconf.h>: configuration of devices. */
#ifndef _SYS_AUTOCONF_H
#define _SYS_AUTOCONF_H

#include <sys/types.h>
#include <sys/ddipropdefs.h>
#include <sys/dditypes.h>
#include <sys/ksynch.h>
#include <sys/devpolicy.h>

#define DI_CACHE_FILE "/etc/devices/snapshot_cache"
#define DI_CACHE_TEMP "/etc/devices/snapshot_cache.tmp"

struct devnames {
	char *dn_name;
	int dn_flags;
	struct par_list *dn_pl;
	kmutex_t dn_lock;
	dev_info_t *dn_head;
	int dn_instance;
	void *dn_inlist;
	ddi_prop_list_t *dn_global_prop_ptr;
	kcondvar_t dn_wait;
	kthread_id_t dn_busy_thread;
	struct mperm *dn_mperm;
	struct mperm *dn_mperm_wild;
	struct mperm *dn_mperm_clone;
	int dn_pinstance;
};

struct di_cache {
	uint32_t cache_valid;
	kmutex_t cache_lock;
	void *cache_data;
	size_t cache_size;
};

/* Not provided: what they are about is not simulated. */
extern struct devnames *devnamesp SUNDOG_ABSENT(devnamesp);
extern struct di_cache di_cache SUNDOG_ABSENT(di_cache);
extern int di_cache_debug SUNDOG_ABSENT(di_cache_debug);
void i_ddi_di_cache_free(struct di_cache *) SUNDOG_ABSENT(i_ddi_di_cache_free);
void i_ddi_di_cache_invalidate(void) SUNDOG_ABSENT(i_ddi_di_cache_invalidate);
int i_ddi_io_initialized(void) SUNDOG_ABSENT(i_ddi_io_initialized);
void impl_rem_dev_props(dev_info_t *) SUNDOG_ABSENT(impl_rem_dev_props);
major_t path_to_major(char *) SUNDOG_ABSENT(path_to_major);

/* What comes along with it. */
#include <sys/devops.h>
#include <sys/obpdefs.h>
#include <sys/systm.h>

#endif
