/* SPDX-License-Identifier: BSD-2-Clause */
/* admin.h: answers to commands that look into the server; all but admin_hello() is for the files of this folder only. */
#ifndef HOST_SERVER_ADMIN_H
#define HOST_SERVER_ADMIN_H

#include "host/server/call/call.h"

#define FIELDS_MAX 10

/* Lines of an answer: gathered first, for no lock of the kernel part is held while they are sent. */
struct answer {
	char *text; /* each line with its newline */
	size_t used, room;
	bool full; /* no memory */
};

struct admin_request {
	pid_t pid; /* that asks */
	uid_t uid;
	int connection;
	unsigned nfields;
	char *fields[FIELDS_MAX];
	struct answer answer;
};

__attribute__((format(printf, 2, 3))) void answer_add(struct answer *a, const char *format, ...);
/* A tab in a name is a field too many. */
const char *tabless(const char *name, char *copy, size_t size);
/* The server's own user runs the machine that it simulates. */
bool uid_privileged(uid_t uid);
/* KIND ID; false: it is answered why not. */
bool target_read(struct admin_request *r, const char *kind, const char *id, struct sys_rctl_target *t);

/* ---- admin.c ---- */

/* A command that looks into the server: serves its request, and closes the connection. */
void admin_hello(int connection, pid_t pid, uid_t uid);

/* ---- requests ---- */

struct admin_kind {
	const char *name;                       /* the first field */
	unsigned nfields;                       /* as many as there must be */
	void (*serve)(struct admin_request *r); /* no thread of an application is bound */
	struct admin_kind *next;
};
void admin_register(struct admin_kind *kind);
/* In the file that serves it: a kind of request, by static void NAME_serve(struct admin_request *r). */
#define ADMIN_REQUEST(NAME, NFIELDS) \
	__attribute__((constructor)) static void NAME##_register(void) \
	{ \
		static struct admin_kind kind = {#NAME, NFIELDS, NAME##_serve, NULL}; \
		admin_register(&kind); \
	}

#endif
