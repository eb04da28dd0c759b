/* SPDX-License-Identifier: BSD-2-Clause */
/* locks: locked memory of every kind, shared with another address of the same cookie, and what becomes of it. */
#include "locks.h"

#include <semaphore.h>
#include <sys/ipc.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/syscall.h>

/* ---- kinds of memory ---- */

/* Instead of what is there. */
static void *anonymous_at(void *at, size_t len)
{
	return mmap(at, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static void kind_anonymous(int argc, char **argv)
{
	char *p = anonymous(LEN, 0);

	data_identity(p, LEN);
	data_identity(p + 3 * PAGE, PAGE);
	data_identity(p + LEN - PAGE, PAGE);
	data_identity(p, LEN);
}

static void kind_heap(int argc, char **argv)
{
	char *small[64], *p;

	for (int i = 0; i < 64; i++) {
		CHECK(posix_memalign((void **)&p, PAGE, PAGE) == 0);
		small[i] = p;
		data_identity(p, PAGE);
	}
	for (int i = 0; i < 64; i++)
		free(small[i]);
	CHECK(sbrk(16 * PAGE) != (void *)-1);
	p = (char *)(((uintptr_t)sbrk(0) - 8 * PAGE) & ~(uintptr_t)(PAGE - 1));
	data_identity(p, 4 * PAGE);
	for (int i = 0; i < 64; i++)
		CHECK((small[i] = malloc(1000)) != NULL);
}

static _Alignas(4096) char data_buffer[8 * PAGE] = "private file memory";
static _Alignas(4096) char bss_buffer[8 * PAGE];

static void kind_static(int argc, char **argv)
{
	CHECK(strcmp(data_buffer, "private file memory") == 0);
	int slot = lock(data_buffer, sizeof(data_buffer));
	char *a = alias(slot, sizeof(data_buffer));
	CHECK(strcmp(a, "private file memory") == 0);
	CHECK(munmap(a, sizeof(data_buffer)) == 0);
	unlock(slot);
	data_identity(data_buffer, sizeof(data_buffer));
	data_identity(bss_buffer, sizeof(bss_buffer));
}

static __attribute__((noinline)) void on_stack(int depth)
{
	_Alignas(4096) volatile char buffer[4 * PAGE];

	if (depth > 0)
		on_stack(depth - 1);
	data_identity(buffer, sizeof(buffer));
}

/* The page that the thread runs on: its own frames lie in it. */
static __attribute__((noinline)) void under_my_feet(void)
{
	volatile int here = 1;
	char *page = (char *)((uintptr_t)&here & ~(uintptr_t)(PAGE - 1));
	int slot = lock(page - PAGE, 2 * PAGE);
	volatile char *a = alias(slot, 2 * PAGE);

	here = 42;
	CHECK(*(volatile int *)(a + ((char *)(uintptr_t)&here - (page - PAGE))) == 42);
	CHECK(munmap((void *)(uintptr_t)a, 2 * PAGE) == 0);
	unlock(slot);
	CHECK(here == 42);
}

static __attribute__((noinline)) int deep(int n)
{
	volatile char room[PAGE] = {1};

	return n == 0 ? room[0] : deep(n - 1) + room[0];
}

static void *stack_thread(void *arg)
{
	on_stack(3);
	under_my_feet();
	CHECK(deep(100) == 101);
	CHECK(sem_post(arg) == 0);
	return NULL;
}

static void kind_stack(int argc, char **argv)
{
	on_stack(3);
	under_my_feet();
	CHECK(deep(1000) == 1001); /* 4 MiB: it goes on growing */
}

/* The lowest page that the stack has so far. */
static void kind_stack_end(int argc, char **argv)
{
	unsigned long start = 0, end;
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "r");

	while (maps && fgets(line, sizeof(line), maps))
		if (strstr(line, "[stack]"))
			CHECK(sscanf(line, "%lx-%lx", &start, &end) == 2);
	CHECK(start != 0);
	data_identity((char *)start, 2 * PAGE);
	CHECK(deep(1000) == 1001);
}

static void kind_thread_stack(int argc, char **argv)
{
	pthread_t thread;
	sem_t done;

	CHECK(sem_init(&done, 0, 0) == 0);
	for (int i = 0; i < 3; i++) {
		CHECK(pthread_create(&thread, NULL, stack_thread, &done) == 0);
		CHECK(sem_wait(&done) == 0);
		CHECK(pthread_join(thread, NULL) == 0);
	}
}

static int temporary_file(size_t len)
{
	char name[256];

	snprintf(name, sizeof(name), "%s/locks-XXXXXX", getenv("TMPDIR") ?: "/tmp");
	int fd = mkstemp(name);
	CHECK(fd >= 0 && unlink(name) == 0 && ftruncate(fd, (off_t)len) == 0);
	return fd;
}

static void kind_private_file(int argc, char **argv)
{
	char byte = 0;
	int fd = temporary_file(LEN);
	char *p = mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	CHECK(p != MAP_FAILED && pwrite(fd, "f", 1, 5 * PAGE) == 1);
	CHECK(p[5 * PAGE] == 'f');
	data_identity(p, LEN);
	CHECK(pread(fd, &byte, 1, 5 * PAGE) == 1 && byte == 'f'); /* the file has not changed */
}

static void kind_shared_file(int argc, char **argv)
{
	int fd = temporary_file(LEN);
	char *p = mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), byte = 0;

	CHECK(p != MAP_FAILED);
	data_identity(p, LEN);
	data_identity(p + 7 * PAGE, 2 * PAGE);
	p[9 * PAGE] = 'Z';
	CHECK(pread(fd, &byte, 1, 9 * PAGE) == 1 && byte == 'Z');
}

