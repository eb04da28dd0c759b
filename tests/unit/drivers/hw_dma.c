/* SPDX-License-Identifier: BSD-2-Clause */
/* Simulated DMA: what a driver binds, and how its device sees it. */
#include <sundog/sim.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>
#include <sys/mman.h>
#include <sys/vmem.h>
#include <sys/vmsystm.h>
#include <vm/as.h>
#include <vm/hat.h>
#include <vm/page.h>
#include <vm/seg_kmem.h>

#include "hw.h"

/* A device that can do anything. */
static const ddi_dma_attr_t any_attr = {
	.dma_attr_version = DMA_ATTR_V0,
	.dma_attr_addr_hi = UINT64_MAX,
	.dma_attr_count_max = UINT64_MAX,
	.dma_attr_align = 1,
	.dma_attr_burstsizes = 0x7f,
	.dma_attr_minxfer = 1,
	.dma_attr_maxxfer = UINT64_MAX,
	.dma_attr_seg = UINT64_MAX,
	.dma_attr_sgllen = -1,
	.dma_attr_granular = 1,
};

/* One call site, whatever the compiler unrolls. */
__attribute__((noinline)) static ddi_dma_handle_t handle_with(ddi_dma_attr_t attr)
{
	ddi_dma_handle_t handle;

	VERIFY3S(ddi_dma_alloc_handle(hw_dip, &attr, DDI_DMA_SLEEP, NULL, &handle), ==, DDI_SUCCESS);
	return (handle);
}

static int bind_kernel(ddi_dma_handle_t handle, void *p, size_t len, uint_t flags, ddi_dma_cookie_t *cookie, uint_t *n)
{
	return (ddi_dma_addr_bind_handle(handle, NULL, p, len, flags, DDI_DMA_DONTWAIT, NULL, cookie, n));
}

static void unbind_free(ddi_dma_handle_t handle)
{
	VERIFY3S(ddi_dma_unbind_handle(handle), ==, DDI_SUCCESS);
	ddi_dma_free_handle(&handle);
	VERIFY(handle == NULL);
}

/* ---- handles ---- */

void check_dma_handle_attr(void)
{
	ddi_dma_handle_t handle = NULL;
	ddi_dma_attr_t bad[7];

	for (int i = 0; i < 7; i++)
		bad[i] = any_attr;
	bad[0].dma_attr_version = 1;
	bad[1].dma_attr_addr_lo = 2, bad[1].dma_attr_addr_hi = 1;
	bad[2].dma_attr_sgllen = 0;
	bad[3].dma_attr_align = 48;
	bad[4].dma_attr_granular = 0;
	bad[5].dma_attr_seg = 0x1000;
	bad[6].dma_attr_granular = 1024, bad[6].dma_attr_maxxfer = 512;
	for (int i = 0; i < 7; i++)
		VERIFY3S(ddi_dma_alloc_handle(hw_dip, &bad[i], DDI_DMA_DONTWAIT, NULL, &handle), ==, DDI_DMA_BADATTR);
	VERIFY(handle == NULL);
	handle = handle_with(any_attr);
	VERIFY3S(ddi_dma_burstsizes(handle), ==, 0x7f);
	ddi_dma_free_handle(&handle);
}

void check_dma_bind_refused(void)
{
	ddi_dma_handle_t handle = handle_with(any_attr);
	ddi_dma_cookie_t cookie = {.dmac_size = 7};
	char memory[8];
	uint_t n = 7, windows = 7;
	off_t off;
	size_t len;

	/* nothing is bound yet */
	VERIFY3S(ddi_dma_unbind_handle(handle), ==, DDI_FAILURE);
	VERIFY3S(ddi_dma_numwin(handle, &windows), ==, DDI_FAILURE);
	VERIFY3S(ddi_dma_getwin(handle, 0, &off, &len, &cookie, &n), ==, DDI_FAILURE);
	VERIFY3S(ddi_dma_sync(handle, 0, 0, DDI_DMA_SYNC_FORDEV), ==, DDI_FAILURE);
	VERIFY3U(ddi_dma_ncookies(handle), ==, 0);
	VERIFY(ddi_dma_cookie_get(handle, 0) == NULL && ddi_dma_cookie_iter(handle, NULL) == NULL);

	VERIFY3S(bind_kernel(handle, memory, 0, DDI_DMA_WRITE, &cookie, &n), ==, DDI_DMA_NOMAPPING);
	VERIFY3S(bind_kernel(handle, memory, 8, DDI_DMA_CONSISTENT, &cookie, &n), ==, DDI_DMA_NOMAPPING); /* no direction */
	VERIFY3S(bind_kernel(handle, memory, SIZE_MAX, DDI_DMA_READ, &cookie, &n), ==, DDI_DMA_TOOBIG);
	VERIFY3S(ddi_dma_addr_bind_handle(handle, curproc->p_as == &kas ? (struct as *)memory : curproc->p_as, memory, 8,
					  DDI_DMA_READ, DDI_DMA_DONTWAIT, NULL, &cookie, &n), ==, DDI_DMA_NOMAPPING);
	VERIFY(cookie.dmac_size == 7 && n == 7 && windows == 7);
	VERIFY3S(ddi_dma_addr_bind_handle(handle, &kas, memory, 8, DDI_DMA_READ, DDI_DMA_DONTWAIT, NULL, &cookie, &n), ==,
		 DDI_DMA_MAPPED);
	VERIFY3S(bind_kernel(handle, memory, 8, DDI_DMA_READ, &cookie, &n), ==, DDI_DMA_INUSE);
	unbind_free(handle);
}

