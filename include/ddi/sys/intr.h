/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/intr.h>: interrupt priorities. */
#ifndef _SYS_INTR_H
#define _SYS_INTR_H

#define PIL_6 6

#endif
