/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/list_impl.h>: everything of it is in <sys/list.h>. */
#ifndef _SYS_LIST_IMPL_H
#define _SYS_LIST_IMPL_H

#include <sys/list.h>

#endif