/* ---- what the device sees ---- */

void check_dma_data(void)
{
	ddi_dma_handle_t handle = handle_with(any_attr);
	ddi_dma_cookie_t cookie;
	char memory[100], seen[100];
	uint_t n;

	for (int i = 0; i < 100; i++)
		memory[i] = (char)i;
	VERIFY3S(bind_kernel(handle, memory, 100, DDI_DMA_RDWR | DDI_DMA_STREAMING, &cookie, &n), ==, DDI_DMA_MAPPED);
	VERIFY(n <= 2 && cookie.dmac_laddress >> 32 != 0); /* a page boundary may be inside; addresses need 64 bits */
	VERIFY3U(cookie.dmac_laddress & PAGEOFFSET, ==, (uintptr_t)memory & PAGEOFFSET);
	for (size_t done = 0; done < 100; done += cookie.dmac_size) {
		if (done > 0)
			ddi_dma_nextcookie(handle, &cookie);
		VERIFY0(sim_dma_read(hw_dip, cookie.dmac_laddress, seen + done, cookie.dmac_size));
	}
	VERIFY(memcmp(seen, memory, 100) == 0);
	cookie = *ddi_dma_cookie_get(handle, 0);
	VERIFY0(sim_dma_write(hw_dip, cookie.dmac_laddress, "hello", 5));
	VERIFY3S(ddi_dma_sync(handle, 0, 0, DDI_DMA_SYNC_FORCPU), ==, DDI_SUCCESS);
	VERIFY(memcmp(memory, "hello", 5) == 0);
	VERIFY3S(ddi_dma_sync(handle, 50, 50, DDI_DMA_SYNC_FORDEV), ==, DDI_SUCCESS);
	VERIFY3S(ddi_dma_sync(handle, 50, 51, DDI_DMA_SYNC_FORDEV), ==, DDI_FAILURE);
	VERIFY3S(ddi_dma_sync(handle, -1, 1, DDI_DMA_SYNC_FORKERNEL), ==, DDI_FAILURE);
	VERIFY3S(ddi_dma_sync(handle, 0, 1, 3), ==, DDI_FAILURE);
	unbind_free(handle);
}

/* Outside of what is bound, in the wrong direction, another device's, after the end. */
void check_dma_device_refused(void)
{
	ddi_dma_attr_t attr = any_attr;
	ddi_dma_handle_t handle;
	ddi_dma_cookie_t cookie;
	char *memory = kmem_zalloc(PAGESIZE, KM_SLEEP), byte = 9, two[2];
	uint64_t at;
	uint_t n;

	attr.dma_attr_addr_hi = 0xffffffff;
	handle = handle_with(attr);
	VERIFY3S(bind_kernel(handle, memory, 100, DDI_DMA_WRITE, &cookie, &n), ==, DDI_DMA_MAPPED);
	at = cookie.dmac_laddress;
	VERIFY(n == 1 && at >> 32 == 0 && cookie.dmac_address == at && cookie.dmac_notused == 0);
	VERIFY3S(sim_dma_read(hw_dip, at + 99, two, 2), ==, DDI_FAILURE);
	VERIFY3S(sim_dma_read(hw_dip, at - 1, two, 2), ==, DDI_FAILURE);
	VERIFY3S(sim_dma_read(hw_dip, 0, two, 1), ==, DDI_FAILURE);
	VERIFY3S(sim_dma_read(hw_dip, UINT64_MAX, two, 2), ==, DDI_FAILURE);
	VERIFY3S(sim_dma_write(hw_dip, at, &byte, 1), ==, DDI_FAILURE); /* it may only read */
	VERIFY3S(sim_dma_read(ddi_get_parent(hw_dip), at, two, 1), ==, DDI_FAILURE);
	VERIFY3S(memory[0], ==, 0);
	VERIFY0(sim_dma_read(hw_dip, at + 99, two, 1));
	VERIFY3S(ddi_dma_unbind_handle(handle), ==, DDI_SUCCESS);
	VERIFY3S(sim_dma_read(hw_dip, at, two, 1), ==, DDI_FAILURE);
	VERIFY3S(bind_kernel(handle, memory, 100, DDI_DMA_READ, &cookie, &n), ==, DDI_DMA_MAPPED);
	VERIFY3S(sim_dma_read(hw_dip, cookie.dmac_laddress, two, 1), ==, DDI_FAILURE);
	VERIFY0(sim_dma_write(hw_dip, cookie.dmac_laddress, &byte, 1));
	VERIFY3S(memory[0], ==, 9);
	unbind_free(handle);
	kmem_free(memory, PAGESIZE);
}

