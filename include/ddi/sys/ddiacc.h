/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/ddiacc.h>: access handles: registers by ddi_get8(9F) and its family, PCI configuration space.
 */
#ifndef _SYS_DDIACC_H
#define _SYS_DDIACC_H

#include <sys/ddimapreq.h>
#include <sys/dditypes.h>
#include <sys/types.h>
#include <sys/uio.h>

/*
 * Maps [offset, offset + len) of register set number of the device (0, 1, ..., as its property "reg" in driver.conf(4)
 * declares them) for the driver; len 0: to the set's end.  attr: how accesses through the handle are made
 * (DDI_DEVICE_ATTR_V0 or _V1; DDI_STRUCTURE_BE_ACC: the device is big-endian, values are swapped on a little-endian
 * machine); NULL: as DDI_NEVERSWAP_ACC.  *addrp: the address of the first byte, for use with the handle.
 * DDI_SUCCESS, or DDI_FAILURE with *addrp and *handlep untouched: no such set, not so many bytes in it, or an unknown
 * version of attr.  Context: user, kernel.
 */
int ddi_regs_map_setup(dev_info_t *dip, uint_t number, caddr_t *addrp, offset_t offset, offset_t len,
		       const ddi_device_acc_attr_t *attr, ddi_acc_handle_t *handlep) SUNDOG_LINK(ddi_regs_map_setup);
/* Ends it; *handlep becomes NULL.  The registers keep their contents.  differs: a second time is a panic. */
void ddi_regs_map_free(ddi_acc_handle_t *handlep) SUNDOG_LINK(ddi_regs_map_free);

/*
 * Accesses of one width at an address within the handle's memory: of ddi_regs_map_setup(9F) or ddi_dma_mem_alloc(9F).
 * An aligned access is made once, whole, and in program order.  The rep forms move count values between memory of the
 * driver and addr, upwards from addr with DDI_DEV_AUTOINCR.  differs: an address outside of the handle's memory is a
 * panic that names the driver.  Any context.
 *
 * The peek and poke forms fail instead where there is no memory: DDI_SUCCESS, or DDI_FAILURE.  The value of a peek
 * may go nowhere (NULL).  differs: only memory of whole pages is known to be there (registers, ddi_umem_alloc(9F),
 * kmem_alloc(9F) of whole pages), and a misaligned address fails.
 */

/* Flags of the rep forms. */
#define DDI_DEV_NO_AUTOINCR 0x0000
#define DDI_DEV_AUTOINCR 0x0001

uint8_t ddi_get8(ddi_acc_handle_t, uint8_t *) SUNDOG_LINK(ddi_get8);
void ddi_put8(ddi_acc_handle_t, uint8_t *, uint8_t) SUNDOG_LINK(ddi_put8);
void ddi_rep_get8(ddi_acc_handle_t, uint8_t *, uint8_t *, size_t, uint_t) SUNDOG_LINK(ddi_rep_get8);
void ddi_rep_put8(ddi_acc_handle_t, uint8_t *, uint8_t *, size_t, uint_t) SUNDOG_LINK(ddi_rep_put8);
int ddi_peek8(dev_info_t *, int8_t *, int8_t *) SUNDOG_LINK(ddi_peek8);
int ddi_poke8(dev_info_t *, int8_t *, int8_t) SUNDOG_LINK(ddi_poke8);
uint16_t ddi_get16(ddi_acc_handle_t, uint16_t *) SUNDOG_LINK(ddi_get16);
void ddi_put16(ddi_acc_handle_t, uint16_t *, uint16_t) SUNDOG_LINK(ddi_put16);
void ddi_rep_get16(ddi_acc_handle_t, uint16_t *, uint16_t *, size_t, uint_t) SUNDOG_LINK(ddi_rep_get16);
void ddi_rep_put16(ddi_acc_handle_t, uint16_t *, uint16_t *, size_t, uint_t) SUNDOG_LINK(ddi_rep_put16);
int ddi_peek16(dev_info_t *, int16_t *, int16_t *) SUNDOG_LINK(ddi_peek16);
int ddi_poke16(dev_info_t *, int16_t *, int16_t) SUNDOG_LINK(ddi_poke16);
uint32_t ddi_get32(ddi_acc_handle_t, uint32_t *) SUNDOG_LINK(ddi_get32);
void ddi_put32(ddi_acc_handle_t, uint32_t *, uint32_t) SUNDOG_LINK(ddi_put32);
void ddi_rep_get32(ddi_acc_handle_t, uint32_t *, uint32_t *, size_t, uint_t) SUNDOG_LINK(ddi_rep_get32);
void ddi_rep_put32(ddi_acc_handle_t, uint32_t *, uint32_t *, size_t, uint_t) SUNDOG_LINK(ddi_rep_put32);
int ddi_peek32(dev_info_t *, int32_t *, int32_t *) SUNDOG_LINK(ddi_peek32);
int ddi_poke32(dev_info_t *, int32_t *, int32_t) SUNDOG_LINK(ddi_poke32);
uint64_t ddi_get64(ddi_acc_handle_t, uint64_t *) SUNDOG_LINK(ddi_get64);
void ddi_put64(ddi_acc_handle_t, uint64_t *, uint64_t) SUNDOG_LINK(ddi_put64);
void ddi_rep_get64(ddi_acc_handle_t, uint64_t *, uint64_t *, size_t, uint_t) SUNDOG_LINK(ddi_rep_get64);
void ddi_rep_put64(ddi_acc_handle_t, uint64_t *, uint64_t *, size_t, uint_t) SUNDOG_LINK(ddi_rep_put64);
int ddi_peek64(dev_info_t *, int64_t *, int64_t *) SUNDOG_LINK(ddi_peek64);
int ddi_poke64(dev_info_t *, int64_t *, int64_t) SUNDOG_LINK(ddi_poke64);

