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

#define DDI_DEVI_FAULT_EVENT "DDI:DEVI_FAULT"

/* dip that posts, dip that it is about, cookie, data for the handlers.  Calls them.  NDI_FAILURE: no such event. */
int ndi_post_event(dev_info_t *, dev_info_t *, ddi_eventcookie_t, void *) SUNDOG_LINK(ndi_post_event);

/* What comes along with it. */
#include <sys/esunddi.h>

#endif
