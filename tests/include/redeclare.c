/* SPDX-License-Identifier: BSD-2-Clause */
/* Drivers declare DDI functions again, inside a block: the same types, as the manual prints them. */
#include <sys/conf.h>
#include <sys/ddi.h>
#include <sys/modctl.h>
#include <sys/sunddi.h>

int redeclare(void);

int redeclare(void)
{
	extern int ddi_umem_lock(caddr_t addr, size_t len, int flags, ddi_umem_cookie_t *cookiep);
	extern void ddi_umem_unlock(ddi_umem_cookie_t cookie);
	extern void *ddi_umem_alloc(size_t size, int flag, ddi_umem_cookie_t *cookiep);
	extern int umem_lockmemory(caddr_t addr, size_t size, int flags, ddi_umem_cookie_t *cookie,
				   struct umem_callback_ops *ops_vector, proc_t *procp);
	extern int devmap_load(devmap_cookie_t dhp, offset_t off, size_t len, uint_t type, uint_t rw);
	extern int devmap_setup(dev_t dev, offset_t off, struct as * as, caddr_t * addrp, size_t len, uint_t prot,
				uint_t maxprot, uint_t flags, struct cred * cred);
	extern ulong_t ptob(pgcnt_t);
	extern pgcnt_t btopr(ulong_t);
	extern void delay(clock_t);
	extern minor_t getminor(dev_t);
	extern int hz;
	extern struct mod_ops mod_driverops;
	extern void panic(const char *, ...);
	ddi_umem_cookie_t cookie;

	if (ddi_umem_alloc(ptob(btopr(1)), DDI_UMEM_SLEEP, &cookie) == NULL)
		panic("no memory after %d ticks", hz);
	delay(hz);
	return (devmap_load(NULL, 0, 0, DEVMAP_ACCESS, DEVMAP_READ) + (int)getminor(0) +
		(mod_driverops.modm_install != NULL));
}
