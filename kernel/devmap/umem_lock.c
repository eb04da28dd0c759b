/* SPDX-License-Identifier: BSD-2-Clause */
/* ddi_umem_lock(9F), umem_lockmemory(9F), ddi_umem_unlock(9F). */
#include "kernel/devmap/umem_lock.h"

#include <sys/disp.h>
#include <sys/errno.h>
#include <sys/param.h>
#include <sys/proc.h>
#include <sys/taskq.h>

#include "kernel/ddi/core/kthread.h"
#include "kernel/ddi/core/leak.h"
#include "kernel/lib/message.h"
#include "kernel/devmap/range_pin.h"
#include "kernel/rctl/rctl.h"
#include "kernel/vm/address_space.h"

struct umem_lock {
	struct ddi_umem_cookie cookie; /* first: what the driver has */
	struct range_pin pin;
	struct rctl_charge charge;
	const void *caller; /* the driver's call */
	dev_t dev;          /* it was made in a call on an open of it; 0: unknown */
	bool longterm;

	/* protected by the list's lock */
	struct umem_lock *next, *previous;
	bool reported;      /* as one that has survived ... */
	bool fork_reported; /* ... and a fork */
};

#define LOCK_LISTS 64u

/* All that are locked, in lists by device: its last close looks at its own. */
static struct lock_list {
	struct host_mutex lock; /* protects the list; a leaf but for messages */
	struct umem_lock *first;
} lists[LOCK_LISTS];

static struct lock_list *
list_of(dev_t dev)
{
	return &lists[((uint64_t)dev * UINT64_C(0x9e3779b97f4a7c15) >> 32) % LOCK_LISTS];
}

static struct umem_lock *
lock_of_cookie(const struct ddi_umem_cookie *cookie)
{
	return (struct umem_lock *)(uintptr_t)cookie;
}

static struct umem_lock *
lock_of_range(struct range_pin *range)
{
	return (struct umem_lock *)(void *)((char *)range - offsetof(struct umem_lock, pin));
}

static void lock_leaked(void *key, size_t bytes);
static const struct leak_kind lock_leak = {.name = "umem lock", .free = lock_leaked};

/* ---- what becomes of the range ---- */

static void
lock_cleanup(struct range_pin *range)
{
	struct ddi_umem_cookie *cookie = &lock_of_range(range)->cookie;

	/* Its argument is the cookie itself, whatever the published type is. */
	cookie->callbacks.cbo_umem_lock_cleanup((ddi_umem_cookie_t *)(void *)cookie);
}

/* Under the list's lock. */
static void
lock_report_left(struct umem_lock *lock, const char *after)
{
	const struct ddi_umem_cookie *cookie = &lock->cookie;

	if (!lock->reported)
		driver_warning(lock->caller,
			       "%s: %lu bytes of process %d at %p are still locked; they stay so until the driver unlocks "
			       "them or detaches",
			       after, cookie->size, ((const struct proc *)cookie->procp)->p_pid, (void *)cookie->cvaddr);
	lock->reported = true;
}

/* The application's mistake, not the driver's, and reported once: a program may fork very often.  Under the list's lock. */
static void
fork_report(struct umem_lock *lock)
{
	const struct ddi_umem_cookie *cookie = &lock->cookie;
	char where[64];

	if (lock->longterm || lock->fork_reported)
		return;
	lock->fork_reported = true;
	caller_format(lock->caller, where, sizeof(where));
	message(HOST_LOG_WARN,
		"process %d forks while %lu bytes of it at %p are locked, by %s: its child gets a copy of them",
		((const struct proc *)cookie->procp)->p_pid, cookie->size, (void *)cookie->cvaddr, where);
}

/* Each time, at -v: a program that hangs here looks as if nothing had happened. */
static void
awaited_report(const struct umem_lock *lock)
{
	const struct ddi_umem_cookie *cookie = &lock->cookie;
	char where[64];

	caller_format(lock->caller, where, sizeof(where));
	message(HOST_LOG_DEBUG, "process %d: munmap or mprotect waits until %lu bytes at %p are unlocked, locked by %s",
		((const struct proc *)cookie->procp)->p_pid, cookie->size, (void *)cookie->cvaddr, where);
}

static void
lock_report(struct range_pin *range, enum pin_report what)
{
	struct umem_lock *lock = lock_of_range(range);
	struct lock_list *list = list_of(lock->dev);

	host_mutex_lock(&list->lock);
	switch (what) {
	case PIN_FORK:
		fork_report(lock);
		break;
	case PIN_AWAITED:
		awaited_report(lock);
		break;
	case PIN_LEFT:
		lock_report_left(lock, "after exit(2) or exec(2)");
		break;
	}
	host_mutex_unlock(&list->lock);
}