/* Memory that the driver frees too early stays what it was for the device. */
void check_dma_holds_memory(void)
{
	ddi_dma_handle_t handle = handle_with(any_attr);
	ddi_umem_cookie_t umem;
	ddi_dma_cookie_t cookie;
	char *memory = ddi_umem_alloc(PAGESIZE, DDI_UMEM_SLEEP, &umem), byte;
	uint_t n;

	memory[5] = 55;
	VERIFY3S(bind_kernel(handle, memory + 5, 1, DDI_DMA_WRITE, &cookie, &n), ==, DDI_DMA_MAPPED);
	ddi_umem_free(umem);
	VERIFY0(sim_dma_read(hw_dip, cookie.dmac_laddress, &byte, 1));
	VERIFY3S(byte, ==, 55);
	unbind_free(handle);
}

/* ---- attributes ---- */

static uint64_t random_state;

static uint64_t random_below(uint64_t n)
{
	random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
	return ((random_state >> 33) % n);
}

static void verify_cookie(const ddi_dma_attr_t *attr, const ddi_dma_cookie_t *cookie)
{
	uint64_t first = cookie->dmac_laddress, last = first + cookie->dmac_size - 1;

	VERIFY3U(cookie->dmac_size, >, 0);
	VERIFY(first >= attr->dma_attr_addr_lo && last >= first && last <= attr->dma_attr_addr_hi);
	VERIFY3U(cookie->dmac_size - 1, <=, attr->dma_attr_count_max);
	VERIFY3U(first & ~attr->dma_attr_seg, ==, last & ~attr->dma_attr_seg);
}

/* The active window is about memory[off ...]; returns its length. */
static size_t verify_window(ddi_dma_handle_t handle, const ddi_dma_attr_t *attr, ddi_dma_cookie_t cookie, uint_t n,
			    const char *memory, char *seen)
{
	size_t len = 0;

	VERIFY(attr->dma_attr_sgllen < 0 || n <= (uint_t)attr->dma_attr_sgllen);
	VERIFY3U(n, ==, ddi_dma_ncookies(handle));
	for (uint_t i = 0; i < n; i++) {
		if (i > 0)
			ddi_dma_nextcookie(handle, &cookie);
		verify_cookie(attr, &cookie);
		VERIFY0(sim_dma_read(hw_dip, cookie.dmac_laddress, seen, cookie.dmac_size));
		VERIFY(memcmp(seen, memory + len, cookie.dmac_size) == 0);
		len += cookie.dmac_size;
	}
	VERIFY3U(len, <=, attr->dma_attr_maxxfer);
	return (len);
}

/* Windows and cookies cover exactly the object, in order. */
static void verify_windows(ddi_dma_handle_t handle, const ddi_dma_attr_t *attr, const char *memory, size_t size, char *seen)
{
	size_t covered = 0, len, sum;
	ddi_dma_cookie_t cookie;
	uint_t windows, n;
	off_t off;

	VERIFY3S(ddi_dma_numwin(handle, &windows), ==, DDI_SUCCESS);
	for (uint_t w = 0; w < windows; w++) {
		VERIFY3S(ddi_dma_getwin(handle, w, &off, &len, &cookie, &n), ==, DDI_SUCCESS);
		VERIFY3U((size_t)off, ==, covered);
		sum = verify_window(handle, attr, cookie, n, memory + covered, seen);
		VERIFY3U(sum, ==, len);
		if (w + 1 < windows)
			VERIFY0(len % attr->dma_attr_granular);
		covered += len;
	}
	VERIFY3U(covered, ==, size);
	VERIFY3S(ddi_dma_getwin(handle, windows, &off, &len, &cookie, &n), ==, DDI_FAILURE);
}

/* One of many devices. */
static ddi_dma_attr_t random_attr(void)
{
	static const uint64_t high[] = {0xffffff, 0xffffffff, 0x1ffffffff, UINT64_MAX};
	static const uint64_t segs[] = {0xfff, 0x3fff, 0xffff, 0xffffffff, UINT64_MAX};
	static const uint64_t counts[] = {511, 4095, 5000, 0xffff, UINT64_MAX};
	static const uint64_t most[] = {4096, 10000, 65536, UINT64_MAX};
	ddi_dma_attr_t attr = any_attr;

	attr.dma_attr_addr_hi = high[random_below(4)];
	attr.dma_attr_addr_lo = random_below(2) * 0x100001;
	attr.dma_attr_seg = segs[random_below(5)];
	attr.dma_attr_count_max = counts[random_below(5)];
	attr.dma_attr_maxxfer = most[random_below(4)];
	attr.dma_attr_sgllen = random_below(2) ? -1 : 1 + (int)random_below(20);
	attr.dma_attr_granular = (uint32_t)1 << random_below(10);
	attr.dma_attr_align = (uint64_t)1 << random_below(15);
	return (attr);
}

