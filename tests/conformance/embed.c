/* SPDX-License-Identifier: BSD-2-Clause */
/* The conformance tests on host/embed: its fixture, and cmocka as their runner. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "host/embed/as.h"
#include "host/posix/posix.h"
#include "tests/conformance/conformance.h"

static pthread_t runner; /* cmocka's thread: the only one that a failure may take out of its test */

struct host_as *fixture_as_create(void)
{
	return as_create(false);
}

void fixture_as_destroy(struct host_as *as)
{
	as_destroy(as);
}

int fixture_map(struct host_as *as, uintptr_t *addr, size_t len, unsigned prot)
{
	return as_map_memory(as, addr, len, prot);
}

void fixture_protect(struct host_as *as, uintptr_t addr, size_t len, unsigned prot)
{
	as_protect_memory(as, addr, len, prot);
}

void fixture_unmap(struct host_as *as, uintptr_t addr, size_t len)
{
	as_unmap_memory(as, addr, len);
}

enum fixture_result fixture_access(struct host_as *as, uintptr_t addr, void *data, size_t len, unsigned prot)
{
	static const enum fixture_result results[] = {
		[AS_DONE] = FIXTURE_DONE,
		[AS_NO_TRANSLATION] = FIXTURE_NO_TRANSLATION,
		[AS_NOT_MAPPED] = FIXTURE_NOT_MAPPED,
		[AS_DENIED] = FIXTURE_DENIED,
	};

	return results[as_access(as, addr, data, len, prot)];
}

bool fixture_loaded(struct host_as *as, uintptr_t addr, unsigned prot)
{
	return as_loaded(as, addr, prot);
}

void fixture_fail(const char *file, int line, const char *what)
{
	print_error("%s\n", what);
	if (pthread_equal(pthread_self(), runner))
		_fail(file, line);
	print_error("%s:%d: in another thread than the test's\n", file, line);
	abort();
}

static int setup(void **state)
{
	const struct conformance_test *test = *state;

	if (test->setup != NULL)
		test->setup();
	return 0;
}

static int teardown(void **state)
{
	const struct conformance_test *test = *state;

	if (test->teardown != NULL)
		test->teardown();
	return 0;
}

static void run(void **state)
{
	const struct conformance_test *test = *state;

	test->run();
}

int main(void)
{
	size_t n = (size_t)(__stop_conformance - __start_conformance);
	struct CMUnitTest *tests = calloc(n, sizeof(*tests));
	int failed;

	runner = pthread_self();
	posix_init(&(struct posix_config){0});
	for (size_t i = 0; i < n; i++)
		tests[i] = (struct CMUnitTest){__start_conformance[i]->name, run, setup, teardown,
					       (void *)(uintptr_t)__start_conformance[i]};
	failed = _cmocka_run_group_tests("conformance", tests, n, NULL, NULL);
	free(tests);
	return failed;
}
