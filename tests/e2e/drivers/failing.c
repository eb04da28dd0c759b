/* SPDX-License-Identifier: BSD-2-Clause */
/* failing: a driver that does not come up; FAIL_INIT, FAIL_ATTACH or FAIL_MISSING says how. */
#define SMALL_NAME "failing"

#if defined(FAIL_INIT)
#define SMALL_INIT ((void)small_modlinkage, EPERM)
#elif defined(FAIL_ATTACH)
#define SMALL_ATTACH return (DDI_FAILURE);
#elif defined(FAIL_MISSING)
extern int scsi_no_such_function(int);
extern void usb_nothing_provided(void);
extern int ddi_never_heard_of;
#define SMALL_ATTACH                                             \
	if (scsi_no_such_function(ddi_never_heard_of) != 0)      \
		usb_nothing_provided();
#endif

#include "small.h"
