/* SPDX-License-Identifier: BSD-2-Clause */
/* table.h: rows of words in aligned columns. */
#ifndef CMD_TABLE_H
#define CMD_TABLE_H

#include <stddef.h>

#include "cmd/args.h"

struct table {
	const char *align; /* a letter for each column: l or r */
	struct args cells; /* row after row */
};

/* One string for each column; they are copied. */
void table_add(struct table *t, ...);
/* On standard output, two spaces between columns, none at a line's end. */
void table_print(const struct table *t);
void table_free(struct table *t);

#endif
