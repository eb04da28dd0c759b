/* SPDX-License-Identifier: BSD-2-Clause */
/* What drivers/gate.c and apps/gate.c agree on. */
#ifndef GATE_H
#define GATE_H

/* Pages of the device, by what their access callback does. */
#define GATE_PLAIN 0   /* loads */
#define GATE_CLOSED 1  /* waits until the gate is open, then loads; EINTR after a signal */
#define GATE_ERROR 2   /* returns what GATE_SET_ERROR said */
#define GATE_PAGES 4

#define GATE_COUNT (('G' << 8) | 1)     /* returns access callbacks so far */
#define GATE_UNLOAD (('G' << 8) | 2)    /* unloads all pages of all mappings; returns their number */
#define GATE_PEEK (('G' << 8) | 3)      /* arg: page; returns its first int */
#define GATE_OPEN (('G' << 8) | 4)
#define GATE_ENTERED (('G' << 8) | 5)   /* arg: waits until so many accesses have come to the gate */
#define GATE_SET_ERROR (('G' << 8) | 6)
#define GATE_MAPPINGS (('G' << 8) | 7)
#define GATE_WAITING (('G' << 8) | 9)   /* returns accesses that wait at the gate now */
#define GATE_REMAP (('G' << 8) | 8)     /* arg 0, 1: all mappings show the first or the second memory */

#endif
