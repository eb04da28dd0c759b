/* SPDX-License-Identifier: BSD-2-Clause */
#include "host/embed/internal.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* ---- opens ---- */

void file_drop(struct embed_file *file)
{
	if (atomic_fetch_sub(&file->refs, 1) != 1)
		return;
	sys_close(file->file);
	host_free(file, sizeof(*file));
}

static struct embed_file *file_hold(struct embed_file *file)
{
	atomic_fetch_add(&file->refs, 1);
	return file;
}

/* ---- the table of descriptors ---- */

static struct embed_fd *fd_slot(struct sundog_process *p, int fd)
{
	if (fd < 0 || (size_t)fd >= p->nfds || p->fds[fd].file == NULL)
		return NULL;
	return &p->fds[fd];
}

int file_get(struct sundog_process *p, int fd, struct embed_file **file)
{
	struct embed_fd *slot;

	pthread_mutex_lock(&p->lock);
	slot = fd_slot(p, fd);
	if (slot != NULL)
		*file = file_hold(slot->file);
	pthread_mutex_unlock(&p->lock);
	return slot != NULL ? 0 : EBADF;
}

static int fds_grow(struct sundog_process *p)
{
	size_t room = p->nfds == 0 ? 16 : p->nfds * 2;
	struct embed_fd *fds;

	if (room > EMBED_FD_MAX)
		return EMFILE;
	fds = host_alloc(room * sizeof(*fds), true);
	if (p->nfds > 0)
		memcpy(fds, p->fds, p->nfds * sizeof(*fds));
	host_free(p->fds, p->nfds * sizeof(*fds));
	p->fds = fds;
	p->nfds = room;
	return 0;
}

/* The lowest free descriptor becomes file, whose reference it takes over on success. */
static int file_install(struct sundog_process *p, struct embed_file *file, bool cloexec, int *fd)
{
	size_t i = 0;
	int error = 0;

	pthread_mutex_lock(&p->lock);
	while (i < p->nfds && p->fds[i].file != NULL)
		i++;
	if (i == p->nfds)
		error = fds_grow(p);
	if (error == 0) {
		p->fds[i] = (struct embed_fd){file, cloexec};
		*fd = (int)i;
	}
	pthread_mutex_unlock(&p->lock);
	return error;
}

static struct embed_file *fd_remove(struct sundog_process *p, int fd)
{
	struct embed_file *file = NULL;
	struct embed_fd *slot;

	pthread_mutex_lock(&p->lock);
	slot = fd_slot(p, fd);
	if (slot != NULL) {
		file = slot->file;
		slot->file = NULL;
	}
	pthread_mutex_unlock(&p->lock);
	return file;
}

static bool fd_is_cloexec(struct sundog_process *p, int fd)
{
	bool cloexec;

	pthread_mutex_lock(&p->lock);
	cloexec = p->fds[fd].cloexec;
	pthread_mutex_unlock(&p->lock);
	return cloexec;
}

void files_close(struct sundog_process *p, bool cloexec_only)
{
	for (int fd = 0; (size_t)fd < p->nfds; fd++) {
		struct embed_file *file = NULL;

		if (!cloexec_only || fd_is_cloexec(p, fd))
			file = fd_remove(p, fd);
		if (file != NULL)
			file_drop(file);
	}
}

void files_copy(struct sundog_process *from, struct sundog_process *to)
{
	pthread_mutex_lock(&from->lock);
	if (from->nfds > 0) {
		to->fds = host_alloc(from->nfds * sizeof(*to->fds), true);
		to->nfds = from->nfds;
		memcpy(to->fds, from->fds, from->nfds * sizeof(*to->fds));
	}
	for (size_t i = 0; i < to->nfds; i++) {
		if (to->fds[i].file != NULL)
			file_hold(to->fds[i].file);
	}
	pthread_mutex_unlock(&from->lock);
}

/* ---- system calls ---- */

static int open_flags(int flags, unsigned *sys)
{
	static const unsigned modes[] = {SYS_FREAD, SYS_FWRITE, SYS_FREAD | SYS_FWRITE};

	if ((flags & O_ACCMODE) == O_ACCMODE)
		return EINVAL;
	*sys = modes[flags & O_ACCMODE];
	if (flags & O_NONBLOCK) /* O_NDELAY is the same on Linux */
		*sys |= SYS_FNONBLOCK;
	if (flags & O_EXCL)
		*sys |= SYS_FEXCL;
	return 0;
}

static int file_open(struct sundog_process *p, const char *path, int flags, int *fd)
{
	struct embed_file *file;
	struct sys_devnode node;
	unsigned sys;
	int error;

	if ((error = sys_devnode_find(path, &node)) != 0 || (error = open_flags(flags, &sys)) != 0)
		return error;
	file = host_alloc(sizeof(*file), true);
	atomic_init(&file->refs, 1);
	error = sys_open(node.dev, sys | (node.block ? SYS_FBLOCK : 0), &file->file);
	if (error != 0) {
		host_free(file, sizeof(*file));
		return error;
	}
	error = file_install(p, file, flags & O_CLOEXEC, fd);
	if (error != 0)
		file_drop(file);
	return error;
}

int sundog_open(struct sundog_process *p, const char *path, int flags, int *fd)
{
	struct embed_call call;
	int error = call_enter(p, &call);

	if (error != 0)
		return error;
	error = file_open(p, path, flags, fd);
	call_leave(p, &call);
	return error;
}

int sundog_close(struct sundog_process *p, int fd)
{
	struct embed_file *file;
	struct embed_call call;
	int error = call_enter(p, &call);

	if (error != 0)
		return error;
	file = fd_remove(p, fd);
	if (file != NULL)
		file_drop(file);
	call_leave(p, &call);
	return file != NULL ? 0 : EBADF;
}

int sundog_dup(struct sundog_process *p, int fd, int *newfd)
{
	struct embed_file *file;
	struct embed_call call;
	int error = call_enter(p, &call);

	if (error != 0)
		return error;
	error = file_get(p, fd, &file);
	if (error == 0) {
		error = file_install(p, file, false, newfd);
		if (error != 0)
			file_drop(file);
	}
	call_leave(p, &call);
	return error;
}

int sundog_set_cloexec(struct sundog_process *p, int fd, bool on)
{
	struct embed_fd *slot;

	pthread_mutex_lock(&p->lock);
	slot = fd_slot(p, fd);
	if (slot != NULL)
		slot->cloexec = on;
	pthread_mutex_unlock(&p->lock);
	return slot != NULL ? 0 : EBADF;
}
