/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/fm/protocol.h>: payload of error reports. */
#ifndef _SYS_FM_PROTOCOL_H
#define _SYS_FM_PROTOCOL_H

#include <sys/ddifm.h>


#endif
