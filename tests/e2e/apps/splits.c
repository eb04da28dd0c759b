/* SPDX-License-Identifier: BSD-2-Clause */
/* splits: forks of a process whose memory is shared with a driver, or just becoming so. */
#include "locks.h"

#include <semaphore.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define STRIDE 64 /* words from one that is written to the next */

static size_t len;
static volatile uint64_t *words;
static _Atomic bool stop;

static size_t count(void)
{
	return len / 8;
}

/* ---- a fork at the worst moment ---- */

static int exact_slot = -1;
static char *exact_alias;
static const char *exact_how;

/* Handlers of pthread_atfork(3) run when the server knows of the fork already, and Linux has not forked yet. */
static void exact_prepare(void)
{
	exact_slot = lock((void *)(uintptr_t)words, len);
	exact_alias = alias(exact_slot, len);
	if (strcmp(exact_how, "held") == 0)
		return;
	CHECK(munmap(exact_alias, len) == 0);
	unlock(exact_slot);
}

static void exact_set(uint64_t value)
{
	for (size_t i = count(); i-- > 0;) /* the child begins at the other end */
		words[i] = value + i;
}

static void exact_check(uint64_t value)
{
	for (size_t i = 0; i < count(); i++)
		CHECK(words[i] == value + i);
}

/* The child has what was there at the fork, though its parent's pages became shared in the middle of it. */
static void exact(int argc, char **argv)
{
	exact_how = argc > 0 ? argv[0] : "held";
	len = 16u << 20;
	words = anonymous(len, 0);
	exact_set(1000);
	CHECK(pthread_atfork(exact_prepare, NULL, NULL) == 0);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		exact_check(1000);
		exact_set(3000);
		usleep(20000);
		exact_check(3000);
		_exit(0);
	}
	exact_set(2000);
	reap(pid);
	exact_check(2000);
	if (strcmp(exact_how, "held") != 0)
		return;
	for (size_t i = 0; i < count(); i++)
		CHECK(((volatile uint64_t *)(void *)exact_alias)[i] == 2000 + i);
	CHECK(munmap(exact_alias, len) == 0);
	unlock(exact_slot);
}

/* ---- many forks ---- */

/* Writes every STRIDE'th word in turn, over and over, and finds in each what it wrote before. */
static void *writer_main(void *arg)
{
	for (uint64_t round = 1; !stop; round++)
		for (size_t i = 0; i < count(); i += STRIDE) {
			CHECK(words[i] == round - 1);
			words[i] = round;
		}
	return NULL;
}

/*	n n n n | n-1 n-1 n-1: what one thread has written one after the other was there at one moment.  And stays. */
static void child_check(void)
{
	uint64_t first = words[0], sum[2] = {0, 0};

	for (size_t i = STRIDE; i < count(); i += STRIDE) {
		CHECK(words[i] == first || words[i] == first - 1);
		CHECK(words[i] <= words[i - STRIDE]);
	}
	for (int look = 0; look < 2; look++) {
		for (size_t i = 0; i < count(); i++)
			sum[look] += words[i] * (2 * i + 1);
		usleep(500);
	}
	CHECK(sum[0] == sum[1]);
	for (size_t i = 0; i < count(); i++)
		words[i] = ~(uint64_t)0; /* the parent does not see it */
}

static bool forks_alone; /* children look at nothing */

static void fork_many(int times)
{
	for (int i = 0; i < times; i++) {
		pid_t pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			if (!forks_alone)
				child_check();
			_exit(0);
		}
		reap(pid);
	}
}

static int forks;

static void *forker_main(void *arg)
{
	fork_many(forks);
	return NULL;
}

/* In FORKERS threads at once. */
static void fork_all(int argc, char **argv)
{
	int forkers = argc > 1 ? atoi(argv[1]) : 1;
	pthread_t thread[8];

	forks = argc > 0 ? atoi(argv[0]) : 50;
	for (int i = 0; i < forkers; i++)
		CHECK(pthread_create(&thread[i], NULL, forker_main, NULL) == 0);
	for (int i = 0; i < forkers; i++)
		CHECK(pthread_join(thread[i], NULL) == 0);
}

