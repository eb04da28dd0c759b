/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/archsystm.h>: instructions of the machine. */
#ifndef _SYS_ARCHSYSTM_H
#define _SYS_ARCHSYSTM_H

#include <sys/types.h>

uint8_t inb(int) SUNDOG_LINK(inb);
void outb(int, uint8_t) SUNDOG_LINK(outb);

/* Not provided: what they are about is not simulated. */
void clflush_insn(caddr_t) SUNDOG_ABSENT(clflush_insn);
void cli(void) SUNDOG_ABSENT(cli);
extern uint_t cpu_freq SUNDOG_ABSENT(cpu_freq);
extern uint64_t cpu_freq_hz SUNDOG_ABSENT(cpu_freq_hz);
ulong_t intr_clear(void) SUNDOG_ABSENT(intr_clear);
void intr_restore(ulong_t) SUNDOG_ABSENT(intr_restore);
void mfence_insn(void) SUNDOG_ABSENT(mfence_insn);
void sti(void) SUNDOG_ABSENT(sti);

/* What comes along with it. */
#include <vm/seg.h>

#endif