void umem_lock_closed(dev_t dev)
{
	struct lock_list *list = list_of(dev);

	host_mutex_lock(&list->lock);
	for (struct umem_lock *lock = list->first; lock != NULL; lock = lock->next) {
		/* exit closes files first, and calls the cleanup callbacks then */
		if (lock->dev == dev && lock->cookie.callbacks.cbo_umem_lock_cleanup == NULL)
			lock_report_left(lock, "after the last close(9E)");
	}
	host_mutex_unlock(&list->lock);
}

static void
lock_free(struct range_pin *range)
{
	host_free(lock_of_range(range), sizeof(struct umem_lock));
}

static const struct range_pin_ops lock_ops = {.report = lock_report, .free = lock_free};
static const struct range_pin_ops lock_ops_cleanup = {.cleanup = lock_cleanup, .report = lock_report, .free = lock_free};

/* ---- the register ---- */

static void
lock_register(struct umem_lock *lock)
{
	struct lock_list *list = list_of(lock->dev);

	host_mutex_lock(&list->lock);
	lock->next = list->first;
	if (lock->next != NULL)
		lock->next->previous = lock;
	list->first = lock;
	host_mutex_unlock(&list->lock);
	leak_add(&lock_leak, lock, lock->cookie.size, lock->caller);
}

static void
lock_unlist(struct umem_lock *lock)
{
	struct lock_list *list = list_of(lock->dev);

	host_mutex_lock(&list->lock);
	if (lock->next != NULL)
		lock->next->previous = lock->previous;
	if (lock->previous != NULL)
		lock->previous->next = lock->next;
	else
		list->first = lock->next;
	lock->reported = true; /* it is not reported as a survivor any more */
	host_mutex_unlock(&list->lock);
}

/* false: it is none, or not any more. */
static bool
lock_unregister(struct ddi_umem_cookie *cookie)
{
	if (!leak_remove(&lock_leak, cookie, NULL))
		return false;
	lock_unlist(lock_of_cookie(cookie));
	return true;
}

/* ---- lock ---- */

static int
arguments_check(uintptr_t addr, size_t len, int flags, int allowed)
{
	if ((flags & ~allowed) != 0 || (flags & (DDI_UMEMLOCK_READ | DDI_UMEMLOCK_WRITE)) == 0)
		return EINVAL;
	if ((addr & PAGE_OFFSET) != 0 || (len & PAGE_OFFSET) != 0 || len == 0)
		return EINVAL;
	return 0;
}

static int
callbacks_check(const struct umem_callback_ops *ops, int flags)
{
	if (ops != NULL && ops->cbo_umem_callback_version != UMEM_CALLBACK_VERSION)
		return EINVAL;
	if ((flags & DDI_UMEMLOCK_LONGTERM) && (ops == NULL || ops->cbo_umem_lock_cleanup == NULL))
		return EINVAL;
	return 0;
}

static struct umem_lock *
lock_create(uintptr_t addr, size_t len, int flags, const struct umem_callback_ops *ops, struct proc *p,
	    const void *caller)
{
	struct umem_lock *lock = host_alloc(sizeof(*lock), true);

	lock->caller = caller;
	lock->dev = kthread_serving();
	lock->longterm = (flags & DDI_UMEMLOCK_LONGTERM) != 0;
	lock->cookie.cvaddr = (caddr_t)addr;
	lock->cookie.size = len;
	lock->cookie.type = UMEM_LOCKED;
	lock->cookie.procp = p;
	lock->cookie.asp = p->p_as;
	lock->cookie.s_flags = flags;
	lock->cookie.caller_ = (void *)(uintptr_t)caller;
	if (ops != NULL)
		lock->cookie.callbacks = *ops;
	return lock;
}

static unsigned
range_flags(int flags)
{
	return ((flags & DDI_UMEMLOCK_WRITE) ? RANGE_PIN_WRITE : 0) |
	       ((flags & DDI_UMEMLOCK_LONGTERM) ? RANGE_PIN_LONGTERM : 0);
}

/* Charged first, so that a refusal touches no page. */
static int
lock_begin(struct umem_lock *lock, int flags)
{
	const struct ddi_umem_cookie *cookie = &lock->cookie;
	struct address_space *space = address_space_of(cookie->asp);
	bool cleanup = cookie->callbacks.cbo_umem_lock_cleanup != NULL;
	int error = rctl_locked_charge(cookie->procp, cookie->size, &lock->charge);

	if (error != 0)
		return error;
	/* The driver may unlock it as soon as its cleanup callback can come. */
	lock_register(lock);
	error = range_pin_begin(&lock->pin, space, (uintptr_t)cookie->cvaddr, cookie->size, range_flags(flags),
				cleanup ? &lock_ops_cleanup : &lock_ops);
	if (error != 0) {
		(void)lock_unregister(&lock->cookie);
		rctl_locked_uncharge(&lock->charge);
	}
	return error;
}

