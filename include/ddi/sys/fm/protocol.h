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

#define FM_HC_SCHEME_VERSION 0
#define FM_MEM_SCHEME_VERSION 0
#define FM_NVA_FREE 0

#define FM_CLASS "class"
#define FM_EREPORT_CLASS "ereport"
#define FM_EREPORT_DETECTOR "detector"
#define FM_ERROR_CPU "cpu"
#define FM_FMRI_DEV_PATH "device-path"
#define FM_FMRI_HC_ID "hc-id"
#define FM_FMRI_HC_LIST "hc-list"
#define FM_FMRI_HC_NAME "hc-name"
#define FM_FMRI_MEM_OFFSET "offset"
#define FM_FMRI_MEM_PHYSADDR "physaddr"
#define FM_FMRI_MEM_SERIAL_ID "serial"
#define FM_FMRI_MEM_UNUM "unum"
#define FM_FMRI_SCHEME "scheme"
#define FM_FMRI_SCHEME_MEM "mem"

/* What comes along with it. */
#include <sys/processor.h>
#include <sys/varargs.h>

#endif
