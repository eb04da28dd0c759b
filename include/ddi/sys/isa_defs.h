/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/isa_defs.h>: what the machine is like: 64-bit, little-endian, of the PC's kind. */
#ifndef _SYS_ISA_DEFS_H
#define _SYS_ISA_DEFS_H

#if defined(__x86_64__) || defined(__aarch64__)
#ifndef _LP64
#define _LP64 1
#endif
#else
#error "sundog drivers are 64-bit, little-endian"
#endif

#ifndef _LITTLE_ENDIAN
#define _LITTLE_ENDIAN
#endif
#define _STACK_GROWS_DOWNWARD
#define _LONG_LONG_LTOH
#define _BIT_FIELDS_LTOH
#define _IEEE_754
#define _CHAR_IS_SIGNED
#define _I32LPx
#ifndef _MULTI_DATAMODEL
#define _MULTI_DATAMODEL
#endif

/* Alignments, in bytes. */
#define _BOOL_ALIGNMENT 1
#define _CHAR_ALIGNMENT 1
#define _SHORT_ALIGNMENT 2
#define _INT_ALIGNMENT 4
#define _LONG_ALIGNMENT 8
#define _LONG_LONG_ALIGNMENT 8
#define _LONG_LONG_ALIGNMENT_32 4
#define _POINTER_ALIGNMENT 8
#define _FLOAT_ALIGNMENT 4
#define _FLOAT_COMPLEX_ALIGNMENT 4
#define _DOUBLE_ALIGNMENT 8
#define _DOUBLE_COMPLEX_ALIGNMENT 8
#define _LONG_DOUBLE_ALIGNMENT 16
#define _LONG_DOUBLE_COMPLEX_ALIGNMENT 16
#define _MAX_ALIGNMENT 16
#define _MAX_ALIGNMENT_TYPE long double
#define _ALIGNMENT_REQUIRED 1
#define _CACHE_LINE_SHIFT 6
#define _CACHE_LINE_SIZE (1 << _CACHE_LINE_SHIFT)

#ifdef __x86_64__
#define __x86
#define __i386_COMPAT
#define _HAVE_CPUID_INSN
#endif
#define _SUNOS_VTOC_16
#define _DMA_USES_PHYSADDR
#define _FIRMWARE_NEEDS_FDISK
#define _PSM_MODULES
#define _RTC_CONFIG
#define _SOFT_HOSTID
#define _DONT_USE_1275_GENERIC_NAMES

#endif