static void *promoter_main(void *arg)
{
	for (unsigned i = 0; !stop; i++) {
		int slot = lock((void *)(uintptr_t)words, len);
		driver_xor(slot, len, 0);
		unlock(slot);
		if (i % 2) /* private again */
			CHECK(mremap((void *)(uintptr_t)words, len, len, 0) == (void *)(uintptr_t)words);
	}
	return NULL;
}

/* promoting FORKS FORKERS: while one thread writes, and another makes the memory shared and private. */
static void promoting(int argc, char **argv)
{
	pthread_t writer, promoter;

	len = 1u << 20;
	words = anonymous(len, 0);
	CHECK(pthread_create(&writer, NULL, writer_main, NULL) == 0);
	CHECK(pthread_create(&promoter, NULL, promoter_main, NULL) == 0);
	fork_all(argc, argv);
	stop = true;
	CHECK(pthread_join(promoter, NULL) == 0 && pthread_join(writer, NULL) == 0);
}

static pthread_mutex_t handler_mutex = PTHREAD_MUTEX_INITIALIZER;

static void handler_enter(void)
{
	CHECK(pthread_mutex_lock(&handler_mutex) == 0);
}

static void handler_leave(void)
{
	CHECK(pthread_mutex_unlock(&handler_mutex) == 0);
}

static void *handled_main(void *arg)
{
	while (!stop) {
		handler_enter();
		int slot = lock((void *)(uintptr_t)words, len);
		driver_xor(slot, len, 0);
		unlock(slot);
		CHECK(mremap((void *)(uintptr_t)words, len, len, 0) == (void *)(uintptr_t)words);
		handler_leave();
		sched_yield();
	}
	return NULL;
}

/* handlers FORKS: the thread that makes memory shared has a mutex that the forks' handlers wait for. */
static void handlers(int argc, char **argv)
{
	pthread_t writer, handled;

	len = 64 * PAGE;
	words = anonymous(len, 0);
	CHECK(pthread_atfork(handler_enter, handler_leave, handler_leave) == 0);
	CHECK(pthread_create(&writer, NULL, writer_main, NULL) == 0);
	CHECK(pthread_create(&handled, NULL, handled_main, NULL) == 0);
	fork_all(argc, argv);
	stop = true;
	CHECK(pthread_join(handled, NULL) == 0 && pthread_join(writer, NULL) == 0);
}

static uint64_t driver_value;
static int driver_slot;

/* The driver's words are beside those of writer_main(), in the same pages. */
static void *driver_main(void *arg)
{
	for (uint64_t i = 1; !stop; i++) {
		uint64_t value = i * 0x9e3779b97f4a7c15u;
		driver_xor(driver_slot, len, value);
		driver_value ^= value;
	}
	return NULL;
}

/* driving FORKS FORKERS: while a thread writes, and the driver does, into memory that stays locked and shared. */
static void driving(int argc, char **argv)
{
	pthread_t writer, driver;

	len = 1u << 20;
	words = anonymous(len, 0);
	driver_slot = lock((void *)(uintptr_t)words, len);
	CHECK(pthread_create(&writer, NULL, writer_main, NULL) == 0);
	CHECK(pthread_create(&driver, NULL, driver_main, NULL) == 0);
	printf("begun\n");
	fflush(stdout);
	fork_all(argc, argv);
	stop = true;
	CHECK(pthread_join(driver, NULL) == 0 && pthread_join(writer, NULL) == 0);
	for (size_t i = 1; i < count(); i += STRIDE)
		CHECK(words[i] == driver_value);
	driver_xor(driver_slot, len, driver_value);
	for (size_t i = 1; i < count(); i += STRIDE)
		CHECK(words[i] == 0);
	unlock(driver_slot);
}

/* What one writes the driver sees when it is called, and what the driver writes is there when the call returns. */
static void *talker_main(void *arg)
{
	struct lockdrv l = {.slot = driver_slot, .len = len, .value = 1, .step = STRIDE};

	for (uint64_t round = 2; !stop; round += 2) {
		for (size_t i = 0; i < count(); i += STRIDE)
			words[i] = round;
		CHECK(ioctl(device, LOCKDRV_XOR, &l) == 0);
		for (size_t i = 0; i < count(); i += STRIDE)
			CHECK(words[i] == round + 1);
	}
	return NULL;
}

