/* SPDX-License-Identifier: BSD-2-Clause */
/* Modules that need each other: the order in which they are loaded, and whose functions they call. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#include "host/conf/loader.h"
#include "host/conf/modules.h"

#define MOST 5

static char message[600];

/* "a b c" -> their paths, in order: the number of them. */
static size_t paths_of(const char *names, const char *paths[MOST])
{
	static char text[MOST][4096];
	size_t n = 0;
	int used;

	for (; n < MOST && sscanf(names, "%*s%n", &used) >= 0 && used > 0; n++, names += used, used = 0) {
		char name[64] = "";

		if (sscanf(names, "%63s", name) != 1)
			break;
		snprintf(text[n], sizeof(text[n]), "%s/%s.so", getenv("TEST_OBJECTS"), name);
		paths[n] = text[n];
	}
	return n;
}

TEST_PLAIN(orders)
{
	static const struct {
		const char *given, *order;
	} cases[] = {
		{"good", "0"},
		{"provider user", "01"},
		{"user provider", "10"},                    /* whose function it calls */
		{"behind provider", "10"},                  /* which _depends_on names */
		{"behind good", "01"},                      /* what is named and not there does not matter */
		{"good provider noted", "012"},             /* as they are given */
		{"behind_user user good provider", "2310"}, /* by two steps */
		{"user behind behind_user provider", "3012"},
		{"lost good", "01"},
		{"provider twin", "01"}, /* nobody asks */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *paths[MOST];
		size_t order[MOST], n = paths_of(cases[i].given, paths);
		char text[MOST + 1] = "";

		message[0] = '\0';
		if (modules_order(paths, n, order, message, sizeof(message)) != 0)
			fail_msg("%s: %s", cases[i].given, message);
		for (size_t k = 0; k < n; k++)
			text[k] = (char)('0' + order[k]);
		if (strcmp(text, cases[i].order) != 0)
			fail_msg("%s: %s", cases[i].given, text);
	}
}

/* The message without the folder's name. */
static void expect_refused(const char *given, int error, const char *text)
{
	const char *paths[MOST];
	char plain[600] = "", folder[4096];
	size_t order[MOST];

	snprintf(folder, sizeof(folder), "%s/", getenv("TEST_OBJECTS"));
	assert_int_equal(modules_order(paths, paths_of(given, paths), order, message, sizeof(message)), error);
	for (const char *at = message; *at != '\0';) {
		if (strncmp(at, folder, strlen(folder)) == 0)
			at += strlen(folder);
		else
			snprintf(plain + strlen(plain), sizeof(plain) - strlen(plain), "%c", *at++);
	}
	assert_string_equal(plain, text);
}

TEST_PLAIN(refusals)
{
	(void)state;
	expect_refused("circle_a good circle_b", ELOOP,
		       "circle_b.so needs a_function of circle_a.so, which needs b_function of circle_b.so: none of them can be loaded first");
	expect_refused("twin user provider", EEXIST, "user.so: calls shared_number, which both twin.so and provider.so define");
	expect_refused("good nowhere", ENOENT, "nowhere.so: No such file or directory");
}

static void open_module(const char *name, struct loader_module *module)
{
	const char *paths[MOST];

	paths_of(name, paths);
	assert_int_equal(loader_open(paths[0], module, message, sizeof(message)), 0);
}

TEST_PLAIN(calls_between_modules)
{
	struct loader_module provider, user, none;
	const char *paths[MOST];

	(void)state;
	paths_of("user", paths);
	assert_int_equal(loader_open(paths[0], &none, message, sizeof(message)), ENOSYS); /* nobody has it yet */
	assert_non_null(strstr(message, "does not provide: shared_number"));
	open_module("provider", &provider);
	open_module("user", &user);
	assert_int_equal(user.init(), 5);
	loader_close(&user);
	loader_close(&provider);
	assert_int_equal(loader_open(paths[0], &none, message, sizeof(message)), ENOSYS); /* no more */
	open_module("twin", &provider);
	open_module("user", &user);
	assert_int_equal(user.init(), 6);
	loader_close(&user);
	loader_close(&provider);
}

TEST_PLAIN(hints)
{
	struct loader_module none;
	const char *paths[MOST];

	(void)state;
	paths_of("lost", paths);
	assert_int_equal(loader_open(paths[0], &none, message, sizeof(message)), ENOSYS);
	assert_non_null(strstr(message, "lost.so: calls functions that sundog does not provide: nobodys_function (it depends on misc/nobody: -d)"));
}