static void kind_shared_anonymous(int argc, char **argv)
{
	char *p = mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	data_identity(p, LEN);
	pid_t pid = fork(); /* shared it stays */
	CHECK(pid >= 0);
	if (pid == 0) {
		p[0] = 'K';
		_exit(0);
	}
	reap(pid);
	CHECK(p[0] == 'K');
}

static void kind_sysv(int argc, char **argv)
{
	int id = shmget(IPC_PRIVATE, LEN, 0600);
	char *p = shmat(id, NULL, 0);

	CHECK(id >= 0 && p != (void *)-1 && shmctl(id, IPC_RMID, NULL) == 0);
	data_identity(p, LEN);
}

static void kind_thp(int argc, char **argv)
{
	size_t len = 4 << 20;
	char *p = anonymous(len + (2 << 20), 0);

	p = (char *)(((uintptr_t)p + (2 << 20) - 1) & ~(uintptr_t)((2 << 20) - 1));
	(void)madvise(p, len, MADV_HUGEPAGE);
	memset(p, 1, len);
	data_identity(p + 5 * PAGE, 7 * PAGE);
	data_identity(p, len);
}

/* ---- errors ---- */

static void expect(const char *what, void *addr, size_t len, int flags, int wanted)
{
	int slot, error = try_lock(addr, len, flags, &slot);

	if (error == wanted)
		return;
	fprintf(stderr, "%s: %s, wanted %s\n", what, strerror(error), strerror(wanted));
	_exit(1);
}

