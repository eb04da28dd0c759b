/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pins.c: what a process has once it has locked memory: its agent that stops writers, the page that informs its client,
 * the descriptors by which its mappings are looked at.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host/server/pin/pins.h"

bool locks_range_is_good(const struct process *p, uint64_t addr, uint64_t len)
{
	return (len & PAGE_MASK) == 0 && process_has_pages(p, addr, len);
}

/* ---- a process's locks ---- */

static struct locks *locks_alloc(struct process *p)
{
	struct locks *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->process = p;
	l->maps = l->pagemap = l->tasks = -1;
	pthread_mutex_init(&l->begin, NULL);
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->joined, NULL);
	return l;
}

struct locks *locks_of(struct host_as *as)
{
	return __atomic_load_n(&as->locks, __ATOMIC_ACQUIRE);
}

struct locks *locks_need(struct host_as *as)
{
	pthread_mutex_lock(&as->lock);
	if (as->locks == NULL)
		__atomic_store_n(&as->locks, locks_alloc(as->process), __ATOMIC_RELEASE);
	pthread_mutex_unlock(&as->lock);
	return as->locks;
}

static void maps_close(struct locks *l)
{
	if (l->maps >= 0)
		close(l->maps);
	if (l->pagemap >= 0)
		close(l->pagemap);
	if (l->tasks >= 0)
		close(l->tasks);
	l->maps = l->pagemap = l->tasks = -1;
}

void locks_fini(struct locks *l)
{
	if (l == NULL)
		return;
	if (l->page != NULL)
		munmap(l->page, PAGE_SIZE);
	maps_close(l);
	if (l->file != NULL)
		posix_file_put(l->file);
	ranges_fini(&l->used);
	ranges_fini(&l->recent);
	ranges_fini(&l->stale);
	pthread_cond_destroy(&l->joined);
	pthread_mutex_destroy(&l->lock);
	pthread_mutex_destroy(&l->begin);
	free(l);
}

void locks_publish(struct locks *l, uint64_t start, uint64_t end)
{
	if (l->page->low >= l->page->high) {
		l->page->low = start;
		l->page->high = end;
	}
	if (start < l->page->low)
		l->page->low = start;
	if (end > l->page->high)
		l->page->high = end;
	atomic_store(&l->page->pins, l->nlocks);
}

/* ---- the first lock ---- */

static int page_create(struct wire_pins **page, int *client_fd)
{
	void *memory;
	int error = posix_memory_share("sundog-locks", PAGE_SIZE, true, client_fd, &memory);

	if (error != 0)
		return error == EMFILE || error == ENFILE || error == ENOSPC ? EAGAIN : ENOMEM;
	*page = memory;
	return 0;
}

static int agent_watch(struct locks *l)
{
	const char *words;
	int error = engine_watch(l->process, &l->watch, &words);

	if (error == 0 && server_verbose)
		posix_log(HOST_LOG_DEBUG, "process %d: promotion stops writers by %s", (int)l->process->pid, words);
	return error;
}

/* l->begin is held.  The client maps the page, has an agent, and a handler for writers that are stopped. */
static int begin(struct locks *l, struct thread *t)
{
	struct wire_message m = {.op = WIRE_STEP_PINS, .nfds = 1};
	int fd, error = page_create(&l->page, &fd);

	if (error != 0)
		return error;
	error = thread_step(t, &m, &fd);
	close(fd);
	if (error == 0)
		error = agent_watch(l);
	if (error == 0)
		error = pthread_mutex_lock(&l->lock);
	if (error != 0) {
		munmap(l->page, PAGE_SIZE);
		l->page = NULL;
		return error == EPIPE || error == ESRCH ? EFAULT : error == ENOMEM ? ENOMEM
										   : EAGAIN;
	}
	l->maps = maps_open(l->process, "maps");
	l->pagemap = maps_open(l->process, "pagemap");
	l->tasks = maps_open(l->process, "task");
	pthread_mutex_unlock(&l->lock);
	l->begun = true;
	return 0;
}

int locks_begin(struct locks *l)
{
	struct thread *t = thread_waiting(l->process);
	int error = 0;

	pthread_mutex_lock(&l->begin);
	if (!l->begun)
		error = t != NULL ? begin(l, t) : EAGAIN;
	pthread_mutex_unlock(&l->begin);
	return error;
}

#define WATCH_TRIES_MAX 8

int locks_agent(struct locks *l, struct wire_agent_command *c, int fd)
{
	int error, tries = 0;

	do { /* an agent that takes the place of another must be given what that one knew; one that asks for ever lies */
		c->file = l->number;
		c->prot &= ~WIRE_AGENT_WATCHED;
		if (c->op != WIRE_AGENT_UNSHARE && l->watch != WIRE_WATCH_SIGNAL)
			c->prot |= WIRE_AGENT_WATCHED;
		error = agent_run(l->process, c, fd);
	} while (error == ENODATA && ++tries < WATCH_TRIES_MAX && agent_watch(l) == 0);
	switch (error) {
	case 0:
		sleepers_moved(l, c->addr, c->addr + c->len);
		return 0;
	case ENOMEM:
	case EAGAIN:
		return error;
	case ENOSPC: /* of the file system behind memfd */
		return EAGAIN;
	default:
		return EFAULT;
	}
}

