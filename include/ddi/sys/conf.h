/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/conf.h>: properties of a driver: cb_flag of cb_ops(9S).  D_DEVMAP counts (see <sys/devops.h>); the others are
 * accepted: every driver is called by many threads at once, and with offsets of 64 bits.
 */
#ifndef _SYS_CONF_H
#define _SYS_CONF_H

#include <sys/devops.h>
#include <sys/types.h>

#define D_NEW 0x00
#define _D_OLD 0x01
#define D_TAPE 0x08
#define D_MTSAFE 0x0020
#define D_MP D_MTSAFE
#define _D_QNEXTLESS 0x0040
#define D_MTQPAIR 0x4000
#define D_MTPERMOD 0x6000
#define D_MTPERQ 0x2000
#define D_HOTPLUG 0x4 /* open of a node waits for an attach */
#define D_64BIT 0x200 /* offsets are 64 bits */
#define D_DEVMAP 0x100 /* devmap(9E) rather than mmap(9E) */
#define D_U64BIT 0x40000
#define D_OPEN_RETURNS_EINTR 0x100000
#define D_MTPUTSHARED 0x1000
#define D_MTOUTPERIM 0x8000
#define D_MTOCEXCL 0x800

/* What comes along with it. */
#include <sys/systm.h>

#endif
