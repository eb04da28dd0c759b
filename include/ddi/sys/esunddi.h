/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/esunddi.h>: services that only some drivers ask for. */
#ifndef _SYS_ESUNDDI_H
#define _SYS_ESUNDDI_H

#include <sys/sunddi.h>

dev_info_t *e_ddi_hold_devi_by_dev(dev_t, int) SUNDOG_ABSENT(e_ddi_hold_devi_by_dev);
void ddi_release_devi(dev_info_t *) SUNDOG_ABSENT(ddi_release_devi);

#endif
