/* SPDX-License-Identifier: BSD-2-Clause */
/* args.h: a growing argument vector; v ends with NULL once something has been added.  Copies its strings. */
#ifndef CMD_ARGS_H
#define CMD_ARGS_H

#include <stddef.h>

struct args {
	char **v;
	size_t n;
};

/* Without memory for a few strings the program ends. */
void args_add(struct args *a, const char *s);
void args_add_all(struct args *a, ...) __attribute__((sentinel));
void args_free(struct args *a);

#endif