static void errors(int argc, char **argv)
{
	char *p = anonymous(8 * PAGE, 0);
	char *none = mmap(NULL, 4 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *r = mmap(NULL, 4 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	expect("the first one", p, PAGE, LOCKDRV_READ, 0); /* after which nothing of ours comes into the hole */
	CHECK(munmap(p + 4 * PAGE, PAGE) == 0);
	expect("hole inside", p, 8 * PAGE, LOCKDRV_WRITE, EFAULT);
	expect("hole inside, read", p, 8 * PAGE, LOCKDRV_READ, EFAULT);
	expect("nothing there", p + 4 * PAGE, PAGE, LOCKDRV_READ, EFAULT);
	expect("wraps", p, (size_t)0 - PAGE, LOCKDRV_READ, sizeof(void *) == 8 ? ENOMEM : EFAULT);
	expect("write without permission", r, PAGE, LOCKDRV_WRITE, EACCES);
	expect("read of a read-only mapping", r, 4 * PAGE, LOCKDRV_READ, 0);
	expect("read without permission", none, PAGE, LOCKDRV_READ, EACCES);
	expect("write without any permission", none, PAGE, LOCKDRV_WRITE, EACCES);
	int fd = temporary_file(4 * PAGE);
	char *s = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(s != MAP_FAILED);
	expect("shared file", s, 4 * PAGE, LOCKDRV_WRITE, 0);
	expect("shared file, long term", s, 4 * PAGE, LOCKDRV_WRITE | LOCKDRV_LONGTERM, EFAULT);
	expect("anonymous, long term", p, 4 * PAGE, LOCKDRV_WRITE | LOCKDRV_LONGTERM, 0);
	CHECK(ftruncate(fd, 2 * PAGE) == 0);
	expect("beyond the file's end", s, 4 * PAGE, LOCKDRV_WRITE, EFAULT);
}

/* WRITE breaks copy-on-write first: the child's lock is of the child's own pages. */
static void copy_on_write(int argc, char **argv)
{
	char *p = anonymous(4 * PAGE, 0);

	fill(p, 4 * PAGE, 'p');
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		int slot = lock(p, 4 * PAGE);
		char *a = alias(slot, 4 * PAGE);
		CHECK(is_filled(a, 4 * PAGE, 'p'));
		fill(a, 4 * PAGE, 'c');
		CHECK(is_filled(p, 4 * PAGE, 'c'));
		CHECK(munmap(a, 4 * PAGE) == 0);
		unlock(slot);
		_exit(0);
	}
	reap(pid);
	CHECK(is_filled(p, 4 * PAGE, 'p'));
}

/* ---- later life ---- */

static void discard(int argc, char **argv)
{
	int advice = argc > 0 && strcmp(argv[0], "free") == 0 ? MADV_FREE : MADV_DONTNEED;
	char *p = anonymous(LEN, 0);

	for (int promoted = 0; promoted < 3; promoted++) {
		fill(p, LEN, 'x');
		int slot = lock(p, LEN);
		CHECK(munmap(alias(slot, LEN), LEN) == 0);
		unlock(slot);
		if (promoted == 1) { /* a fork makes it private again */
			pid_t pid = fork();
			CHECK(pid >= 0);
			if (pid == 0)
				_exit(!is_filled(p, LEN, 'x'));
			reap(pid);
		}
		CHECK(is_filled(p, LEN, 'x'));
		CHECK(madvise(p + PAGE, LEN - 2 * PAGE, advice) == 0);
		CHECK(p[0] == 'x' && p[LEN - 1] == (char)('x' + 63 + (char)(LEN - 1)));
		for (size_t i = PAGE; advice == MADV_DONTNEED && i < LEN - PAGE; i++)
			CHECK(p[i] == 0);
	}
}

static void fork_copies(int argc, char **argv)
{
	char *p = anonymous(LEN, 0);

	fill(p, LEN, 'p');
	int slot = lock(p, LEN);
	char *a = alias(slot, LEN);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) { /* its own copy, though the parent's pages are locked and shared */
		CHECK(is_filled(p, LEN, 'p'));
		fill(p, LEN, 'c');
		CHECK(is_filled(a, LEN, 'p')); /* the device mapping is shared as ever */
		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0)
			_exit(!is_filled(p, LEN, 'c'));
		reap(pid);
		int mine = lock(p, LEN);
		char *own = alias(mine, LEN);
		CHECK(is_filled(own, LEN, 'c'));
		CHECK(munmap(own, LEN) == 0);
		unlock(mine);
		_exit(0);
	}
	reap(pid);
	CHECK(is_filled(p, LEN, 'p') && is_filled(a, LEN, 'p'));
	fill(a, LEN, 'q');
	CHECK(is_filled(p, LEN, 'q'));
	CHECK(munmap(a, LEN) == 0);
	unlock(slot);
}

/* The page that fork runs on is shared with the server. */
static void fork_on_stack(int argc, char **argv)
{
	volatile int here = 1;
	char *page = (char *)((uintptr_t)&here & ~(uintptr_t)(PAGE - 1));
	int slot = lock(page - PAGE, 2 * PAGE);
	volatile char *a = alias(slot, 2 * PAGE);

	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		here = 2;
		CHECK(deep(20) == 21);
		_exit(here != 2);
	}
	reap(pid);
	CHECK(here == 1);
	here = 3;
	CHECK(*(volatile int *)(a + ((char *)(uintptr_t)&here - (page - PAGE))) == 3);
	CHECK(munmap((void *)(uintptr_t)a, 2 * PAGE) == 0);
	unlock(slot);
}

static void remap(int argc, char **argv)
{
	char *p = anonymous(LEN, 0), *q;

	fill(p, LEN, 'r');
	int slot = lock(p + 8 * PAGE, 8 * PAGE);
	CHECK(munmap(alias(slot, 8 * PAGE), 8 * PAGE) == 0);
	unlock(slot);
	q = mremap(p, LEN, 2 * LEN, MREMAP_MAYMOVE);
	CHECK(q != MAP_FAILED && is_filled(q, LEN, 'r'));
	for (size_t i = LEN; i < 2 * LEN; i++)
		CHECK(q[i] == 0);
	fill(q, 2 * LEN, 's');
	q = mremap(q, 2 * LEN, PAGE, 0);
	CHECK(q != MAP_FAILED && is_filled(q, PAGE, 's'));
}

