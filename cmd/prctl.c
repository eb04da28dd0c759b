/* SPDX-License-Identifier: BSD-2-Clause */
/* prctl.c: `sundog prctl`: limits of a running server's projects, zones and processes, in the manner of prctl(1). */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/admin.h"
#include "cmd/command.h"
#include "cmd/table.h"
#include "wire/admin.h"

static const char help[] =
	"usage: sundog prctl [OPTION...] [-i project|zone|process] [ID...]\n"
	"Show or change limits on locked memory of a running server.\n"
	"Without ID: show all that have a use or a limit.\n"
	"\n"
	"  -n CONTROL    project.max-locked-memory, zone... or process.max-locked-memory\n"
	"  -i KIND       of the IDs: project, zone (name or number) or process (pid)\n"
	"  -v VALUE      set another value: bytes, or with K, M, G, T, P, E; also -s -v\n"
	"  -r            instead: replace the lowest value by VALUE\n"
	"  -x            instead: delete a value, the lowest unless -v names one\n"
	"  -t PRIVILEGE  of the value: privileged, or basic (processes only)\n"
	"  -e ACTION     add signal=SIGNAL to that value, without -v to the lowest\n"
	"  -d ACTION     take that action away: signal\n"
	"  -P            one record a line, its fields separated by tabs\n"
	"  --name NAME   the server of that name (sundog server -n NAME); else the one\n"
	"                around this command, your only one, or that named \"default\"\n"
	"  --socket NAME the server with that socket\n"
	"\n"
	"  sundog prctl -n project.max-locked-memory -i project media\n"
	"  sundog prctl -n project.max-locked-memory -r -v 1M -i project media\n"
	"\n"
	"Exit status: 0, or 125 when it failed.  See sundog-prctl(1).\n";

struct request {
	struct admin_server server;
	const char *control, *kind, *value, *privilege;
	char enable[128], disable[128];
	bool set, replace, delete, parsable;
	char **ids; /* ends with NULL */
};

/* ---- options ---- */

