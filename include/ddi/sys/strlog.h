/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/strlog.h>: messages for the log of streams modules, strlog(9F). */
#ifndef _SYS_STRLOG_H
#define _SYS_STRLOG_H

#include <sys/types.h>
#include <sys/varargs.h>

#define I_CONSLOG 19459
#define I_ERRLOG 19458
#define I_TRCLOG 19457
#define LOGCTL 0x4c00
#define SL_CONSOLE 0x10
#define SL_CONSONLY 0x1000
#define SL_ERROR 4
#define SL_FATAL 1
#define SL_LOGONLY 0x2000
#define SL_NOTE 0x40
#define SL_NOTIFY 2
#define SL_PANICMSG 0x8000
#define SL_TRACE 8
#define SL_USER 0x4000
#define SL_WARN 0x20
#define STRLOG 0

typedef struct log_ctl {
	short mid;
	short sid;
	char level;
	short flags;
	clock32_t ltime;
	time32_t ttime;
	int seq_no;
	int pri;
} log_ctl_t;

typedef struct trace_ids {
	short ti_mid;
	short ti_sid;
	int8_t ti_level;
} trace_ids_t;

/*
 * module, its part, level, SL_*, format: a message.  SL_ERROR, SL_WARN and SL_FATAL are warnings, SL_NOTE, SL_NOTIFY and
 * SL_CONSOLE notes, the others are shown at -v.  1: nobody reads the log, so that it is never full.
 */
int strlog(short, short, char, unsigned short, char *, ...) SUNDOG_LINK(strlog) __attribute__((format(printf, 5, 6)));
int vstrlog(short, short, char, unsigned short, char *, va_list) SUNDOG_LINK(vstrlog);

#endif
