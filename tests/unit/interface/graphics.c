/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory for graphics, physical addresses, and message blocks. */
#include <sys/gfx_private.h>
#include <sys/pmem.h>
#include <sys/stream.h>
#include <vm/as.h>
#include <vm/hat.h>

#include "card.h"

/* ---- pmem ---- */

void check_pmem(void)
{
	devmap_pmem_cookie_t cookie = NULL;
	pfn_t frames[3] = {0};

	VERIFY(devmap_pmem_alloc(0, PMEM_SLEEP, &cookie) == DDI_FAILURE && cookie == NULL);
	VERIFY(devmap_pmem_alloc(1, PMEM_SLEEP, NULL) == DDI_FAILURE);
	VERIFY3S(devmap_pmem_alloc(2 * PAGESIZE + 1, PMEM_NOSLEEP, &cookie), ==, DDI_SUCCESS);
	VERIFY3S(devmap_pmem_getpfns(cookie, 0, 3, frames), ==, DDI_SUCCESS);
	VERIFY(frames[0] != frames[1] && frames[1] != frames[2]);
	VERIFY(devmap_pmem_getpfns(cookie, 1, 2, frames) == DDI_SUCCESS && devmap_pmem_getpfns(cookie, 3, 0, frames) == DDI_SUCCESS);
	VERIFY(devmap_pmem_getpfns(cookie, 1, 3, frames) == DDI_FAILURE && devmap_pmem_getpfns(cookie, 4, 0, frames) == DDI_FAILURE);
	VERIFY(devmap_pmem_getpfns(NULL, 0, 1, frames) == DDI_FAILURE && devmap_pmem_getpfns(cookie, 0, 1, NULL) == DDI_FAILURE);
	VERIFY3S(devmap_pmem_setup(NULL, NULL, NULL, NULL, 0, 1, 0, 0, NULL), ==, DDI_FAILURE);
	VERIFY3S(devmap_pmem_remap(NULL, NULL, NULL, 0, 1, 0, 0, NULL), ==, DDI_FAILURE);
	devmap_pmem_free(cookie);
}

void bug_pmem_unknown(void)
{
	devmap_pmem_free((devmap_pmem_cookie_t)&cards[0]);
}

/* ---- frames at kernel addresses ---- */

void check_kernel_frames(void)
{
	char *memory = kmem_zalloc(2 * PAGESIZE, KM_SLEEP), *seen, *space;
	uint64_t physical = va_to_pa(memory);
	int told = warnings();

	seen = gfxp_map_kernel_space(physical + 100, PAGESIZE, GFXP_MEMORY_CACHED); /* a bit of both pages */
	VERIFY(seen != NULL && seen != memory + 100 && ((uintptr_t)seen & PAGEOFFSET) == 100);
	seen[0] = 'a';
	seen[PAGESIZE - 1] = 'z';
	VERIFY(memory[100] == 'a' && memory[PAGESIZE + 99] == 'z');
	gfxp_unmap_kernel_space(seen, PAGESIZE);
	space = gfxp_alloc_kernel_space(PAGESIZE);
	gfxp_load_kernel_space(physical, PAGESIZE, GFXP_MEMORY_WRITECOMBINED, space);
	VERIFY3S(space[100], ==, 'a');
	gfxp_unload_kernel_space(space, PAGESIZE);
	gfxp_free_kernel_space(space, PAGESIZE);
	VERIFY(gfxp_map_kernel_space(physical, 0, 0) == NULL && gfxp_alloc_kernel_space(0) == NULL && warnings() == told);
	gfxp_unmap_kernel_space(NULL, PAGESIZE);
	VERIFY(gfxp_map_kernel_space(0xfffffff0000ull, PAGESIZE, 0) == NULL && warnings() == told + 1); /* no such memory */
	kmem_free(memory, 2 * PAGESIZE);
}

void check_addresses(void)
{
	char *memory = kmem_zalloc(PAGESIZE, KM_SLEEP);
	uint64_t physical = 0, other = 7;

	VERIFY3U(va_to_pa(memory + 5), ==, ((uint64_t)va_to_pfn(memory) << PAGESHIFT) + 5);
	VERIFY3U(va_to_pfn(memory), ==, hat_getpfnum(kas.a_hat, memory));
	VERIFY(gfxp_va2pa(&kas, memory + 5, &physical) == 0 && physical == va_to_pa(memory + 5));
	VERIFY(va_to_pa(&memory) == ~0ull && va_to_pfn(&memory) == PFN_INVALID); /* a stack is nothing of the kind */
	VERIFY(gfxp_va2pa(&kas, (caddr_t)&memory, &other) == 1 && gfxp_va2pa(NULL, memory, &other) == 1 && other == 7);
	kmem_free(memory, PAGESIZE);
}

/* ---- exported ---- */

static ddi_umem_cookie_t cookie;

/* In a process: a page of the driver's, by a cookie over its address. */
void check_gfx_mapped(void)
{
	char *memory = kmem_zalloc(PAGESIZE, KM_SLEEP);

	VERIFY(gfxp_umem_cookie_init(NULL, PAGESIZE) == NULL && gfxp_umem_cookie_init(memory, 0) == NULL);
	cookie = gfxp_umem_cookie_init(memory, PAGESIZE);
	cards[0].exported = cookie;
	(void)strcpy(memory, "seen by both");
	map_and_expect("seen by both", "written there");
	VERIFY(strcmp(memory, "written there") == 0);
	cards[0].exported = NULL;
	gfxp_umem_cookie_destroy(cookie);
	kmem_free(memory, PAGESIZE);
}

void bug_gfx_cookie_unknown(void)
{
	gfxp_umem_cookie_destroy(&cards[0]);
}

/* ---- message blocks ---- */

void check_message_blocks(void)
{
	mblk_t *one = allocb(10, BPRI_LO), *two = allocb(0, BPRI_HI), *twin, *twins[254];

	VERIFY(one->b_rptr == one->b_wptr && one->b_rptr == one->b_datap->db_base && one->b_datap->db_lim - one->b_datap->db_base == 10);
	VERIFY(one->b_datap->db_type == M_DATA && one->b_cont == NULL && one->b_next == NULL && one->b_datap->db_ref == 1);
	VERIFY(two->b_datap->db_lim == two->b_datap->db_base && allocb((size_t)-1, BPRI_MED) == NULL);
	memcpy(one->b_wptr, "0123456789", 10);
	one->b_wptr += 10;
	one->b_rptr += 2;
	twin = dupb(one);
	VERIFY(twin->b_datap == one->b_datap && twin->b_rptr == one->b_rptr && twin->b_wptr == one->b_wptr && one->b_datap->db_ref == 2);
	freeb(one);
	VERIFY(twin->b_datap->db_ref == 1 && memcmp(twin->b_rptr, "23456789", 8) == 0); /* the bytes stay with the last */
	for (int i = 0; i < 254; i++)
		VERIFY((twins[i] = dupb(twin)) != NULL);
	VERIFY(dupb(twin) == NULL);
	for (int i = 0; i < 254; i++)
		freeb(twins[i]);
	twin->b_cont = two;
	freemsg(twin); /* both */
	freemsg(NULL);
}

void bug_message_block_twice(void)
{
	mblk_t *mp = allocb(1, BPRI_LO);

	freeb(mp);
	freeb(mp);
}
