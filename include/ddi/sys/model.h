/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/model.h>: data models.  A 64-bit driver that serves a 32-bit process reads its structures through
 * STRUCT_DECL(9F) and friends; for `struct name` the driver also defines `struct name32`.
 */
#ifndef _SYS_MODEL_H
#define _SYS_MODEL_H

#include <sys/types.h>

#define DATAMODEL_MASK 0x0FF00000
#define DATAMODEL_ILP32 0x00100000
#define DATAMODEL_LP64 0x00200000
#define DATAMODEL_NATIVE DATAMODEL_LP64
#define DATAMODEL_NONE 0

model_t get_udatamodel(void) SUNDOG_LINK(get_udatamodel);

#define SUNDOG_MODEL_UNION(s, pfx)    \
	union {                       \
		struct s##32 pfx m32; \
		struct s pfx m64;     \
	}

#define STRUCT_HANDLE(s, h)                   \
	struct {                              \
		SUNDOG_MODEL_UNION(s, *) ptr; \
		model_t model;                \
	} h
#define STRUCT_DECL(s, h)                     \
	struct {                              \
		SUNDOG_MODEL_UNION(s, *) ptr; \
		model_t model;                \
		SUNDOG_MODEL_UNION(s, ) buf;  \
	} h

#define STRUCT_INIT(h, umodel)                                            \
	do {                                                              \
		(h).model = (model_t)((umodel) & DATAMODEL_MASK);         \
		(h).ptr.m64 = &(h).buf.m64;                               \
		__builtin_memset((h).ptr.m64, 0, sizeof ((h).buf));       \
	} while (0)
#define STRUCT_SET_HANDLE(h, umodel, addr)                        \
	do {                                                      \
		(h).model = (model_t)((umodel) & DATAMODEL_MASK); \
		(h).ptr.m64 = (void *)(addr);                     \
	} while (0)

#define SUNDOG_IS32(h) ((h).model == DATAMODEL_ILP32)

#define STRUCT_SIZE(h) (SUNDOG_IS32(h) ? sizeof (*(h).ptr.m32) : sizeof (*(h).ptr.m64))
#define STRUCT_BUF(h) ((h).ptr.m64)
#define STRUCT_ADR(h) STRUCT_BUF(h)
#define STRUCT_FGET(h, field) (SUNDOG_IS32(h) ? (h).ptr.m32->field : (h).ptr.m64->field)
#define STRUCT_FGETP(h, field) \
	(SUNDOG_IS32(h) ? (void *)(uintptr_t)(h).ptr.m32->field : (void *)(h).ptr.m64->field)
#define STRUCT_FSET(h, field, val) \
	(SUNDOG_IS32(h) ? ((h).ptr.m32->field = (val), 0) : ((h).ptr.m64->field = (val), 0))
#define STRUCT_FSETP(h, field, val)                                                        \
	(SUNDOG_IS32(h) ? ((h).ptr.m32->field = (caddr32_t)(uintptr_t)(val), (void)0) : \
			  ((h).ptr.m64->field = (val), (void)0))
#define STRUCT_FADDR(h, field)                                               \
	(SUNDOG_IS32(h) ? (__typeof__(&(h).ptr.m64->field))(void *)&(h).ptr.m32->field : \
			  &(h).ptr.m64->field)
#define STRUCT_SET(h, addr) ((h).ptr.m64 = (void *)(addr))

#define SIZEOF_STRUCT(s, umodel) \
	(((umodel) & DATAMODEL_MASK) == DATAMODEL_ILP32 ? sizeof (struct s##32) : sizeof (struct s))
#define SIZEOF_PTR(umodel) \
	(((umodel) & DATAMODEL_MASK) == DATAMODEL_ILP32 ? sizeof (caddr32_t) : sizeof (caddr_t))

/* What comes along with it. */
#include <sys/debug.h>

#endif
