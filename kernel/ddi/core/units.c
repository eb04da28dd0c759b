/* SPDX-License-Identifier: BSD-2-Clause */
/* Pages, minimum and maximum, and other small arithmetic that drivers call. */
#include <sys/ddi.h>
#include <sys/sunddi.h>

pgcnt_t btop(ulong_t bytes)
{
	return bytes >> PAGESHIFT;
}

pgcnt_t btopr(ulong_t bytes)
{
	return (bytes >> PAGESHIFT) + ((bytes & PAGEOFFSET) != 0);
}

ulong_t ptob(pgcnt_t pages)
{
	return pages << PAGESHIFT;
}

ulong_t ddi_btop(dev_info_t *dip, ulong_t bytes)
{
	return btop(bytes);
}

ulong_t ddi_btopr(dev_info_t *dip, ulong_t bytes)
{
	return btopr(bytes);
}

ulong_t ddi_ptob(dev_info_t *dip, ulong_t pages)
{
	return ptob(pages);
}

int min(int a, int b)
{
	return a < b ? a : b;
}

int max(int a, int b)
{
	return a < b ? b : a;
}

/* The number of the lowest, or highest, bit that is set, from 1; 0 if none is. */
int ddi_ffs(long mask)
{
	return __builtin_ffsl(mask);
}

int ddi_fls(long mask)
{
	return mask == 0 ? 0 : 64 - __builtin_clzl((unsigned long)mask);
}
