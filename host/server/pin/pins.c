/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pins.c: what a process has once it has pinned memory: its agent that stops writers, the page that informs its client,
 * the descriptors by which its mappings are looked at.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host/server/pin/pins.h"

bool pins_range_is_good(const struct process *p, uint64_t addr, uint64_t len)
{
	return (len & PAGE_MASK) == 0 && process_has_pages(p, addr, len);
}

/* ---- a process's pins ---- */

static struct pins *pins_alloc(struct process *p)
{
	struct pins *pins = calloc(1, sizeof(*pins));

	if (pins == NULL)
		return NULL;
	pins->process = p;
	pins->maps = pins->pagemap = pins->tasks = -1;
	pthread_mutex_init(&pins->begin, NULL);
	pthread_mutex_init(&pins->lock, NULL);
	pthread_cond_init(&pins->joined, NULL);
	return pins;
}

struct pins *pins_of(struct host_as *as)
{
	return __atomic_load_n(&as->pins, __ATOMIC_ACQUIRE);
}

struct pins *pins_need(struct host_as *as)
{
	pthread_mutex_lock(&as->lock);
	if (as->pins == NULL)
		__atomic_store_n(&as->pins, pins_alloc(as->process), __ATOMIC_RELEASE);
	pthread_mutex_unlock(&as->lock);
	return as->pins;
}

static void maps_close(struct pins *pins)
{
	if (pins->maps >= 0)
		close(pins->maps);
	if (pins->pagemap >= 0)
		close(pins->pagemap);
	if (pins->tasks >= 0)
		close(pins->tasks);
	pins->maps = pins->pagemap = pins->tasks = -1;
}

void pins_fini(struct pins *pins)
{
	if (pins == NULL)
		return;
	if (pins->page != NULL)
		munmap(pins->page, PAGE_SIZE);
	maps_close(pins);
	if (pins->file != NULL)
		posix_file_put(pins->file);
	ranges_fini(&pins->used);
	ranges_fini(&pins->recent);
	ranges_fini(&pins->stale);
	pthread_cond_destroy(&pins->joined);
	pthread_mutex_destroy(&pins->lock);
	pthread_mutex_destroy(&pins->begin);
	free(pins);
}

void pins_publish(struct pins *pins, uint64_t start, uint64_t end)
{
	if (pins->page->low >= pins->page->high) {
		pins->page->low = start;
		pins->page->high = end;
	}
	if (start < pins->page->low)
		pins->page->low = start;
	if (end > pins->page->high)
		pins->page->high = end;
	atomic_store(&pins->page->pins, pins->npins);
}

/* ---- the first pin ---- */

static int page_create(struct wire_pins **page, int *client_fd)
{
	void *memory;
	int error = posix_memory_share("sundog-pins", PAGE_SIZE, true, client_fd, &memory);

	if (error != 0)
		return error == EMFILE || error == ENFILE || error == ENOSPC ? EAGAIN : ENOMEM;
	*page = memory;
	return 0;
}

static int agent_watch(struct pins *pins)
{
	const char *words;
	int error = engine_watch(pins->process, &pins->watch, &words);

	if (error == 0 && server_verbose)
		posix_log(HOST_LOG_DEBUG, "process %d: promotion stops writers by %s", (int)pins->process->pid, words);
	return error;
}

/* pins->begin is held.  The client maps the page, has an agent, and a handler for writers that are stopped. */
static int begin(struct pins *pins, struct thread *t)
{
	struct wire_message m = {.op = WIRE_STEP_PINS, .nfds = 1};
	int fd, error = page_create(&pins->page, &fd);

	if (error != 0)
		return error;
	error = thread_step(t, &m, &fd);
	close(fd);
	if (error == 0)
		error = agent_watch(pins);
	if (error == 0)
		error = pthread_mutex_lock(&pins->lock);
	if (error != 0) {
		munmap(pins->page, PAGE_SIZE);
		pins->page = NULL;
		return error == EPIPE || error == ESRCH ? EFAULT : error == ENOMEM ? ENOMEM
										   : EAGAIN;
	}
	pins->maps = maps_open(pins->process, "maps");
	pins->pagemap = maps_open(pins->process, "pagemap");
	pins->tasks = maps_open(pins->process, "task");
	pthread_mutex_unlock(&pins->lock);
	pins->begun = true;
	return 0;
}

int pins_begin(struct pins *pins)
{
	struct thread *t = thread_waiting(pins->process);
	int error = 0;

	pthread_mutex_lock(&pins->begin);
	if (!pins->begun)
		error = t != NULL ? begin(pins, t) : EAGAIN;
	pthread_mutex_unlock(&pins->begin);
	return error;
}

#define WATCH_TRIES_MAX 8