static void private_again(int argc, char **argv)
{
	char *p = anonymous(LEN, 0);

	fill(p, LEN, 'v');
	int slot = lock(p, LEN);
	CHECK(munmap(alias(slot, LEN), LEN) == 0);
	unlock(slot);
	for (; is_shared(p, LEN); usleep(50000)) /* ends by the test's limit if it never comes */
		CHECK(is_filled(p, LEN, 'v'));
	CHECK(is_filled(p, LEN, 'v'));
	data_identity(p, LEN);
}

/* Where in its file the page lies; 0: nowhere. */
static unsigned long place_of(const char *p)
{
	unsigned long start, end, offset, place = 0;
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];

	while (fgets(line, sizeof(line), maps))
		if (strstr(line, "sundog-user") && sscanf(line, "%lx-%lx %*s %lx", &start, &end, &offset) == 3 &&
		    start <= (uintptr_t)p && end > (uintptr_t)p)
			place = offset + ((uintptr_t)p - start);
	fclose(maps);
	return place;
}

static void share_once(char *p, size_t len, char c)
{
	fill(p, len, c);
	int slot = lock(p, len);
	CHECK(munmap(alias(slot, len), len) == 0);
	unlock(slot);
}

#define FILLERS_MAX 400000

/* Linux refuses to unmap a part in the middle when there are too many mappings: then it is all still there. */
static void unmap_refused(char *p)
{
	char *filler = mmap(NULL, FILLERS_MAX * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	bool full = false;

	CHECK(filler != MAP_FAILED);
	share_once(p, LEN, 'z');
	for (size_t i = 1; i < FILLERS_MAX && !full; i += 2)
		full = syscall(SYS_mprotect, filler + i * PAGE, PAGE, PROT_READ) < 0;
	if (full) {
		int result = munmap(p + 8 * PAGE, 8 * PAGE), error = errno;
		CHECK(syscall(SYS_munmap, filler, FILLERS_MAX * PAGE) == 0);
		CHECK(result < 0 && error == ENOMEM);
	}
	CHECK(is_filled(p, LEN, 'z'));
}

/* The server does not hear of it, and does not keep what is gone for ever. */
static void unmapped_unheard(void)
{
	unsigned long first = 0, place;
	size_t len = 4 << 20;
	int returned = 0;

	for (int i = 0; i < 100; i++) {
		char *p = anonymous_at((void *)0x200000000, len);
		CHECK(p != MAP_FAILED);
		p[len - PAGE] = (char)i;
		int slot = lock(p, len);
		CHECK(munmap(alias(slot, len), len) == 0);
		unlock(slot);
		place = place_of(p);
		first = i == 0 ? place : first;
		returned += place == first;
		CHECK(p[0] == 0 && p[len - PAGE] == (char)i && syscall(SYS_munmap, p, len) == 0);
	}
	CHECK(returned > 5); /* about every eighth */
}

/* Shared pages that are unmapped are given back at once, those that are not are kept. */
static void unmapped(int argc, char **argv)
{
	char *p = anonymous(LEN, 0), *q = anonymous(LEN, 0);
	unsigned long place = 0, now;
	int moved = 0, slot;

	for (int i = 0; i < 100; i++, place = now) { /* some of it may have become private before it was unmapped */
		share_once(p, LEN, 'u');
		now = place_of(p + PAGE);
		moved += i > 0 && now != place;
		if (i % 3 == 0)
			CHECK(munmap(p, LEN) == 0);
		if (i % 3 == 1)
			CHECK(munmap(p + 16 * PAGE, 8 * PAGE) == 0 && is_filled(p, 16 * PAGE, 'u'));
		CHECK(anonymous_at(p, LEN) == p && p[0] == 0);
	}
	CHECK(moved < 50);

	share_once(p, LEN, 'm'); /* by a system call of its own, as libc does */
	CHECK(syscall(SYS_mremap, p, LEN, LEN, MREMAP_MAYMOVE | MREMAP_FIXED, q) == (long)q);
	CHECK(anonymous_at(p, LEN) == p);
	share_once(p, LEN, 'n');
	CHECK(is_filled(q, LEN, 'm') && munmap(p, LEN) == 0 && is_filled(q, LEN, 'm'));

	CHECK(anonymous_at(p, LEN) == p);
	fill(p, LEN, 'h'); /* held by another mapping */
	slot = lock(p, LEN);
	char *a = alias(slot, LEN);
	unlock(slot);
	CHECK(munmap(p, LEN) == 0 && anonymous_at(p, LEN) == p);
	share_once(p, LEN, 'i');
	CHECK(is_filled(a, LEN, 'h') && munmap(a, LEN) == 0 && is_filled(p, LEN, 'i'));
	unmap_refused(p);
	if (sizeof(void *) == 8)
		unmapped_unheard();
}

static void waits_for_unlock(int argc, char **argv);

/* ---- many writers ---- */

#define WRITERS 4
static _Atomic bool stop;
static struct writer {
	char *part;
	size_t len;
	uint64_t rounds;
} writers[WRITERS];

/* Counts up every word of its part, over and over: a lost write is a word that has a wrong count. */
static void *writer_main(void *arg)
{
	struct writer *w = arg;
	volatile uint64_t *word = (volatile uint64_t *)w->part;

	do {
		for (size_t i = 0; i < w->len / 8; i += 64)
			word[i]++;
		w->rounds++;
	} while (!stop);
	return NULL;
}

/* Words 1, 65, ...: nobody else's.  By another address of the same pages, or by the driver at its own. */
static void alias_xor(int slot, size_t len, uint64_t value)
{
	char *a = alias(slot, len);
	volatile uint64_t *word = (volatile uint64_t *)a;

	for (size_t i = 1; i < len / 8; i += 64)
		word[i] ^= value;
	CHECK(munmap(a, len) == 0);
}

static void writing(int argc, char **argv)
{
	int rounds = argc > 0 ? atoi(argv[0]) : 10;
	size_t len = (size_t)(argc > 1 ? atoi(argv[1]) : 16) << 20, part = len / WRITERS;
	char *p = anonymous(len, 0);
	pthread_t thread[WRITERS];
	uint64_t expected = 0;

	for (int i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){p + (size_t)i * part, part, 0};
		CHECK(pthread_create(&thread[i], NULL, writer_main, &writers[i]) == 0);
	}
	for (int i = 0; i < rounds; i++) {
		int slot = lock(p, len);
		uint64_t value = (uint64_t)i * 0x9e3779b97f4a7c15u;
		if (i % 3 == 2)
			alias_xor(slot, len, value);
		else
			driver_xor(slot, len, value);
		expected ^= value;
		unlock(slot);
		if (i == 0) {
			printf("begun\n");
			fflush(stdout);
		}
		if (i % 4 == 3) { /* private again, so that the next round moves all pages again */
			pid_t pid = fork();
			CHECK(pid >= 0);
			if (pid == 0)
				_exit(0);
			reap(pid);
		}
	}
	stop = true;
	for (int i = 0; i < WRITERS; i++) {
		CHECK(pthread_join(thread[i], NULL) == 0);
		const uint64_t *word = (const uint64_t *)writers[i].part;
		for (size_t j = 0; j < part / 8; j += 64) {
			if (word[j] != writers[i].rounds)
				fprintf(stderr, "writer %d, word %zu: %llu, wanted %llu\n", i, j,
					(unsigned long long)word[j], (unsigned long long)writers[i].rounds);
			CHECK(word[j] == writers[i].rounds);
			CHECK(word[j + 1] == expected);
		}
	}
}

