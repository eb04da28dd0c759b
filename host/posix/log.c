/* SPDX-License-Identifier: BSD-2-Clause */
#include "host/posix/internal.h"
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* Protects the two settings below; not held while a sink or hook runs. */
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	void (*fn)(void *, enum host_log_level, const char *);
	void *arg;
} log_sink;
static struct {
	void (*fn)(void *, const char *);
	void *arg;
} panic_hook;

void posix_log_sink(void (*fn)(void *, enum host_log_level, const char *), void *arg)
{
	pthread_mutex_lock(&log_lock);
	log_sink.fn = fn;
	log_sink.arg = arg;
	pthread_mutex_unlock(&log_lock);
}

void posix_panic_hook(void (*fn)(void *, const char *), void *arg)
{
	pthread_mutex_lock(&log_lock);
	panic_hook.fn = fn;
	panic_hook.arg = arg;
	pthread_mutex_unlock(&log_lock);
}

/* One write for a message, so that lines of different threads and processes do not mix. */
static void log_stderr(const char *prefix, const char *text)
{
	struct iovec parts[] = {
		{(void *)(uintptr_t)prefix, strlen(prefix)},
		{(void *)(uintptr_t)text, strlen(text)},
		{(void *)(uintptr_t) "\n", 1},
	};
	ssize_t written = writev(STDERR_FILENO, parts, 3);

	(void)written;
}

void host_log(enum host_log_level level, const char *text)
{
	void (*fn)(void *, enum host_log_level, const char *);
	void *arg;

	if (level == HOST_LOG_DEBUG && !posix_config.verbose)
		return;
	pthread_mutex_lock(&log_lock);
	fn = log_sink.fn;
	arg = log_sink.arg;
	pthread_mutex_unlock(&log_lock);
	if (fn != NULL)
		fn(arg, level, text);
	else
		log_stderr(level == HOST_LOG_INFO ? "" : "sundog: ", text);
}

void posix_log(enum host_log_level level, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	host_log(level, text);
}

void host_panic(const char *text)
{
	void (*fn)(void *, const char *);
	void *arg;

	log_stderr("sundog: panic: ", text);
	pthread_mutex_lock(&log_lock);
	fn = panic_hook.fn;
	arg = panic_hook.arg;
	pthread_mutex_unlock(&log_lock);
	if (fn != NULL)
		fn(arg, text);
	abort();
}
