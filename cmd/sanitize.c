/* SPDX-License-Identifier: BSD-2-Clause */
/* sanitize.c: -fsanitize= flags, and which server has the runtime that they need. */
#include <stdio.h>
#include <string.h>

#include "cmd/note.h"

const char *const flavour_suffix[] = {[FLAVOUR_PLAIN] = "", [FLAVOUR_ASAN] = "-asan", [FLAVOUR_TSAN] = "-tsan"};

/* Is name one of the comma-separated names?  Where, or NULL. */
static char *list_find(char *names, const char *name, size_t n)
{
	for (char *p = names; *p != '\0'; p += strcspn(p, ",")) {
		p += *p == ',';
		if (strcspn(p, ",") == n && strncmp(p, name, n) == 0)
			return p;
	}
	return NULL;
}

static void list_add(struct sanitize *s, const char *name, size_t n)
{
	size_t used = strlen(s->names);

	if (list_find(s->names, name, n) == NULL)
		snprintf(s->names + used, sizeof(s->names) - used, "%s%.*s", used > 0 ? "," : "", (int)n, name);
}

static void list_remove(struct sanitize *s, const char *name, size_t n)
{
	char *at = list_find(s->names, name, n);

	if (n == 3 && strncmp(name, "all", 3) == 0)
		s->names[0] = '\0';
	if (at == NULL)
		return;
	memmove(at, at + n + (at[n] == ','), strlen(at + n + (at[n] == ',')) + 1);
	n = strlen(s->names);
	if (n > 0 && s->names[n - 1] == ',')
		s->names[n - 1] = '\0';
}

bool sanitize_flag(struct sanitize *s, const char *flag)
{
	bool add = strncmp(flag, "-fsanitize=", 11) == 0;
	const char *p = flag + 11;

	if (!add && strncmp(flag, "-fno-sanitize=", 14) != 0)
		return false;
	if (!add)
		p = flag + 14;
	while (*p != '\0') {
		size_t n = strcspn(p, ",");

		if (add)
			list_add(s, p, n);
		else
			list_remove(s, p, n);
		p += n + (p[n] == ',');
	}
	return true;
}

bool sanitize_flavour(const char *names, enum flavour *flavour, const char **why)
{
	static const char *const unservable[] = {"memory", "hwaddress", "kernel-address", "kernel-hwaddress",
						 "dataflow", "fuzzer", "fuzzer-no-link", "cfi", "safe-stack",
						 "shadow-call-stack", "scudo", "kernel-memory"};
	char copy[512];

	snprintf(copy, sizeof(copy), "%s", names);
	for (size_t i = 0; i < sizeof(unservable) / sizeof(unservable[0]); i++) {
		if (list_find(copy, unservable[i], strlen(unservable[i])) != NULL) {
			*why = "no server has its runtime (there are address, leak, undefined and thread)";
			return false;
		}
	}
	*flavour = FLAVOUR_PLAIN;
	if (copy[0] == '\0')
		return true;
	*flavour = FLAVOUR_ASAN;
	if (list_find(copy, "thread", 6) == NULL)
		return true;
	*flavour = FLAVOUR_TSAN;
	*why = "the server for thread has no other sanitizer's runtime";
	return strcmp(copy, "thread") == 0;
}
