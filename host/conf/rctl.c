/* SPDX-License-Identifier: BSD-2-Clause */
#include "host/conf/rctl.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const names[] = {
	[SYS_RCTL_PROJECT] = "project.max-locked-memory",
	[SYS_RCTL_ZONE] = "zone.max-locked-memory",
	[SYS_RCTL_PROCESS] = "process.max-locked-memory",
};
static const char *const privileges[] = {
	[SYS_RCTL_BASIC] = "basic",
	[SYS_RCTL_PRIVILEGED] = "privileged",
	[SYS_RCTL_SYSTEM] = "system",
};

static const struct {
	const char *name;
	int number;
} signals[] = {
	{"ABRT", SIGABRT},
	{"HUP", SIGHUP},
	{"STOP", SIGSTOP},
	{"TERM", SIGTERM},
	{"KILL", SIGKILL},
	{"XCPU", SIGXCPU},
	{"XFSZ", SIGXFSZ},
	{"INT", SIGINT},
	{"QUIT", SIGQUIT},
	{"USR1", SIGUSR1},
	{"USR2", SIGUSR2},
	{"ALRM", SIGALRM},
	{"TSTP", SIGTSTP},
	{"CONT", SIGCONT},
	{"PIPE", SIGPIPE},
};

static bool word_is(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(text, word, len) == 0;
}

bool rctl_find(const char *name, size_t len, enum sys_rctl *control)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (word_is(name, len, names[i])) {
			*control = (enum sys_rctl)i;
			return true;
		}
	}
	return false;
}

const char *rctl_name(enum sys_rctl control)
{
	return names[control];
}

const char *rctl_privilege_name(enum sys_rctl_privilege privilege)
{
	return privileges[privilege];
}

const char *rctl_signal_name(int signo)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (signals[i].number == signo)
			return signals[i].name;
	return NULL;
}

/* ---- words ---- */

