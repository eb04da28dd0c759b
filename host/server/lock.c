/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock.c: host_lock_*: locked memory of real processes (lock.h).
 *
 * A lock begins with the waiting thread of the call, which makes the pages resident; a device's accesses go by
 * process_vm_readv(2) until somebody has asked for an address, and to the file from then on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/server/lock.h"

/* ---- a process's locks ---- */

static struct locks *locks_alloc(struct process *p)
{
	struct locks *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->process = p;
	l->maps = l->pagemap = -1;
	pthread_mutex_init(&l->begin, NULL);
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->joined, NULL);
	return l;
}

struct locks *locks_of(struct host_as *as)
{
	return __atomic_load_n(&as->locks, __ATOMIC_ACQUIRE);
}

static struct locks *locks_need(struct host_as *as)
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
	l->maps = l->pagemap = -1;
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
	atomic_store(&l->page->locks, l->nlocks);
}

/* ---- the first lock ---- */

/* Sealed, so that the client can only read it. */
static int page_create(struct wire_locks **page, int *client_fd)
{
	int error, fd = memfd_create("sundog-locks", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return EAGAIN;
	if (fchmod(fd, 0600) != 0 || ftruncate(fd, PAGE_SIZE) != 0)
		goto close;
	*page = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (*page == MAP_FAILED)
		goto close;
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) != 0) {
		munmap(*page, PAGE_SIZE);
		goto close;
	}
	*client_fd = fd;
	return 0;
close:
	error = errno == EMFILE || errno == ENFILE || errno == ENOSPC ? EAGAIN : ENOMEM;
	close(fd);
	return error;
}

static void watch_say(const struct process *p, enum wire_watch way)
{
	static const char *const ways[] = {
	    [WIRE_WATCH_SIGNAL] = "mprotect and SIGSEGV: a system call into pages that are being promoted may say EFAULT",
	    [WIRE_WATCH_USER] = "userfaultfd, user mode: a system call into pages that are being promoted may say EFAULT",
	    [WIRE_WATCH_FULL] = "userfaultfd",
	};

	if (server_verbose)
		posix_log(HOST_LOG_DEBUG, "process %d: promotion stops writers by %s", (int)p->pid, ways[way]);
}

static int agent_watch(struct locks *l)
{
	struct wire_agent_command c = {.op = WIRE_AGENT_WATCH};
	int device, error;

	l->watch = WIRE_WATCH_SIGNAL;
	error = engine_allows_uffd(&device) ? agent_run(l->process, &c, device) : 0;
	if (error == 0 && c.addr <= WIRE_WATCH_FULL) /* what it said */
		l->watch = (enum wire_watch)c.addr;
	if (error == 0)
		watch_say(l->process, l->watch);
	return error;
}

/* l->begin is held.  The client maps the page, has an agent, and a handler for writers that are stopped. */
static int begin(struct locks *l, struct thread *t)
{
	struct wire_message m = {.op = WIRE_STEP_LOCKS, .nfds = 1};
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
		return error == EPIPE || error == ESRCH ? EFAULT : error == ENOMEM ? ENOMEM : EAGAIN;
	}
	l->maps = maps_open(l->process, "maps");
	l->pagemap = maps_open(l->process, "pagemap");
	pthread_mutex_unlock(&l->lock);
	l->begun = true;
	return 0;
}

static struct thread *waiting_thread(const struct process *p)
{
	struct thread *t = thread_current();

	return t != NULL && t->process == p ? t : NULL;
}

/* Only a thread of the process can begin: for another's first lock there is nobody. */
static int locks_begin(struct locks *l)
{
	struct thread *t = waiting_thread(l->process);
	int error = 0;

	pthread_mutex_lock(&l->begin);
	if (!l->begun)
		error = t != NULL ? begin(l, t) : EAGAIN;
	pthread_mutex_unlock(&l->begin);
	return error;
}

