/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/machtypes.h>: types that depend on the machine: a saved place to return to, a byte to spin on. */
#ifndef _SYS_MACHTYPES_H
#define _SYS_MACHTYPES_H

#include <sys/feature_tests.h>

#define REG_LABEL_PC 0
#define REG_LABEL_SP 1
#define REG_LABEL_BP 2
#define REG_LABEL_RBX 3
#define REG_LABEL_R12 4
#define REG_LABEL_R13 5
#define REG_LABEL_R14 6
#define REG_LABEL_R15 7
#define REG_LABEL_MAX 8

typedef struct _label_t {
	long val[REG_LABEL_MAX];
} label_t;

typedef unsigned char lock_t;

#endif
