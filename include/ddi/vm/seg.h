/* SPDX-License-Identifier: BSD-2-Clause */
/* <vm/seg.h>: a segment: one contiguous mapping in one address space. */
#ifndef _VM_SEG_H
#define _VM_SEG_H

#include <sys/types.h>
#include <vm/faultcode.h>
#include <vm/seg_enum.h>

struct as;
struct seg_ops;

/* Drivers read s_base, s_size and s_as: ABI. */
typedef struct seg {
	caddr_t s_base;
	size_t s_size; /* bytes, whole pages */
	uint_t s_szc;
	uint_t s_flags;
	struct as *s_as;
	struct seg *s_next;
	struct seg *s_prev;
	struct seg_ops *s_ops;
	void *s_data;  /* the framework's */
} seg_t;

/* What comes along with it. */
#include <vm/page.h>

#endif
