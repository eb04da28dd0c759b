/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits on locked memory by <sundog/embed.h>, with a driver that locks. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#include "../e2e/drivers/rlock.h"
#include "sundog/embed.h"

#define K UINT64_C(1024)
#define PROJECT "project.max-locked-memory"
#define ZONE "zone.max-locked-memory"
#define PROCESS "process.max-locked-memory"

int driver_init(void) __asm__("sundog__init");
int driver_info(struct modinfo *) __asm__("sundog__info");
int driver_fini(void) __asm__("sundog__fini");

static struct sundog_system *sys;
static struct sundog_process *p;
static char message[400];
static int fd;

static int opened(struct sundog_process *of)
{
	int number = -1;

	assert_int_equal(sundog_open(of, "/dev/rlock", O_RDWR, &number), 0);
	return number;
}

static int setup(void **state)
{
	(void)state;
	assert_int_equal(sundog_system_create(NULL, &sys), 0);
	assert_int_equal(sundog_driver_attach(sys, "rlock", driver_init, driver_info, driver_fini, NULL,
					      message, sizeof(message)),
			 0);
	assert_int_equal(sundog_process_create(sys, SUNDOG_LP64, 1000, 1000, &p), 0);
	fd = opened(p);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(sundog_system_destroy(sys, NULL, NULL), 0);
	return 0;
}

/* ddi_umem_lock of fresh memory, by the driver; *slot for the unlock. */
static int lock(struct sundog_process *of, int by, size_t len, int *slot)
{
	struct rlock_range range = {.len = len};
	uint64_t argument, addr;

	assert_int_equal(sundog_anon(of, len, &addr), 0);
	assert_int_equal(sundog_anon(of, sizeof(range), &argument), 0);
	range.addr = addr;
	assert_int_equal(sundog_poke(of, argument, &range, sizeof(range)).signo, 0);
	return sundog_ioctl(of, by, RLOCK_LOCK, argument, slot);
}

static int unlock(int slot)
{
	int rval;

	return sundog_ioctl(p, fd, RLOCK_UNLOCK, (uint64_t)slot, &rval);
}

static uint64_t used(int zone, int id, const char *control)
{
	struct sundog_rctl rctl;

	assert_int_equal(sundog_rctl_get(sys, zone, id, control, &rctl), 0);
	return rctl.used;
}

static void set(int zone, int id, const char *setting)
{
	if (sundog_rctl_set(sys, zone, id, setting, message, sizeof(message)) != 0)
		fail_msg("%s", message);
}

#define TEST(name) TEST_WITH(name, setup, teardown)

TEST(ddi_umem_lock_is_charged_and_refused)
{
	int a, b;

	(void)state;
	set(0, 3, PROJECT "=(privileged,128K,deny)");
	assert_int_equal(lock(p, fd, 96 * K, &a), 0);
	assert_int_equal(used(0, 3, PROJECT), 96 * K);
	assert_int_equal(used(0, 0, ZONE), 96 * K);
	assert_int_equal(used(0, sundog_process_pid(p), PROCESS), 96 * K);
	assert_int_equal(lock(p, fd, 64 * K, &b), ENOMEM);
	assert_int_equal(used(0, 3, PROJECT), 96 * K);
	assert_int_equal(unlock(a), 0);
	assert_int_equal(used(0, 3, PROJECT), 0);
	assert_int_equal(lock(p, fd, 64 * K, &b), 0);
	assert_int_equal(unlock(b), 0);
}

TEST(a_lock_of_what_is_not_there_gives_its_charge_back)
{
	struct rlock_range range = {.addr = 0x1000, .len = 64 * K};
	uint64_t argument;
	int slot;

	(void)state;
	assert_int_equal(sundog_anon(p, sizeof(range), &argument), 0);
	assert_int_equal(sundog_poke(p, argument, &range, sizeof(range)).signo, 0);
	assert_int_equal(sundog_ioctl(p, fd, RLOCK_LOCK, argument, &slot), EFAULT);
	assert_int_equal(used(0, 3, PROJECT) + used(0, 0, ZONE), 0);
}

TEST(the_limit_is_checked_before_any_page_is_touched)
{
	struct rlock_range range = {.addr = 0x1000, .len = 64 * K}; /* EFAULT, if it were */
	uint64_t argument;
	int slot;

	(void)state;
	set(0, 0, ZONE "=(privileged,4K,deny)");
	assert_int_equal(sundog_anon(p, sizeof(range), &argument), 0);
	assert_int_equal(sundog_poke(p, argument, &range, sizeof(range)).signo, 0);
	assert_int_equal(sundog_ioctl(p, fd, RLOCK_LOCK, argument, &slot), ENOMEM);
}

TEST(a_length_near_2_64_is_refused)
{
	struct rlock_range range = {.addr = 0x1000, .len = UINT64_MAX & ~UINT64_C(4095)};
	uint64_t argument;
	int slot, held;

	(void)state;
	assert_int_equal(lock(p, fd, 8 * K, &held), 0);
	assert_int_equal(sundog_anon(p, sizeof(range), &argument), 0);
	assert_int_equal(sundog_poke(p, argument, &range, sizeof(range)).signo, 0);
	assert_int_equal(sundog_ioctl(p, fd, RLOCK_LOCK, argument, &slot), ENOMEM);
	assert_int_equal(used(0, 3, PROJECT), 8 * K);
	assert_int_equal(unlock(held), 0);
}

/* The driver still holds the lock: another process has the device open. */
TEST(the_charge_is_given_back_after_the_process_died)
{
	struct sundog_process *locker;
	int slot;

	(void)state;
	assert_int_equal(sundog_process_create(sys, SUNDOG_LP64, 1000, 1000, &locker), 0);
	assert_int_equal(lock(locker, opened(locker), 16 * K, &slot), 0);
	sundog_exit(locker);
	assert_int_equal(used(0, 3, PROJECT), 16 * K);
	assert_int_equal(unlock(slot), 0);
	assert_int_equal(used(0, 3, PROJECT) + used(0, 0, ZONE), 0);
}

