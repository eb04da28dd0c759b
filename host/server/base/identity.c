/* SPDX-License-Identifier: BSD-2-Clause */
/* identity.c: see identity.h. */
#define _GNU_SOURCE
#include "host/server/base/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/server/base/linux.h"

int identity_read(pid_t pid, int pidfd, uid_t uid, gid_t gid, struct cred *cred)
{
	int error = cred_read(pid, pidfd, uid, gid, cred);

	if (error == EACCES || error == EPERM)
		error = 0; /* /proc is hidden from us: what the connection says is all there is */
	if (error == 0 && (cred->sys.euid != uid || cred->sys.egid != gid))
		error = EAGAIN;
	/* Asked last: an exec after this has changed nothing that was read. */
	return error == 0 && exec_has_gained(pid) ? EPERM : error;
}

/* The lifecycle thread takes a closed connection for an exec, which this was, whoever still holds the other end. */
static void disown(struct process *p)
{
	posix_log(HOST_LOG_DEBUG, "process %d: has executed a program of other privileges: ended here", (int)p->pid);
	(void)shutdown(p->connection, SHUT_RDWR);
}

int identity_again(struct process *p, struct cred *cred)
{
	struct identity before;
	int error = cred_read(p->pid, p->pidfd, 0, 0, cred);

	if (error != 0)
		return error;
	pthread_mutex_lock(&p->lock);
	before = p->identity;
	pthread_mutex_unlock(&p->lock);
	if (cred_may_follow(&before, cred) && !exec_has_gained(p->pid))
		return 0;
	disown(p);
	return EPERM;
}

void identity_set(struct process *p, const struct cred *cred)
{
	pthread_mutex_lock(&p->lock);
	cred_identify(cred, &p->identity);
	pthread_mutex_unlock(&p->lock);
	atomic_store(&p->euid, cred->sys.euid);
	atomic_store(&p->egid, cred->sys.egid);
}

int identity_open(pid_t pid)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

bool identity_holds(struct process *p)
{
	struct cred cred;
	struct stat st;
	int error;

	if (geteuid() != 0)
		return true; /* Linux compares the users at each access */
	if (fstat(p->proc, &st) != 0)
		return false;
	if (st.st_uid == atomic_load(&p->euid) && st.st_gid == atomic_load(&p->egid))
		return true;
	error = identity_again(p, &cred);
	cred_fini(&cred);
	return error == 0;
}
