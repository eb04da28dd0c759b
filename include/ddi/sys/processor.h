/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/processor.h>: states of processors, processor_info(2). */
#ifndef _SYS_PROCESSOR_H
#define _SYS_PROCESSOR_H

#include <sys/types.h>

typedef int chipid_t;
typedef uint16_t lgrpid_t;

#define PBIND_HARD (-3)
#define PBIND_NONE (-1)
#define PBIND_QUERY (-2)
#define PBIND_QUERY_TYPE (-5)
#define PBIND_SOFT (-4)
#define PI_FPUTYPE 32
#define PI_TYPELEN 16
#define P_ALL_SIBLINGS (-1)
#define P_BAD 4
#define P_DISABLED 8
#define P_FAULTED 4
#define P_FORCED 0x10000000
#define P_NOINTR 6
#define P_OFFLINE 1
#define P_ONLINE 2
#define P_POWEROFF 5
#define P_SPARE 7
#define P_STATUS 3
#define PS_DISABLED "disabled"
#define PS_FAULTED "faulted"
#define PS_NOINTR "no-intr"
#define PS_OFFLINE "off-line"
#define PS_ONLINE "on-line"
#define PS_POWEROFF "powered-off"
#define PS_SPARE "spare"

typedef struct {
	int pi_state; /* P_ONLINE */
	char pi_processor_type[PI_TYPELEN];
	char pi_fputypes[PI_FPUTYPE];
	int pi_clock; /* megahertz; 0: not known */
} processor_info_t;

/* What comes along with it. */
#include <sys/thread.h>

#endif
