/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/cpuvar.h>
#include <sys/disp.h>
#include <sys/ddi.h>
#include <sys/file.h>
#include <sys/policy.h>
#include <sys/project.h>
#include <sys/sunddi.h>
#include <sys/task.h>
#include <sys/vmem.h>
#include <sys/vmsystm.h>
#include <sys/zone.h>
#include <vm/as.h>
#include <vm/hat.h>
#include <vm/page.h>

#include "ddi_checks.h"

void check_memory(void)
{
	char *p, *q;

	VERIFY(kmem_alloc(0, KM_SLEEP) == NULL && kmem_zalloc(0, KM_NOSLEEP) == NULL);
	kmem_free(NULL, 0);
	p = kmem_zalloc(100, KM_SLEEP);
	for (int i = 0; i < 100; i++)
		VERIFY3U(p[i], ==, 0);
	VERIFY3U((uintptr_t)p % 8, ==, 0);
	q = kmem_alloc(100, KM_NOSLEEP);
	VERIFY(q != NULL && q != p);
	memset(q, 1, 100);
	kmem_free(p, 100);
	kmem_free(q, 100);
	p = strdup("text");
	VERIFY(strcmp(p, "text") == 0);
	strfree(p);
	p = ddi_strdup("more", KM_SLEEP);
	VERIFY(strcmp(p, "more") == 0);
	kmem_free(p, 5);
}

void check_pages(void)
{
	char *p = kmem_alloc(PAGESIZE, KM_SLEEP), *q = kmem_zalloc(3 * PAGESIZE, KM_NOSLEEP);

	VERIFY3U((uintptr_t)p & PAGEOFFSET, ==, 0);
	VERIFY(q != NULL && ((uintptr_t)q & PAGEOFFSET) == 0 && q[0] == 0 && q[3 * PAGESIZE - 1] == 0);
	p[0] = p[PAGESIZE - 1] = q[3 * PAGESIZE - 1] = 1;
	kmem_free(q, 3 * PAGESIZE);
	kmem_free(p, PAGESIZE);
}

void check_machine(void)
{
	VERIFY(physmem > 1000 && maxmem == physmem && availrmem <= physmem && freemem <= physmem);
	VERIFY(ncpus >= 1 && ncpus_online == ncpus);
}

/* ---- frame numbers and kernel addresses ---- */

void check_frames(void)
{
	ddi_umem_cookie_t cookie;
	char *p = ddi_umem_alloc(2 * PAGESIZE, DDI_UMEM_SLEEP, &cookie);
	pfn_t frame = hat_getpfnum(kas.a_hat, p);
	page_t *page = page_numtopp_nolock(frame);

	VERIFY(frame != PFN_INVALID && pf_is_memory(frame) && hat_getpfnum(kas.a_hat, p + PAGESIZE + 5) == frame + 1);
	VERIFY(page != NULL && page_pptonum(page) == frame && page_numtopp_nolock(frame + 1) == page + 1);
	VERIFY(!PP_ISFREE(page) && PP_ISNORELOC(page) && !PAGE_LOCKED(page));
	VERIFY(page_trylock(page, SE_SHARED) && page_trylock(page, SE_SHARED) && !page_trylock(page, SE_EXCL));
	VERIFY(PAGE_SHARED(page) && PAGE_LOCKED(page));
	page_unlock(page);
	page_unlock(page);
	VERIFY(page_trylock(page, SE_EXCL) && PAGE_EXCL(page) && !page_trylock(page, SE_SHARED));
	page_unlock(page);
	VERIFY(!PAGE_LOCKED(page));
	ddi_umem_free(cookie);
	VERIFY(page_numtopp_nolock(frame) == NULL && !pf_is_memory(frame));
	VERIFY(page_numtopp_nolock(PFN_INVALID) == NULL && !pf_is_memory(1ul << 40));
	VERIFY(hat_getpfnum(kas.a_hat, (caddr_t)&frame) == PFN_INVALID);
}

