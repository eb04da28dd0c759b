/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/x86_archext.h>: extensions of the processor. */
#ifndef _SYS_X86_ARCHEXT_H
#define _SYS_X86_ARCHEXT_H

#include <sys/types.h>

#define MSR_IA32_VMX_BASIC 0x480
#define MSR_IA32_VMX_PROCBASED_CTLS 0x482
#define MSR_IA32_VMX_EPT_VPID_CAP 0x48c

#define X86FSET_NX 17
#define X86FSET_CLFSH 29
#define X86FSET_VMX 35

#define X86_SOCKET_754 0x2000001
#define X86_SOCKET_939 0x2000002
#define X86_SOCKET_940 0x2000003
#define X86_SOCKET_S1g1 0x2000004
#define X86_SOCKET_AM2 0x2000005
#define X86_SOCKET_F1207 0x2000006

#define CPUID_INTC_ECX_EST 0x80
#define X86_VENDOR_Intel 0
#define X86_VENDOR_AMD 2
#define XFEATURE_ENABLED_MASK 0
#define XFEATURE_LEGACY_FP 1

struct cpuid_regs {
	uint32_t cp_eax;
	uint32_t cp_ebx;
	uint32_t cp_ecx;
	uint32_t cp_edx;
};

#define X86_SOCKET_MATCH(socket, mask) (((socket) >> 24) == ((mask) >> 24) && ((socket) & (mask)&0xffffff) != 0)

struct cpu;
/* Not provided: what they are about is not simulated. */
uint32_t __cpuid_insn(struct cpuid_regs *) SUNDOG_ABSENT(__cpuid_insn);
int cpuid_get_chipid(struct cpu *) SUNDOG_ABSENT(cpuid_get_chipid);
uint_t cpuid_getfamily(struct cpu *) SUNDOG_ABSENT(cpuid_getfamily);
uint_t cpuid_getmodel(struct cpu *) SUNDOG_ABSENT(cpuid_getmodel);
uint32_t cpuid_insn(struct cpu *, struct cpuid_regs *) SUNDOG_ABSENT(cpuid_insn);
uint64_t get_xcr(uint_t) SUNDOG_ABSENT(get_xcr);
boolean_t is_x86_feature(void *, uint_t) SUNDOG_ABSENT(is_x86_feature);
uint64_t rdmsr(uint_t) SUNDOG_ABSENT(rdmsr);
void reset_gdtr_limit(void) SUNDOG_ABSENT(reset_gdtr_limit);
void set_xcr(uint_t, uint64_t) SUNDOG_ABSENT(set_xcr);
void wrmsr(uint_t, const uint64_t) SUNDOG_ABSENT(wrmsr);
extern uint_t x86_clflush_size SUNDOG_ABSENT(x86_clflush_size);
extern uchar_t x86_featureset[] SUNDOG_ABSENT(x86_featureset);
extern uint_t x86_vendor SUNDOG_ABSENT(x86_vendor);

/* What comes along with it. */
#include <sys/processor.h>
#include <vm/seg.h>

#endif
