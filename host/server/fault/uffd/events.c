/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * events.c: the threads that serve the events of a process's userfaultfd, each in its place.
 *
 * Exactly one of them has the seat: it sits in read(2), since each event would wake all who do.  Before it waits for
 * anything else it yields the seat, to an idle thread or to a new one; when it is done it waits for the seat to
 * come back, and all but a few of those who wait end.
 *
 *	A  [ read ]-event->[ driver ... waits ................ done ][ idle ........
 *	B                            '-seat-> [ read ]-event->[ driver, done ][ read ...
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/server/fault/uffd/uffd.h"

#define IDLE_MAX 2u
#define SIGNAL_KICK SIGUSR2 /* only so that a read(2) ends */

struct fault_thread {
	struct process *process;
	struct posix_thread *posix;
	pthread_t id;
	bool seated;          /* faults.lock, but for the thread's own look */
	pthread_cond_t given; /* it has the seat, or all end */
	LIST_ENTRY(fault_thread)
	link, idle;

	struct service service;
	struct range wake; /* pages that it has loaded, whose threads it will wake; its own */
};

static _Thread_local struct fault_thread *self;

static int thread_start(struct process *p);

/* ---- the seat ---- */

static struct faults *its_faults(const struct fault_thread *t)
{
	return faults_of(t->process->as);
}

/* With the lock. */
static void seat_give(struct fault_thread *t)
{
	LIST_REMOVE(t, idle);
	its_faults(t)->nidle--;
	t->seated = true;
	pthread_cond_signal(&t->given);
}

static bool yield_to_idle(struct faults *f)
{
	struct fault_thread *next;

	pthread_mutex_lock(&f->lock);
	next = f->ended ? NULL : LIST_FIRST(&f->idle);
	if (next != NULL) {
		self->seated = false;
		seat_give(next);
	}
	pthread_mutex_unlock(&f->lock);
	return next != NULL;
}

bool faults_yield(void)
{
	static atomic_bool said;
	int error;

	if (self == NULL || !self->seated)
		return true;
	if (yield_to_idle(its_faults(self)))
		return true;
	error = thread_start(self->process);
	if (error == 0) {
		pthread_mutex_lock(&its_faults(self)->lock);
		self->seated = false;
		pthread_mutex_unlock(&its_faults(self)->lock);
	} else if (error != ESRCH && !atomic_exchange(&said, true)) {
		posix_log(HOST_LOG_WARN, "process %d: no thread for its next fault: %s: it waits for the one before",
			  (int)self->process->pid, strerror(error));
	}
	return error == 0;
}

static void before_block(void *arg, bool announced)
{
	(void)faults_yield();
}

/* Until the seat comes back; false: the thread is not needed any more. */
static bool seat_wait(struct fault_thread *t)
{
	struct faults *f = its_faults(t);
	bool seated;

	pthread_mutex_lock(&f->lock);
	if (!t->seated && !f->ended && f->nidle < IDLE_MAX) {
		LIST_INSERT_HEAD(&f->idle, t, idle);
		f->nidle++;
		while (!t->seated && !f->ended)
			pthread_cond_wait(&t->given, &f->lock);
		if (!t->seated) {
			LIST_REMOVE(t, idle);
			f->nidle--;
		}
	}
	seated = t->seated && !f->ended;
	pthread_mutex_unlock(&f->lock);
	return seated;
}

/* ---- waking ---- */

/*
 * A thread that goes on at once takes the CPU from the driver in the middle of its callback, with the driver's locks
 * held.  One range is remembered; a driver that loads several pieces wakes those of the others at once.
 */
bool faults_wake_later(const struct host_as *as, uint64_t start, uint64_t end)
{
	struct range *w;

	if (self == NULL || self->process->as != as)
		return false;
	w = &self->wake;
	if (w->start == w->end)
		*w = (struct range){start, end};
	return w->start <= start && end <= w->end;
}

void faults_woken(const struct host_as *as, uint64_t start, uint64_t end)
{
	services_wake(&faults_of(as)->services, self != NULL ? &self->service : NULL, start, end);
}

/* What has been loaded, and the page in any case: a driver may be content without. */
static void wake(struct fault_thread *t)
{
	const struct range *w = &t->wake;
	uint64_t page = t->service.page;

	if (page < w->start || page >= w->end)
		uffd_wake(t->process->as, page, page + PAGE_SIZE);
	if (w->start < w->end)
		uffd_wake(t->process->as, w->start, w->end);
}

/* ---- events ---- */

static void fault_serve(struct fault_thread *t, const struct uffd_msg *m, uint64_t read)
{
	struct host_as *as = t->process->as;
	uint64_t page = m->arg.pagefault.address & ~(uint64_t)PAGE_MASK;
	enum sys_rw rw = m->arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WRITE ? SYS_RW_WRITE : SYS_RW_READ;
	struct service *v = &t->service;
	struct sys_fault result;

	switch (services_begin(&its_faults(t)->services, v, m->arg.pagefault.feat.ptid, page, read)) {
	case SERVICE_PAST:
		uffd_wake(as, page, page + PAGE_SIZE);
		return;
	case SERVICE_RETURN:
		return;
	case SERVICE_NEW:
		break;
	}
	t->wake = (struct range){page, page};
	faults_forgive(as, v->tid);
	jobs_settle(t->process);
	result = sys_fault(page, PAGE_SIZE, rw);
	if (result.signo != 0)
		failure_make(as, v->tid, page, &result);
	wake(t);
	if (services_end(&its_faults(t)->services, v)) /* it may have come back after that wake */
		uffd_wake(as, page, page + PAGE_SIZE);
}

/* The application may have made its descriptor non-blocking. */
static void event_wait(int fd)
{
	struct pollfd p = {fd, POLLIN, 0};

	if (poll(&p, 1, -1) > 0 && !(p.revents & POLLIN))
		(void)poll(NULL, 0, 1);
}

/* Other events than faults want nothing but to be read. */
static void event_serve(struct fault_thread *t)
{
	struct faults *f = its_faults(t);
	uint64_t number = services_read(&f->services);
	int fd = f->fd;
	struct uffd_msg m;
	ssize_t n = read(fd, &m, sizeof(m));

	if (n < 0 && errno == EAGAIN)
		event_wait(fd);
	if (n == sizeof(m) && m.event == UFFD_EVENT_PAGEFAULT)
		fault_serve(t, &m, number);
}

/* ---- begin and end of a thread ---- */

static void thread_serve(struct fault_thread *t)
{
	sys_thread_enter(t->process->sys);
	posix_thread_before_block(before_block, NULL);
	do {
		while (t->seated && !atomic_load(&t->process->dying))
			event_serve(t);
	} while (seat_wait(t));
	posix_thread_before_block(NULL, NULL);
	sys_thread_leave();
}

static void *thread_main(void *arg)
{
	struct fault_thread *t = arg;
	struct process *p = t->process;
	struct faults *f = its_faults(t);

	pthread_setname_np(pthread_self(), "fault");
	self = t;
	pthread_mutex_lock(&f->lock);
	t->posix = posix_thread_self();
	t->id = pthread_self();
	LIST_INSERT_HEAD(&f->threads, t, link);
	if (f->ended)
		posix_thread_dying(t->posix);
	pthread_mutex_unlock(&f->lock);
	thread_serve(t);
	pthread_mutex_lock(&f->lock);
	LIST_REMOVE(t, link);
	pthread_mutex_unlock(&f->lock);
	posix_thread_revive(t->posix);
	self = NULL;
	pthread_cond_destroy(&t->given);
	free(t);
	process_leave(p);
	process_put(p);
	return NULL;
}

/* A thread that has the seat. */
static int thread_start(struct process *p)
{
	struct fault_thread *t = calloc(1, sizeof(*t));
	pthread_t id;
	int error;

	if (t == NULL)
		return ENOMEM;
	t->process = process_get(p);
	t->seated = true;
	pthread_cond_init(&t->given, NULL);
	error = process_join(p);
	if (error == 0) {
		error = pthread_create(&id, NULL, thread_main, t);
		if (error == 0) {
			pthread_detach(id);
			return 0;
		}
		process_leave(p);
	}
	pthread_cond_destroy(&t->given);
	free(t);
	process_put(p);
	return error;
}

/* ---- all of a process's ---- */

void faults_init(struct faults *f)
{
	*f = (struct faults){.fd = -1};
	pthread_mutex_init(&f->lock, NULL);
	services_init(&f->services);
}

/* Who holds the same userfaultfd may read of it, too, and change its flags: a read(2) that waits is met by a kick. */
void faults_drain(struct faults *f)
{
	struct pollfd p = {f->fd, POLLIN, 0};
	struct uffd_msg m;

	if (p.fd < 0)
		return;
	pthread_mutex_lock(&f->lock);
	f->drainer = pthread_self();
	f->draining = true;
	pthread_mutex_unlock(&f->lock);
	(void)fcntl(p.fd, F_SETFL, O_NONBLOCK);
	while (poll(&p, 1, 0) > 0 && (p.revents & POLLIN) && read(p.fd, &m, sizeof(m)) == sizeof(m))
		;
	pthread_mutex_lock(&f->lock);
	f->draining = false;
	pthread_mutex_unlock(&f->lock);
}

void faults_close(struct faults *f)
{
	pthread_mutex_lock(&f->lock);
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	pthread_mutex_unlock(&f->lock);
}

void faults_fini(struct faults *f)
{
	failures_fini(f);
	faults_close(f);
	services_fini(&f->services);
	pthread_mutex_destroy(&f->lock);
}

/* An agent's hello may come while its process is taken down. */
static int descriptor_set(struct faults *f, int fd, bool full)
{
	int error;

	pthread_mutex_lock(&f->lock);
	error = f->ended ? ESRCH : 0;
	if (error == 0) {
		f->fd = fd;
		f->full = full;
	}
	pthread_mutex_unlock(&f->lock);
	return error;
}

int faults_start(struct process *p, int fd, bool full)
{
	struct faults *f = faults_of(p->as);
	int error = descriptor_set(f, fd, full);

	if (error != 0) {
		close(fd);
		return error;
	}
	error = thread_start(p);
	if (error != 0)
		faults_close(f);
	return error;
}

void faults_end(struct faults *f)
{
	struct fault_thread *t;

	pthread_mutex_lock(&f->lock);
	f->ended = true;
	LIST_FOREACH (t, &f->threads, link) {
		posix_thread_dying(t->posix);
		pthread_cond_signal(&t->given);
	}
	pthread_mutex_unlock(&f->lock);
	faults_kick(f);
}

bool faults_kick(struct faults *f)
{
	struct fault_thread *t;
	bool any;

	pthread_mutex_lock(&f->lock);
	LIST_FOREACH (t, &f->threads, link)
		if (t->seated)
			(void)pthread_kill(t->id, SIGNAL_KICK);
	if (f->draining)
		(void)pthread_kill(f->drainer, SIGNAL_KICK);
	any = !LIST_EMPTY(&f->threads);
	pthread_mutex_unlock(&f->lock);
	return any;
}

static void on_kick(int signo)
{
}

void faults_prepare(void)
{
	const struct sigaction kick = {.sa_handler = on_kick}; /* without SA_RESTART */

	(void)sigaction(SIGNAL_KICK, &kick, NULL);
}
