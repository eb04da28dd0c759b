/* SPDX-License-Identifier: BSD-2-Clause */
/* task.c: which process is in which project: `sundog newtask`, `sundog exec -p`. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "host/server/admin/admin.h"
#include "host/server/base/linux.h"

static bool project_read(struct admin_request *r, const char *name, int32_t *id)
{
	if (!projects_lookup(name, id))
		answer_add(&r->answer, "failed\tproject %s: there is no such project", name);
	else if (!uid_privileged(r->uid) && !projects_admit(*id, r->uid))
		answer_add(&r->answer, "failed\tproject %s: does not admit uid %u", name,
			   (unsigned)r->uid);
	else
		return true;
	return false;
}

/* The program that asks is about to become another one, which begins there. */
static void task_serve(struct admin_request *r)
{
	struct sys_account *account;
	int32_t project;
	int pidfd;

	if (!project_read(r, r->fields[1], &project))
		return;
	pidfd = pidfd_of_peer(r->connection, r->pid);
	if (pidfd < 0 || sys_account_create(0, project, &account) != 0) {
		answer_add(&r->answer, "failed\tprocess %d cannot be told from others", (int)r->pid);
	} else {
		projects_enter(account, project);
		heir_add(r->pid, pidfd, account);
		answer_add(&r->answer, "end");
	}
	if (pidfd >= 0)
		close(pidfd);
}

ADMIN_REQUEST(task, 2)

static void account_move(struct admin_request *r, struct sys_account *account, int32_t project)
{
	int error = sys_account_setproject(account, project);

	if (error == EAGAIN)
		answer_add(&r->answer,
			   "failed\tprocess %s: the limit of project %s refuses what the process has locked",
			   r->fields[1], r->fields[2]);
	else if (error != 0)
		answer_add(&r->answer, "failed\tprocess %s: project %s: %s", r->fields[1], r->fields[2],
			   strerror(error));
	else
		answer_add(&r->answer, "end");
}

/* A process and what is charged to it change their project. */
static void move_serve(struct admin_request *r)
{
	struct sys_account *account = NULL;
	struct sys_rctl_target t;
	struct sys_rctl_state s;
	int32_t project;

	if (!target_read(r, "process", r->fields[1], &t) || !project_read(r, r->fields[2], &project))
		return;
	if (sys_rctl_get(&t, &s) != 0 || (account = process_account(t.id)) == NULL)
		answer_add(&r->answer, "failed\tprocess %s: has ended", r->fields[1]);
	else if (!uid_privileged(r->uid) && s.uid != r->uid)
		answer_add(&r->answer, "failed\tprocess %s: uid %u may not move it", r->fields[1],
			   (unsigned)r->uid);
	else
		account_move(r, account, project);
	if (account != NULL)
		sys_account_release(account);
}

ADMIN_REQUEST(move, 3)
