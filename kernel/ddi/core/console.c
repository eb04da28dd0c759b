/* SPDX-License-Identifier: BSD-2-Clause */
/* Other ways to say something, and to end the machine: prom_printf(), strlog(9F), halt(), mdboot(), kadmin(). */
#include "kernel/ddi/core/cmn_err.h"
#include "kernel/ddi/core/cred.h"
#include "kernel/lib/message.h"
#include <sys/cmn_err.h>
#include <sys/debug.h>
#include <sys/errno.h>
#include <sys/promif.h>
#include <sys/strlog.h>
#include <sys/string.h>
#include <sys/systm.h>
#include <sys/uadmin.h>

/* As printf(9F): the text waits for its newline. */
void prom_printf(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vcmn_err(CE_CONT, format, ap);
	va_end(ap);
}

void prom_vprintf(const char *format, va_list ap)
{
	vcmn_err(CE_CONT, format, ap);
}

/* ---- strlog(9F) ---- */

static enum host_log_level strlog_level(unsigned short flags)
{
	if (flags & (SL_ERROR | SL_FATAL | SL_WARN))
		return HOST_LOG_WARN;
	return flags & (SL_CONSOLE | SL_NOTE | SL_NOTIFY) ? HOST_LOG_INFO : HOST_LOG_DEBUG;
}

/* There are no readers of the stream's log that might be full: 1, it was taken. */
int vstrlog(short module, short sub, char level, unsigned short flags, char *format, va_list ap)
{
	char text[512];

	(void)vsnprintf(text, sizeof(text), format, ap);
	message(strlog_level(flags), "strlog %d.%d level %d: %s", module, sub, level, text);
	return 1;
}

int strlog(short module, short sub, char level, unsigned short flags, char *format, ...)
{
	va_list ap;
	int taken;

	va_start(ap, format);
	taken = vstrlog(module, sub, level, flags, format, ap);
	va_end(ap);
	return taken;
}

/* ---- the end ---- */

/* The machine is a program: it ends. */
static _Noreturn void machine_end(const char *how, const char *text)
{
	char line[256];

	(void)snprintf(line, sizeof(line), "the machine %s%s%s", how, text != NULL && text[0] != '\0' ? ": " : "", text != NULL ? text : "");
	host_panic(line);
}

void halt(char *text)
{
	machine_end("is halted by a driver", text);
}

static const char *end_words(int command, int function)
{
	if (command == A_REBOOT)
		return "is booted again by a driver";
	return function == AD_POWEROFF ? "is switched off by a driver" : "is shut down by a driver";
}

void mdboot(int command, int function, char *text, boolean_t callbacks)
{
	machine_end(end_words(command, function), text);
}

int kadmin(int command, int function, void *text, cred_t *cred)
{
	if (command != A_SHUTDOWN && command != A_REBOOT)
		return command == A_CONFIG || command == A_DUMP || command == A_FREEZE || command == A_REMOUNT ? ENOTSUP : EINVAL;
	if (!cred_privileged(cred))
		return EPERM;
	machine_end(end_words(command, function), NULL);
}

/* There is no debugger below. */
void abort_sequence_enter(char *text)
{
	message(HOST_LOG_WARN, "%s: there is no debugger to enter", text != NULL ? text : "abort sequence");
}
