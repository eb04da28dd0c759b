/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/agp/agpgart_impl.h>: the inside of the driver that offers AGP memory. */
#ifndef _SYS_AGP_AGPGART_IMPL_H
#define _SYS_AGP_AGPGART_IMPL_H

#include <sys/types.h>
#include <sys/agpgart.h>
#include <sys/pmem.h>
#include <sys/kstat.h>
#include <sys/list.h>
#include <sys/sunldi.h>

#define AGPGART_MAX_INSTANCES 1
#define AGP_MAXKEYS 256

#define AGPGART_DEVNODE "agpgart"

typedef struct _agp_info32 {
	agp_version_t agpi32_version;
	uint32_t agpi32_devid;
	uint32_t agpi32_mode;
	uint32_t agpi32_aperbase;
	uint32_t agpi32_apersize;
	uint32_t agpi32_pgtotal;
	uint32_t agpi32_pgsystem;
	uint32_t agpi32_pgused;
} agp_info32_t;

typedef struct agp_kern_info {
	uint32_t agpki_mdevid;
	agp_version_t agpki_mver;
	uint32_t agpki_mstatus;
	size_t agpki_presize;
	uint32_t agpki_tdevid;
	agp_version_t agpki_tver;
	uint32_t agpki_tstatus;
	uint64_t agpki_aperbase;
	uint32_t agpki_apersize;
} agp_kern_info_t;

typedef struct agp_kmem_handle {
	ddi_dma_handle_t kmem_handle;
	ddi_dma_cookie_t kmem_dcookie;
	uint32_t kmem_cookies_num;
	caddr_t kmem_kvaddr;
	size_t kmem_reallen;
	ddi_acc_handle_t kmem_acchdl;
} agp_kmem_handle_t;

typedef struct agp_pmem_handle {
	devmap_pmem_cookie_t pmem_cookie;
} agp_pmem_handle_t;

typedef struct amd64_gart_dev_list {
	ldi_handle_t gart_devhdl;
	struct amd64_gart_dev_list *next;
} amd64_gart_dev_list_t;

typedef struct amd64_garts_dev {
	int gart_device_num;
	amd64_gart_dev_list_t *gart_dev_list_head;
} amd64_garts_dev_t;

typedef enum agp_arc_type {
	ARC_IGD810 = 0,
	ARC_IGD830 = 1,
	ARC_INTELAGP = 2,
	ARC_AMD64AGP = 3,
	ARC_UNKNOWN = 5,
} agp_arc_type_t;

typedef struct agp_registered_dev {
	amd64_garts_dev_t agprd_cpugarts;
	ldi_handle_t agprd_targethdl;
	ldi_handle_t agprd_masterhdl;
	agp_arc_type_t agprd_arctype;
} agp_registered_dev_t;

typedef struct keytable_ent {
	int kte_type;
	int kte_key;
	uint32_t kte_pgoff;
	pgcnt_t kte_pages;
	int kte_bound;
	void *kte_memhdl;
	pfn_t *kte_pfnarray;
	int kte_refcnt;
} keytable_ent_t;

typedef struct agpgart_softstate {
	dev_info_t *asoft_dip;
	kmutex_t asoft_instmutex;
	agp_kern_info_t asoft_info;
	int asoft_opened;
	int asoft_acquired;
	int asoft_agpen;
	pid_t asoft_curpid;
	uint32_t asoft_mode;
	uint32_t asoft_pgtotal;
	uint32_t asoft_pgused;
	ldi_ident_t asoft_li;
	keytable_ent_t *asoft_table;
	ddi_dma_handle_t gart_dma_handle;
	ddi_acc_handle_t gart_dma_acc_handle;
	uint64_t gart_pbase;
	caddr_t gart_vbase;
	size_t gart_size;
	agp_registered_dev_t asoft_devreg;
	kstat_t *asoft_ksp;
} agpgart_softstate_t;

typedef struct agpgart_ctx {
	offset_t actx_off;
	agpgart_softstate_t *actx_sc;
} agpgart_ctx_t;

typedef struct key_list {
	int key_idx;
	struct key_list *next;
} key_list_t;

struct list_head {
	struct list_head *next;
	struct list_head *prev;
	struct igd_gtt_seg *gttseg;
};

/* Not provided: what they are about is not simulated. */
void agp_fini_kstats(agpgart_softstate_t *) SUNDOG_ABSENT(agp_fini_kstats);
int agp_init_kstats(agpgart_softstate_t *) SUNDOG_ABSENT(agp_init_kstats);

#endif