int locks_agent(struct locks *l, struct wire_agent_command *c, int fd)
{
	int error;

	do { /* an agent that takes the place of another must be told what that one knew */
		c->prot &= ~WIRE_AGENT_WATCHED;
		if (c->op == WIRE_AGENT_SHARE && l->watch != WIRE_WATCH_SIGNAL)
			c->prot |= WIRE_AGENT_WATCHED;
		error = agent_run(l->process, c, fd);
	} while (error == ENODATA && agent_watch(l) == 0);
	switch (error) {
	case 0:
	case ENOMEM:
	case EAGAIN:
		return error;
	case ENOSPC: /* of the file system behind memfd */
		return EAGAIN;
	default:
		return EFAULT;
	}
}

/* ---- pages that are there, and may be locked ---- */

static int populate_by_agent(struct locks *l, uint64_t addr, uint64_t len, bool write)
{
	struct wire_agent_command c = {.op = WIRE_AGENT_POPULATE, .prot = write ? HOST_PROT_WRITE : 0};
	int error = 0;

	for (uint64_t n; len > 0 && error == 0; addr += n, len -= n) {
		n = len < AGENT_CHUNK ? len : AGENT_CHUNK;
		c.addr = addr;
		c.len = n;
		error = agent_run(l->process, &c, -1);
	}
	return error;
}

#define STEP_CHUNK (UINT64_C(1) << 30) /* of one step */

static int populate_by_thread(struct thread *t, uint64_t addr, uint64_t len, bool write)
{
	int error = 0;

	for (uint64_t n; len > 0 && error == 0; addr += n, len -= n) {
		n = len < STEP_CHUNK ? len : STEP_CHUNK;
		struct wire_message m = {.op = WIRE_STEP_POPULATE, .a = addr, .b = n, .c = write};
		error = thread_step(t, &m, NULL);
	}
	return error;
}

static int populate(struct locks *l, uint64_t addr, uint64_t len, bool write)
{
	struct thread *t = waiting_thread(l->process);

	return t != NULL ? populate_by_thread(t, addr, len, write) : populate_by_agent(l, addr, len, write);
}

/* EFAULT: a hole, EACCES: a protection is in the way.  lock is held, and we may look. */
static int range_check(const struct locks *l, uint64_t addr, uint64_t end, unsigned need)
{
	bool denied = false;
	struct vma v;

	for (uint64_t at = addr; at < end; at = v.end) {
		if (!maps_find(l->maps, at, &v) || v.start > at)
			return EFAULT;
		denied |= (v.prot & need) != need;
	}
	return denied ? EACCES : 0;
}

/* What Linux could not make resident, in the words of host.h. */
static int refusal(struct locks *l, uint64_t addr, uint64_t end, unsigned need, int error)
{
	int reason;

	if (l->maps < 0)
		return error == EINVAL ? EACCES : error == EAGAIN || error == EINTR ? EAGAIN : EFAULT;
	reason = range_check(l, addr, end, need);
	if (reason != 0)
		return reason;
	return error == ENOMEM || error == EAGAIN || error == EINTR ? (error == ENOMEM ? ENOMEM : EAGAIN) : EFAULT;
}

/* Linux's names of shared memory that is not a file's. */
static bool is_anonymous(const struct vma *v)
{
	return v->inode == 0 || strncmp(v->name, "/dev/zero", 9) == 0 || strncmp(v->name, "/SYSV", 5) == 0;
}

/* EFAULT: a shared mapping of a regular file, which no long-term lock may have. */
static int longterm_check(const struct locks *l, uint64_t addr, uint64_t end)
{
	struct vma v;

	for (uint64_t at = addr; at < end; at = v.end) {
		if (l->maps < 0 || !maps_find(l->maps, at, &v) || v.start > at)
			return EFAULT;
		if (v.shared && !is_anonymous(&v) && !vma_is_ours(l, &v))
			return EFAULT;
	}
	return 0;
}