TEST(the_charge_moves_with_the_process)
{
	int slot;

	(void)state;
	assert_int_equal(sundog_project_create(sys, 0, 100, "media"), 0);
	assert_int_equal(lock(p, fd, 16 * K, &slot), 0);
	set(0, 100, PROJECT "=(privileged,8K,deny)");
	assert_int_equal(sundog_setproject(p, 100), EAGAIN);
	assert_int_equal(used(0, 3, PROJECT), 16 * K);
	assert_int_equal(sundog_rctl_clear(sys, 0, 100, PROJECT), 0);
	assert_int_equal(sundog_setproject(p, 100), 0);
	assert_int_equal(used(0, 3, PROJECT), 0);
	assert_int_equal(used(0, 100, PROJECT), 16 * K);
	assert_int_equal(unlock(slot), 0);
	assert_int_equal(used(0, 100, PROJECT), 0);
}

TEST(drivers_see_project_and_zone)
{
	struct sundog_process *inside, *child;
	int rval;

	(void)state;
	assert_int_equal(sundog_zone_create(sys, 7, "web"), 0);
	assert_int_equal(sundog_process_create_in(sys, SUNDOG_LP64, 1000, 1000, 8, 100, &inside), ESRCH);
	assert_int_equal(sundog_process_create_in(sys, SUNDOG_LP64, 1000, 1000, 7, 100, &inside), 0);
	assert_int_equal(sundog_ioctl(inside, opened(inside), RLOCK_PROJECT, 0, &rval), 0);
	assert_int_equal(rval, 100);
	assert_int_equal(sundog_fork(inside, &child), 0);
	assert_int_equal(sundog_ioctl(child, opened(child), RLOCK_ZONE, 0, &rval), 0);
	assert_int_equal(rval, 7);
	assert_int_equal(sundog_ioctl(child, opened(child), RLOCK_CREDZONE, 0, &rval), 0);
	assert_int_equal(rval, 7);
	assert_int_equal(sundog_setproject(child, 101), 0);
	assert_int_equal(sundog_ioctl(child, opened(child), RLOCK_PROJECT, 0, &rval), 0);
	assert_int_equal(rval, 101);
	assert_int_equal(sundog_exec(child), 0);
	assert_int_equal(sundog_ioctl(child, opened(child), RLOCK_PROJECT, 0, &rval), 0);
	assert_int_equal(rval, 101);
	assert_int_equal(sundog_ioctl(p, fd, RLOCK_PROJECT, 0, &rval), 0);
	assert_int_equal(rval, 3);
	sundog_exit(child);
	sundog_exit(inside);
}

TEST(a_signal_is_sent_to_the_process_that_is_refused)
{
	int slot;

	(void)state;
	set(0, 3, PROJECT "=(privileged,4K,deny,signal=USR1)");
	assert_int_equal(lock(p, fd, 8 * K, &slot), ENOMEM);
	assert_int_equal(sundog_signals(p), UINT64_C(1) << SIGUSR1);
	assert_int_equal(sundog_signals(p), 0);
}

TEST(an_invalid_limit_is_named)
{
	struct sundog_rctl rctl;

	(void)state;
	assert_int_equal(sundog_rctl_set(sys, 0, 3, PROJECT "=(basic,4K,deny)", message, sizeof(message)),
			 EINVAL);
	assert_string_equal(message, PROJECT "=(basic,4K,deny): takes no basic value");
	assert_int_equal(
		sundog_rctl_set(sys, 0, 4711, PROJECT "=(privileged,4K,deny)", message, sizeof(message)), ESRCH);
	assert_int_equal(sundog_rctl_get(sys, 0, 3, "project.max-lwps", &rctl), EINVAL);
	assert_int_equal(sundog_rctl_get(sys, 0, 4711, PROJECT, &rctl), ESRCH);
	assert_int_equal(sundog_rctl_clear(sys, 0, 4711, PROJECT), ESRCH);
}

TEST(statistics_are_read)
{
	char value[40];
	int slot;

	(void)state;
	assert_int_equal(lock(p, fd, 16 * K, &slot), 0);
	assert_int_equal(sundog_kstat(sys, "caps", 3, "lockedmem_project_3", "usage", value, sizeof(value)),
			 0);
	assert_string_equal(value, "16384");
	assert_int_equal(sundog_kstat(sys, "caps", 3, "lockedmem_project_3", "nothing", value, sizeof(value)),
			 ENOENT);
	assert_int_equal(unlock(slot), 0);
}

#define THREADS 8
static void *locker(void *arg)
{
	int slot, refused = 0;

	(void)arg;
	for (int i = 0; i < 100; i++) {
		if (lock(p, fd, 4 * K, &slot) != 0)
			refused++;
		else
			assert_int_equal(unlock(slot), 0);
	}
	return (void *)(intptr_t)refused;
}

TEST(eight_threads_lock_in_one_project)
{
	pthread_t threads[THREADS];
	struct sundog_rctl rctl;
	uint64_t refused = 0;
	void *result;

	(void)state;
	set(0, 3, PROJECT "=(privileged,8K,deny)");
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, locker, NULL), 0);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &result);
		refused += (uint64_t)(intptr_t)result;
	}
	assert_int_equal(sundog_rctl_get(sys, 0, 3, PROJECT, &rctl), 0);
	assert_int_equal(rctl.used, 0);
	assert_int_equal(rctl.refusals, refused);
	assert_true(refused < THREADS * 100);
}