static int
memory_lock(uintptr_t addr, size_t len, int flags, ddi_umem_cookie_t *cookiep, const struct umem_callback_ops *ops,
	    struct proc *p, const void *caller)
{
	struct umem_lock *lock;
	int error;

	/* The system has no user memory; a process that dies has none any more, and pays for nothing. */
	if (p == &p0 || address_space_is_dying(address_space_of(p->p_as)))
		return EFAULT;
	lock = lock_create(addr, len, flags, ops, p, caller);
	*cookiep = &lock->cookie;
	error = lock_begin(lock, flags);
	if (error != 0) {
		*cookiep = NULL;
		host_free(lock, sizeof(*lock));
	}
	return error;
}

int ddi_umem_lock(caddr_t addr, size_t len, int flags, ddi_umem_cookie_t *cookiep)
{
	int error;

	*cookiep = NULL;
	error = arguments_check((uintptr_t)addr, len, flags, DDI_UMEMLOCK_READ | DDI_UMEMLOCK_WRITE);
	if (error != 0)
		return error;
	return memory_lock((uintptr_t)addr, len, flags, cookiep, NULL, curproc, CALLER());
}

int umem_lockmemory(caddr_t addr, size_t len, int flags, ddi_umem_cookie_t *cookiep, struct umem_callback_ops *ops,
		    struct proc *procp)
{
	int error;

	*cookiep = NULL;
	error = arguments_check((uintptr_t)addr, len, flags,
				DDI_UMEMLOCK_READ | DDI_UMEMLOCK_WRITE | DDI_UMEMLOCK_LONGTERM);
	if (error == 0)
		error = callbacks_check(ops, flags);
	if (error != 0)
		return error;
	return memory_lock((uintptr_t)addr, len, flags, cookiep, ops, procp != NULL ? procp : curproc, CALLER());
}

/* ---- unlock ---- */

/* It is out of the register: nobody else does this. */
static void
lock_end(void *arg)
{
	struct umem_lock *lock = arg;

	if (range_pin_exported(&lock->pin))
		driver_warning(lock->caller,
			       "cookie %p of 0x%lx locked bytes is unlocked while mappings still export it; its pages stay "
			       "until they are gone",
			       arg, lock->cookie.size);
	rctl_locked_uncharge(&lock->charge);
	range_pin_end(&lock->pin);
}

static void
lock_leaked(void *key, size_t bytes)
{
	lock_unlist(key);
	lock_end(key);
}

/* Unlocks from interrupt context, one after the other in the order of their calls. */
static struct {
	struct host_mutex lock; /* protects the field below */
	taskq_t *queue;         /* NULL: none has come yet */
} deferred;

static void
lock_end_later(struct umem_lock *lock)
{
	host_mutex_lock(&deferred.lock);
	if (deferred.queue == NULL)
		deferred.queue = taskq_create("umem_unlock", 1, minclsyspri, 1, 1, 0);
	(void)taskq_dispatch(deferred.queue, lock_end, lock, TQ_SLEEP);
	host_mutex_unlock(&deferred.lock);
}

void umem_lock_halt(void)
{
	if (deferred.queue != NULL)
		taskq_destroy(deferred.queue);
	deferred.queue = NULL;
}

void umem_unlock(struct ddi_umem_cookie *cookie, const void *caller, const char *function)
{
	if (!lock_unregister(cookie))
		driver_bug(caller, "%s: %p is no cookie of locked memory, or has been unlocked before", function,
			   (void *)cookie);
	if (kthread_in_interrupt())
		lock_end_later(lock_of_cookie(cookie));
	else
		lock_end(lock_of_cookie(cookie));
}

void ddi_umem_unlock(ddi_umem_cookie_t umem)
{
	umem_unlock(umem, CALLER(), "ddi_umem_unlock");
}

/* ---- for those that move or export the memory ---- */

bool umem_is_locked(const struct ddi_umem_cookie *cookie)
{
	return leak_find(&lock_leak, cookie, NULL, NULL);
}

int umem_lock_read(struct ddi_umem_cookie *cookie, size_t offset, void *to, size_t len)
{
	return range_pin_read(&lock_of_cookie(cookie)->pin, offset, to, len);
}

int umem_lock_write(struct ddi_umem_cookie *cookie, size_t offset, const void *from, size_t len)
{
	return range_pin_write(&lock_of_cookie(cookie)->pin, offset, from, len);
}

int umem_lock_pages(struct ddi_umem_cookie *cookie, size_t offset, size_t len, struct page_object **object,
		    size_t *in_object)
{
	return range_pin_pages(&lock_of_cookie(cookie)->pin, offset, len, object, in_object);
}
