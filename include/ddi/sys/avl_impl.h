/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/avl_impl.h>: everything of it is in <sys/avl.h>. */
#ifndef _SYS_AVL_IMPL_H
#define _SYS_AVL_IMPL_H

#include <sys/avl.h>

#endif