/* A driver's ddi_copyout(9F) into pages that are just becoming shared. */
#define MISSING_PAGES 256u
#define SLOTS (PAGE / 8) /* of a page: one after the other is written, so that none is soon written over */
static volatile uint64_t *missing_p;
static uint64_t missing_written[MISSING_PAGES * SLOTS];
static _Atomic bool missing_go;

static void *missing_main(void *arg)
{
	while (!missing_go)
		sched_yield();
	for (uint64_t n = 0; !stop; n++)
		for (size_t i = n % SLOTS; i < MISSING_PAGES * SLOTS && !stop; i += SLOTS)
			missing_p[i] = missing_written[i] = n + 1;
	return arg;
}

/* Pages that are not there any more when they become shared, and are written to meanwhile. */
static void missing(int argc, char **argv)
{
	size_t len = MISSING_PAGES * PAGE;
	int rounds = argc > 0 ? atoi(argv[0]) : 20;
	pthread_t thread;

	for (int i = 0; i < rounds; i++) {
		missing_p = anonymous(len, 0);
		memset(missing_written, 0, sizeof(missing_written));
		int slot = lock((void *)(uintptr_t)missing_p, len);
		CHECK(madvise((void *)(uintptr_t)missing_p, len, MADV_DONTNEED) == 0);
		stop = missing_go = false;
		CHECK(pthread_create(&thread, NULL, missing_main, NULL) == 0);
		missing_go = true;
		volatile uint64_t *a = (volatile uint64_t *)alias(slot, len);
		stop = true;
		CHECK(pthread_join(thread, NULL) == 0);
		for (size_t k = 0; k < MISSING_PAGES * SLOTS; k++)
			CHECK(missing_p[k] == missing_written[k] && a[k] == missing_written[k]);
		CHECK(munmap((void *)(uintptr_t)a, len) == 0);
		unlock(slot);
		CHECK(munmap((void *)(uintptr_t)missing_p, len) == 0);
	}
}

