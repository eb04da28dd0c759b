/* SPDX-License-Identifier: BSD-2-Clause */
/* unseen.h: included before everything else: the library's own syscall(3), of syscall.c, is not the one that it interposes. */
#ifndef __ASSEMBLER__
#define syscall syscall_unseen
#endif
