/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/types.h>: the DDI's basic types, 64-bit (LP64).  dev_t is 64 bits: 32-bit major, 32-bit minor.
 */
#ifndef _SYS_TYPES_H
#define _SYS_TYPES_H

#include <stddef.h>

#include <sys/ccompile.h>
#include <sys/feature_tests.h>
#include <sys/inttypes.h>
#include <sys/isa_defs.h>
#include <sys/machtypes.h>
#include <sys/select.h>
#include <sys/sundog_link.h>
#include <sys/types32.h>

#ifndef _SYSCALL32_IMPL
#define _SYSCALL32_IMPL
#endif
#ifndef _SYSCALL32
#define _SYSCALL32
#endif

typedef unsigned char uchar_t;
typedef unsigned short ushort_t;
typedef unsigned int uint_t;
typedef unsigned long ulong_t;
typedef unsigned char unchar;
typedef unsigned short ushort;
typedef unsigned int uint;
typedef unsigned long ulong;
typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
typedef unsigned long u_long;
typedef long long longlong_t;
typedef unsigned long long u_longlong_t;

typedef char *caddr_t;
typedef long daddr_t;
typedef long ssize_t;
typedef long off_t;
typedef long long offset_t;
typedef unsigned long long u_offset_t;
typedef unsigned long long len_t;
typedef unsigned long long diskaddr_t;
typedef off_t off64_t;
/* The same number by a name for 64 bits in any program, and by one for the program's own width. */
typedef union lloff {
	offset_t _f;
	off_t _p;
} lloff_t;
typedef union lldaddr {
	diskaddr_t _f;
	daddr_t _p;
} lldaddr_t;

typedef unsigned long dev_t;
typedef unsigned int major_t;
typedef unsigned int minor_t;
typedef unsigned int mode_t;
typedef unsigned int nlink_t;
typedef unsigned long ino_t;
typedef unsigned int uid_t;
typedef unsigned int gid_t;
typedef int pid_t;
typedef int id_t;
typedef id_t taskid_t;
typedef id_t projid_t;
typedef id_t poolid_t;
typedef id_t zoneid_t;
typedef id_t ctid_t;
typedef uint32_t datalink_id_t;
typedef uint32_t vrid_t;
typedef unsigned int model_t;

typedef long clock_t;
typedef long time_t;
typedef long suseconds_t;
typedef uint_t useconds_t;
typedef int clockid_t;
typedef int timer_t;
typedef unsigned long pgcnt_t;
typedef unsigned long pfn_t;
typedef long spgcnt_t;
typedef short index_t;
typedef short pri_t;
typedef uchar_t use_t;
typedef short cnt_t;
typedef short sysid_t;
typedef int blksize_t;
typedef uint64_t paddr_t;
typedef ushort_t cpu_flag_t;
typedef int32_t t_scalar_t;
typedef uint32_t t_uscalar_t;
typedef short o_dev_t;
typedef short o_pid_t;
typedef ushort_t o_uid_t;
typedef o_uid_t o_gid_t;
typedef ushort_t o_mode_t;
typedef short o_nlink_t;
typedef ushort_t o_ino_t;
typedef id_t lgrp_id_t;
typedef int processorid_t;
typedef int key_t;
typedef uint_t k_fltset_t;
typedef long long hrtime_t;
typedef void *timeout_id_t;
typedef void *bufcall_id_t;

typedef enum { B_FALSE, B_TRUE } boolean_t;

/* Values and pointers as each other: for arguments of callbacks. */
#define VOID2BOOLEAN(x) ((boolean_t)(uintptr_t)(x))
#define BOOLEAN2VOID(x) ((void *)(uintptr_t)(x))
#define VALID_BOOLEAN(x) ((x) == B_FALSE || (x) == B_TRUE)

#define P_MYPID ((pid_t)0)
#define P_MYID (-1)
#define NOPID ((pid_t)(-1))
#define NODEV ((dev_t)-1l)
#define NODEV32 ((dev32_t)-1)
#define PFN_INVALID ((pfn_t)-1)
#define PFN_SUSPENDED ((pfn_t)-2)

#ifndef CHAR_BIT /* else the compiler's <limits.h> has been before */
#define CHAR_BIT 8
#define SCHAR_MIN (-128)
#define SCHAR_MAX 127
#define UCHAR_MAX 255
#define CHAR_MIN SCHAR_MIN
#define CHAR_MAX SCHAR_MAX
#define SHRT_MIN (-32768)
#define SHRT_MAX 32767
#define USHRT_MAX 65535
#define INT_MIN (-2147483647 - 1)
#define INT_MAX 2147483647
#define UINT_MAX 4294967295u
#define LONG_MIN (-9223372036854775807l - 1l)
#define LONG_MAX 9223372036854775807l
#define ULONG_MAX 18446744073709551615ul
#define LLONG_MIN (-9223372036854775807ll - 1ll)
#define LLONG_MAX 9223372036854775807ll
#define ULLONG_MAX 18446744073709551615ull
#endif
#define OFF_MAX LONG_MAX
#define OFF_MIN LONG_MIN

#endif