void check_kernel_windows(void)
{
	ddi_umem_cookie_t cookie;
	char *memory = ddi_umem_alloc(3 * PAGESIZE, DDI_UMEM_SLEEP, &cookie);
	char *kva = vmem_alloc(heap_arena, 4 * PAGESIZE, VM_SLEEP);
	char *other = vmem_alloc(heap_arena, 4 * PAGESIZE, VM_SLEEP);
	pfn_t frame = hat_getpfnum(kas.a_hat, memory);

	memset(kva, 7, 4 * PAGESIZE);
	memset(other, 6, 4 * PAGESIZE);
	hat_devload(kas.a_hat, kva + PAGESIZE, 2 * PAGESIZE, frame + 1, PROT_READ | PROT_WRITE, HAT_LOAD_LOCK);
	memory[PAGESIZE] = 1;
	kva[2 * PAGESIZE] = 2;
	VERIFY(kva[PAGESIZE] == 1 && memory[2 * PAGESIZE] == 2 && kva[0] == 7 && kva[3 * PAGESIZE] == 7);
	VERIFY(hat_getpfnum(kas.a_hat, kva + 2 * PAGESIZE) == frame + 2);
	VERIFY(hat_getpfnum(kas.a_hat, kva) < frame || hat_getpfnum(kas.a_hat, kva) > frame + 2);
	/* Refused with a warning: over a window, of frames that are not there, at no page. */
	hat_devload(kas.a_hat, kva, 2 * PAGESIZE, frame, PROT_READ, HAT_LOAD);
	hat_devload(kas.a_hat, kva, 2 * PAGESIZE, frame + 2, PROT_READ, HAT_LOAD);
	hat_devload(kas.a_hat, kva, PAGESIZE, PFN_INVALID, PROT_READ, HAT_LOAD);
	hat_devload(kas.a_hat, kva + 1, PAGESIZE, frame, PROT_READ, HAT_LOAD);
	hat_devload(kas.a_hat, (caddr_t)PAGESIZE, PAGESIZE, frame, PROT_READ, HAT_LOAD);
	hat_unload(kas.a_hat, kva + PAGESIZE, PAGESIZE, HAT_UNLOAD); /* cuts it */
	hat_unload(kas.a_hat, kva + 2 * PAGESIZE, PAGESIZE, HAT_UNLOAD);
	VERIFY(kva[0] == 7 && kva[PAGESIZE] == 1);
	/* Memory that ends before what is to be shown, and addresses that do. */
	hat_devload(kas.a_hat, other, 2 * PAGESIZE, frame + 2, PROT_READ, HAT_LOAD);
	hat_devload(kas.a_hat, other + 3 * PAGESIZE, 2 * PAGESIZE, frame, PROT_READ, HAT_LOAD);
	VERIFY(other[0] == 6 && other[PAGESIZE] == 6 && other[3 * PAGESIZE] == 6);
	VERIFY(hat_getpfnum(kas.a_hat, other) != frame + 2 && hat_getpfnum(kas.a_hat, other + 3 * PAGESIZE) != frame);
	/* The pages outlive their cookie while they are shown. */
	ddi_umem_free(cookie);
	VERIFY(kva[PAGESIZE] == 1);
	hat_unload(kas.a_hat, kva, 4 * PAGESIZE, HAT_UNLOAD_UNLOCK);
	VERIFY(kva[PAGESIZE] == 7 && kva[0] == 7 && !pf_is_memory(frame));
	hat_unload(kas.a_hat, kva, 4 * PAGESIZE, HAT_UNLOAD); /* nothing is loaded: fine */
	vmem_free(heap_arena, other, 4 * PAGESIZE);
	vmem_free(heap_arena, kva, 4 * PAGESIZE);
}

void bug_heap_loaded(void)
{
	ddi_umem_cookie_t cookie;
	char *memory = ddi_umem_alloc(PAGESIZE, DDI_UMEM_SLEEP, &cookie);
	char *kva = vmem_alloc(heap_arena, PAGESIZE, VM_SLEEP);

	hat_devload(kas.a_hat, kva, PAGESIZE, hat_getpfnum(kas.a_hat, memory), PROT_READ, HAT_LOAD);
	vmem_free(heap_arena, kva, PAGESIZE);
}