static void *copyout_main(void *arg)
{
	struct lockdrv *in_page = arg;
	char *other = anonymous(PAGE, 0);

	while (!stop) {
		*in_page = (struct lockdrv){.addr = (uintptr_t)other, .len = PAGE, .flags = LOCKDRV_READ, .slot = -1};
		CHECK(ioctl(device, LOCKDRV_LOCK, in_page) == 0);
		CHECK(in_page->slot >= 0);
		CHECK(ioctl(device, LOCKDRV_UNLOCK, in_page) == 0);
	}
	return NULL;
}

static void copyout(int argc, char **argv)
{
	int rounds = argc > 0 ? atoi(argv[0]) : 200;
	char *p = anonymous(LEN, 0);
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, copyout_main, p + 5 * PAGE) == 0);
	for (int i = 0; i < rounds; i++) {
		int slot = lock(p, LEN);
		driver_xor(slot, LEN, 0);
		unlock(slot);
		CHECK(mremap(p, LEN, LEN, 0) == p); /* private again */
	}
	stop = true;
	CHECK(pthread_join(thread, NULL) == 0);
}

/* ---- churn ---- */

static unsigned map_lines(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned n = 0;
	char line[512];

	while (fgets(line, sizeof(line), maps))
		n++;
	fclose(maps);
	return n;
}

/* Sliding ranges of a buffer: prints how many map lines came to stay. */
static void sliding(int argc, char **argv)
{
	int rounds = argc > 0 ? atoi(argv[0]) : 1000;
	size_t len = 4 << 20;
	char *p = anonymous(len, 0);
	unsigned before = 0, after;

	for (int i = 0; i < rounds; i++) {
		size_t n = (size_t)(3 + i % 7) * PAGE, at = ((size_t)i * 3 * PAGE) % (len - n);
		p[at] = (char)i;
		int slot = lock(p + at, n);
		if (i % 4 != 0) {
			char *a = alias(slot, n);
			CHECK(a[0] == (char)i);
			CHECK(munmap(a, n) == 0);
		}
		unlock(slot);
		if (i == rounds / 2) /* each page has been there */
			before = map_lines();
	}
	after = map_lines();
	printf("%u %u\n", before, after);
}

struct block {
	unsigned char *p;
	size_t len;
	unsigned char seed;
};

static void block_check(const struct block *b)
{
	for (size_t i = 0; i < b->len; i++)
		CHECK(b->p[i] == (unsigned char)(b->seed + i));
}

static void block_make(struct block *b, unsigned *random)
{
	size_t len = (size_t)(rand_r(random) % 64) * 1024 + (size_t)(rand_r(random) % 5000) + 16;

	b->p = rand_r(random) % 3 == 0 ? aligned_alloc(PAGE, (len + PAGE - 1) & ~(size_t)(PAGE - 1)) : malloc(len);
	CHECK(b->p != NULL);
	b->len = len;
	b->seed = (unsigned char)rand_r(random);
	for (size_t i = 0; i < len; i++)
		b->p[i] = (unsigned char)(b->seed + i);
}