/* talking FORKS FORKERS: while a thread and the driver do, by memory that is locked for long. */
static void talking(int argc, char **argv)
{
	pthread_t talker;

	len = 64 * PAGE;
	words = anonymous(len, 0);
	CHECK(try_lock((void *)(uintptr_t)words, len, LOCKDRV_WRITE | LOCKDRV_LONGTERM, &driver_slot) == 0);
	driver_xor(driver_slot, len, 0);
	CHECK(pthread_create(&talker, NULL, talker_main, NULL) == 0);
	forks_alone = true;
	fork_all(argc, argv);
	stop = true;
	CHECK(pthread_join(talker, NULL) == 0);
	unlock(driver_slot);
}

static void parent_handler(void)
{
	uint64_t was = words[1];

	words[0] = was;
	driver_xor(driver_slot, len, was + 1);
	CHECK(words[0] == was && words[1] == (was ^ (was + 1)));
	words[1] = was + 1;
}

/* A handler in the parent calls the driver: the memory is shared again. */
static void parent(int argc, char **argv)
{
	len = LEN;
	words = anonymous(len, 0);
	driver_slot = lock((void *)(uintptr_t)words, len);
	driver_xor(driver_slot, len, 0);
	CHECK(pthread_atfork(NULL, parent_handler, NULL) == 0);
	forks_alone = true;
	fork_all(argc, argv);
	CHECK(words[1] == (uint64_t)forks);
	unlock(driver_slot);
}

/* Linux refuses the fork: the memory is shared as before. */
static void refused(int argc, char **argv)
{
	struct rlimit none = {0, 0};

	len = LEN;
	words = anonymous(len, 0);
	int slot = lock((void *)(uintptr_t)words, len);
	driver_xor(slot, len, 5);
	CHECK(setrlimit(RLIMIT_NPROC, &none) == 0);
	for (uint64_t i = 1; i <= 10; i++) {
		CHECK_ERRNO(fork(), EAGAIN);
		words[0] = words[1] = i;
		driver_xor(slot, len, 0x100);
		CHECK(words[0] == i && words[1] == (i ^ 0x100));
	}
	unlock(slot);
}

/* many FORKS [held]: more than there are places for promoted memory in one file.  held: a driver has some of it throughout. */
static void many(int argc, char **argv)
{
	int times = argc > 0 ? atoi(argv[0]) : 100;
	bool held = argc > 1;
	char *beside = anonymous(PAGE, 0);
	int holder = held ? lock(beside, PAGE) : -1;

	len = 4 * PAGE;
	words = anonymous(len, 0);
	exact_set(1);
	if (held)
		driver_xor(holder, PAGE, 1);
	for (int i = 0; i < times; i++) {
		if (i % 16 == 0) {
			int slot = lock((void *)(uintptr_t)words, len);
			volatile uint64_t *same = (volatile uint64_t *)(void *)alias(slot, len);
			words[1] = 7;
			CHECK(same[1] == 7);
			same[1] = 2;
			CHECK(munmap((void *)(uintptr_t)same, len) == 0);
			unlock(slot);
			exact_check(1);
		}
		pid_t pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			exact_check(1);
			_exit(0);
		}
		reap(pid);
		exact_check(1);
	}
	if (held)
		unlock(holder);
}

