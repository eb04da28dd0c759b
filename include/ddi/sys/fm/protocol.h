/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/fm/protocol.h>: payload of error reports. */
#ifndef _SYS_FM_PROTOCOL_H
#define _SYS_FM_PROTOCOL_H

#include <sys/ddifm.h>
#include <sys/nvpair.h>

#define FM_VERSION "version"
#define FM_EREPORT_VERS0 0
#define FM_EREPORT_VERSION FM_EREPORT_VERS0

#endif
