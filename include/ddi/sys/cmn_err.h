/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/cmn_err.h>: messages, cmn_err(9F). */
#ifndef _SYS_CMN_ERR_H
#define _SYS_CMN_ERR_H

#include <sys/dditypes.h>
#include <sys/types.h>
#include <sys/varargs.h>

#define CE_CONT 0  /* no prefix; continues a message */
#define CE_NOTE 1  /* "NOTICE: " */
#define CE_WARN 2  /* "WARNING: " */
#define CE_PANIC 3 /* panic */
#define CE_IGNORE 4

/* No format attribute: the DDI has %b of its own. */
void cmn_err(int, const char *, ...) SUNDOG_LINK(cmn_err);
void vcmn_err(int, const char *, va_list) SUNDOG_LINK(vcmn_err);
void dev_err(dev_info_t *, int, char *, ...) SUNDOG_LINK(dev_err);
void zcmn_err(zoneid_t, int, const char *, ...) SUNDOG_LINK(zcmn_err);
void vzcmn_err(zoneid_t, int, const char *, va_list) SUNDOG_LINK(vzcmn_err);
void panic(const char *, ...) SUNDOG_LINK(panic) __attribute__((noreturn));
void vpanic(const char *, va_list) SUNDOG_LINK(vpanic) __attribute__((noreturn));
void printf(const char *, ...) SUNDOG_LINK(printf);
void uprintf(const char *, ...) SUNDOG_ABSENT(uprintf);
/* The buffer, as it was given. */
char *sprintf(char *, const char *, ...) SUNDOG_LINK(sprintf);
char *vsprintf(char *, const char *, va_list) SUNDOG_LINK(vsprintf);
/* The length that all of it would have, without the final zero. */
size_t snprintf(char *, size_t, const char *, ...) SUNDOG_LINK(snprintf);
size_t vsnprintf(char *, size_t, const char *, va_list) SUNDOG_LINK(vsnprintf);
size_t vsprintf_len(size_t, char *, const char *, va_list) SUNDOG_LINK(vsprintf_len);

#endif