/* holes [held]: what a child has never touched stays zero, whatever its parent shares at the same addresses later. */
static void holes(int argc, char **argv)
{
	int holder = argc > 0 ? lock(anonymous(PAGE, 0), PAGE) : -1, slot, up[2], go[2];
	char c;

	len = 4 * PAGE;
	words = anonymous(len, 0);
	if (holder >= 0)
		driver_xor(holder, PAGE, 1);
	slot = lock((void *)(uintptr_t)words, len);
	driver_xor(slot, len, 1); /* they are shared, at their place */
	unlock(slot);
	while (is_shared((void *)(uintptr_t)words, len)) /* ends by the test's limit if it never does */
		usleep(50000);
	CHECK(madvise((void *)(uintptr_t)words, len, MADV_DONTNEED) == 0);
	CHECK(pipe(up) == 0 && pipe(go) == 0);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		CHECK(write(up[1], "", 1) == 1 && read(go[0], &c, 1) == 1);
		for (size_t i = 0; i < count(); i++)
			CHECK(words[i] == 0);
		_exit(0);
	}
	CHECK(read(up[0], &c, 1) == 1);
	slot = lock((void *)(uintptr_t)words, len);
	char *same = alias(slot, len);
	memset(same, 0xaa, len);
	CHECK(words[count() - 1] == UINT64_C(0xaaaaaaaaaaaaaaaa));
	CHECK(write(go[1], "", 1) == 1);
	reap(pid);
	CHECK(munmap(same, len) == 0);
	unlock(slot);
	if (holder >= 0)
		unlock(holder);
}

/* ---- changes of locked mappings wait, and hold nobody up ---- */

static char *waits_p;
static _Atomic int waits_done;
static const char *waits_how;
static int waits_other;

static void *waits_main(void *arg)
{
	if (strcmp(waits_how, "munmap") == 0)
		CHECK(munmap(waits_p, LEN) == 0);
	else if (strcmp(waits_how, "mprotect") == 0)
		CHECK(mprotect(waits_p, LEN, PROT_READ) == 0);
	else
		CHECK(mmap64(waits_p, LEN, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, device,
			     (off64_t)LOCKDRV_AT(waits_other)) == waits_p);
	waits_done = 1;
	return NULL;
}

/* What the thread that unlocks may need before: a fork, mappings of its own, of memory and of the device. */
static void waits_busy(int slot)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0)
		_exit(0);
	reap(pid);
	CHECK(munmap(anonymous(LEN, 0), LEN) == 0);
	CHECK(munmap(alias(slot, LEN), LEN) == 0);
	char *fixed = anonymous(2 * LEN, 0);
	CHECK(mmap64(fixed, LEN, PROT_READ, MAP_SHARED | MAP_FIXED, device, (off64_t)LOCKDRV_AT(slot)) == fixed);
	CHECK(munmap(fixed, 2 * LEN) == 0);
}

/* waits HOW [late]: late: a callback is told, and another thread unlocks. */
static void waits(int argc, char **argv)
{
	bool late = argc > 1;
	int slot = -1, before = ioctl(device, LOCKDRV_CLEANUPS, 0), flags = LOCKDRV_WRITE;
	char *other = anonymous(LEN, 0);
	pthread_t thread;

	waits_how = argc > 0 ? argv[0] : "device";
	waits_p = anonymous(LEN, 0);
	fill(waits_p, LEN, 'w');
	fill(other, LEN, 'o');
	waits_other = lock(other, LEN);
	flags |= late ? LOCKDRV_LONGTERM | LOCKDRV_LATE : 0;
	CHECK(try_lock(waits_p, LEN, flags, &slot) == 0);
	CHECK(pthread_create(&thread, NULL, waits_main, NULL) == 0);
	for (int i = 0; late ? ioctl(device, LOCKDRV_CLEANUPS, 0) == before : i < 100; i++)
		usleep(1000);
	for (int i = 0; i < 10; i++)
		waits_busy(waits_other);
	CHECK(is_filled(waits_p, LEN, 'w') && !waits_done);
	unlock(slot);
	CHECK(pthread_join(thread, NULL) == 0 && waits_done);
	if (strcmp(waits_how, "device") == 0)
		CHECK(is_filled(waits_p, LEN, 'o') && munmap(waits_p, LEN) == 0);
	unlock(waits_other);
}

/* ---- threads that sleep on a futex in the memory, known to Linux by the page ---- */

struct sleeper {
	const char *what;
	_Atomic int tid, done;
	struct shared {
		sem_t sem;
		pthread_mutex_t mutex;
		pthread_cond_t cond;
		int go;
	} * shared;
	pthread_t joined;
	int pipe[2]; /* on which the joined one waits */
};

