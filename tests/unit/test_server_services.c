/* SPDX-License-Identifier: BSD-2-Clause */
/* What the server makes of events that Linux repeats: each fault is served once, and interrupted only by a signal. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include "test.h"

#include "host/server/fault/uffd/uffd.h"
#include "kernel/host.h"

#define PAGE 4096u
#define P (16u * PAGE)
#define Q (17u * PAGE)
enum {
	THREAD = 100,
	OTHER,
};

static struct services table;
static struct service first, second;

static int setup(void **state)
{
	services_init(&table);
	return 0;
}

static int teardown(void **state)
{
	posix_thread_clear_interrupt(posix_thread_self());
	services_fini(&table);
	return 0;
}

/* Would a driver's wait in the calling thread, which serves, end? */
static bool interrupted(void)
{
	struct host_mutex m;
	struct host_cond c;
	enum host_wake wake;

	host_mutex_init(&m);
	host_cond_init(&c);
	host_mutex_lock(&m);
	wake = host_cond_wait(&c, &m, host_time_monotonic(), true);
	host_mutex_unlock(&m);
	host_cond_destroy(&c);
	host_mutex_destroy(&m);
	return wake == HOST_INTERRUPTED;
}

/* An event that is looked at as soon as it has been read. */
static enum service_event event(struct service *v, uint32_t tid, uint64_t page)
{
	return services_begin(&table, v, tid, page, services_read(&table));
}

#define TEST(name) TEST_WITH(name, setup, teardown)

TEST(a_fault_is_served)
{
	assert_int_equal(event(&first, THREAD, P), SERVICE_NEW);
	assert_false(interrupted());
	assert_false(services_end(&table, &first));
}

TEST(one_after_the_other_are_served)
{
	for (int i = 0; i < 100; i++) {
		assert_int_equal(event(&first, THREAD, P), SERVICE_NEW);
		services_wake(&table, &first, P, P + PAGE);
		assert_false(services_end(&table, &first));
	}
}

TEST(threads_and_pages_have_services_of_their_own)
{
	struct service third;

	assert_int_equal(event(&first, THREAD, P), SERVICE_NEW);
	assert_int_equal(event(&second, OTHER, P), SERVICE_NEW);
	assert_int_equal(event(&third, THREAD, Q), SERVICE_NEW);
	assert_false(services_end(&table, &first));
	assert_false(services_end(&table, &second));
	assert_false(services_end(&table, &third));
}

/* A system call with a signal pending: Linux repeats its fault. */
TEST(a_return_that_nothing_explains_interrupts)
{
	assert_int_equal(event(&first, THREAD, P), SERVICE_NEW);
	assert_int_equal(event(&second, THREAD, P), SERVICE_RETURN);
	assert_true(interrupted());
	assert_true(services_end(&table, &first));
	assert_false(interrupted());
}

TEST(a_signal_interrupts_once)
{
	assert_int_equal(event(&first, THREAD, P), SERVICE_NEW);
	services_interrupt(&table, OTHER);
	assert_false(interrupted());
	services_interrupt(&table, THREAD);
	assert_true(interrupted());
	posix_thread_clear_interrupt(posix_thread_self());
	assert_int_equal(event(&second, THREAD, P), SERVICE_RETURN);
	assert_false(interrupted());
	assert_true(services_end(&table, &first));
}

TEST(a_wake_for_another_thread_does_not_interrupt)
{
	assert_int_equal(event(&first, THREAD, P), SERVICE_NEW);
	services_wake(&table, NULL, Q, Q + PAGE);
	services_wake(&table, NULL, P - PAGE, P + PAGE);
	assert_int_equal(event(&second, THREAD, P), SERVICE_RETURN);
	assert_false(interrupted());
	assert_int_equal(event(&second, THREAD, P), SERVICE_RETURN); /* there was one wake */
	assert_true(interrupted());
	assert_true(services_end(&table, &first));
}

TEST(a_wake_far_and_wide_is_one_for_each_page)
{
	assert_int_equal(event(&first, THREAD, P), SERVICE_NEW);
	services_wake(&table, NULL, 0, 1000 * PAGE);
	assert_int_equal(event(&second, THREAD, P), SERVICE_RETURN);
	assert_false(interrupted());
	assert_true(services_end(&table, &first));
}

/* The event is read; the page is woken; the event is looked at.  Its thread makes another one. */
TEST(a_wake_before_the_service_does_not_interrupt_it)
{
	uint64_t read = services_read(&table);

	services_wake(&table, NULL, P, P + PAGE);
	assert_int_equal(services_begin(&table, &first, THREAD, P, read), SERVICE_NEW);
	assert_int_equal(event(&second, THREAD, P), SERVICE_RETURN);
	assert_false(interrupted());
	assert_true(services_end(&table, &first));
}

/* The thread returns, and the service ends before that is looked at. */
TEST(a_return_read_before_the_end_is_of_the_past)
{
	uint64_t read;

	assert_int_equal(event(&first, THREAD, P), SERVICE_NEW);
	services_wake(&table, NULL, P, P + PAGE);
	read = services_read(&table);
	assert_true(services_end(&table, &first));
	assert_int_equal(services_begin(&table, &second, THREAD, P, read), SERVICE_PAST);
	assert_int_equal(event(&second, THREAD, P), SERVICE_NEW);
	assert_false(services_end(&table, &second));
}

/* The thread is in its handler, for good perhaps, when its event is looked at. */
TEST(an_event_read_before_a_signal_is_of_the_past)
{
	uint64_t read = services_read(&table);

	services_interrupt(&table, THREAD);
	assert_int_equal(services_begin(&table, &first, THREAD, P, read), SERVICE_PAST);
	assert_int_equal(services_begin(&table, &first, OTHER, P, read), SERVICE_NEW);
	assert_false(services_end(&table, &first));
	assert_int_equal(event(&first, THREAD, P), SERVICE_NEW);
	assert_false(services_end(&table, &first));
}
