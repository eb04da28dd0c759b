/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/lib/message.h"
#include "kernel/lib/format.h"
#include <sys/cmn_err.h>
#include <sys/string.h>

#define MESSAGE_MAX 1024

static caller_namer *namer; /* set once, before the first driver is loaded */

void caller_set_namer(caller_namer *name)
{
	namer = name;
}

void message(enum host_log_level level, const char *format, ...)
{
	char text[MESSAGE_MAX];
	va_list ap;

	va_start(ap, format);
	(void)format_text(text, sizeof(text), format, ap);
	va_end(ap);
	host_log(level, text);
}

void caller_format(const void *caller, char *to, size_t size)
{
	const char *name = NULL;
	uintptr_t offset = namer != NULL ? namer(caller, &name) : 0;

	if (name != NULL)
		(void)snprintf(to, size, "%s+0x%lx", name, offset);
	else
		(void)snprintf(to, size, "0x%p", caller);
}

/* kind: "bug" or "note". */
static void driver_text(char *text, size_t size, const char *kind, const void *caller, const char *format, va_list ap)
{
	char where[64];
	size_t n;

	caller_format(caller, where, sizeof(where));
	n = snprintf(text, size, "driver %s: %s: ", kind, where);
	(void)format_text(text + n, size - n, format, ap);
}

void driver_bug(const void *caller, const char *format, ...)
{
	char text[MESSAGE_MAX];
	va_list ap;

	va_start(ap, format);
	driver_text(text, sizeof(text), "bug", caller, format, ap);
	va_end(ap);
	host_panic(text);
}

void driver_warning(const void *caller, const char *format, ...)
{
	char text[MESSAGE_MAX];
	va_list ap;

	va_start(ap, format);
	driver_text(text, sizeof(text), "bug", caller, format, ap);
	va_end(ap);
	host_log(HOST_LOG_WARN, text);
}

void driver_note(const void *caller, const char *format, ...)
{
	char text[MESSAGE_MAX];
	va_list ap;

	va_start(ap, format);
	driver_text(text, sizeof(text), "note", caller, format, ap);
	va_end(ap);
	host_log(HOST_LOG_DEBUG, text);
}
