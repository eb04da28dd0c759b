/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sundog/sim.h>: the hardware's side of a device that exists in software only.  A simulated device is code beside
 * the driver (in the same .so), or a test in the program that has the driver inside it (<sundog/embed.h>): it uses
 * what is declared here, the driver itself does not.  It reaches what real hardware would: interrupts, registers, and by
 * DMA the memory that the driver has bound.
 *
 * Only the compiler's own headers are behind it, so that it goes beside the DDI's headers and beside libc's.  A
 * device is named by its dev_info_t, which is valid until its instance is detached.  Results are DDI_SUCCESS (0) and
 * DDI_FAILURE (-1), unless stated otherwise.
 */
#ifndef _SUNDOG_SIM_H
#define _SUNDOG_SIM_H

#include <stddef.h>
#include <stdint.h>

#ifndef SUNDOG_LINK /* as <sys/sundog_link.h> has it */
#define SUNDOG_LINK(name) __asm__("sundog_" #name) __attribute__((visibility("default")))
#endif

struct dev_info; /* the DDI's dev_info_t */

/* The attached (or attaching) instance of a driver by its name; NULL: there is none.  Any context. */
struct dev_info *sim_device(const char *driver, int instance) SUNDOG_LINK(sim_device);

/* ---- interrupts ---- */

/*
 * Raises interrupt inum (0, 1, ...; the device has as many as its property "interrupts" has elements) of the device
 * instance dip, as a device does with an edge or a message: the driver's handler runs once, soon, in interrupt context in
 * a thread of its own.  Raised again before the handler has begun, it stays one interrupt; while masked it stays pending.
 *
 * Returns DDI_SUCCESS, or DDI_FAILURE if no handler of that interrupt is enabled: then it is lost.
 * Context: any, with any of the driver's mutexes held.
 */
int sim_interrupt(struct dev_info *dip, unsigned inum) SUNDOG_LINK(sim_interrupt);

/* ---- registers ----
 * The instance's property "reg" in driver.conf(4) declares them: three integers for each register set, its bus
 * space, its address there, and its size in bytes:
 *
 *	name="card" parent="pseudo" instance=0 reg=0,0,256, 1,0x100000,65536;
 *
 * Register set 0 of this device has 256 bytes, register set 1 64 KiB.  The device starts with zeros in all of
 * them.  Space and address are for the driver to read; the memory is the set's own, in whole pages.
 */

/*
 * Memory of register set number set (0, 1, ...), and its size in bytes as declared (size may be NULL).  It is the same
 * memory that the driver maps by ddi_regs_map_setup(9F) and processes by devmap_devmem_setup(9F); page-aligned.
 * NULL: no such set.  Any context.  Access it with atomic operations where the driver may look at the same time.
 */
void *sim_registers(struct dev_info *dip, unsigned set, size_t *size) SUNDOG_LINK(sim_registers);

/* ---- DMA ----
 * What the driver has bound with ddi_dma_addr_bind_handle(9F) or ddi_dma_buf_bind_handle(9F) has addresses in one I/O
 * address space of the system: those in the cookies.  They begin above page 0; a device whose dma_attr_addr_hi permits it
 * gets addresses above 4 GiB.  Memory that was not made by ddi_dma_mem_alloc(9F) is scattered, as pages of a machine are,
 * into up to 16 cookies if the device takes so many.  Around each piece there are addresses where nothing is bound.
 */

/*
 * The device dip reads len bytes of memory at an I/O address (as it does to send them), or writes them (as it does with
 * what it has received).  DDI_SUCCESS; DDI_FAILURE, and a warning that names the driver: not all of the range is bound for
 * this device, and in the active window (what was bound before that is moved), or it was bound for the other
 * direction (DDI_DMA_WRITE is memory to device: read by it).  Memory of a process that has died meanwhile is written
 * to nowhere and read as zeros.
 * What was moved, refused and lost is counted: `sundog kstat sundog:0:dma`.
 * Context: user, kernel; may block.  Safe at any time: ddi_dma_unbind_handle(9F) waits for accesses in progress.
 */
int sim_dma_read(struct dev_info *dip, uint64_t address, void *to, size_t len) SUNDOG_LINK(sim_dma_read);
int sim_dma_write(struct dev_info *dip, uint64_t address, const void *from, size_t len) SUNDOG_LINK(sim_dma_write);

/* ---- I2C ---- */

/*
 * A chip at the end of a device's I2C bus: what <sys/i2c/misc/i2c_svc.h> of the driver talks to.  write takes bytes and
 * returns how many it acknowledged, read gives bytes and returns how many it had; NULL: none.  One transfer at a time, in
 * the driver's thread; they may block.
 */
struct sim_i2c {
	size_t (*write)(void *arg, const uint8_t *bytes, size_t len);
	size_t (*read)(void *arg, uint8_t *bytes, size_t len);
};
/* chip, which must stay, until the instance is gone or another is put there; NULL: none.  Waits for a transfer.  */
void sim_i2c_chip(struct dev_info *dip, const struct sim_i2c *chip, void *arg) SUNDOG_LINK(sim_i2c_chip);

/* ---- events ---- */

/*
 * Something happened to the device: an event by its name ("DDI:DEVI_REMOVE", see ddi_get_eventcookie(9F)) is told to the
 * handlers that want to hear of it, in this thread.  DDI_FAILURE: no such event.  Context: user, kernel; may block.
 */
int sim_event(struct dev_info *dip, const char *name, void *data) SUNDOG_LINK(sim_event);

#endif