#define RANDOM_BYTES (24 * PAGESIZE)

void check_dma_attributes(void)
{
	char *memory = kmem_alloc(RANDOM_BYTES, KM_SLEEP), *seen = kmem_alloc(RANDOM_BYTES, KM_SLEEP);
	uint_t partial = 0, whole = 0, refused = 0, n;

	random_state = 1;
	for (size_t i = 0; i < RANDOM_BYTES; i++)
		memory[i] = (char)(i * 7 + i / 256);
	for (int round = 0; round < 400; round++) {
		ddi_dma_attr_t attr = random_attr();
		ddi_dma_handle_t handle = handle_with(attr);
		size_t from = random_below(2 * PAGESIZE), len = 1 + random_below(RANDOM_BYTES - 2 * PAGESIZE);
		uint_t flags = DDI_DMA_WRITE | (random_below(3) == 0 ? 0 : DDI_DMA_PARTIAL);
		ddi_dma_cookie_t cookie;
		int result = bind_kernel(handle, memory + from, len, flags, &cookie, &n);

		VERIFY(result == DDI_DMA_MAPPED || result == DDI_DMA_PARTIAL_MAP || result == DDI_DMA_TOOBIG);
		VERIFY(result != DDI_DMA_PARTIAL_MAP || (flags & DDI_DMA_PARTIAL) != 0);
		partial += result == DDI_DMA_PARTIAL_MAP;
		whole += result == DDI_DMA_MAPPED;
		refused += result == DDI_DMA_TOOBIG;
		if (result == DDI_DMA_TOOBIG) {
			ddi_dma_free_handle(&handle);
			continue;
		}
		verify_windows(handle, &attr, memory + from, len, seen);
		unbind_free(handle);
	}
	VERIFY(partial > 50 && whole > 50 && refused > 5); /* all three have been met */
	kmem_free(memory, RANDOM_BYTES);
	kmem_free(seen, RANDOM_BYTES);
}

/* Only the active window can be reached, and getwin begins its cookies anew. */
void check_dma_windows(void)
{
	ddi_dma_attr_t attr = any_attr;
	char *memory = kmem_zalloc(4 * PAGESIZE, KM_SLEEP), byte;
	ddi_dma_cookie_t first, second, again;
	ddi_dma_handle_t handle;
	uint_t n, windows;
	size_t len;
	off_t off;

	attr.dma_attr_sgllen = 1;
	attr.dma_attr_count_max = PAGESIZE - 1;
	handle = handle_with(attr);
	VERIFY3S(bind_kernel(handle, memory, 4 * PAGESIZE, DDI_DMA_WRITE, &first, &n), ==, DDI_DMA_TOOBIG);
	VERIFY3S(bind_kernel(handle, memory, 4 * PAGESIZE, DDI_DMA_WRITE | DDI_DMA_PARTIAL, &first, &n), ==,
		 DDI_DMA_PARTIAL_MAP);
	VERIFY3S(ddi_dma_numwin(handle, &windows), ==, DDI_SUCCESS);
	VERIFY(windows == 4 && n == 1 && first.dmac_size == PAGESIZE);
	VERIFY3S(ddi_dma_getwin(handle, 3, &off, &len, &second, &n), ==, DDI_SUCCESS);
	VERIFY(off == 3 * PAGESIZE && len == PAGESIZE && n == 1);
	memory[3 * PAGESIZE] = 33;
	VERIFY0(sim_dma_read(hw_dip, second.dmac_laddress, &byte, 1));
	VERIFY3S(byte, ==, 33);
	VERIFY3S(sim_dma_read(hw_dip, first.dmac_laddress, &byte, 1), ==, DDI_FAILURE);
	VERIFY3S(ddi_dma_getwin(handle, 0, &off, &len, &again, &n), ==, DDI_SUCCESS);
	VERIFY(off == 0 && again.dmac_laddress == first.dmac_laddress);
	VERIFY3S(sim_dma_read(hw_dip, second.dmac_laddress, &byte, 1), ==, DDI_FAILURE);
	VERIFY0(sim_dma_read(hw_dip, first.dmac_laddress, &byte, 1));
	unbind_free(handle);
	kmem_free(memory, 4 * PAGESIZE);
}