/* K, KB, k, kb...: 10, 20 ... 60; "", B: 0; else -1. */
static int suffix_shift(const char *text, size_t len)
{
	static const char letters[] = "KMGTPE";
	const char *at;

	if (len > 0 && (text[len - 1] == 'B' || text[len - 1] == 'b'))
		len--;
	if (len == 0)
		return 0;
	at = len == 1 ? strchr(letters, text[0] & ~0x20) : NULL;
	return at != NULL && text[0] != '\0' ? 10 * (int)(at - letters + 1) : -1;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 *	12.25G     whole 12, part 25 / 100; bytes = 12 * 2^30 + 25 * 2^30 / 100, which must come out even
 */
bool rctl_parse_size(const char *text, size_t len, uint64_t *bytes)
{
	uint64_t whole = 0, part = 0, scale = 1;
	const char *end = text + len, *at = text;
	unsigned __int128 total;
	int shift;

	for (; at < end && is_digit(*at); at++)
		if (__builtin_mul_overflow(whole, 10u, &whole) ||
		    __builtin_add_overflow(whole, (uint64_t)(*at - '0'), &whole))
			return false;
	if (at == text)
		return false;
	if (at < end && *at == '.') {
		const char *first = ++at;

		for (; at < end && is_digit(*at) && at - first < 18; at++) {
			part = 10 * part + (uint64_t)(*at - '0');
			scale *= 10;
		}
		if (at == first)
			return false;
	}
	shift = suffix_shift(at, (size_t)(end - at));
	if (shift < 0 || (whole != 0 && shift > __builtin_clzll(whole)))
		return false;
	total = (unsigned __int128)part << shift;
	if (total % scale != 0)
		return false;
	return !__builtin_add_overflow(whole << shift, (uint64_t)(total / scale), bytes);
}

void rctl_format_size(uint64_t bytes, char *text, size_t size)
{
	static const char letters[] = " KMGTPE";
	unsigned i = 0;

	while (bytes != 0 && bytes % 1024 == 0 && i < 6) {
		bytes /= 1024;
		i++;
	}
	(void)snprintf(text, size, i > 0 ? "%llu%c" : "%llu", (unsigned long long)bytes, letters[i]);
}

bool rctl_parse_privilege(const char *text, size_t len, enum sys_rctl_privilege *privilege)
{
	for (size_t i = 0; i < sizeof(privileges) / sizeof(privileges[0]); i++) {
		if (word_is(text, len, privileges[i])) {
			*privilege = (enum sys_rctl_privilege)i;
			return true;
		}
	}
	return word_is(text, len, "priv") ? (*privilege = SYS_RCTL_PRIVILEGED, true) : false;
}

static int signal_number(const char *text, size_t len)
{
	uint64_t number;

	if (rctl_parse_size(text, len, &number) && is_digit(text[len - 1]))
		return number >= 1 && number <= 64 ? (int)number : 0;
	if (len > 3 && memcmp(text, "SIG", 3) == 0) {
		text += 3;
		len -= 3;
	}
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (word_is(text, len, signals[i].name))
			return signals[i].number;
	return 0;
}

/* An absent part is no error here: the other rules find what is missing. */
bool rctl_parse_action(const char *text, size_t len, struct sys_rctl_value *v)
{
	if (word_is(text, len, "none"))
		return true;
	if (word_is(text, len, "deny")) {
		v->action |= SYS_RCTL_DENY;
		return true;
	}
	if (len <= 7 || memcmp(text, "signal=", 7) != 0)
		return false;
	v->signal = signal_number(text + 7, len - 7);
	v->action |= SYS_RCTL_SIGNAL;
	return v->signal != 0;
}

/* ---- values ---- */

/* One of the words between ( and ), which end at *end; what went wrong is said with it. */
static const char *word_parse(unsigned index, const char *word, size_t len, struct sys_rctl_value *v)
{
	if (index == 0)
		return rctl_parse_privilege(word, len, &v->privilege)
			       ? NULL
			       : "no such privilege (privileged or basic)";
	if (index == 1)
		return rctl_parse_size(word, len, &v->value) ? NULL : "not a size in bytes up to 2^64 - 1";
	return rctl_parse_action(word, len, v) ? NULL : "no such action (deny, signal=SIGNAL)";
}

static int complain(char *message, size_t size, enum sys_rctl control, const char *text, size_t len,
		    const char *why)
{
	(void)snprintf(message, size, "%s=%.*s: %s", names[control], (int)(len < 100 ? len : 100), text, why);
	return EINVAL;
}

/* (PRIVILEGE,SIZE,ACTION...): text begins at the ( and *end is set behind the ). */
static int value_parse(enum sys_rctl control, const char *text, const char **end, struct sys_rctl_value *v,
		       char *message, size_t size)
{
	const char *close = strchr(text, ')'), *word, *why;
	unsigned index = 0;
	size_t len;

	*v = (struct sys_rctl_value){0};
	if (text[0] != '(' || close == NULL)
		return complain(message, size, control, text, strlen(text),
				"a value has the form (PRIVILEGE,SIZE,ACTION)");
	for (word = text + 1; word <= close; word += len + 1, index++) {
		len = strcspn(word, ",)");
		why = word_parse(index, word, len, v);
		if (why != NULL) {
			(void)snprintf(message, size, "%s=%.*s: %.*s: %s", names[control],
				       (int)(close - text < 100 ? close - text + 1 : 100), text,
				       (int)(len < 60 ? len : 60), word, why);
			return EINVAL;
		}
	}
	len = (size_t)(close - text) + 1;
	if (index < 3)
		return complain(message, size, control, text, len,
				"a value has the form (PRIVILEGE,SIZE,ACTION)");
	if (sys_rctl_check(control, v, &why) != 0)
		return complain(message, size, control, text, len, why);
	*end = close + 1;
	return 0;
}

int rctl_parse_values(enum sys_rctl control, const char *text, struct rctl_setting *out, char *message,
		      size_t size)
{
	*out = (struct rctl_setting){.control = control};
	for (;; text++) {
		int error;

		if (out->nvalues == SYS_RCTL_VALUES_MAX)
			return complain(message, size, control, text, strlen(text), "more than 8 values");
		error = value_parse(control, text, &text, &out->values[out->nvalues], message, size);
		if (error != 0)
			return error;
		out->nvalues++;
		if (*text == '\0')
			return 0;
		if (*text != ',')
			return complain(message, size, control, text, strlen(text),
					"a comma must follow a value");
	}
}

int rctl_parse(const char *text, struct rctl_setting *out, char *message, size_t size)
{
	size_t len = strcspn(text, "=");
	enum sys_rctl control;

	if (!rctl_find(text, len, &control)) {
		(void)snprintf(message, size,
			       "%.*s: no such resource control (project.max-locked-memory, "
			       "zone.max-locked-memory, process.max-locked-memory)",
			       (int)(len < 100 ? len : 100), text);
		return EINVAL;
	}
	if (text[len] == '\0') {
		(void)snprintf(message, size, "%s: a value must follow: %s=(privileged,SIZE,deny)",
			       names[control], names[control]);
		return EINVAL;
	}
	return rctl_parse_values(control, text + len + 1, out, message, size);
}
