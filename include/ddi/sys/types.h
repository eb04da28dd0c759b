/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/types.h>: the DDI's basic types, 64-bit (LP64).  dev_t is 64 bits: 32-bit major, 32-bit minor.
 */
#ifndef _SYS_TYPES_H
#define _SYS_TYPES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/sundog_link.h>

#if defined(__x86_64__) || defined(__aarch64__)
#ifndef _LP64
#define _LP64 1
#endif
#ifndef _LITTLE_ENDIAN
#define _LITTLE_ENDIAN
#endif
#else
#error "sundog drivers are 64-bit, little-endian"
#endif

#ifndef _MULTI_DATAMODEL
#define _MULTI_DATAMODEL
#endif
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
typedef long off64_t;

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
typedef unsigned int model_t;

typedef long clock_t;
typedef long time_t;
typedef long suseconds_t;
typedef unsigned long pgcnt_t;
typedef unsigned long pfn_t;
typedef long spgcnt_t;
typedef short index_t;
typedef short pri_t;
typedef int use_t;
typedef short cnt_t;
typedef unsigned short o_dev_t;
typedef unsigned int lgrp_id_t;
typedef int processorid_t;
typedef int key_t;
typedef unsigned long k_fltset_t;
typedef long long hrtime_t;
typedef void *timeout_id_t;
typedef void *bufcall_id_t;

typedef enum { B_FALSE, B_TRUE } boolean_t;

/* What a 32-bit process sees. */
typedef uint32_t caddr32_t;
typedef int32_t daddr32_t;
typedef int32_t off32_t;
typedef uint32_t ino32_t;
typedef int32_t blkcnt32_t;
typedef uint32_t fsblkcnt32_t;
typedef uint32_t size32_t;
typedef int32_t ssize32_t;
typedef int32_t pid32_t;
typedef uint32_t uid32_t;
typedef uint32_t gid32_t;
typedef uint32_t dev32_t;
typedef uint32_t mode32_t;
typedef int32_t time32_t;
typedef int32_t clock32_t;
typedef int32_t id32_t;

#define P_MYID (-1)

#define MAXMIN 0xffffffffu /* largest minor number */
#define MAXMAJ 0xffffffffu

#endif
