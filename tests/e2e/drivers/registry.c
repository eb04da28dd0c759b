/* SPDX-License-Identifier: BSD-2-Clause */
/* A module that is no driver: others call it.  It does not go before they have. */
#include <sys/types.h>
#include <sys/errno.h>
#include <sys/cmn_err.h>
#include <sys/modctl.h>
#include <sys/ksynch.h>

int registry_add(const char *);
void registry_remove(const char *);

static kmutex_t registry_lock;
static int registered;

int
registry_add(const char *who)
{
	int n;

	mutex_enter(&registry_lock);
	n = ++registered;
	mutex_exit(&registry_lock);
	cmn_err(CE_NOTE, "registry: %s is number %d", who, n);
	return (n);
}

void
registry_remove(const char *who)
{
	mutex_enter(&registry_lock);
	registered--;
	mutex_exit(&registry_lock);
}

static struct modlmisc registry_modlmisc = { &mod_miscops, "registry" };
static struct modlinkage registry_modlinkage = { MODREV_1, { &registry_modlmisc, NULL } };

int
_init(void)
{
	mutex_init(&registry_lock, NULL, MUTEX_DRIVER, NULL);
	return (mod_install(&registry_modlinkage));
}

int
_info(struct modinfo *info)
{
	return (mod_info(&registry_modlinkage, info));
}

int
_fini(void)
{
	int error = registered > 0 ? EBUSY : mod_remove(&registry_modlinkage);

	if (error == 0)
		mutex_destroy(&registry_lock);
	return (error);
}
