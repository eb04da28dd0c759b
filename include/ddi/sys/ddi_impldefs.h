/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/ddi_impldefs.h>: the inside of cookies, as far as drivers read it. */
#ifndef _SYS_DDI_IMPLDEFS_H
#define _SYS_DDI_IMPLDEFS_H

#include <sys/ddidevmap.h>
#include <sys/dditypes.h>
#include <sys/ksynch.h>
#include <sys/types.h>
#include <sys/umem_cookie.h>

#endif