/* Memory that was locked before is there, mostly, and nobody need be asked to bring it in. */
static bool is_resident(struct locks *l, uint64_t addr, uint64_t len, unsigned need)
{
	bool resident;

	pthread_mutex_lock(&l->lock);
	resident = l->maps >= 0 && l->pagemap >= 0 && range_check(l, addr, addr + len, need) == 0 &&
		   pagemap_resident(l->pagemap, addr, len);
	pthread_mutex_unlock(&l->lock);
	return resident;
}

static int make_resident(struct locks *l, uint64_t addr, uint64_t len, unsigned flags)
{
	bool write = flags & HOST_LOCK_WRITE;
	bool resident = is_resident(l, addr, len, write ? HOST_PROT_WRITE : HOST_PROT_READ);
	int error = resident ? 0 : populate(l, addr, len, write);

	if (error == EPIPE || error == ESRCH)
		return EFAULT;
	pthread_mutex_lock(&l->lock);
	if (error != 0)
		error = refusal(l, addr, addr + len, write ? HOST_PROT_WRITE : HOST_PROT_READ, error);
	if (error == 0 && (flags & HOST_LOCK_LONGTERM))
		error = longterm_check(l, addr, addr + len);
	pthread_mutex_unlock(&l->lock);
	return error;
}

/* ENOTSUP: Linux does not let other threads than those that wait for us at its memory, see usercopy.c. */
static int reach_check(const struct host_lock *lock)
{
	char byte;

	(void)host_copyin(&lock->process->as, &byte, lock->addr, 1); /* it looks */
	return atomic_load(&lock->process->vm_refused) ? ENOTSUP : 0;
}

/* For one transfer the pages need not be there yet: it brings them in. */
static int transfer_check(struct locks *l, const struct host_lock *lock)
{
	unsigned need = lock->flags & HOST_LOCK_WRITE ? HOST_PROT_WRITE : HOST_PROT_READ;
	int error = ENOTSUP;

	pthread_mutex_lock(&l->lock);
	if (l->maps >= 0)
		error = range_check(l, lock->addr, lock->addr + lock->len, need);
	pthread_mutex_unlock(&l->lock);
	return error == 0 ? reach_check(lock) : error;
}

/*
 * EFAULT: neither can Linux be told to share the pages, for it does not say what is mapped, nor does it let a device's
 * thread at them: what a device wrote would be lost.
 */
static int hidden_check(struct locks *l, const struct host_lock *lock)
{
	bool hidden;

	pthread_mutex_lock(&l->lock);
	hidden = l->maps < 0 && !l->gone;
	pthread_mutex_unlock(&l->lock);
	if (!hidden || reach_check(lock) == 0)
		return 0;
	posix_log(HOST_LOG_WARN, "process %d: %llu bytes at %llx cannot be locked: Linux hides them (the program is not dumpable)",
		  (int)lock->process->pid, (unsigned long long)lock->len, (unsigned long long)lock->addr);
	return EFAULT;
}

static int lock_make_resident(struct host_lock *lock)
{
	int error = lock->resident ? 0 : make_resident(lock->locks, lock->addr, lock->len, lock->flags);

	lock->resident = error == 0;
	return error;
}

static int pages_check(struct locks *l, struct host_lock *lock)
{
	int error;

	if (lock->flags & HOST_LOCK_TRANSFER)
		return transfer_check(l, lock);
	error = hidden_check(l, lock);
	return error == 0 ? lock_make_resident(lock) : error;
}

/* ---- locks ---- */

static bool range_is_user(const struct process *p, uint64_t addr, uint64_t len)
{
	uint64_t top = p->model == SYS_ILP32 ? USER_TOP_32 : USER_TOP_64;

	return (addr & PAGE_MASK) == 0 && len != 0 && (len & PAGE_MASK) == 0 && addr < top && len <= top - addr;
}

