/* SPDX-License-Identifier: BSD-2-Clause */
/* cmn_err(9F), panic(9F) and their kin. */
#include "kernel/ddi/core/cmn_err.h"
#include "kernel/host.h"
#include "kernel/lib/format.h"
#include <sys/cmn_err.h>
#include <sys/debug.h>
#include <sys/string.h>

#define MESSAGE_MAX 1024

/* CE_CONT text that has not seen its newline yet. */
static struct {
	struct host_mutex lock; /* protects the fields below; a leaf lock */
	size_t length;
	char text[MESSAGE_MAX];
} partial;

static void chomp(char *text)
{
	size_t n = strlen(text);

	if (n > 0 && text[n - 1] == '\n')
		text[n - 1] = '\0';
}

/* Called with partial.lock held. */
static void partial_flush(enum host_log_level level)
{
	if (partial.length == 0)
		return;
	partial.text[partial.length] = '\0';
	chomp(partial.text);
	host_log(level, partial.text);
	partial.length = 0;
}

/* CE_CONT continues the line before: a message is logged when its newline comes. */
static void message_continue(enum host_log_level level, const char *text)
{
	size_t n = strlen(text);

	host_mutex_lock(&partial.lock);
	if (partial.length + n >= sizeof(partial.text))
		partial_flush(level);
	memcpy(partial.text + partial.length, text, n);
	partial.length += n;
	if (n > 0 && text[n - 1] == '\n')
		partial_flush(level);
	host_mutex_unlock(&partial.lock);
}

void message_flush(void)
{
	host_mutex_lock(&partial.lock);
	partial_flush(HOST_LOG_INFO);
	host_mutex_unlock(&partial.lock);
}

static const char *level_prefix(int level)
{
	return level == CE_NOTE ? "NOTICE: " : level == CE_WARN ? "WARNING: "
								: "";
}

/* '!': to the log only; '?': only on a verbose system; '^': to the console.  -v shows the first two. */
static enum host_log_level level_of(int level, char mark)
{
	if (mark == '!' || mark == '?')
		return HOST_LOG_DEBUG;
	return level == CE_WARN ? HOST_LOG_WARN : HOST_LOG_INFO;
}

void message_from(const char *origin, int level, const char *format, va_list ap)
{
	char mark = format[0], text[MESSAGE_MAX];
	size_t n;

	if (level == CE_IGNORE)
		return;
	if (mark == '!' || mark == '?' || mark == '^')
		format++;
	n = snprintf(text, sizeof(text), "%s%s", level_prefix(level), origin);
	(void)format_text(text + n, sizeof(text) - n, format, ap);
	if (level == CE_CONT) {
		message_continue(level_of(level, mark), text);
		return;
	}
	message_flush();
	chomp(text);
	if (level == CE_PANIC)
		host_panic(text);
	host_log(level_of(level, mark), text);
}

void vcmn_err(int level, const char *format, va_list ap)
{
	message_from("", level, format, ap);
}

void cmn_err(int level, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	message_from("", level, format, ap);
	va_end(ap);
}

void vzcmn_err(zoneid_t zone, int level, const char *format, va_list ap)
{
	message_from("", level, format, ap);
}

void zcmn_err(zoneid_t zone, int level, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	message_from("", level, format, ap);
	va_end(ap);
}

void vpanic(const char *format, va_list ap)
{
	char text[MESSAGE_MAX];

	(void)format_text(text, sizeof(text), format, ap);
	chomp(text);
	host_panic(text);
}

void panic(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vpanic(format, ap);
}

void printf(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	message_from("", CE_CONT, format, ap);
	va_end(ap);
}

void assfail(const char *what, const char *file, int line)
{
	panic("assertion failed: %s, file: %s, line: %d", what, file, line);
}

void assfail3(const char *what, uintmax_t left, const char *op, uintmax_t right, const char *file, int line)
{
	panic("assertion failed: %s (0x%lx %s 0x%lx), file: %s, line: %d", what, left, op, right, file, line);
}
