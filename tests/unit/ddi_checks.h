/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ddi_checks.h: checks that run on the driver's side of the headers.  Each function panics where something is not
 * as it should be; those named bug_ must panic.  No header behind it: both sides include it.
 */
#ifndef TESTS_UNIT_DDI_CHECKS_H
#define TESTS_UNIT_DDI_CHECKS_H

#define DDI_CHECKS(X) \
	X(strings) \
	X(string_sizes) \
	X(format_numbers) \
	X(format_rest) \
	X(mutexes) \
	X(conditions) \
	X(rwlocks) \
	X(semaphores) \
	X(memory) \
	X(pages) \
	X(frames) \
	X(kernel_windows) \
	X(machine) \
	X(soft_state) \
	X(units) \
	X(time) \
	X(device_numbers) \
	X(credentials) \
	X(projects) \
	X(model) \
	X(uio) \
	X(lists) \
	X(trees) \
	X(trees_random) \
	X(atomics) \
	X(atomic_counting) \
	X(pollheads) \
	X(caches) \
	X(kstats) \
	X(callbs) \
	X(threads) \
	X(timeouts) \
	X(taskqs) \
	X(ddi_taskqs) \
	X(arenas) \
	X(arena_imports) \
	X(arena_of_many_pieces) \
	X(numbers)

#define DDI_BUGS(X) \
	X(mutex_recursive, "mutex_enter") \
	X(mutex_not_owner, "mutex_exit") \
	X(mutex_destroyed, "is destroyed") \
	X(mutex_destroyed_held, "is held by thread") \
	X(cv_without_mutex, "cv_wait") \
	X(rw_exit_unheld, "rw_exit") \
	X(rw_destroy_held, "rw_destroy") \
	X(kmem_size, "was allocated with 100") \
	X(kmem_twice, "is not allocated") \
	X(kmem_unknown, "is not allocated") \
	X(soft_state_unknown, "is not a soft state") \
	X(prop_free, "did not come from a property lookup") \
	X(panic, "the driver's 42nd panic") \
	X(cmn_err_panic, "it is over: 7") \
	X(vpanic, "vpanic 3") \
	X(verify_plain, "one == 2") \
	X(verify, "assertion failed") \
	X(list_not_empty, "is not empty") \
	X(avl_twice, "is in tree") \
	X(heap_loaded, "hat_devload() shows pages there") \
	X(cache_foreign, "is not allocated") \
	X(arena_free, "is not allocated") \
	X(thread_exit, "was not made by thread_create")

#define DDI_CHECK_DECLARE(name, ...) void check_##name(void);
#define DDI_BUG_DECLARE(name, ...) void bug_##name(void);
DDI_CHECKS(DDI_CHECK_DECLARE)
DDI_BUGS(DDI_BUG_DECLARE)

/* Messages of every level, for the test to compare. */
void say_messages(void);
/* Another thread of execution than the caller's, made by the test. */
void run_elsewhere(void (*fn)(void *), void *arg);

#endif