void check_dma_cookie_functions(void)
{
	ddi_dma_attr_t attr = any_attr;
	char *memory = kmem_zalloc(4 * PAGESIZE, KM_SLEEP);
	const ddi_dma_cookie_t *c = NULL;
	ddi_dma_handle_t handle;
	ddi_dma_cookie_t cookie;
	uint_t n, seen = 0;
	size_t sum = 0;

	attr.dma_attr_sgllen = 4;
	handle = handle_with(attr);
	VERIFY3S(bind_kernel(handle, memory, 4 * PAGESIZE, DDI_DMA_WRITE, &cookie, &n), ==, DDI_DMA_MAPPED);
	VERIFY3U(n, ==, 4); /* scattered as far as the device can take it */
	while ((c = ddi_dma_cookie_iter(handle, c)) != NULL) {
		VERIFY(c == ddi_dma_cookie_get(handle, seen++));
		sum += c->dmac_size;
	}
	VERIFY(seen == 4 && sum == 4 * PAGESIZE && ddi_dma_cookie_get(handle, 4) == NULL);
	VERIFY3S(ddi_dma_unbind_handle(handle), ==, DDI_SUCCESS);
	VERIFY3S(bind_kernel(handle, memory, PAGESIZE, DDI_DMA_WRITE, &cookie, &n), ==, DDI_DMA_MAPPED);
	VERIFY(ddi_dma_cookie_one(handle)->dmac_laddress == cookie.dmac_laddress);
	unbind_free(handle);
	kmem_free(memory, 4 * PAGESIZE);
}

/* ---- memory for DMA ---- */

void check_dma_memory(void)
{
	ddi_device_acc_attr_t access = {.devacc_attr_version = DDI_DEVICE_ATTR_V0,
					.devacc_attr_endian_flags = DDI_STRUCTURE_BE_ACC};
	ddi_device_acc_attr_t unknown = {.devacc_attr_version = 9};
	ddi_dma_attr_t attr = any_attr;
	ddi_acc_handle_t memory = NULL;
	ddi_dma_handle_t handle;
	ddi_dma_cookie_t cookie;
	unsigned char seen[4];
	caddr_t address = NULL;
	size_t real = 0;
	uint_t n;

	attr.dma_attr_align = 16384;
	attr.dma_attr_granular = 512;
	handle = handle_with(attr);
	VERIFY3S(ddi_dma_mem_alloc(handle, 0, &access, DDI_DMA_CONSISTENT, DDI_DMA_SLEEP, NULL, &address, &real, &memory), ==,
		 DDI_FAILURE);
	VERIFY3S(ddi_dma_mem_alloc(handle, SIZE_MAX, &access, DDI_DMA_CONSISTENT, DDI_DMA_DONTWAIT, NULL, &address, &real,
				   &memory), ==, DDI_FAILURE);
	VERIFY3S(ddi_dma_mem_alloc(handle, 100, &unknown, DDI_DMA_CONSISTENT, DDI_DMA_SLEEP, NULL, &address, &real, &memory), ==,
		 DDI_FAILURE);
	VERIFY(address == NULL && real == 0 && memory == NULL);
	VERIFY3S(ddi_dma_mem_alloc(handle, 20000, &access, DDI_DMA_CONSISTENT, DDI_DMA_SLEEP, NULL, &address, &real, &memory),
		 ==, DDI_SUCCESS);
	VERIFY(real == 20480 && (uintptr_t)address % 16384 == 0);
	VERIFY3S(bind_kernel(handle, address, real, DDI_DMA_RDWR | DDI_DMA_CONSISTENT, &cookie, &n), ==, DDI_DMA_MAPPED);
	VERIFY(n == 1 && cookie.dmac_laddress % 16384 == 0 && cookie.dmac_size == 20480); /* in one piece */
	ddi_put32(memory, (uint32_t *)(address + 8), 0x01020304);
	VERIFY0(sim_dma_read(hw_dip, cookie.dmac_laddress + 8, seen, 4));
	VERIFY(seen[0] == 1 && seen[3] == 4);
	VERIFY3S(ddi_dma_unbind_handle(handle), ==, DDI_SUCCESS);
	ddi_dma_mem_free(&memory);
	VERIFY(memory == NULL);
	ddi_dma_free_handle(&handle);
}

/* ---- want of addresses ---- */

/* A device that reaches eight pages of addresses only. */
static ddi_dma_attr_t narrow_attr(void)
{
	ddi_dma_attr_t attr = any_attr;

	attr.dma_attr_addr_lo = 0x40000000;
	attr.dma_attr_addr_hi = 0x40007fff;
	attr.dma_attr_sgllen = 1;
	return (attr);
}

static struct want {
	ddi_dma_handle_t handle;
	char *memory;
	int calls, runouts;
	ddi_dma_cookie_t cookie;
	uint_t n;
	int result;
} want;

static int want_callback(caddr_t arg)
{
	struct want *w = (struct want *)arg;

	w->calls++;
	if (w->runouts > 0) {
		w->runouts--;
		return (DDI_DMA_CALLBACK_RUNOUT);
	}
	w->result = bind_kernel(w->handle, w->memory, 6 * PAGESIZE, DDI_DMA_READ, &w->cookie, &w->n);
	return (DDI_DMA_CALLBACK_DONE);
}

