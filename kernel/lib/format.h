/* SPDX-License-Identifier: BSD-2-Clause */
/* format.h: one formatter behind snprintf(9F), cmn_err(9F) and the kernel part's own messages. */
#ifndef KERNEL_LIB_FORMAT_H
#define KERNEL_LIB_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/*
 * As vsnprintf(9F): writes at most size - 1 bytes and a NUL (nothing if size is 0) and returns the length
 * of the whole text.  Conversions: d i u o x X p c s b %; flags - + space # 0; width, precision, *; sizes
 * hh h l ll j z t.
 */
size_t format_text(char *to, size_t size, const char *format, va_list ap);

#endif
