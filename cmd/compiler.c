/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/compiler.h"
#include "cmd/tmpdir.h"

static void compiler_words(struct compiler *c)
{
	const char *cc = getenv("CC");
	char *copy, *word, *rest;

	copy = strdup(cc != NULL && cc[strspn(cc, " \t")] != '\0' ? cc : "gcc");
	if (copy == NULL)
		exit(fail("out of memory for $CC"));
	for (word = strtok_r(copy, " \t", &rest); word != NULL; word = strtok_r(NULL, " \t", &rest))
		args_add(&c->command, word);
	free(copy);
}

void compiler_args(const struct compiler *c, struct args *out)
{
	for (size_t i = 0; i < c->command.n; i++)
		args_add(out, c->command.v[i]);
}

/* Runs the compiler with its output in a file (the child must be tmpdir's, for signals) and reads that. */
static int compiler_ask(const struct compiler *c, const char *tmp, const char *script, char *answer, size_t size)
{
	char path[PATH_MAX];
	struct args a = {0};
	FILE *f;
	int status;

	snprintf(path, sizeof(path), "%s/answer", tmp);
	args_add_all(&a, "sh", "-c", script, path, NULL);
	compiler_args(c, &a);
	status = tmpdir_run(a.v);
	args_free(&a);
	answer[0] = '\0';
	f = fopen(path, "re");
	if (f != NULL && fgets(answer, (int)size, f) != NULL)
		answer[strcspn(answer, "\n")] = '\0';
	if (f != NULL)
		fclose(f);
	return answer[0] == '\0' && status == 0 ? EXIT_SUNDOG : status;
}

int compiler_find(struct compiler *c, const char *tmp)
{
	char clang[64];
	int status;

	compiler_words(c);
	status = compiler_ask(c, tmp, "\"$@\" -print-file-name=include >\"$0\" 2>/dev/null", c->include,
			      sizeof(c->include));
	if (status == 127)
		return fail("cc: %s: no such compiler (see $CC)", c->command.v[0]);
	if (status != 0)
		return fail("cc: %s: not a compiler like gcc or clang (-print-file-name=include failed)",
			    c->command.v[0]);
	/* A preprocessor run distinguishes gcc from clang, whatever its name is. */
	status = compiler_ask(c, tmp,
			      "printf '__clang_major__ __clang_minor__ __GNUC__ __GNUC_MINOR__' |"
			      " \"$@\" -E -P -x c - 2>/dev/null | grep . >\"$0\"",
			      clang, sizeof(clang));
	if (status != 0)
		return fail("cc: %s: cannot preprocess", c->command.v[0]);
	if (clang[0] == '_') {
		int major = 0, minor = 0;

		c->name = "gcc";
		if (sscanf(clang, "__clang_major__ __clang_minor__ %d %d", &major, &minor) == 2)
			snprintf(c->version, sizeof(c->version), "%d.%d", major, minor);
	} else {
		int major = 0, minor = 0;

		c->name = "clang";
		if (sscanf(clang, "%d %d", &major, &minor) == 2)
			snprintf(c->version, sizeof(c->version), "%d.%d", major, minor);
	}
	return 0;
}

void compiler_free(struct compiler *c)
{
	args_free(&c->command);
}
