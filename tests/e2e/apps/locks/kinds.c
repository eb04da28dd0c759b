/* SPDX-License-Identifier: BSD-2-Clause */
/* kinds.c: each kind of memory that a process may have. */
#include "locks.h"

#include <semaphore.h>
#include <sys/ipc.h>
#include <sys/shm.h>

APP_PART("anonymous", kind_anonymous)
{
	char *p = anonymous(LEN, 0);

	data_identity(p, LEN);
	data_identity(p + 3 * PAGE, PAGE);
	data_identity(p + LEN - PAGE, PAGE);
	data_identity(p, LEN);
}

APP_PART("heap", kind_heap)
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

APP_PART("static", kind_static)
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

static void *stack_thread(void *arg)
{
	on_stack(3);
	under_my_feet();
	CHECK(deep(100) == 101);
	CHECK(sem_post(arg) == 0);
	return NULL;
}

APP_PART("stack", kind_stack)
{
	on_stack(3);
	under_my_feet();
	CHECK(deep(1000) == 1001); /* 4 MiB: it goes on growing */
}

/* The lowest page that the stack has so far. */
APP_PART("stack-end", kind_stack_end)
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

APP_PART("thread-stack", kind_thread_stack)
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

APP_PART("private-file", kind_private_file)
{
	char byte = 0;
	int fd = temporary_file(LEN);
	char *p = mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	CHECK(p != MAP_FAILED && pwrite(fd, "f", 1, 5 * PAGE) == 1);
	CHECK(p[5 * PAGE] == 'f');
	data_identity(p, LEN);
	CHECK(pread(fd, &byte, 1, 5 * PAGE) == 1 && byte == 'f'); /* the file has not changed */
}

APP_PART("shared-file", kind_shared_file)
{
	int fd = temporary_file(LEN);
	char *p = mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), byte = 0;

	CHECK(p != MAP_FAILED);
	data_identity(p, LEN);
	data_identity(p + 7 * PAGE, 2 * PAGE);
	p[9 * PAGE] = 'Z';
	CHECK(pread(fd, &byte, 1, 9 * PAGE) == 1 && byte == 'Z');
}

APP_PART("shared-anonymous", kind_shared_anonymous)
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

APP_PART("sysv", kind_sysv)
{
	int id = shmget(IPC_PRIVATE, LEN, 0600);
	char *p = shmat(id, NULL, 0);

	CHECK(id >= 0 && p != (void *)-1 && shmctl(id, IPC_RMID, NULL) == 0);
	data_identity(p, LEN);
}

APP_PART("thp", kind_thp)
{
	size_t len = 4 << 20;
	char *p = anonymous(len + (2 << 20), 0);

	p = (char *)(((uintptr_t)p + (2 << 20) - 1) & ~(uintptr_t)((2 << 20) - 1));
	(void)madvise(p, len, MADV_HUGEPAGE);
	memset(p, 1, len);
	data_identity(p + 5 * PAGE, 7 * PAGE);
	data_identity(p, len);
}
