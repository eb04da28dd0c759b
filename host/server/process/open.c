/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * open.c: device descriptors.
 *
 *	application's end <---- socket pair ----> end (ours)
 *	dup, fork, SCM_RIGHTS as Linux does       its hangup: the last descriptor is gone
 *
 * The application's end carries no data but a byte that makes it readable after pollwakeup(9F).  A process is
 * believed to hold an open when it opened it, inherited it by fork, or sent us a descriptor of it once; then it
 * is in the process's set of proofs.
 *
 * users counts calls in progress, and one for the descriptors: whoever brings it to 0 runs the driver's close.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/server/process/process.h"

#define BUCKETS 4096u
LIST_HEAD(open_list, open);
static struct open_list by_ino[BUCKETS]; /* server.lock */

static struct open_list *bucket(ino_t ino)
{
	return &by_ino[(ino * UINT64_C(0x9e3779b97f4a7c15)) >> 52];
}

static bool end_is_hung_up(int end)
{
	struct pollfd p = {end, 0, 0};

	return poll(&p, 1, 0) > 0;
}

static void hold_drop(struct open *o)
{
	if (atomic_fetch_sub(&o->holds, 1) == 1)
		free(o);
}

/* ---- closing ---- */

/* server.lock is held.  The last descriptor is gone; true: the caller drops the descriptors' use. */
static bool close_claim(struct open *o)
{
	if (atomic_load(&o->closing))
		return false;
	atomic_store(&o->closing, true);
	if (o->watched)
		lifecycle_unwatch(o->end);
	watch_id_destroy(o->id);
	LIST_REMOVE(o, by_ino);
	LIST_REMOVE(o, all);
	server.nopens--;
	return true;
}

static void open_destroy(struct open *o)
{
	if (atomic_load(&o->polled))
		sys_file_pollwake(o->file, NULL, NULL);
	sys_close(o->file);
	close(o->end);
	hold_drop(o);
	server_changed();
}

void open_put(struct open *o)
{
	if (atomic_fetch_sub(&o->users, 1) == 1)
		open_destroy(o);
}

struct open *open_get(struct process *p, uint64_t id)
{
	struct open *o;
	unsigned users;

	pthread_mutex_lock(&p->lock);
	o = proofs_find(p->proofs, id);
	if (o != NULL) {
		users = atomic_load(&o->closing) ? 0 : atomic_load(&o->users);
		while (users != 0 && !atomic_compare_exchange_weak(&o->users, &users, users + 1))
			;
		if (users == 0)
			o = NULL;
	}
	pthread_mutex_unlock(&p->lock);
	return o;
}

/* ---- making ---- */

static void hangup_job(void *arg)
{
	struct open *o = arg;

	atomic_fetch_add(&o->holds, 1);
	sys_thread_enter(NULL);
	open_put(o);
	sys_thread_leave();
	job_end(&o->job);
	hold_drop(o);
}

static struct open *open_alloc(int *fd)
{
	struct open *o = calloc(1, sizeof(*o));
	struct stat st;
	int pair[2];

	if (o == NULL)
		return NULL;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0)
		goto free;
	/* A raw write(2) on the application's end fails; a raw read(2) finds nothing. */
	if (shutdown(pair[0], SHUT_RD) != 0 || fstat(pair[1], &st) != 0)
		goto close;
	o->end = pair[0];
	o->st_dev = st.st_dev;
	o->st_ino = st.st_ino;
	atomic_init(&o->users, 1);
	atomic_init(&o->holds, 1);
	o->job.run = hangup_job;
	o->job.arg = o;
	*fd = pair[1];
	return o;
close:
	close(pair[0]);
	close(pair[1]);
free:
	free(o);
	return NULL;
}

static int proof_add(struct process *p, struct open *o)
{
	int error;

	pthread_mutex_lock(&p->lock);
	error = proofs_add(p->proofs, o);
	pthread_mutex_unlock(&p->lock);
	if (error == 0) {
		o->proofs++;
		atomic_fetch_add(&o->holds, 1);
	} else if (error == EMFILE && server_verbose) {
		posix_log(HOST_LOG_DEBUG, "process %d: has reached the limit of %u opens", (int)p->pid, OPENS_MAX);
	}
	return error;
}

static int open_publish(struct process *p, struct open *o)
{
	int error;

	server_lock();
	o->id = watch_id_create(WATCH_OPEN, o);
	error = o->id != WATCH_NO_ID ? proof_add(p, o) : ENOMEM;
	if (error == 0) {
		LIST_INSERT_HEAD(bucket(o->st_ino), o, by_ino);
		LIST_INSERT_HEAD(&server.opens, o, all);
		server.nopens++;
	} else if (o->id != WATCH_NO_ID) {
		watch_id_destroy(o->id);
	}
	server_unlock();
	return error;
}

int open_create(struct process *p, uint64_t dev, unsigned flags, struct open **out, int *fd)
{
	struct open *o = open_alloc(fd);
	int error;

	if (o == NULL)
		return errno != 0 ? errno : ENOMEM;
	error = sys_open(dev, flags, &o->file);
	if (error != 0)
		goto close;
	error = open_publish(p, o);
	if (error == 0) {
		*out = o;
		return 0;
	}
	sys_close(o->file);
close:
	close(o->end);
	close(*fd);
	free(o);
	return error;
}

/* ---- proofs ---- */

/* server.lock is held: nobody that we know holds it, so watch its end. */
static void unproven(struct open *o)
{
	if (!atomic_load(&o->closing) && o->proofs == 0 && !o->watched)
		o->watched = lifecycle_watch(o->end, o->id) == 0;
}

