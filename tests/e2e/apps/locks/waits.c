/* SPDX-License-Identifier: BSD-2-Clause */
/* waits.c: changes of locked mappings wait for the unlock, and hold nobody up. */
#include "locks.h"

static char *waits_p;
static _Atomic int waits_done;
static const char *waits_how;
static int waits_other; /* slot of what is mapped there instead */

static void *waits_main(void *arg)
{
	if (strcmp(waits_how, "munmap") == 0)
		CHECK(munmap(waits_p, LEN) == 0);
	else if (strcmp(waits_how, "mprotect") == 0)
		CHECK(mprotect(waits_p, LEN, PROT_READ) == 0);
	else if (strcmp(waits_how, "mmap") == 0)
		CHECK(mmap(waits_p, LEN, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == waits_p);
	else if (strcmp(waits_how, "device") == 0)
		CHECK(mmap64(waits_p, LEN, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, device,
			     (off64_t)LOCKDRV_AT(waits_other)) == waits_p);
	else
		CHECK(mremap(waits_p, LEN, 2 * LEN, MREMAP_MAYMOVE) != MAP_FAILED);
	waits_done = 1;
	return NULL;
}

APP_PART("waits", waits_for_unlock)
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
APP_PART("cleanup", cleanup_called)
{
	char *p = anonymous(LEN, 0);
	int slot, before = ioctl(device, LOCKDRV_CLEANUPS, 0);

	CHECK(try_lock(p, LEN, LOCKDRV_WRITE | LOCKDRV_LONGTERM, &slot) == 0);
	CHECK(munmap(p + PAGE, PAGE) == 0);
	CHECK(ioctl(device, LOCKDRV_CLEANUPS, 0) == before + 1);
	CHECK(ioctl(device, LOCKDRV_LOCKS, 0) == 0);
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

/* waits-busy HOW [late]: late: a callback is told, and another thread unlocks. */
APP_PART("waits-busy", waits_busily)
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
