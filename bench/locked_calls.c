/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/types.h>
#include <sys/ddidevmap.h>

#include "locked_calls.h"

void *calls_lock(unsigned long addr, unsigned long len)
{
	ddi_umem_cookie_t cookie;

	return ddi_umem_lock((caddr_t)addr, len, DDI_UMEMLOCK_WRITE, &cookie) == 0 ? cookie : NULL;
}

void calls_unlock(void *cookie)
{
	ddi_umem_unlock(cookie);
}