/* The whole pages of a block, locked and perhaps exported for a moment. */
static void block_lock(const struct block *b, unsigned random)
{
	uintptr_t start = ((uintptr_t)b->p + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
	uintptr_t end = ((uintptr_t)b->p + b->len) & ~(uintptr_t)(PAGE - 1);

	if (end <= start)
		return;
	int slot = lock((void *)start, end - start);
	if (random % 2) {
		unsigned char *a = (unsigned char *)alias(slot, end - start);
		size_t skip = start - (uintptr_t)b->p;
		for (size_t i = 0; i < end - start; i++)
			CHECK(a[i] == (unsigned char)(b->seed + skip + i));
		CHECK(munmap(a, end - start) == 0);
	}
	unlock(slot);
}

#define BLOCKS 64
static int churn_rounds;

static void *churn_main(void *arg)
{
	unsigned random = (unsigned)(uintptr_t)arg * 7919 + 1;
	struct block blocks[BLOCKS] = {0};

	for (int i = 0; i < churn_rounds; i++) {
		struct block *b = &blocks[rand_r(&random) % BLOCKS];
		if (b->p) {
			block_check(b);
			free(b->p);
		}
		block_make(b, &random);
		if (i % 4 == 0)
			block_lock(b, rand_r(&random));
		if (i % 16 == 0) {
			block_check(b);
			unsigned char *q = realloc(b->p, b->len * 2 + 4096);
			CHECK(q != NULL);
			b->p = q;
			block_check(b);
		}
	}
	for (int i = 0; i < BLOCKS; i++)
		if (blocks[i].p) {
			block_check(&blocks[i]);
			free(blocks[i].p);
		}
	return NULL;
}

/* A child that uses the allocator as its parent left it. */
static void churn_child(void)
{
	void *p[64];

	for (int round = 0; round < 4; round++) {
		for (int i = 0; i < 64; i++) {
			CHECK((p[i] = malloc((size_t)(i + 1) * 700)) != NULL);
			memset(p[i], i, (size_t)(i + 1) * 700);
		}
		for (int i = 0; i < 64; i++)
			free(p[i]);
	}
	_exit(0);
}

static void churn(int argc, char **argv)
{
	pthread_t thread[4];

	churn_rounds = argc > 0 ? atoi(argv[0]) : 500;
	for (intptr_t i = 0; i < 4; i++)
		CHECK(pthread_create(&thread[i], NULL, churn_main, (void *)i) == 0);
	for (int i = 0; i < churn_rounds / 25; i++) {
		pid_t pid = fork();
		CHECK(pid >= 0);
		if (pid == 0)
			churn_child();
		reap(pid);
	}
	for (int i = 0; i < 4; i++)
		CHECK(pthread_join(thread[i], NULL) == 0);
}

/* ---- munmap and the others wait ---- */

static char *waits_p;
static _Atomic int waits_done;
static const char *waits_how;

static void *waits_main(void *arg)
{
	if (strcmp(waits_how, "munmap") == 0)
		CHECK(munmap(waits_p, LEN) == 0);
	else if (strcmp(waits_how, "mprotect") == 0)
		CHECK(mprotect(waits_p, LEN, PROT_READ) == 0);
	else if (strcmp(waits_how, "mmap") == 0)
		CHECK(mmap(waits_p, LEN, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == waits_p);
	else
		CHECK(mremap(waits_p, LEN, 2 * LEN, MREMAP_MAYMOVE) != MAP_FAILED);
	waits_done = 1;
	return NULL;
}

static void waits_for_unlock(int argc, char **argv)
{
	pthread_t thread;

	waits_how = argc > 0 ? argv[0] : "munmap";
	waits_p = anonymous(LEN, 0);
	fill(waits_p, LEN, 'w');
	int slot = lock(waits_p + 4 * PAGE, 4 * PAGE);
	CHECK(pthread_create(&thread, NULL, waits_main, NULL) == 0);
	for (int i = 0; i < 200; i++) {
		CHECK(is_filled(waits_p, PAGE, 'w') && !waits_done);
		usleep(1000);
	}
	pid_t pid = fork(); /* does not wait for the one that waits */
	if (pid == 0)
		_exit(0);
	CHECK(pid > 0 && waitpid(pid, NULL, 0) == pid && !waits_done);
	unlock(slot);
	CHECK(pthread_join(thread, NULL) == 0 && waits_done);
}

/* With a callback that unlocks, nobody waits. */
static void cleanup_called(int argc, char **argv)
{
	char *p = anonymous(LEN, 0);
	int slot, before = ioctl(device, LOCKDRV_CLEANUPS, 0);

	CHECK(try_lock(p, LEN, LOCKDRV_WRITE | LOCKDRV_LONGTERM, &slot) == 0);
	CHECK(munmap(p + PAGE, PAGE) == 0);
	CHECK(ioctl(device, LOCKDRV_CLEANUPS, 0) == before + 1);
	CHECK(ioctl(device, LOCKDRV_LOCKS, 0) == 0);
}

/* ---- between processes ---- */

/* export LEN: locks, says the slot on stdout, waits for a line, and dies by SIGKILL. */
static void export_and_die(int argc, char **argv)
{
	char *p = anonymous(LEN, 0), line[16];

	fill(p, LEN, 'e');
	int slot = lock(p, LEN);
	printf("%d\n", slot);
	fflush(stdout);
	CHECK(fgets(line, sizeof(line), stdin) != NULL);
	kill(getpid(), SIGKILL);
}

/* import SLOT: maps it, says so, waits for a line; the memory must still be as it was. */
static void import(int argc, char **argv)
{
	char line[16], *a = alias(atoi(argv[0]), LEN);

	CHECK(is_filled(a, LEN, 'e'));
	printf("mapped\n");
	fflush(stdout);
	CHECK(fgets(line, sizeof(line), stdin) != NULL);
	CHECK(is_filled(a, LEN, 'e'));
	fill(a, LEN, 'i');
	CHECK(is_filled(a, LEN, 'i'));
}

static void exec_locked(int argc, char **argv)
{
	char *p = anonymous(LEN, 0);
	int slot;

	CHECK(fcntl(device, F_SETFD, FD_CLOEXEC) == 0);
	CHECK(try_lock(p, LEN, LOCKDRV_WRITE | LOCKDRV_LONGTERM, &slot) == 0);
	CHECK(munmap(alias(slot, LEN), LEN) == 0);
	execl("/proc/self/exe", "locks", "unlocked", NULL);
	CHECK(!"exec");
}

static void unlocked(int argc, char **argv)
{
	CHECK(ioctl(device, LOCKDRV_LOCKS, 0) == 0);
}

/* The driver's own accesses to a file that has been cut short: not the server's end. */
static void truncated(int argc, char **argv)
{
	int fd = temporary_file(LEN);
	char *p = mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	struct lockdrv x = {.slot = lock(p, LEN), .len = LEN, .value = 0x55, .step = 1};

	p[0] = 1;
	CHECK(ioctl(device, LOCKDRV_XOR, &x) == 0 && p[0] == (1 ^ 0x55));
	CHECK(ftruncate(fd, 8 * PAGE) == 0);
	CHECK(ioctl(device, LOCKDRV_XOR, &x) == 0 && p[0] == 1);
	CHECK(ftruncate(fd, LEN) == 0);
	CHECK(ioctl(device, LOCKDRV_XOR, &x) == 0 && p[0] == (1 ^ 0x55));
	unlock(x.slot);
}

/* ---- the agent ---- */

static pid_t agent_pid(void)
{
	char path[64], text[256], name[32] = "";
	FILE *f;
	char *at = text, *end;
	long pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	f = fopen(path, "r");
	CHECK(f != NULL && fgets(text, sizeof(text), f) != NULL);
	fclose(f);
	while ((pid = strtol(at, &end, 10)) > 0) {
		at = end;
		snprintf(path, sizeof(path), "/proc/%ld/comm", pid);
		f = fopen(path, "r");
		if (f != NULL && fgets(name, sizeof(name), f) != NULL && strcmp(name, "sundog-agent\n") == 0)
			return (pid_t)pid;
		if (f != NULL)
			fclose(f);
	}
	return 0;
}

/* An agent that cannot take the descriptor of the shared pages gets it once more when it can. */
static void agent_without_descriptors(int argc, char **argv)
{
	struct rlimit none = {0, 0}, was;
	char *p = anonymous(LEN, 0);
	int slot;

	fill(p, LEN, 'f');
	slot = lock(p, LEN);
	CHECK(agent_pid() > 0 && prlimit(agent_pid(), RLIMIT_NOFILE, NULL, &was) == 0);
	none.rlim_max = was.rlim_max;
	CHECK(prlimit(agent_pid(), RLIMIT_NOFILE, &none, NULL) == 0);
	CHECK(mmap64(NULL, LEN, PROT_READ, MAP_SHARED, device, (off64_t)LOCKDRV_AT(slot)) == MAP_FAILED);
	CHECK(is_filled(p, LEN, 'f'));
	CHECK(prlimit(agent_pid(), RLIMIT_NOFILE, &was, NULL) == 0);
	CHECK(munmap(alias(slot, LEN), LEN) == 0);
	unlock(slot);
	data_identity(p, LEN);
}

static const struct part parts[] = {
	{"anonymous", kind_anonymous},
	{"heap", kind_heap},
	{"static", kind_static},
	{"stack", kind_stack},
	{"stack-end", kind_stack_end},
	{"thread-stack", kind_thread_stack},
	{"private-file", kind_private_file},
	{"shared-file", kind_shared_file},
	{"shared-anonymous", kind_shared_anonymous},
	{"sysv", kind_sysv},
	{"thp", kind_thp},
	{"truncated", truncated},
	{"errors", errors},
	{"copy-on-write", copy_on_write},
	{"discard", discard},
	{"fork", fork_copies},
	{"fork-stack", fork_on_stack},
	{"remap", remap},
	{"private-again", private_again},
	{"unmapped", unmapped},
	{"agent-descriptors", agent_without_descriptors},
	{"writing", writing},
	{"missing", missing},
	{"copyout", copyout},
	{"sliding", sliding},
	{"churn", churn},
	{"waits", waits_for_unlock},
	{"cleanup", cleanup_called},
	{"export", export_and_die},
	{"import", import},
	{"exec", exec_locked},
	{"unlocked", unlocked},
	{NULL, NULL},
};

int main(int argc, char **argv)
{
	device = open_device("/dev/lockdrv", O_RDWR);
	return part_main(parts, argc, argv);
}
