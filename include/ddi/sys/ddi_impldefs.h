/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/ddi_impldefs.h>: the inside of cookies, as far as drivers read it. */
#ifndef _SYS_DDI_IMPLDEFS_H
#define _SYS_DDI_IMPLDEFS_H

#include <sys/ddidevmap.h>
#include <sys/dditypes.h>
#include <sys/ksynch.h>
#include <sys/types.h>
#include <sys/umem_cookie.h>

#define DMP_NOSYNC 0xc0000000

/* What comes along with it. */
#include <sys/autoconf.h>
#include <sys/bitmap.h>
#include <sys/errorq.h>
#include <sys/id_space.h>
#include <sys/modhash.h>
#include <sys/nvpair.h>
#include <sys/sunldi.h>
#include <sys/taskq.h>

#endif
