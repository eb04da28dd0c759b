/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd/table.h"

void table_add(struct table *t, ...)
{
	va_list ap;

	va_start(ap, t);
	for (size_t i = 0; i < strlen(t->align); i++)
		args_add(&t->cells, va_arg(ap, const char *));
	va_end(ap);
}

static int column_width(const struct table *t, size_t column)
{
	size_t columns = strlen(t->align), width = 0;

	for (size_t i = column; i < t->cells.n; i += columns)
		if (strlen(t->cells.v[i]) > width)
			width = strlen(t->cells.v[i]);
	return (int)width;
}

/* Padding is held back until something follows it. */
static void row_print(const struct table *t, char **cells, const int *widths)
{
	int pad = 0;

	for (size_t i = 0; i < strlen(t->align); i++) {
		int n = (int)strlen(cells[i]);

		int left = t->align[i] == 'r' ? widths[i] - n : 0;

		if (n > 0) {
			printf("%*s%s", pad + left, "", cells[i]);
			pad = widths[i] - n - left + 2;
		} else {
			pad += widths[i] + 2;
		}
	}
	putchar('\n');
}

void table_print(const struct table *t)
{
	size_t columns = strlen(t->align);
	int widths[16];

	for (size_t i = 0; i < columns; i++)
		widths[i] = column_width(t, i);
	for (size_t i = 0; i < t->cells.n; i += columns)
		row_print(t, t->cells.v + i, widths);
}

void table_free(struct table *t)
{
	args_free(&t->cells);
}