static void proven(struct open *o)
{
	if (o->watched)
		lifecycle_unwatch(o->end);
	o->watched = false;
}

/* The process gives its proof up; true: the open is the caller's to open_put(). */
static bool proof_drop(struct process *p, struct open *o, bool hung_up)
{
	bool claimed, removed;

	server_lock();
	pthread_mutex_lock(&p->lock);
	removed = proofs_remove(p->proofs, o);
	pthread_mutex_unlock(&p->lock);
	o->proofs -= removed;
	claimed = removed && hung_up && close_claim(o);
	if (removed && !claimed)
		unproven(o);
	server_unlock();
	if (removed)
		hold_drop(o);
	return claimed;
}

int open_closed(struct process *p, uint64_t id)
{
	struct open *o = open_get(p, id);

	if (o == NULL)
		return EBADF;
	if (proof_drop(p, o, end_is_hung_up(o->end)))
		open_put(o);
	open_put(o);
	return 0;
}

static struct open *find_ino(const struct stat *st)
{
	struct open *o;

	LIST_FOREACH (o, bucket(st->st_ino), by_ino)
		if (o->st_ino == st->st_ino && o->st_dev == st->st_dev)
			return o;
	return NULL;
}

int open_prove(struct process *p, int fd, struct open **out)
{
	struct stat st;
	struct open *o;
	int error = 0;

	if (fstat(fd, &st) != 0 || !S_ISSOCK(st.st_mode))
		return EBADF;
	server_lock();
	o = find_ino(&st);
	if (o == NULL)
		error = EBADF;
	else if (proofs_find(p->proofs, o->id) == NULL)
		error = proof_add(p, o);
	if (error == 0) {
		proven(o);
		atomic_fetch_add(&o->users, 1); /* fd is open, so there is a use already */
	}
	server_unlock();
	*out = o;
	return error;
}

/* server.lock is held. */
int open_inherit(struct process *parent, struct process *child)
{
	struct proofs *from = parent->proofs;
	int error = 0;

	pthread_mutex_lock(&parent->lock);
	for (uint32_t i = 0; i < from->room && error == 0; i++) {
		struct open *o = from->slot[i];
		if (o == NULL || atomic_load(&o->closing))
			continue;
		error = proofs_add(child->proofs, o);
		if (error == 0) {
			o->proofs++;
			atomic_fetch_add(&o->holds, 1);
		}
	}
	pthread_mutex_unlock(&parent->lock);
	return error;
}

static struct open *proof_any(struct process *p, uint32_t *at)
{
	struct open *o = NULL;

	pthread_mutex_lock(&p->lock);
	while (*at < p->proofs->room && o == NULL)
		o = p->proofs->slot[(*at)++];
	if (o != NULL)
		atomic_fetch_add(&o->holds, 1);
	pthread_mutex_unlock(&p->lock);
	return o;
}

void open_drop(struct process *p, bool all)
{
	struct open *o;
	uint32_t at = 0;

	while ((o = proof_any(p, &at)) != NULL) {
		bool hung_up = atomic_load(&o->closing) || end_is_hung_up(o->end);
		if ((hung_up || all) && proof_drop(p, o, hung_up))
			open_put(o);
		if (hung_up || all)
			at--; /* its place may be taken by another */
		hold_drop(o);
	}
}

/* ---- closes that were not announced ---- */

bool open_hangup(struct open *o)
{
	if (atomic_load(&o->closing) || !end_is_hung_up(o->end))
		return false;
	job_begin(&o->job); /* first: a thread that finds the set of watches empty must find the job */
	(void)close_claim(o);
	return true;
}

/*
 * Between a close(2) and its announcement passes a moment: only what was hung up at the last sweep already has
 * been closed behind the library's back.
 */
void open_sweep(void)
{
	struct open *o, *next;
	struct open_list found = LIST_HEAD_INITIALIZER(found);

	server_lock();
	for (o = LIST_FIRST(&server.opens); o != NULL; o = next) {
		bool hung_up = end_is_hung_up(o->end);
		next = LIST_NEXT(o, all);
		if (hung_up && o->suspect && close_claim(o)) {
			job_begin(&o->job);
			LIST_INSERT_HEAD(&found, o, all);
		}
		o->suspect = hung_up;
	}
	server_unlock();
	while ((o = LIST_FIRST(&found)) != NULL) {
		LIST_REMOVE(o, all);
		job_spawn(&o->job);
	}
}

/* The system stops: whoever may hold them. */
void open_close_all(void)
{
	struct open *o;

	do {
		server_lock();
		o = LIST_FIRST(&server.opens);
		if (o != NULL) {
			(void)close_claim(o);
			job_begin(&o->job);
		}
		server_unlock();
		if (o != NULL)
			job_spawn(&o->job);
	} while (o != NULL);
}

unsigned open_unproven(void)
{
	struct open *o;
	unsigned count = 0;

	LIST_FOREACH (o, &server.opens, all)
		count += o->proofs == 0;
	return count;
}

/* ---- poll ---- */

/* From pollwakeup(9F): makes the application's end readable. */
static void poll_wake(void *arg)
{
	enum watch_kind kind;
	struct open *o;

	server_lock();
	o = watch_find((uint64_t)(uintptr_t)arg, &kind);
	if (o != NULL && kind == WATCH_OPEN && !atomic_exchange(&o->rung, true))
		(void)send(o->end, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	server_unlock();
}

int open_poll(struct open *o, short events, short *revents)
{
	if (!atomic_exchange(&o->polled, true))
		sys_file_pollwake(o->file, poll_wake, (void *)(uintptr_t)o->id);
	atomic_store(&o->rung, false);
	return sys_poll(o->file, events, revents);
}