static void *joined_main(void *arg)
{
	struct sleeper *s = arg;
	char byte;

	CHECK(read(s->pipe[0], &byte, 1) == 1);
	return NULL;
}

static void *sleeper_main(void *arg)
{
	struct sleeper *s = arg;
	struct timespec later;

	s->tid = (int)syscall(SYS_gettid);
	clock_gettime(CLOCK_REALTIME, &later);
	later.tv_sec += 1000;
	if (strcmp(s->what, "join") == 0) {
		CHECK(pthread_join(s->joined, NULL) == 0);
	} else if (strcmp(s->what, "semaphore") == 0) {
		CHECK(sem_wait(&s->shared->sem) == 0);
	} else if (strcmp(s->what, "semaphore-timed") == 0) {
		CHECK(sem_timedwait(&s->shared->sem, &later) == 0);
	} else if (strcmp(s->what, "mutex") == 0) {
		CHECK(pthread_mutex_lock(&s->shared->mutex) == 0);
		CHECK(pthread_mutex_unlock(&s->shared->mutex) == 0);
	} else {
		CHECK(pthread_mutex_lock(&s->shared->mutex) == 0);
		while (!s->shared->go)
			CHECK(pthread_cond_wait(&s->shared->cond, &s->shared->mutex) == 0);
		CHECK(pthread_mutex_unlock(&s->shared->mutex) == 0);
	}
	s->done = 1;
	return NULL;
}

/* In a system call on an address in the page. */
static bool is_asleep_at(int pid, int tid, uintptr_t page)
{
	unsigned long long at = 0;
	char path[64], text[256];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", pid, tid);
	int fd = open(path, O_RDONLY);
	CHECK(fd >= 0);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return sscanf(text, "%*d %llx", &at) == 1 && (at & ~(unsigned long long)(PAGE - 1)) == page;
}

static struct shared *shared_make(void *memory)
{
	struct shared *shared = memory;
	pthread_mutexattr_t mutex;
	pthread_condattr_t cond;

	CHECK(sem_init(&shared->sem, 1, 0) == 0);
	CHECK(pthread_mutexattr_init(&mutex) == 0 && pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED) == 0);
	CHECK(pthread_condattr_init(&cond) == 0 && pthread_condattr_setpshared(&cond, PTHREAD_PROCESS_SHARED) == 0);
	CHECK(pthread_mutex_init(&shared->mutex, &mutex) == 0 && pthread_cond_init(&shared->cond, &cond) == 0);
	return shared;
}

static void sleeper_wake(struct sleeper *s)
{
	if (strcmp(s->what, "join") == 0)
		CHECK(write(s->pipe[1], "x", 1) == 1);
	else if (strncmp(s->what, "semaphore", 9) == 0)
		CHECK(sem_post(&s->shared->sem) == 0);
	else if (strcmp(s->what, "mutex") == 0)
		CHECK(pthread_mutex_unlock(&s->shared->mutex) == 0);
	else {
		CHECK(pthread_mutex_lock(&s->shared->mutex) == 0);
		s->shared->go = 1;
		CHECK(pthread_cond_signal(&s->shared->cond) == 0);
		CHECK(pthread_mutex_unlock(&s->shared->mutex) == 0);
	}
}

/*
 * sleepers WHAT WHEN: one sleeps in WHAT; then its page becomes shared (WHEN shared), or private again (private), or both by a
 * fork (fork); then it is woken.
 */