/*
 * Peeks (UIO_READ) or pokes (UIO_WRITE) up to len bytes from addr on, to or from uio, by accesses of the given width
 * in bytes: 1, 2, 4, 8, halved until address and length are multiples of it; anything else: the widest that fits.
 * DDI_SUCCESS, or DDI_FAILURE: an access failed; uio has advanced over what was moved.
 */
int ddi_peekpokeio(dev_info_t *, struct uio *, enum uio_rw, caddr_t, size_t, uint_t) SUNDOG_LINK(ddi_peekpokeio);
int ddi_device_zero(ddi_acc_handle_t, caddr_t, size_t, ssize_t, uint_t) SUNDOG_ABSENT(ddi_device_zero);
int ddi_device_copy(ddi_acc_handle_t, caddr_t, ssize_t, ddi_acc_handle_t, caddr_t, ssize_t, size_t, uint_t)
	SUNDOG_ABSENT(ddi_device_copy);

/* Bytes in the other order. */
uint16_t ddi_swap16(uint16_t) SUNDOG_LINK(ddi_swap16);
uint32_t ddi_swap32(uint32_t) SUNDOG_LINK(ddi_swap32);
uint64_t ddi_swap64(uint64_t) SUNDOG_LINK(ddi_swap64);

/*
 * PCI configuration space: register set 0 of a device that has a property "vendor-id"; its header is filled from the
 * properties vendor-id, device-id, revision-id, class-code, subsystem-vendor-id and subsystem-id.  Setup: DDI_SUCCESS, or
 * DDI_FAILURE: no such property, or no set of at least 64 bytes.  Offsets are in bytes; one beyond the space is a panic that
 * names the driver.  Setup and teardown: user, kernel context; accesses: any.
 */
int pci_config_setup(dev_info_t *, ddi_acc_handle_t *) SUNDOG_LINK(pci_config_setup);
void pci_config_teardown(ddi_acc_handle_t *) SUNDOG_LINK(pci_config_teardown);
uint8_t pci_config_get8(ddi_acc_handle_t, off_t) SUNDOG_LINK(pci_config_get8);
void pci_config_put8(ddi_acc_handle_t, off_t, uint8_t) SUNDOG_LINK(pci_config_put8);
uint16_t pci_config_get16(ddi_acc_handle_t, off_t) SUNDOG_LINK(pci_config_get16);
void pci_config_put16(ddi_acc_handle_t, off_t, uint16_t) SUNDOG_LINK(pci_config_put16);
uint32_t pci_config_get32(ddi_acc_handle_t, off_t) SUNDOG_LINK(pci_config_get32);
void pci_config_put32(ddi_acc_handle_t, off_t, uint32_t) SUNDOG_LINK(pci_config_put32);
uint64_t pci_config_get64(ddi_acc_handle_t, off_t) SUNDOG_LINK(pci_config_get64);
void pci_config_put64(ddi_acc_handle_t, off_t, uint64_t) SUNDOG_LINK(pci_config_put64);

#endif
