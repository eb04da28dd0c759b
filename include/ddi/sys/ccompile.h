/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/ccompile.h>: attributes under the names that old sources use. */
#ifndef _SYS_CCOMPILE_H
#define _SYS_CCOMPILE_H

#define __sun_attr__(attributes)
#define __PURE __attribute__((pure))
#define __CONST __attribute__((const))
#define __NORETURN __attribute__((noreturn))
#define __RETURNS_TWICE __attribute__((returns_twice))
/* The DDI's formats have %b, which no compiler knows: nothing is checked. */
#define __PRINTFLIKE(n)
#define __PRINTFLIKE1
#define __PRINTFLIKE2
#define __PRINTFLIKE3
#define __KPRINTFLIKE(n)
#define __KPRINTFLIKE1
#define __KPRINTFLIKE2
#define __KPRINTFLIKE3
#define __VPRINTFLIKE(n)
#define __KVPRINTFLIKE(n)
#define __SCANFLIKE(n)
#define __VSCANFLIKE(n)

#endif