static void lock_record(struct host_lock *lock, int by)
{
	struct locks *l = lock->locks;

	pthread_mutex_lock(&l->lock);
	l->nlocks += (unsigned)by;
	locks_publish(l, lock->addr, lock->addr + lock->len);
	if (by < 0 && lock->hold != NULL)
		hold_destroy(lock->hold);
	if (l->nlocks == 0 && l->used.count == 0)
		l->page->low = l->page->high = 0;
	atomic_store(&l->page->held, !LIST_EMPTY(&l->holds));
	pthread_mutex_unlock(&l->lock);
}

int host_lock_create(struct host_as *as, uintptr_t addr, size_t len, unsigned flags, struct host_lock **out)
{
	struct process *p = as->process;
	struct host_lock *lock;
	bool recorded = false;
	struct locks *l;
	int error;

	if (!range_is_user(p, addr, len) || as->forking || atomic_load(&p->dying))
		return EFAULT;
	l = locks_need(as);
	lock = l != NULL ? calloc(1, sizeof(*lock)) : NULL;
	if (lock == NULL)
		return ENOMEM;
	*lock = (struct host_lock){.locks = l, .process = process_get(p), .addr = addr, .len = len, .flags = flags};
	error = locks_begin(l);
	if (error == 0) {
		lock_record(lock, 1); /* first: a change of the range from now on waits, or is seen */
		recorded = true;
		error = pages_check(l, lock);
	}
	if (error == 0) {
		*out = lock;
		return 0;
	}
	if (recorded) /* not l->begun: another thread may have begun since we failed to */
		lock_record(lock, -1);
	process_put(p);
	free(lock);
	return error;
}

void host_lock_destroy(struct host_lock *lock)
{
	lock_record(lock, -1);
	process_put(lock->process);
	free(lock);
}

/* ---- promotion ---- */

/* lock is held. */
static int lock_promote(struct host_lock *lock)
{
	struct locks *l = lock->locks;
	struct posix_file *file;
	uint64_t offset;
	int error;

	if (lock->hold != NULL)
		return 0;
	error = split_wait(l);
	if (error != 0)
		return error;
	if (lock->hold != NULL)
		return 0;
	if (l->gone || atomic_load(&l->process->dying))
		return EFAULT;
	error = promote_range(l, lock->addr, lock->len, &file, &offset);
	if (error != 0 && !atomic_load(&l->process->dying))
		posix_log(HOST_LOG_DEBUG, "process %d: %llu locked bytes at %llx cannot be shared: %s", (int)l->process->pid,
			  (unsigned long long)lock->len, (unsigned long long)lock->addr, strerror(error));
	if (error != 0)
		return error;
	lock->hold = hold_create(l, file, offset, lock->len);
	if (lock->hold == NULL)
		return ENOMEM;
	lock->hold->locked = true;
	return 0;
}

static void view_released(void *arg)
{
	struct hold *h = arg;
	struct process *p = h->locks->process;

	if (h->guard != NULL)
		bus_unguard(h->guard);
	pthread_mutex_lock(&h->locks->lock);
	hold_destroy(h);
	pthread_mutex_unlock(&p->as.locks->lock);
	process_put(p);
}

static int view_create(struct host_lock *lock, struct host_pages **pages)
{
	const struct hold *held = lock->hold;
	struct posix_view view = {.file = held->file, .offset = held->offset, .size = lock->len,
				  .released = view_released};
	struct hold *h = hold_create(lock->locks, posix_file_get(held->file), held->offset, lock->len);
	int error;

	if (h == NULL)
		return ENOMEM;
	view.arg = h;
	error = posix_pages_view(&view, pages);
	if (error != 0) {
		hold_destroy(h);
		return error;
	}
	process_get(lock->process);
	if (held->file == lock->locks->file)
		return 0;
	h->guard = bus_guard(host_pages_address(*pages), lock->len);
	return h->guard != NULL ? 0 : ENOMEM;
}