static void sleepers(int argc, char **argv)
{
	CHECK(argc == 2);
	struct sleeper s = {.what = argv[0]};
	const char *when = argv[1];
	char *page = anonymous(PAGE, 0);
	int slot = -1;
	pthread_t thread;

	s.shared = shared_make(page + 128);
	if (strcmp(s.what, "join") == 0) {
		CHECK(pipe(s.pipe) == 0 && pthread_create(&s.joined, NULL, joined_main, &s) == 0);
		page = (char *)((uintptr_t)s.joined & ~(uintptr_t)(PAGE - 1)); /* where glibc has what it knows of a thread */
	}
	if (strcmp(s.what, "mutex") == 0)
		CHECK(pthread_mutex_lock(&s.shared->mutex) == 0);
	if (strcmp(when, "shared") != 0) {
		slot = lock(page, PAGE);
		driver_xor(slot, PAGE, 0);
	}
	CHECK(pthread_create(&thread, NULL, sleeper_main, &s) == 0);
	while (!s.tid || !is_asleep_at(getpid(), s.tid, (uintptr_t)page))
		usleep(1000);
	if (strcmp(when, "shared") == 0) {
		slot = lock(page, PAGE);
		driver_xor(slot, PAGE, 0);
	} else if (strcmp(when, "private") == 0) {
		unlock(slot);
		slot = -1;
		CHECK(mremap(page, PAGE, PAGE, 0) == page);
	} else {
		pid_t pid = fork();
		if (pid == 0)
			_exit(0);
		reap(pid);
	}
	CHECK(!s.done);
	sleeper_wake(&s);
	CHECK(pthread_join(thread, NULL) == 0 && s.done);
	if (slot >= 0)
		unlock(slot);
}

/*
 * alone: a program of one thread sleeps in memory that is locked; another program maps it, by which its page becomes shared, and
 * wakes it.
 */
static void alone(int argc, char **argv)
{
	char *page = anonymous(PAGE, 0);
	struct shared *shared = shared_make(page);
	int slots[2], slot;

	CHECK(pipe(slots) == 0);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		CHECK(read(slots[0], &slot, sizeof(slot)) == sizeof(slot));
		while (!is_asleep_at(getppid(), getppid(), (uintptr_t)page))
			usleep(1000);
		struct shared *theirs = (void *)alias(slot, PAGE);
		CHECK(sem_post(&theirs->sem) == 0);
		_exit(0);
	}
	slot = lock(page, PAGE);
	CHECK(write(slots[1], &slot, sizeof(slot)) == sizeof(slot));
	CHECK(sem_wait(&shared->sem) == 0);
	reap(pid);
	unlock(slot);
}

/* The futex is on the sleeper's own stack. */
static void *dreamer_main(void *arg)
{
	struct sleeper *s = arg;
	struct shared mine;

	s->shared = shared_make(&mine);
	s->tid = (int)syscall(SYS_gettid);
	CHECK(sem_wait(&mine.sem) == 0);
	return NULL;
}

/* dreams ROUNDS: the sleeper's stack becomes shared and private, over and over, while it is told to look again. */
static void dreams(int argc, char **argv)
{
	int rounds = argc > 0 ? atoi(argv[0]) : 100;
	struct sleeper s = {.what = "semaphore"};
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, dreamer_main, &s) == 0);
	while (!s.tid)
		usleep(1000);
	char *page = (char *)((uintptr_t)s.shared & ~(uintptr_t)(PAGE - 1));
	while (!is_asleep_at(getpid(), s.tid, (uintptr_t)page))
		usleep(1000);
	for (int i = 0; i < rounds; i++) {
		int slot = lock(page - 2 * PAGE, 4 * PAGE);
		struct lockdrv l = {.slot = slot, .len = PAGE};
		l.step = 64;
		CHECK(ioctl(device, LOCKDRV_XOR, &l) == 0);
		unlock(slot);
		CHECK(mremap(page - 2 * PAGE, 4 * PAGE, 4 * PAGE, 0) == page - 2 * PAGE);
	}
	sleeper_wake(&s);
	CHECK(pthread_join(thread, NULL) == 0);
}

static const struct part parts[] = {
	{"sleepers", sleepers},
	{"alone", alone},
	{"dreams", dreams},
	{"parent", parent},
	{"refused", refused},
	{"many", many},
	{"holes", holes},
	{"waits", waits},
	{"exact", exact},
	{"promoting", promoting},
	{"handlers", handlers},
	{"driving", driving},
	{"talking", talking},
	{NULL, NULL},
};

int main(int argc, char **argv)
{
	device = open_device("/dev/lockdrv", O_RDWR);
	return part_main(parts, argc, argv);
}
