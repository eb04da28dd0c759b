/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conformance.h: tests that any host must pass (doc/host.md).  They call kernel/host.h, kernel/sys/sys.h and fixture.h, and
 * are compiled as the kernel part is, so that they run wherever it does.
 */
#ifndef TESTS_CONFORMANCE_CONFORMANCE_H
#define TESTS_CONFORMANCE_CONFORMANCE_H

#include "tests/conformance/fixture.h"

struct conformance_test {
	const char *name;
	void (*setup)(void); /* either may be NULL */
	void (*run)(void);
	void (*teardown)(void); /* after a failure too */
};

/* A test; no list names it, the linker collects them. */
#define CONFORMANCE_WITH(name, setup, teardown) \
	static void name(void); \
	static const struct conformance_test test_##name = {#name, setup, name, teardown}; \
	static const struct conformance_test *const listed_##name __attribute__((section("conformance"), used)) = &test_##name; \
	static void name(void)
#define CONFORMANCE(name) CONFORMANCE_WITH(name, 0, 0)

/* All that are linked. */
extern const struct conformance_test *const __start_conformance[], *const __stop_conformance[];

#define CHECK(condition) ((condition) ? (void)0 : fixture_fail(__FILE__, __LINE__, #condition))

/* A small generator: the same numbers on every host. */
static inline unsigned random_below(unsigned *seed, unsigned n)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 8) % n;
}

#endif
