/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <vm/faultcode.h>: fault codes, the results of devmap_load(9F), devmap_unload(9F) and devmap_do_ctxmgt(9F).
 * They are not errno values.
 */
#ifndef _VM_FAULTCODE_H
#define _VM_FAULTCODE_H

typedef int faultcode_t;

#define FC_HWERR 0x1
#define FC_ALIGN 0x2
#define FC_NOMAP 5
#define FC_PROT 0x4
#define FC_OBJERR 3 /* FC_ERRNO() says which */
#define FC_NOSUPPORT 0x6

#define FC_CODE(fc) ((fc) & 0xff)
#define FC_ERRNO(fc) ((unsigned)(fc) >> 8)
#define FC_MAKE_ERR(e) (((e) << 8) | FC_OBJERR)

#endif
