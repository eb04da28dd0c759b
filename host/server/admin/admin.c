/* SPDX-License-Identifier: BSD-2-Clause */
/* admin.c: commands that look into the server, by wire/admin.h. */
#define _GNU_SOURCE
#include "wire/admin.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "host/server/admin/admin.h"

/* For a request, and for all of the answer: nobody keeps the server from its end for longer. */
#define REQUEST_TIMEOUT_S 2
#define OTHER_USERS_MAX 8u /* served at once, of users who hold no privilege here */

/* ---- the answer ---- */

/* Names come from applications: a control character in them would be a separator. */
static void line_clean(char *line)
{
	for (; *line != '\0'; line++)
		if ((unsigned char)*line < ' ' || *line == 0x7f)
			*line = *line == '\t' ? '\t' : '?';
}

static bool answer_grow(struct answer *a, size_t n)
{
	size_t room = a->room > 0 ? 2 * a->room : 4096;
	char *more;

	if (a->room - a->used >= n)
		return true;
	more = realloc(a->text, room);
	if (more == NULL) {
		a->full = true;
		return false;
	}
	a->text = more;
	a->room = room;
	return true;
}

void answer_add(struct answer *a, const char *format, ...)
{
	char line[ADMIN_LINE_MAX];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(line, sizeof(line) - 1, format, ap);
	va_end(ap);
	if (n < 0 || !answer_grow(a, sizeof(line)))
		return;
	line_clean(line);
	a->used += (size_t)sprintf(a->text + a->used, "%s\n", line);
}

static void answer_send(const struct answer *a, int fd)
{
	uint64_t deadline = host_time_monotonic() + REQUEST_TIMEOUT_S * UINT64_C(1000000000);
	const char *at = a->text, *end = a->text + a->used;

	while (at < end && host_time_monotonic() < deadline) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		if (send(fd, at, (size_t)(stop - at), MSG_NOSIGNAL) < 0)
			return;
		at = stop + 1;
	}
}

const char *tabless(const char *name, char *copy, size_t size)
{
	(void)snprintf(copy, size, "%s", name);
	for (char *at = copy; (at = strchr(at, '\t')) != NULL;)
		*at = '?';
	return copy;
}

bool uid_privileged(uid_t uid)
{
	return uid == 0 || uid == geteuid();
}

/* ---- serving ---- */

static struct admin_kind *kinds;

/* Before main() begins. */
void admin_register(struct admin_kind *kind)
{
	kind->next = kinds;
	kinds = kind;
}

static bool request_read(struct admin_request *r, char *line, size_t size, int fd)
{
	ssize_t n = recv(fd, line, size - 1, 0);
	char *field;

	if (n <= 0)
		return false;
	line[n] = '\0';
	while (r->nfields < FIELDS_MAX && (field = strsep(&line, "\t")) != NULL)
		r->fields[r->nfields++] = field;
	return true;
}

static void request_serve(struct admin_request *r)
{
	const struct admin_kind *k = kinds;

	while (k != NULL && strcmp(k->name, r->fields[0]) != 0)
		k = k->next;
	if (k == NULL) {
		answer_add(&r->answer, "failed\t%.60s: no such request", r->fields[0]);
	} else if (r->nfields != k->nfields) {
		answer_add(&r->answer, "failed\t%s: %u field%s needed, %u are there", k->name, k->nfields,
			   k->nfields == 1 ? " is" : "s are", r->nfields);
	} else {
		sys_thread_enter(NULL);
		k->serve(r);
		sys_thread_leave();
	}
}

static void admin_serve(int connection, pid_t pid, uid_t uid)
{
	static const struct timeval timeout = {.tv_sec = REQUEST_TIMEOUT_S};
	struct admin_request r = {.pid = pid, .uid = uid, .connection = connection};
	char line[ADMIN_LINE_MAX + 1];

	(void)setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	(void)setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	hello_answer(connection, 0, -1, 0);
	if (request_read(&r, line, sizeof(line), connection)) {
		request_serve(&r);
		if (!r.answer.full)
			answer_send(&r.answer, connection);
	}
	free(r.answer.text);
}

void admin_hello(int connection, pid_t pid, uid_t uid)
{
	static atomic_uint strangers;
	bool stranger = !uid_privileged(uid);

	if (stranger && atomic_fetch_add(&strangers, 1) >= OTHER_USERS_MAX)
		hello_answer(connection, EAGAIN, -1, 0);
	else
		admin_serve(connection, pid, uid);
	if (stranger)
		atomic_fetch_sub(&strangers, 1);
	close(connection);
}
