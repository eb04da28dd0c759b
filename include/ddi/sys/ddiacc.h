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

/* dip, register set, kernel address out, offset, length (0: to its end), attributes, handle out. */
int ddi_regs_map_setup(dev_info_t *, uint_t, caddr_t *, offset_t, offset_t, ddi_device_acc_attr_t *,
		       ddi_acc_handle_t *) SUNDOG_LINK(ddi_regs_map_setup);
void ddi_regs_map_free(ddi_acc_handle_t *) SUNDOG_LINK(ddi_regs_map_free);

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

int ddi_peekpokeio(dev_info_t *, struct uio *, enum uio_rw, caddr_t, size_t, uint_t) SUNDOG_LINK(ddi_peekpokeio);
int ddi_device_zero(ddi_acc_handle_t, caddr_t, size_t, ssize_t, uint_t) SUNDOG_LINK(ddi_device_zero);
int ddi_device_copy(ddi_acc_handle_t, caddr_t, ssize_t, ddi_acc_handle_t, caddr_t, ssize_t, size_t, uint_t)
	SUNDOG_LINK(ddi_device_copy);

/* Bytes in the other order. */
uint16_t ddi_swap16(uint16_t) SUNDOG_LINK(ddi_swap16);
uint32_t ddi_swap32(uint32_t) SUNDOG_LINK(ddi_swap32);
uint64_t ddi_swap64(uint64_t) SUNDOG_LINK(ddi_swap64);

/* PCI configuration space. */
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
