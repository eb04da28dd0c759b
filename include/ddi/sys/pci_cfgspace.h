/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/pci_cfgspace.h>: PCI configuration space by bus, device and function. */
#ifndef _SYS_PCI_CFGSPACE_H
#define _SYS_PCI_CFGSPACE_H

#include <sys/types.h>

/* Not provided: what they are about is not simulated. */
extern uint8_t (*pci_getb_func)(int bus, int dev, int func, int reg) SUNDOG_ABSENT(pci_getb_func);
extern uint32_t (*pci_getl_func)(int bus, int dev, int func, int reg) SUNDOG_ABSENT(pci_getl_func);
extern uint16_t (*pci_getw_func)(int bus, int dev, int func, int reg) SUNDOG_ABSENT(pci_getw_func);
extern void (*pci_putb_func)(int bus, int dev, int func, int reg, uint8_t val) SUNDOG_ABSENT(pci_putb_func);
extern void (*pci_putl_func)(int bus, int dev, int func, int reg, uint32_t val) SUNDOG_ABSENT(pci_putl_func);
extern void (*pci_putw_func)(int bus, int dev, int func, int reg, uint16_t val) SUNDOG_ABSENT(pci_putw_func);

#endif
