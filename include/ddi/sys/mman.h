/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/mman.h>: protections and flags of mappings. */
#ifndef _SYS_MMAN_H
#define _SYS_MMAN_H

#include <sys/types.h>

#define PROT_NONE 0x0
#define PROT_READ 0x1
#define PROT_WRITE 0x2
#define PROT_EXEC 0x4
#define PROT_USER 0x8
#define PROT_ZFOD (PROT_READ | PROT_WRITE | PROT_EXEC | PROT_USER)
#define PROT_ALL (PROT_READ | PROT_WRITE | PROT_EXEC | PROT_USER)

#define MAP_SHARED 1
#define MAP_PRIVATE 2
#define MAP_TYPE 0xf
#define MAP_FIXED 0x10
#define MAP_NORESERVE 0x40
#define MAP_ANON 0x100
#define MAP_ANONYMOUS MAP_ANON
#define MAP_ALIGN 0x200
#define MAP_TEXT 0x400
#define MAP_INITDATA 0x800
#define _MAP_TEXTREPL 0x1000
#define _MAP_LOW32 0x80

#define MC_LOCK 2
#define MC_UNLOCK 3

#endif