static bool field_valid(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

static void actions_add(char *list, size_t size, const char *action)
{
	size_t n = strlen(list);

	snprintf(list + n, size - n, "%s%s", n > 0 ? "," : "", action);
}

static int option_take(void *arg, int letter)
{
	struct request *r = arg;

	switch (letter) {
	case 'n':
		r->control = optarg;
		break;
	case 'i':
		r->kind = optarg;
		break;
	case 'v':
		r->value = optarg;
		break;
	case 't':
		r->privilege = optarg;
		break;
	case 'e':
		actions_add(r->enable, sizeof(r->enable), optarg);
		break;
	case 'd':
		actions_add(r->disable, sizeof(r->disable), optarg);
		break;
	case 's':
		r->set = true;
		break;
	case 'r':
		r->replace = true;
		break;
	case 'x':
		r->delete = true;
		break;
	case 'P':
		r->parsable = true;
		break;
	}
	return optarg != NULL && !field_valid(optarg) ? fail("prctl: a control character in an option's value") : 0;
}

static bool changes(const struct request *r)
{
	return r->value != NULL || r->set || r->replace || r->delete || r->enable[0] != '\0' || r->disable[0] != '\0';
}

static bool control_known(const char *name)
{
	static const char *const names[] = {"project.max-locked-memory", "zone.max-locked-memory",
					    "process.max-locked-memory", "RLIMIT_MEMLOCK"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static int request_check(const struct request *r)
{
	if (r->control != NULL && !control_known(r->control))
		return fail("prctl: -n %.100s: no such resource control (project.max-locked-memory, "
			    "zone.max-locked-memory, process.max-locked-memory)",
			    r->control);
	if (strcmp(r->kind, "project") != 0 && strcmp(r->kind, "zone") != 0 && strcmp(r->kind, "process") != 0)
		return fail("prctl: -i %s: must be project, zone or process", r->kind);
	for (char **id = r->ids; *id != NULL; id++)
		if (!field_valid(*id))
			return fail("prctl: a control character in an ID");
	if (r->set + r->replace + r->delete > 1)
		return fail("prctl: only one of -s, -r and -x can be done");
	if (!changes(r))
		return r->privilege == NULL ? 0 : fail("prctl: -t %s: nothing is to be changed (-v, -r, -x, -e, -d)", r->privilege);
	if (r->control == NULL)
		return fail("prctl: -n NAME is missing: which control is to be changed?");
	if (r->ids[0] == NULL)
		return fail("prctl: an ID is missing: of which %s?", r->kind);
	if ((r->set || r->replace) && r->value == NULL)
		return fail("prctl: %s: -v VALUE is missing", r->set ? "-s" : "-r");
	return 0;
}

/* ---- showing ---- */

static const char *size_text(const char *bytes, char *text, size_t size)
{
	uint64_t n = strtoull(bytes, NULL, 10);
	unsigned i = 0;

	if (n == UINT64_MAX)
		return "unlimited";
	while (n != 0 && n % 1024 == 0 && i < 6) {
		n /= 1024;
		i++;
	}
	snprintf(text, size, i > 0 ? "%" PRIu64 "%c" : "%" PRIu64, n, " KMGTPE"[i]);
	return text;
}

/* "process 1001 (pin)" */
static const char *process_text(const char *pid, const char *name, char *text, size_t size)
{
	snprintf(text, size, "process %s%s%s%s", pid, *name != '\0' ? " (" : "", name, *name != '\0' ? ")" : "");
	return text;
}

#define FIELDS 13

/* The lines of one target: how many.  Their first one is lines[0]. */
static size_t target_lines(char **lines, size_t n)
{
	size_t i;

	for (i = 1; i < n && (strncmp(lines[i], "value\t", 6) == 0 || strncmp(lines[i], "most\t", 5) == 0); i++)
		;
	return i;
}

static void row_show(struct table *t, char **f)
{
	char text[32], who[120], dead[128];

	if (strcmp(f[0], "value") == 0) {
		table_add(t, "", f[1], size_text(f[2], text, sizeof(text)), f[3]);
		return;
	}
	process_text(f[1], f[2], who, sizeof(who));
	snprintf(dead, sizeof(dead), "%s%s", who, strcmp(f[4], "dead") == 0 ? ", dead" : "");
	table_add(t, "", "most", size_text(f[3], text, sizeof(text)), dead);
}

static void target_show(char **lines, size_t n)
{
	struct table t = {.align = "llrl"};
	char *head[FIELDS], *f[FIELDS], text[32];

	admin_fields(lines[0], head, FIELDS);
	printf("%s: %s%s%s\n", head[1], head[2], *head[3] != '\0' ? ": " : "", head[3]);
	table_add(&t, "NAME", "PRIVILEGE", "VALUE", "ACTION");
	table_add(&t, head[4], "usage", size_text(head[5], text, sizeof(text)), "");
	for (size_t i = 1; i < n; i++) {
		admin_fields(lines[i], f, FIELDS);
		if (strcmp(f[0], "value") == 0)
			row_show(&t, f);
	}
	if (strcmp(head[1], "server") != 0)
		table_add(&t, "", "system", "max", "deny");
	if (n > 1 /* it comes last */ && strcmp(f[0], "most") == 0)
		row_show(&t, f);
	if (strcmp(head[7], "0") != 0)
		table_add(&t, "", "refused", head[7], "times");
	table_print(&t);
	table_free(&t);
}

static void refusal_add(struct table *t, char **f)
{
	char when[32], of[120], who[120], most[160], sizes[4][32];
	time_t seconds = (time_t)strtoll(f[1], NULL, 10);
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(when, sizeof(when), "%H:%M:%S", &tm);
	snprintf(of, sizeof(of), "%s%s%s%s", *f[4] != '\0' ? f[4] : f[3], *f[4] != '\0' ? " (" : "",
		 *f[4] != '\0' ? f[3] : "", *f[4] != '\0' ? ")" : "");
	process_text(f[8], f[9], who, sizeof(who));
	if (strcmp(f[10], "0") == 0)
		snprintf(most, sizeof(most), "nobody");
	else
		process_text(f[10], f[11], most, sizeof(most));
	table_add(t, when, f[2], of, who, size_text(f[5], sizes[0], 32), size_text(f[6], sizes[1], 32),
		  size_text(f[7], sizes[2], 32), most,
		  strcmp(f[10], "0") == 0 ? "" : size_text(f[12], sizes[3], 32));
}

static void refusals_show(char **lines, size_t n)
{
	struct table t = {.align = "llllrrrlr"};
	char *f[FIELDS];

	printf("last refusals, newest first\n");
	table_add(&t, "TIME", "CONTROL", "OF", "ASKED BY", "REQUESTED", "IN USE", "LIMIT", "MOST IS HELD BY", "HELD");
	for (size_t i = 0; i < n; i++) {
		admin_fields(lines[i], f, FIELDS);
		refusal_add(&t, f);
	}
	table_print(&t);
	table_free(&t);
}

/* Without an ID only what uses something, limits something or has refused something is worth a look; and every zone. */
static bool target_wanted(const struct request *r, const char *line, size_t n)
{
	char copy[ADMIN_LINE_MAX + 1], *f[FIELDS];

	snprintf(copy, sizeof(copy), "%s", line);
	admin_fields(copy, f, FIELDS);
	if (r->control != NULL && strcmp(r->control, f[4]) != 0)
		return false;
	if (strcmp(f[1], "server") == 0) /* it always has a limit */
		n = 1;
	return r->ids[0] != NULL || r->parsable || n > 1 || strcmp(f[1], "zone") == 0 || strcmp(f[5], "0") != 0 ||
	       strcmp(f[7], "0") != 0;
}

static size_t refusals_wanted(const struct request *r, char **lines, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		char copy[ADMIN_LINE_MAX + 1], *f[FIELDS];

		snprintf(copy, sizeof(copy), "%s", lines[i]);
		admin_fields(copy, f, FIELDS);
		if (r->control == NULL || strcmp(r->control, f[2]) == 0) {
			char *line = lines[kept];

			lines[kept++] = lines[i];
			lines[i] = line;
		}
	}
	return kept;
}

static void lines_show(const struct request *r, char **lines, size_t n)
{
	bool any = false;
	size_t i = 0, k;

	while (i < n && strncmp(lines[i], "target\t", 7) == 0) {
		k = target_lines(lines + i, n - i);
		if (target_wanted(r, lines[i], k)) {
			if (r->parsable) {
				for (size_t at = i; at < i + k; at++)
					puts(lines[at]);
			} else {
				printf("%s", any ? "\n" : "");
				target_show(lines + i, k);
			}
			any = true;
		}
		i += k;
	}
	n = i + refusals_wanted(r, lines + i, n - i);
	if (i < n && !r->parsable) {
		printf("%s", any ? "\n" : "");
		refusals_show(lines + i, n - i);
	}
	for (; r->parsable && i < n; i++)
		puts(lines[i]);
}

/* ---- doing it ---- */

static int ask(const struct request *r, const char *id)
{
	struct args lines = {0};
	char text[ADMIN_LINE_MAX + 1];
	const char *verb = "action";
	int n, status;

	if (r->delete)
		verb = "delete";
	else if (r->replace)
		verb = "replace";
	else if (r->value != NULL)
		verb = "set";
	if (changes(r))
		n = snprintf(text, sizeof(text), "change\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s", verb, r->kind, id,
			     r->control, r->privilege != NULL ? r->privilege : "",
			     r->value != NULL ? r->value : "", r->enable, r->disable);
	else
		n = snprintf(text, sizeof(text), "show\t%s\t%s", id != NULL ? r->kind : "all", id != NULL ? id : "");
	if (n >= (int)sizeof(text))
		return fail("prctl: the arguments are too long");
	status = admin_ask(&r->server, text, &lines);
	if (status == 0)
		lines_show(r, lines.v, lines.n);
	args_free(&lines);
	return status;
}

int cmd_prctl(int argc, char **argv)
{
	static const struct admin_command command = {"prctl", help, "n:i:v:t:e:d:srxP", option_take};
	struct request r = {.kind = "process"};
	int status = admin_options(&r.server, &command, &r, argc, argv);

	if (status >= 0)
		return status;
	r.ids = argv + optind;
	status = request_check(&r);
	if (status != 0)
		return status;
	if (r.ids[0] == NULL)
		return ask(&r, NULL);
	for (char **id = r.ids; *id != NULL && status == 0; id++)
		status = ask(&r, *id);
	return status;
}
