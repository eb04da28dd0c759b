/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/args.h"
#include "cmd/command.h"

void args_add(struct args *a, const char *s)
{
	char **v = realloc(a->v, (a->n + 2) * sizeof(*v));
	char *copy = strdup(s);

	if (v == NULL || copy == NULL)
		exit(fail("out of memory for arguments"));
	v[a->n++] = copy;
	v[a->n] = NULL;
	a->v = v;
}

void args_add_all(struct args *a, ...)
{
	const char *s;
	va_list ap;

	va_start(ap, a);
	while ((s = va_arg(ap, const char *)) != NULL)
		args_add(a, s);
	va_end(ap);
}

void args_free(struct args *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->v[i]);
	free(a->v);
	*a = (struct args){0};
}