/* ---- the process goes on, or ends ---- */

void locks_gone(struct host_as *as)
{
	struct locks *l = locks_of(as);

	if (l == NULL)
		return;
	demote_unqueue(l);
	pthread_mutex_lock(&l->lock);
	l->gone = true;
	maps_close(l);
	split_end(l);
	demote_all_gone(l);
	sleepers_forget(l);
	pthread_mutex_unlock(&l->lock);
}

/*
 *	process writes, calls ------ driver reads      so neither is to begin, or to end, while the two have pages of
 *	process reads <------------- driver writes     their own
 *
 * A thread that forks calls from a handler of pthread_atfork(3) that is behind ours: in the parent, when Linux has forked.
 */
void locks_meet(struct thread *t)
{
	struct locks *l = locks_of(t->process->as);

	if (l == NULL || !atomic_load(&l->split))
		return;
	if (t->locks_forking)
		locks_fork_end(t->process->as);
	t->locks_forking = false;
	split_meet(l);
}

bool locks_settle(struct host_as *as)
{
	struct locks *l = locks_of(as);

	if (l == NULL)
		return false;
	pthread_mutex_lock(&l->lock);
	pthread_mutex_unlock(&l->lock);
	return true;
}

static bool file_is_shared(const struct locks *l)
{
	struct vma v;

	for (uint64_t at = 0; maps_find_kind(l->maps, at, MAPS_SHARED, &v); at = v.end)
		if (v.shared && vma_is_of_file(l, &v))
			return true;
	return l->maps < 0;
}

static void file_forget(struct locks *l)
{
	posix_file_put(l->file);
	l->file = NULL;
	l->base = 0;
	atomic_store(&l->lent, false);
	ranges_fini(&l->used);
	ranges_fini(&l->recent);
	ranges_fini(&l->stale);
	atomic_store(&l->page->shared, 0);
}

/*
 * The child's private pages have the old places behind them.  If nobody has pages of this file another one comes; else the child
 * makes them its own (client/agent/promote_fork.c), and until it has, only places beyond all that are in use are free.
 */
static void places_change(struct locks *l)
{
	if (LIST_EMPTY(&l->holds) && LIST_EMPTY(&l->splits) && !file_is_shared(l)) {
		file_forget(l);
		return;
	}
	if (l->base < promote_base_last(l))
		l->base = promote_base_last(l);
	if (l->base < promote_limit(l))
		l->base += promote_span(l);
}

void locks_lent(struct host_as *as)
{
	struct locks *l = locks_of(as);

	if (l != NULL)
		atomic_store(&l->lent, true);
}

bool locks_fork_begin(struct host_as *as)
{
	struct locks *l = locks_need(as); /* its first lock may come meanwhile */

	if (l == NULL)
		return false;
	pthread_mutex_lock(&l->lock);
	split_turn(l);
	if (l->file != NULL && !l->gone) {
		demote_range(l, 0, UINT64_MAX, true);
		split_begin(l);
		places_change(l);
	}
	l->forks++;
	pthread_mutex_unlock(&l->lock);
	return true;
}

void locks_fork_end(struct host_as *as)
{
	struct locks *l = locks_of(as);

	pthread_mutex_lock(&l->lock);
	if (--l->forks == 0)
		split_end(l);
	pthread_cond_broadcast(&l->joined); /* who forks itself waits for the others only */
	pthread_mutex_unlock(&l->lock);
}

static bool call_range(struct thread *t, const struct wire_message *in, struct locks **l)
{
	*l = locks_of(t->process->as);
	return locks_range_is_good(t->process, in->a, in->b);
}

int call_advise(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	uint64_t end = in->a + in->b;
	struct locks *l;
	struct vma v;

	if (!call_range(t, in, &l))
		return EINVAL;
	if (l == NULL)
		return 0;
	pthread_mutex_lock(&l->lock);
	for (uint64_t at = in->a; at < end && l->maps >= 0 && maps_find(l->maps, at, &v) && v.start < end; at = v.end) {
		uint64_t start = v.start > at ? v.start : at, stop = v.end < end ? v.end : end;
		if (vma_is_ours(l, &v))
			file_punch(l, v.offset + (start - v.start), v.offset + (stop - v.start));
	}
	pthread_mutex_unlock(&l->lock);
	return 0;
}

int call_private(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	struct locks *l;
	int error;

	if (!call_range(t, in, &l))
		return EINVAL;
	error = sys_munmap(in->a, in->b); /* as mremap(2) does to what it moves away; the client has seen to device mappings */
	if (error != 0 || l == NULL)
		return error;
	pthread_mutex_lock(&l->lock);
	demote_range(l, in->a, in->a + in->b, true);
	pthread_mutex_unlock(&l->lock);
	return 0;
}
