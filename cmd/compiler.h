/* SPDX-License-Identifier: BSD-2-Clause */
/* compiler.h: $CC or gcc, and what is known of it. */
#ifndef CMD_COMPILER_H
#define CMD_COMPILER_H

#include <limits.h>

#include "cmd/args.h"

struct compiler {
	struct args command; /* CC="ccache gcc" has two words */
	const char *name;    /* "gcc" or "clang" */
	char version[64];
	char include[PATH_MAX]; /* its stdarg.h, stddef.h, ... */
};

/* tmp: a directory for temporary files.  0, or EXIT_SUNDOG after an error message. */
int compiler_find(struct compiler *c, const char *tmp);
void compiler_args(const struct compiler *c, struct args *out);
void compiler_free(struct compiler *c);

#endif
