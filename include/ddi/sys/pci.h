/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/pci.h>: offsets and bits of PCI configuration space. */
#ifndef _SYS_PCI_H
#define _SYS_PCI_H

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

/* What comes along with it. */
#include <sys/stdint.h>
#include <sys/types.h>

#endif
