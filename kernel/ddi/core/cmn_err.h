/* SPDX-License-Identifier: BSD-2-Clause */
/* cmn_err.h: what stands behind cmn_err(9F). */
#ifndef KERNEL_DDI_CORE_CMN_ERR_H
#define KERNEL_DDI_CORE_CMN_ERR_H

#include <stdarg.h>

/* One message of a driver; origin, in front of its text, may be "".  level: CE_*. */
void message_from(const char *origin, int level, const char *format, va_list ap);
/* Logs CE_CONT text that still waits for its newline. */
void message_flush(void);

#endif
