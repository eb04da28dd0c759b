/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test.h: a test is listed where it is written:
 *
 *	TEST_PLAIN(what_it_shows)                      TEST_WITH(what_it_shows, setup, teardown)
 *	{                                              {
 *		assert_true(...);                              assert_true(...);
 *	}                                              }
 *
 * The linker collects them, and main.c runs them in the order of the file.
 */
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct unit_test {
	int line;
	struct CMUnitTest test;
};

#define TEST_WITH(name, setup, teardown) \
	static void name(void **state); \
	static const struct unit_test unit_##name = {__LINE__, {#name, name, setup, teardown, NULL}}; \
	static const struct unit_test *const listed_##name __attribute__((section("unit_tests"), used)) = &unit_##name; \
	static void name(void **state)
#define TEST_PLAIN(name) TEST_WITH(name, NULL, NULL)

extern const struct unit_test *const __start_unit_tests[], *const __stop_unit_tests[];

#endif