void check_soft_state(void)
{
	void *state = NULL, *other = NULL;
	int *item;

	VERIFY3S(ddi_soft_state_init(NULL, 8, 1), ==, EINVAL);
	VERIFY3S(ddi_soft_state_init(&state, 0, 1), ==, EINVAL);
	VERIFY(ddi_get_soft_state(NULL, 0) == NULL);
	VERIFY0(ddi_soft_state_init(&state, sizeof(int), 1));
	VERIFY0(ddi_soft_state_init(&other, sizeof(int), 0));
	VERIFY(ddi_get_soft_state(state, 0) == NULL);
	VERIFY3S(ddi_soft_state_zalloc(state, -1), ==, DDI_FAILURE);
	VERIFY3S(ddi_soft_state_zalloc(NULL, 0), ==, DDI_FAILURE);
	VERIFY3S(ddi_soft_state_zalloc(state, 0), ==, DDI_SUCCESS);
	VERIFY3S(ddi_soft_state_zalloc(state, 0), ==, DDI_FAILURE); /* taken */
	item = ddi_get_soft_state(state, 0);
	VERIFY(item != NULL && *item == 0);
	*item = 7;
	VERIFY3S(ddi_soft_state_zalloc(state, 1000), ==, DDI_SUCCESS); /* the array grows, items stay */
	VERIFY(ddi_get_soft_state(state, 0) == item && *item == 7);
	VERIFY(ddi_get_soft_state(state, 999) == NULL && ddi_get_soft_state(state, 1000) != NULL);
	VERIFY(ddi_get_soft_state(state, -1) == NULL && ddi_get_soft_state(state, 1 << 20) == NULL);
	ddi_soft_state_free(state, 0);
	ddi_soft_state_free(state, 0); /* not there: nothing happens */
	ddi_soft_state_free(state, -1);
	ddi_soft_state_free(state, 1 << 20);
	ddi_soft_state_free(NULL, 0);
	VERIFY(ddi_get_soft_state(state, 0) == NULL);
	VERIFY3S(ddi_soft_state_zalloc(state, 0), ==, DDI_SUCCESS);
	ddi_soft_state_fini(&state); /* with items in it */
	VERIFY(state == NULL);
	ddi_soft_state_fini(&state);
	ddi_soft_state_fini(NULL);
	ddi_soft_state_fini(&other);
}

void check_units(void)
{
	VERIFY(btop(0) == 0 && btop(4095) == 0 && btop(4096) == 1 && btop(ULONG_MAX) == ULONG_MAX >> 12);
	VERIFY(btopr(0) == 0 && btopr(1) == 1 && btopr(4096) == 1 && btopr(4097) == 2);
	VERIFY(btopr(ULONG_MAX) == (ULONG_MAX >> 12) + 1);
	VERIFY(ptob(0) == 0 && ptob(3) == 3 * 4096);
	VERIFY(ddi_btop(NULL, 8191) == 1 && ddi_btopr(NULL, 8191) == 2 && ddi_ptob(NULL, 2) == 8192);
	VERIFY(min(-1, 2) == -1 && max(-1, 2) == 2);
	VERIFY(ddi_ffs(0) == 0 && ddi_ffs(1) == 1 && ddi_ffs(12) == 3 && ddi_ffs(LONG_MIN) == 64);
	VERIFY(ddi_fls(0) == 0 && ddi_fls(1) == 1 && ddi_fls(12) == 4 && ddi_fls(-1) == 64);
}