static void want_begin(ddi_dma_handle_t *holder)
{
	ddi_dma_attr_t attr = narrow_attr();

	bzero(&want, sizeof (want));
	want.memory = kmem_zalloc(9 * PAGESIZE, KM_SLEEP);
	want.handle = handle_with(attr);
	want.result = 77;
	*holder = handle_with(attr);
	VERIFY3S(bind_kernel(*holder, want.memory, 6 * PAGESIZE, DDI_DMA_READ, &want.cookie, &want.n), ==, DDI_DMA_MAPPED);
}

void check_dma_no_resources(void)
{
	ddi_dma_handle_t holder;

	want_begin(&holder);
	VERIFY3S(bind_kernel(want.handle, want.memory, 6 * PAGESIZE, DDI_DMA_READ, &want.cookie, &want.n), ==,
		 DDI_DMA_NORESOURCES);
	VERIFY3S(bind_kernel(want.handle, want.memory, 9 * PAGESIZE, DDI_DMA_READ, &want.cookie, &want.n), ==,
		 DDI_DMA_TOOBIG); /* for ever */
	unbind_free(holder);
	VERIFY3S(bind_kernel(want.handle, want.memory, 8 * PAGESIZE, DDI_DMA_READ, &want.cookie, &want.n), ==,
		 DDI_DMA_MAPPED);
	unbind_free(want.handle);
	kmem_free(want.memory, 9 * PAGESIZE);
}

void check_dma_callback(void)
{
	ddi_dma_handle_t holder, other = handle_with(any_attr);

	want_begin(&holder);
	want.runouts = 1;
	VERIFY3S(ddi_dma_addr_bind_handle(want.handle, NULL, want.memory, 6 * PAGESIZE, DDI_DMA_READ, want_callback,
					  (caddr_t)&want, &want.cookie, &want.n), ==, DDI_DMA_NORESOURCES);
	VERIFY3S(want.calls, ==, 0);
	ddi_dma_free_handle(&other); /* something was given back, and it is not enough */
	VERIFY(want.calls == 1 && want.result == 77);
	unbind_free(holder); /* unbinding is enough already; freeing the handle calls nobody any more */
	VERIFY(want.calls == 2 && want.result == DDI_DMA_MAPPED);
	unbind_free(want.handle);
	kmem_free(want.memory, 9 * PAGESIZE);
}

static void want_sleep(void *arg)
{
	want.result = ddi_dma_addr_bind_handle(want.handle, NULL, want.memory, 6 * PAGESIZE, DDI_DMA_READ, DDI_DMA_SLEEP,
					       NULL, &want.cookie, &want.n);
}

void check_dma_sleep(void)
{
	ddi_taskq_t *tq = ddi_taskq_create(hw_dip, "binder", 1, TASKQ_DEFAULTPRI, 0);
	ddi_dma_handle_t holder;

	want_begin(&holder);
	VERIFY3S(ddi_taskq_dispatch(tq, want_sleep, NULL, DDI_SLEEP), ==, DDI_SUCCESS);
	delay(1); /* perhaps it sleeps by now; right in any order */
	unbind_free(holder);
	ddi_taskq_wait(tq);
	VERIFY3S(want.result, ==, DDI_DMA_MAPPED);
	unbind_free(want.handle);
	ddi_taskq_destroy(tq);
	kmem_free(want.memory, 9 * PAGESIZE);
}

/* Out of the space that there is. */
void check_dma_no_mapping(void)
{
	ddi_dma_attr_t attr = any_attr;
	ddi_dma_handle_t handle;
	ddi_dma_cookie_t cookie;
	char byte;
	uint_t n;

	attr.dma_attr_addr_hi = 0xfff; /* page 0 is never given */
	handle = handle_with(attr);
	VERIFY3S(bind_kernel(handle, &byte, 1, DDI_DMA_READ, &cookie, &n), ==, DDI_DMA_NOMAPPING);
	ddi_dma_free_handle(&handle);
	attr.dma_attr_addr_lo = (uint64_t)1 << 60;
	attr.dma_attr_addr_hi = UINT64_MAX;
	handle = handle_with(attr);
	VERIFY3S(bind_kernel(handle, &byte, 1, DDI_DMA_READ, &cookie, &n), ==, DDI_DMA_NOMAPPING);
	ddi_dma_free_handle(&handle);
}

/* ---- the device and the driver at once ---- */

static volatile uint32_t device_stop;
static uint64_t device_address;

static void device_loop(void *arg)
{
	char byte;

	while (__atomic_load_n(&device_stop, __ATOMIC_SEQ_CST) == 0)
		(void) sim_dma_read(hw_dip, __atomic_load_n(&device_address, __ATOMIC_SEQ_CST), &byte, 1);
}

