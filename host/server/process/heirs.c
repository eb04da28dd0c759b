/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * heirs.c: accounts of processes between two images.  An exec closes the connection of the old image, and the
 * new one connects when it first uses a device, perhaps never: until then its account waits here, by its
 * pidfd.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/server/base/linux.h"
#include "host/server/process/process.h"

#define HEIRS_MAX 1024u

struct heir {
	pid_t pid;
	int pidfd;
	struct sys_account *account;
	TAILQ_ENTRY(heir)
	link;
};
static struct {
	pthread_mutex_t lock; /* protects the fields below; a leaf */
	TAILQ_HEAD(heir_list, heir)
	list; /* oldest first */
	unsigned count;
} heirs = {.lock = PTHREAD_MUTEX_INITIALIZER, .list = TAILQ_HEAD_INITIALIZER(heirs.list)};

static void heir_drop(struct heir *h)
{
	TAILQ_REMOVE(&heirs.list, h, link);
	heirs.count--;
	lifecycle_unlisten(h->pidfd);
	close(h->pidfd);
	sys_account_release(h->account);
	free(h);
}

/* The lock is held. */
static void heirs_drop_dead(bool all)
{
	struct heir *h, *next;

	for (h = TAILQ_FIRST(&heirs.list); h != NULL; h = next) {
		next = TAILQ_NEXT(h, link);
		if (all || pidfd_is_dead(h->pidfd, 0))
			heir_drop(h);
	}
}

void heirs_purge(bool all)
{
	pthread_mutex_lock(&heirs.lock);
	heirs_drop_dead(all);
	pthread_mutex_unlock(&heirs.lock);
}

void heir_add(pid_t pid, int pidfd, struct sys_account *account)
{
	struct heir *h = malloc(sizeof(*h));

	if (h != NULL)
		*h = (struct heir){pid, fcntl(pidfd, F_DUPFD_CLOEXEC, 0), account, {0}};
	if (h == NULL || h->pidfd < 0) {
		free(h);
		sys_account_release(account);
		return;
	}
	pthread_mutex_lock(&heirs.lock);
	heirs_drop_dead(false);
	if (heirs.count == HEIRS_MAX)
		heir_drop(TAILQ_FIRST(&heirs.list));
	TAILQ_INSERT_TAIL(&heirs.list, h, link);
	heirs.count++;
	(void)lifecycle_listen_heir(h->pidfd); /* else the next one finds it dead */
	pthread_mutex_unlock(&heirs.lock);
}

/* A number that is taken while the pidfd lives is that process's. */
static struct heir *heir_find(pid_t pid)
{
	struct heir *h;

	TAILQ_FOREACH_REVERSE(h, &heirs.list, heir_list, link)
	if (h->pid == pid && !pidfd_is_dead(h->pidfd, 0))
		return h;
	return NULL;
}

struct sys_account *heir_account(pid_t pid, bool take)
{
	struct sys_account *account = NULL;
	struct heir *h;

	pthread_mutex_lock(&heirs.lock);
	h = heir_find(pid);
	if (h != NULL)
		account = sys_account_hold(h->account);
	if (h != NULL && take)
		heir_drop(h);
	pthread_mutex_unlock(&heirs.lock);
	return account;
}
