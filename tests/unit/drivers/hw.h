/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hw.h: a driver with hardware: its checks run on the driver's side of the headers, with an instance attached.  Each
 * check panics where something is not as it should be; those named bug_ must panic.  No header behind it.
 */
#ifndef TESTS_UNIT_DRIVERS_HW_H
#define TESTS_UNIT_DRIVERS_HW_H

#include <stdbool.h>
#include <stddef.h>

struct modinfo;
struct dev_info;

int hw_init(void);
int hw_info(struct modinfo *);
int hw_fini(void);

/* The instance that was attached last. */
extern struct dev_info *hw_dip;

/* Its register sets in the tests. */
#define HW_CONF "name=\"hw\" parent=\"pseudo\" instance=3 reg=0,0,256, 1,0x100000,12288, 0,0x1000,4097;"

#define HW_CHECKS(X)      \
	X(reg_sizes)      \
	X(reg_property)   \
	X(reg_map)        \
	X(reg_map_twice)  \
	X(reg_map_edges)  \
	X(reg_map_old)    \
	X(reg_widths)     \
	X(reg_endian)     \
	X(reg_rep)        \
	X(reg_unaligned)  \
	X(reg_peek)       \
	X(reg_peekpokeio) \
	X(reg_peekpokeio_odd) \
	X(reg_unmap_elsewhere) \
	X(dma_nextcookie_past_the_last) \
	X(dma_frames) \
	X(dma_frames_of_runs) \
	X(reg_frames) \
	X(buf_life)       \
	X(buf_error)      \
	X(buf_wait)       \
	X(buf_iodone)     \
	X(buf_clone)      \
	X(buf_copy)       \
	X(physio_kernel)  \
	X(physio_mincnt_wrong) \
	X(minphys)        \
	X(iosetup_kernel) \
	X(dma_handle_attr) \
	X(dma_bind_refused) \
	X(dma_data) \
	X(dma_device_refused) \
	X(dma_holds_memory) \
	X(dma_attributes) \
	X(dma_windows) \
	X(dma_cookie_functions) \
	X(dma_memory) \
	X(dma_no_resources) \
	X(dma_callback) \
	X(dma_sleep) \
	X(dma_no_mapping) \
	X(dma_unbind_races) \
	X(dma_buf)

#define HW_BUGS(X)                                                    \
	X(reg_free_twice, "ddi_regs_map_free")                        \
	X(reg_beyond, "ddi_get32")                                    \
	X(reg_before, "ddi_put8")                                     \
	X(reg_rep_beyond, "is outside of the mapping")                \
	X(reg_unmap_foreign, "ddi_unmap_regs")                        \
	X(buf_free_twice, "freerbuf")                                 \
	X(buf_done_twice, "is done already")                          \
	X(buf_clone_range, "bioclone")                                \
	X(dma_free_bound, "is still bound")                           \
	X(dma_free_twice, "ddi_dma_free_handle")                      \
	X(dma_nextcookie, "nothing is bound to handle")               \
	X(dma_cookie_one, "there are 0 cookies")                      \
	X(dma_mem_free, "ddi_dma_mem_free")

#define HW_DECLARE_CHECK(name) void check_##name(void);
#define HW_DECLARE_BUG(name, text) void bug_##name(void);
HW_CHECKS(HW_DECLARE_CHECK)
HW_BUGS(HW_DECLARE_BUG)

/* Two handles, one of them bound, memory, a buf and a callback. */
void leave_dma_behind(void);

/* What devmap(9E) of /dev/hw sets up, with devmap_devmem_setup(9F). */
struct hw_map {
	unsigned set;
	long long roff;
	size_t len;            /* 0: as asked */
	unsigned maxprot, flags;
	bool callbacks;        /* counted below */
	int result;            /* out: of the setup */
	void *dhp;             /* out: the last handle */
	unsigned accesses;     /* out */
	bool dup_invalidates;
};
extern struct hw_map hw_map;
/* devmap_devmem_remap(9F), devmap_umem_remap(9F) of hw_map.dhp; DDI results. */
int hw_remap(unsigned set, long long roff, size_t len, unsigned maxprot, unsigned flags);
int hw_remap_kernel(void *cookie, size_t len);
void *hw_cookie_alloc(size_t size, void **cookiep);
void hw_cookie_free(void *cookie);
long long hw_handle_roff(void);
void *hw_handle_address(void);

#endif