int pins_agent(struct pins *pins, struct wire_agent_command *c, int fd)
{
	int error, tries = 0;

	do { /* an agent that takes the place of another must be given what that one knew; one that asks for ever lies */
		c->file = pins->number;
		c->prot &= ~WIRE_AGENT_WATCHED;
		if (c->op != WIRE_AGENT_UNSHARE && pins->watch != WIRE_WATCH_SIGNAL)
			c->prot |= WIRE_AGENT_WATCHED;
		error = agent_run(pins->process, c, fd);
	} while (error == ENODATA && ++tries < WATCH_TRIES_MAX && agent_watch(pins) == 0);
	switch (error) {
	case 0:
		sleepers_moved(pins, c->addr, c->addr + c->len);
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

void pins_gone(struct host_as *as)
{
	struct pins *pins = pins_of(as);

	if (pins == NULL)
		return;
	demote_unqueue(pins);
	pthread_mutex_lock(&pins->lock);
	pins->gone = true;
	maps_close(pins);
	split_end(pins);
	demote_all_gone(pins);
	sleepers_forget(pins);
	pthread_mutex_unlock(&pins->lock);
}

/*
 *	process writes, calls ------ driver reads      so neither is to begin, or to end, while the two have pages of
 *	process reads <------------- driver writes     their own
 *
 * A thread that forks calls from a handler of pthread_atfork(3) that is behind ours: in the parent, when Linux has forked.
 */
void pins_meet(struct thread *t)
{
	struct pins *pins = pins_of(t->process->as);

	if (pins == NULL || !atomic_load(&pins->split))
		return;
	if (t->pins_forking)
		pins_fork_end(t->process->as);
	t->pins_forking = false;
	split_meet(pins);
}

bool pins_settle(struct host_as *as)
{
	struct pins *pins = pins_of(as);

	if (pins == NULL)
		return false;
	pthread_mutex_lock(&pins->lock);
	pthread_mutex_unlock(&pins->lock);
	return true;
}

static bool file_is_shared(const struct pins *pins)
{
	struct vma v;

	for (uint64_t at = 0; maps_find_kind(pins->maps, at, MAPS_SHARED, &v); at = v.end)
		if (v.shared && vma_is_of_file(pins, &v))
			return true;
	return pins->maps < 0;
}

static void file_forget(struct pins *pins)
{
	posix_file_put(pins->file);
	pins->file = NULL;
	pins->base = 0;
	atomic_store(&pins->lent, false);
	ranges_fini(&pins->used);
	ranges_fini(&pins->recent);
	ranges_fini(&pins->stale);
	atomic_store(&pins->page->shared, 0);
}

/*
 * The child's private pages have the old places behind them.  If nobody has pages of this file another one comes; else the child
 * makes them its own (client/agent/promote_fork.c), and until it has, only places beyond all that are in use are free.
 */
static void places_change(struct pins *pins)
{
	if (LIST_EMPTY(&pins->holds) && LIST_EMPTY(&pins->splits) && !file_is_shared(pins)) {
		file_forget(pins);
		return;
	}
	if (pins->base < promote_base_last(pins))
		pins->base = promote_base_last(pins);
	if (pins->base < promote_limit(pins))
		pins->base += promote_span(pins);
}

void pins_lent(struct host_as *as)
{
	struct pins *pins = pins_of(as);

	if (pins != NULL)
		atomic_store(&pins->lent, true);
}

bool pins_fork_begin(struct host_as *as)
{
	struct pins *pins = pins_need(as); /* its first pin may come meanwhile */

	if (pins == NULL)
		return false;
	pthread_mutex_lock(&pins->lock);
	split_turn(pins);
	if (pins->file != NULL && !pins->gone) {
		demote_range(pins, 0, UINT64_MAX, true);
		split_begin(pins);
		places_change(pins);
	}
	pins->forks++;
	pthread_mutex_unlock(&pins->lock);
	return true;
}

void pins_fork_end(struct host_as *as)
{
	struct pins *pins = pins_of(as);

	pthread_mutex_lock(&pins->lock);
	if (--pins->forks == 0)
		split_end(pins);
	pthread_cond_broadcast(&pins->joined); /* who forks itself waits for the others only */
	pthread_mutex_unlock(&pins->lock);
}

static bool call_range(struct thread *t, const struct wire_message *in, struct pins **pins)
{
	*pins = pins_of(t->process->as);
	return pins_range_is_good(t->process, in->a, in->b);
}

int call_advise(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	uint64_t end = in->a + in->b;
	struct pins *pins;
	struct vma v;

	if (!call_range(t, in, &pins))
		return EINVAL;
	if (pins == NULL)
		return 0;
	pthread_mutex_lock(&pins->lock);
	for (uint64_t at = in->a; at < end && pins->maps >= 0 && maps_find(pins->maps, at, &v) && v.start < end; at = v.end) {
		uint64_t start = v.start > at ? v.start : at, stop = v.end < end ? v.end : end;
		if (vma_is_ours(pins, &v))
			file_punch(pins, v.offset + (start - v.start), v.offset + (stop - v.start));
	}
	pthread_mutex_unlock(&pins->lock);
	return 0;
}

int call_private(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	struct pins *pins;
	int error;

	if (!call_range(t, in, &pins))
		return EINVAL;
	error = sys_munmap(in->a, in->b); /* as mremap(2) does to what it moves away; the client has seen to device mappings */
	if (error != 0 || pins == NULL)
		return error;
	pthread_mutex_lock(&pins->lock);
	demote_range(pins, in->a, in->a + in->b, true);
	pthread_mutex_unlock(&pins->lock);
	return 0;
}
