/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * leaky: forgets at detach(9E) what LEAK_COOKIE, LEAK_STATE, LEAK_KMEM or LEAK_NODE says, with LEAK_ATTACH when its
 * attach(9E) fails.  Each kind is allocated by a function of its own, whose name the report must give.
 */
#define SMALL_NAME "leaky"
#if defined(LEAK_ATTACH)
#define SMALL_ATTACH leaky_attach(dip); return (DDI_FAILURE);
#else
#define SMALL_ATTACH leaky_attach(dip);
#endif

#include <sys/ddi.h>
#include <sys/sunddi.h>

static void leaky_attach(dev_info_t *);

#if defined(LEAK_NODE)
#define SMALL_DETACH
#endif

#include "small.h"

static void *leaky_state;
static ddi_umem_cookie_t leaky_cookie;
static void *leaky_memory;

__attribute__((noinline, unused)) static void
leaky_alloc_cookie(void)
{
	(void) ddi_umem_alloc(3 * PAGESIZE, DDI_UMEM_SLEEP, &leaky_cookie);
}

__attribute__((noinline, unused)) static void
leaky_alloc_state(void)
{
	(void) ddi_soft_state_init(&leaky_state, 48, 1);
	(void) ddi_soft_state_zalloc(leaky_state, 0);
}

__attribute__((noinline, unused)) static void
leaky_alloc_kmem(void)
{
	leaky_memory = kmem_alloc(1234, KM_SLEEP);
}

static void
leaky_attach(dev_info_t *dip)
{
#if defined(LEAK_COOKIE)
	leaky_alloc_cookie();
#elif defined(LEAK_STATE)
	leaky_alloc_state();
#elif defined(LEAK_KMEM)
	leaky_alloc_kmem();
#endif
}