void check_time(void)
{
	hrtime_t before = gethrtime();
	clock_t lbolt = ddi_get_lbolt();
	timespec_t ts;

	VERIFY(hz == 100 && msec_per_tick == 10 && tick_per_msec == 0 && usec_per_tick == 10000);
	VERIFY(nsec_per_tick == 10000000 && minclsyspri < maxclsyspri);
	VERIFY(drv_usectohz(0) == 0 && drv_usectohz(-1) == 0 && drv_usectohz(1) == 1);
	VERIFY(drv_usectohz(10000) == 1 && drv_usectohz(10001) == 2 && drv_usectohz(1000000) == 100);
	VERIFY(drv_hztousec(0) == 0 && drv_hztousec(3) == 30000 && drv_hztousec(LONG_MAX) == LONG_MAX);
	VERIFY(MSEC_TO_TICK(100) == 10 && TICK_TO_MSEC(3) == 30 && MSEC_TO_TICK_ROUNDUP(1) == 1);
	VERIFY(lbolt > 0);
	drv_usecwait(50);
	VERIFY(gethrtime() - before >= 50000);
	delay(0);
	delay(-1);
	lbolt = ddi_get_lbolt();
	delay(1);
	VERIFY(ddi_get_lbolt() > lbolt && ddi_get_lbolt64() > lbolt);
	gethrestime(&ts);
	VERIFY(ts.tv_nsec >= 0 && ts.tv_nsec < 1000000000 && ddi_get_time() - ts.tv_sec <= 1);
}

void check_device_numbers(void)
{
	dev_t dev = makedevice(7, 0xfffffffe);

	VERIFY(getmajor(dev) == 7 && getminor(dev) == 0xfffffffe);
	VERIFY(getemajor(dev) == 7 && geteminor(dev) == 0xfffffffe && ddi_getiminor(dev) == 0xfffffffe);
	VERIFY(makedevice(0, 0) == 0 && dev == 0x7fffffffeul);
	VERIFY(nodev() == ENXIO && nulldev() == 0 && ddi_quiesce_not_needed(NULL) == DDI_SUCCESS);
	VERIFY(ddi_quiesce_not_supported(NULL) == DDI_FAILURE);
	VERIFY(nochpoll(dev, 0, 0, NULL, NULL) == ENXIO);
	VERIFY(ddi_name_to_major("no such driver") == (major_t)-1);
}

void check_credentials(void)
{
	cred_t *cr;

	VERIFY(CRED() == kcred && drv_priv(kcred) == 0 && crgetuid(kcred) == 0 && crgetgid(kcred) == 0);
	VERIFY(crgetruid(kcred) == 0 && crgetsuid(kcred) == 0 && crgetrgid(kcred) == 0 && crgetsgid(kcred) == 0);
	VERIFY(crgetngroups(kcred) == 0 && groupmember(0, kcred) && !groupmember(1, kcred));
	cr = crdup(kcred);
	crhold(cr);
	crfree(cr);
	VERIFY(cr != kcred && crgetuid(cr) == 0 && drv_priv(cr) == 0 && crgetgroups(cr) != NULL);
	crfree(cr);
	VERIFY(secpolicy_lock_memory(kcred) == 0 && secpolicy_resource(kcred) == 0);
	VERIFY(secpolicy_sys_config(kcred, B_TRUE) == 0);
	VERIFY(secpolicy_excl_open(kcred) == 0 && secpolicy_rsm_access(kcred, 5, 0) == 0);
	VERIFY(curproc == &p0 && threadp() == curthread && ddi_get_pid() == 0 && ttolwp(curthread) == NULL);
}

/* Of the system itself. */
void check_projects(void)
{
	VERIFY(global_zone == &zone0 && zone0.zone_id == GLOBAL_ZONEID && strcmp(zone0.zone_name, GLOBAL_ZONENAME) == 0);
	VERIFY(p0.p_zone == global_zone && INGLOBALZONE(curproc) && getzoneid() == 0 && crgetzoneid(kcred) == 0);
	VERIFY(curprojid() == 0 && p0.p_task->tk_proj->kpj_id == 0 && p0.p_task->tk_zone == global_zone);
	VERIFY(p0.p_task->tk_proj->kpj_zone == global_zone && p0.p_task->tk_proj->kpj_zoneid == 0);
	psignal(&p0, 9); /* nobody's signal */
}