void check_dma_unbind_races(void)
{
	ddi_taskq_t *tq = ddi_taskq_create(hw_dip, "device", 1, TASKQ_DEFAULTPRI, 0);
	ddi_dma_handle_t handle = handle_with(any_attr);
	ddi_dma_cookie_t cookie;
	uint_t n;

	device_stop = 0;
	VERIFY3S(ddi_taskq_dispatch(tq, device_loop, NULL, DDI_SLEEP), ==, DDI_SUCCESS);
	for (int i = 0; i < 200; i++) {
		ddi_umem_cookie_t umem;
		char *memory = ddi_umem_alloc(PAGESIZE, DDI_UMEM_SLEEP, &umem);

		VERIFY3S(bind_kernel(handle, memory, PAGESIZE, DDI_DMA_WRITE, &cookie, &n), ==, DDI_DMA_MAPPED);
		__atomic_store_n(&device_address, cookie.dmac_laddress, __ATOMIC_SEQ_CST);
		VERIFY3S(ddi_dma_unbind_handle(handle), ==, DDI_SUCCESS);
		ddi_umem_free(umem);
	}
	__atomic_store_n(&device_stop, 1, __ATOMIC_SEQ_CST);
	ddi_taskq_destroy(tq);
	ddi_dma_free_handle(&handle);
}

/* ---- bufs ---- */

void check_dma_buf(void)
{
	ddi_dma_handle_t handle = handle_with(any_attr);
	struct buf *bp = getrbuf(KM_SLEEP), *clone;
	char memory[16] = "device or driver", seen[6];
	ddi_dma_cookie_t cookie;
	uint_t n;

	bp->b_un.b_addr = memory;
	bp->b_bcount = 16;
	bp->b_flags = B_BUSY | B_WRITE;
	clone = bioclone(bp, 10, 6, 0, 0, NULL, NULL, KM_SLEEP);
	VERIFY3S(ddi_dma_buf_bind_handle(handle, clone, DDI_DMA_WRITE, DDI_DMA_SLEEP, NULL, &cookie, &n), ==, DDI_DMA_MAPPED);
	VERIFY3S(ddi_dma_buf_bind_handle(handle, bp, DDI_DMA_WRITE, DDI_DMA_SLEEP, NULL, &cookie, &n), ==, DDI_DMA_INUSE);
	for (uint_t i = 0, done = 0; i < n; done += (uint_t)ddi_dma_cookie_get(handle, i++)->dmac_size)
		VERIFY0(sim_dma_read(hw_dip, ddi_dma_cookie_get(handle, i)->dmac_laddress, seen + done,
				     ddi_dma_cookie_get(handle, i)->dmac_size));
	VERIFY(memcmp(seen, "driver", 6) == 0);
	unbind_free(handle);
	freerbuf(clone);
	freerbuf(bp);
}

void leave_dma_behind(void)
{
	ddi_acc_handle_t memory;
	ddi_dma_cookie_t cookie;
	ddi_dma_handle_t two[2];
	struct buf *bp = getrbuf(KM_SLEEP);
	caddr_t address;
	size_t real;
	uint_t n;

	for (int i = 0; i < 2; i++)
		two[i] = handle_with(narrow_attr());
	VERIFY3S(ddi_dma_mem_alloc(two[0], 8 * PAGESIZE, NULL, DDI_DMA_CONSISTENT, DDI_DMA_SLEEP, NULL, &address, &real,
				   &memory), ==, DDI_SUCCESS);
	bp->b_un.b_addr = address;
	bp->b_bcount = real;
	VERIFY3S(ddi_dma_buf_bind_handle(two[0], bp, DDI_DMA_READ, DDI_DMA_SLEEP, NULL, &cookie, &n), ==, DDI_DMA_MAPPED);
	VERIFY3S(ddi_dma_buf_bind_handle(two[1], bp, DDI_DMA_READ, want_callback, NULL, &cookie, &n), ==,
		 DDI_DMA_NORESOURCES);
}

/* ---- bugs ---- */

void bug_dma_free_bound(void)
{
	ddi_dma_handle_t handle = handle_with(any_attr);
	ddi_dma_cookie_t cookie;
	char byte;
	uint_t n;

	VERIFY3S(bind_kernel(handle, &byte, 1, DDI_DMA_READ, &cookie, &n), ==, DDI_DMA_MAPPED);
	ddi_dma_free_handle(&handle);
}

void bug_dma_free_twice(void)
{
	ddi_dma_handle_t handle = handle_with(any_attr), again = handle;

	ddi_dma_free_handle(&handle);
	ddi_dma_free_handle(&again);
}

/* ---- frame numbers ---- */

