/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/sunndi.h>: services for nexus drivers: results only. */
#ifndef _SYS_SUNNDI_H
#define _SYS_SUNNDI_H

#include <sys/sunddi.h>

#define NDI_SUCCESS DDI_SUCCESS
#define NDI_FAILURE DDI_FAILURE
#define NDI_NOMEM (-2)
#define NDI_BADHANDLE (-3)
#define NDI_FAULT (-4)
#define NDI_BUSY (-5)

#endif