void check_model(void)
{
	VERIFY3U(ddi_model_convert_from(DATAMODEL_ILP32), ==, DDI_MODEL_ILP32);
	VERIFY3U(ddi_model_convert_from(DATAMODEL_LP64), ==, DDI_MODEL_NONE);
	VERIFY3U(ddi_model_convert_from(DATAMODEL_ILP32 | FREAD | FKIOCTL), ==, DDI_MODEL_ILP32);
	VERIFY(ddi_mmap_get_model() == DDI_MODEL_LP64 && get_udatamodel() == DATAMODEL_LP64);
}

/* In kernel space; applications' memory is the embedded tests'. */
void check_uio(void)
{
	char a[4], b[3], from[] = "abcdefgh", out[8];
	iovec_t iov[3] = {{a, 4}, {NULL, 0}, {b, 3}};
	uio_t uio = {.uio_iov = iov, .uio_iovcnt = 3, .uio_segflg = UIO_SYSSPACE, .uio_resid = 7, .uio_loffset = 10};
	size_t copied;

	VERIFY0(uiocopy(from, 2, UIO_READ, &uio, &copied));
	VERIFY(copied == 2 && uio.uio_resid == 7 && iov[0].iov_len == 4);
	VERIFY0(uiomove(from, 5, UIO_READ, &uio));
	VERIFY(uio.uio_resid == 2 && uio.uio_loffset == 15 && memcmp(a, "abcd", 4) == 0 && b[0] == 'e');
	VERIFY0(ureadc('x', &uio));
	VERIFY(b[1] == 'x' && uio.uio_resid == 1);
	VERIFY0(uiomove(from, 8, UIO_READ, &uio)); /* more than there is: as much as there is */
	VERIFY(b[2] == 'a' && uio.uio_resid == 0 && uio.uio_loffset == 17);
	VERIFY(ureadc('x', &uio) == EFAULT && uwritec(&uio) == -1);
	VERIFY0(uiomove(from, 1, UIO_READ, &uio));

	iov[0] = (iovec_t){from, 8};
	uio = (uio_t){.uio_iov = iov, .uio_iovcnt = 1, .uio_segflg = UIO_SYSSPACE, .uio_resid = 8};
	VERIFY(uwritec(&uio) == 'a');
	uioskip(&uio, 2);
	uioskip(&uio, 100); /* beyond the end: not at all */
	VERIFY(uio.uio_resid == 5 && uio.uio_loffset == 3);
	VERIFY0(uiomove(out, 5, UIO_WRITE, &uio));
	VERIFY(memcmp(out, "defgh", 5) == 0);

	VERIFY(ddi_copyin(from, out, 8, (int)FKIOCTL) == 0 && memcmp(out, "abcdefgh", 8) == 0);
	VERIFY(ddi_copyout("xy", out, 2, (int)FKIOCTL) == 0 && out[0] == 'x' && out[2] == 'c');
	VERIFY(ddi_copyin(from, out, 8, 0) == -1); /* a system thread has no user memory */
	VERIFY(ddi_copyin(from, out, 0, 0) == 0);
}

/* Nobody waits: nothing happens.  Those who do are the device's test. */
void check_pollheads(void)
{
	pollhead_t head;

	bzero(&head, sizeof(head));
	pollwakeup(&head, POLLIN);
	pollhead_clean(&head);
}

/* ---- bugs ---- */

void bug_kmem_size(void)
{
	kmem_free(kmem_alloc(100, KM_SLEEP), 99);
}

void bug_kmem_twice(void)
{
	void *p = kmem_alloc(100, KM_SLEEP);

	kmem_free(p, 100);
	kmem_free(p, 100);
}

void bug_kmem_unknown(void)
{
	int i;

	kmem_free(&i, sizeof(i));
}

void bug_soft_state_unknown(void)
{
	int i;
	void *state = &i;

	ddi_soft_state_fini(&state);
}

void bug_prop_free(void)
{
	int i;

	ddi_prop_free(&i);
}