/* What is bound is found, shown and mapped by the device's addresses too, until it is unbound. */
void check_dma_frames(void)
{
	ddi_dma_attr_t attr = any_attr;
	ddi_dma_handle_t handle;
	ddi_dma_cookie_t cookie;
	ddi_acc_handle_t access;
	caddr_t memory, shown = vmem_alloc(heap_arena, 2 * PAGESIZE, VM_SLEEP);
	size_t len;
	pfn_t frame;
	uint_t n;

	attr.dma_attr_addr_hi = 0xffffffff;
	handle = handle_with(attr);
	VERIFY3S(ddi_dma_mem_alloc(handle, 3 * PAGESIZE, NULL, DDI_DMA_CONSISTENT, DDI_DMA_SLEEP, NULL, &memory, &len, &access),
		 ==, DDI_SUCCESS);
	VERIFY3S(bind_kernel(handle, memory, len, DDI_DMA_RDWR | DDI_DMA_CONSISTENT, &cookie, &n), ==, DDI_DMA_MAPPED);
	frame = cookie.dmac_laddress >> PAGESHIFT;
	VERIFY(n == 1 && cookie.dmac_laddress <= 0xffffffff);
	VERIFY(pf_is_memory(frame) && pf_is_memory(frame + 2) && !pf_is_memory(frame + 3) && !pf_is_memory(frame - 1));
	VERIFY(page_numtopp_nolock(frame + 1) == page_numtopp_nolock(hat_getpfnum(kas.a_hat, memory + PAGESIZE)));
	hat_devload(kas.a_hat, shown, 2 * PAGESIZE, frame + 1, PROT_READ | PROT_WRITE, HAT_LOAD_LOCK);
	strcpy(shown + 5, "by the device's address");
	VERIFY0(strcmp(memory + PAGESIZE + 5, "by the device's address"));
	VERIFY3U(hat_getpfnum(kas.a_hat, shown + PAGESIZE), ==, hat_getpfnum(kas.a_hat, memory + 2 * PAGESIZE));
	unbind_free(handle);
	VERIFY(!pf_is_memory(frame));
	memory[2 * PAGESIZE] = 9;
	VERIFY3S(shown[PAGESIZE], ==, 9);
	ddi_dma_mem_free(&access);
	VERIFY3S(shown[PAGESIZE], ==, 9); /* shown pages stay */
	hat_unload(kas.a_hat, shown, 2 * PAGESIZE, HAT_UNLOAD_UNLOCK);
	vmem_free(heap_arena, shown, 2 * PAGESIZE);
}

/* Memory in several runs, and memory that begins within a page. */
void check_dma_frames_of_runs(void)
{
	ddi_dma_handle_t handle = handle_with(any_attr);
	ddi_umem_cookie_t umem;
	char *memory = ddi_umem_alloc(6 * PAGESIZE, DDI_UMEM_SLEEP, &umem);
	ddi_dma_cookie_t cookie;
	size_t done = 100;
	uint_t n;

	VERIFY3S(bind_kernel(handle, memory + 100, 6 * PAGESIZE - 200, DDI_DMA_READ, &cookie, &n), ==, DDI_DMA_MAPPED);
	VERIFY(n > 1);
	for (uint_t i = 0; i < n; i++) {
		pfn_t frame = cookie.dmac_laddress >> PAGESHIFT;

		VERIFY(page_numtopp_nolock(frame) == page_numtopp_nolock(hat_getpfnum(kas.a_hat, memory + done)));
		done += cookie.dmac_size;
		ddi_dma_nextcookie(handle, &cookie);
	}
	VERIFY3U(done, ==, 6 * PAGESIZE - 100);
	unbind_free(handle);
	ddi_umem_free(umem);
}

/* The usual loop calls once more than there are cookies. */
void check_dma_nextcookie_past_the_last(void)
{
	ddi_dma_handle_t handle = handle_with(any_attr);
	ddi_dma_cookie_t cookie, last;
	uint64_t one;
	uint_t n;

	VERIFY3S(bind_kernel(handle, &one, 8, DDI_DMA_READ, &cookie, &n), ==, DDI_DMA_MAPPED);
	last = cookie;
	for (uint_t i = 0; i < n; i++)
		ddi_dma_nextcookie(handle, &cookie);
	VERIFY(n == 1 && cookie.dmac_laddress == last.dmac_laddress && cookie.dmac_size == 8);
	ddi_dma_unbind_handle(handle);
	ddi_dma_free_handle(&handle);
}

void bug_dma_nextcookie(void)
{
	ddi_dma_handle_t handle = handle_with(any_attr);
	ddi_dma_cookie_t cookie;

	ddi_dma_nextcookie(handle, &cookie);
}

void bug_dma_cookie_one(void)
{
	ddi_dma_handle_t handle = handle_with(any_attr);

	(void) ddi_dma_cookie_one(handle);
}

void bug_dma_mem_free(void)
{
	ddi_acc_handle_t handle = NULL;

	ddi_dma_mem_free(&handle);
}