int host_lock_pages(struct host_lock *lock, struct host_pages **pages)
{
	struct locks *l = lock->locks;
	struct host_pages *view = NULL;
	int error = lock_make_resident(lock);

	if (error != 0)
		return EFAULT;
	pthread_mutex_lock(&l->lock);
	error = lock_promote(lock);
	if (error == 0)
		error = view_create(lock, &view);
	pthread_mutex_unlock(&l->lock);
	if (error == 0)
		*pages = view;
	else if (view != NULL)
		host_pages_destroy(view);
	return error;
}

/* ---- a device's accesses ---- */

/* The file that has the pages, with a reference; NULL: they are the process's alone. */
static struct posix_file *lock_file(struct host_lock *lock, uint64_t *offset)
{
	struct posix_file *file = NULL;

	pthread_mutex_lock(&lock->locks->lock);
	if (lock->hold != NULL) {
		file = posix_file_get(lock->hold->file);
		*offset += lock->hold->offset;
	}
	pthread_mutex_unlock(&lock->locks->lock);
	return file;
}

static int file_copy(const struct posix_file *file, uint64_t offset, char *ours, size_t len, bool write)
{
	int fd = posix_file_fd(file);

	while (len > 0) {
		ssize_t n = write ? pwrite(fd, ours, len, (off_t)offset) : pread(fd, ours, len, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return EFAULT; /* the file was cut */
		ours += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static int process_copy(struct host_lock *lock, uint64_t offset, void *ours, size_t len, bool write)
{
	struct host_as *as = &lock->process->as;
	uintptr_t theirs = lock->addr + offset;

	return write ? host_copyout(as, theirs, ours, len) : host_copyin(as, ours, theirs, len);
}

/* Linux does not let us reach the process, and none of its threads waits for us: shared pages need neither. */
static struct posix_file *lock_file_by_force(struct host_lock *lock, uint64_t *offset)
{
	int error;

	if (!atomic_load(&lock->process->vm_refused) || lock_make_resident(lock) != 0)
		return NULL;
	pthread_mutex_lock(&lock->locks->lock);
	error = lock_promote(lock);
	pthread_mutex_unlock(&lock->locks->lock);
	return error == 0 ? lock_file(lock, offset) : NULL;
}

static int lock_copy(struct host_lock *lock, uint64_t offset, void *ours, size_t len, bool write)
{
	uint64_t at = offset;
	struct posix_file *file = lock_file(lock, &at);
	int error;

	if (file == NULL) {
		error = process_copy(lock, offset, ours, len, write);
		if (error != EFAULT)
			return error;
		file = lock_file_by_force(lock, &at);
		if (file == NULL)
			return EFAULT;
	}
	error = file_copy(file, at, ours, len, write);
	posix_file_put(file);
	return error;
}

int host_lock_read(struct host_lock *lock, uint64_t offset, void *to, size_t len)
{
	return lock_copy(lock, offset, to, len, false);
}

int host_lock_write(struct host_lock *lock, uint64_t offset, const void *from, size_t len)
{
	return lock_copy(lock, offset, (void *)(uintptr_t)from, len, true);
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
	pthread_mutex_unlock(&l->lock);
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

bool locks_fork_begin(struct host_as *as)
{
	struct locks *l = locks_of(as);

	if (l == NULL)
		return false;
	pthread_mutex_lock(&l->lock);
	l->forks++;
	if (l->file != NULL && !l->gone) {
		demote_range(l, 0, UINT64_MAX, true);
		split_begin(l);
		l->base += promote_span(l); /* the child's private pages have the old places behind them */
	}
	pthread_mutex_unlock(&l->lock);
	return true;
}

void locks_fork_end(struct host_as *as)
{
	struct locks *l = locks_of(as);

	pthread_mutex_lock(&l->lock);
	if (--l->forks == 0)
		split_end(l);
	pthread_mutex_unlock(&l->lock);
}

static bool call_range(struct thread *t, const struct wire_message *in, struct locks **l)
{
	*l = locks_of(&t->process->as);
	return range_is_user(t->process, in->a, in->b);
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
