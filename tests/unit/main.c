/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs the tests that are linked with it. */
#include "test.h"

#include <stdlib.h>

static int by_line(const void *a, const void *b)
{
	const struct unit_test *const *left = a, *const *right = b;

	if ((*left)->line != (*right)->line)
		return (*left)->line - (*right)->line;
	return *left < *right ? -1 : 1; /* those that one macro makes */
}

int main(void)
{
	size_t n = (size_t)(__stop_unit_tests - __start_unit_tests);
	const struct unit_test **sorted = calloc(n, sizeof(*sorted));
	struct CMUnitTest *tests = calloc(n, sizeof(*tests));
	int failed;

	for (size_t i = 0; i < n; i++)
		sorted[i] = __start_unit_tests[i];
	qsort(sorted, n, sizeof(*sorted), by_line);
	for (size_t i = 0; i < n; i++)
		tests[i] = sorted[i]->test;
	free(sorted);
	failed = _cmocka_run_group_tests("tests", tests, n, NULL, NULL);
	free(tests);
	return failed;
}
