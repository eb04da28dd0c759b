/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/pci.h>: offsets and bits of PCI configuration space. */
#ifndef _SYS_PCI_H
#define _SYS_PCI_H

#include <sys/types.h>

#define PCI_CONF_VENID 0x0
#define PCI_CONF_DEVID 0x2
#define PCI_CONF_COMM 0x4
#define PCI_CONF_STAT 0x6
#define PCI_CONF_REVID 0x8
#define PCI_CONF_PROGCLASS 0x9
#define PCI_CONF_SUBCLASS 0xA
#define PCI_CONF_BASCLASS 0xB
#define PCI_CONF_CACHE_LINESZ 0xC
#define PCI_CONF_LATENCY_TIMER 0xD
#define PCI_CONF_HEADER 0xE
#define PCI_CONF_BIST 0xF
#define PCI_CONF_BASE0 0x10
#define PCI_CONF_BASE1 0x14
#define PCI_CONF_BASE2 0x18
#define PCI_CONF_BASE3 0x1c
#define PCI_CONF_BASE4 0x20
#define PCI_CONF_BASE5 0x24
#define PCI_CONF_CIS 0x28
#define PCI_CONF_SUBVENID 0x2c
#define PCI_CONF_SUBSYSID 0x2e
#define PCI_CONF_ROM 0x30
#define PCI_CONF_CAP_PTR 0x34
#define PCI_CONF_ILINE 0x3c
#define PCI_CONF_IPIN 0x3d
#define PCI_CONF_MIN_G 0x3e
#define PCI_CONF_MAX_L 0x3f

#define PCI_COMM_IO 0x1
#define PCI_COMM_MAE 0x2
#define PCI_COMM_ME 0x4
#define PCI_COMM_SPEC_CYC 0x8
#define PCI_COMM_MEMWR_INVAL 0x10
#define PCI_COMM_PARITY_DETECT 0x40
#define PCI_COMM_SERR_ENABLE 0x100
#define PCI_COMM_INTX_DISABLE 0x400

/* Bits of PCI_CONF_STAT. */
#define PCI_STAT_DEVSELT_FAST 0
#define PCI_STAT_READY 1
#define PCI_STAT_INTR 8
#define PCI_STAT_CAP 0x10
#define PCI_STAT_66MHZ 0x20
#define PCI_STAT_UDF 0x40
#define PCI_STAT_FBBC 0x80
#define PCI_STAT_S_PERROR 0x100
#define PCI_STAT_DEVSELT_MEDIUM 0x200
#define PCI_STAT_DEVSELT_SLOW 0x400
#define PCI_STAT_DEVSELT 0x600
#define PCI_STAT_S_TARG_AB 0x800
#define PCI_STAT_R_TARG_AB 0x1000
#define PCI_STAT_R_MAST_AB 0x2000
#define PCI_STAT_S_SYSERR 0x4000
#define PCI_STAT_PERROR 0x8000

#define PCI_ADDR_CONFIG 0
#define PCI_ADDR_IO 0x1000000
#define PCI_ADDR_MEM32 0x2000000
#define PCI_ADDR_MASK 50331648

#define PCI_BCNF_BCNTRL_PARITY_ENABLE 1
#define PCI_BCNF_BCNTRL_SERR_ENABLE 2
#define PCI_BCNF_BCNTRL_VGA_ENABLE 8
#define PCI_BCNF_LATENCY_TIMER 0x1b
#define PCI_BCNF_BCNTRL_MAST_AB_MODE 0x20
#define PCI_BCNF_BCNTRL 0x3e

#define PCI_CAP_NEXT_PTR_NULL 0
#define PCI_CAP_NEXT_PTR 1
#define PCI_CAP_ID_AGP 2

#define PCI_COMM_BACK2BACK_ENAB 0x200
#define PCI_CONF_HDR_SIZE 256
#define PCI_HEADER_ONE 1
#define PCI_HEADER_TYPE_M 0x7f
#define PCI_INTA 1
#define PCI_INTD 4
#define PCI_REG_ADDR_M 0x3000000
#define PCI_REG_REL_M 0x80000000
#define PCI_RELOCAT_B 0x80000000

typedef struct pci_bus_range {
	uint32_t lo;
	uint32_t hi;
} pci_bus_range_t;

typedef struct pci_phys_spec {
	uint_t pci_phys_hi;
	uint_t pci_phys_mid;
	uint_t pci_phys_low;
	uint_t pci_size_hi;
	uint_t pci_size_low;
} pci_regspec_t;

#define PCI_REG_BUS_G(x) (((x)&0xff0000) >> 16)
#define PCI_REG_DEV_G(x) (((x)&0xf800) >> 11)
#define PCI_REG_FUNC_G(x) (((x)&0x700) >> 8)
#define PCI_REG_REG_G(x) ((x)&0xff)

/* What comes along with it. */
#include <sys/stdint.h>

#endif
