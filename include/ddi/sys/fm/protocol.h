/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/fm/protocol.h>: payload of error reports. */
#ifndef _SYS_FM_PROTOCOL_H
#define _SYS_FM_PROTOCOL_H

#include <sys/ddifm.h>
#include <sys/nvpair.h>

#define FM_VERSION "version"
#define FM_EREPORT_VERS0 0
#define FM_EREPORT_VERSION FM_EREPORT_VERS0

#define FM_ENA_FMT0 0
#define FM_ENA_FMT1 1
#define FM_ENA_FMT2 2

/* What comes along with it. */
#include <sys/processor.h>
#include <sys/varargs.h>

#endif
