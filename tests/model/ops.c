/* SPDX-License-Identifier: BSD-2-Clause */
#include "ops.h"

#include <string.h>

/* How often each comes, in 256 first bytes. */
static const struct {
	const char *name;
	unsigned share;
} kinds[OP_KINDS] = {
	[OP_NEW] = {"new", 5},
	[OP_OPEN] = {"open", 10},
	[OP_CLOSE] = {"close", 3},
	[OP_MMAP] = {"mmap", 36},
	[OP_MUNMAP] = {"munmap", 20},
	[OP_MPROTECT] = {"mprotect", 18},
	[OP_TOUCH] = {"touch", 62},
	[OP_COPY] = {"copy", 14},
	[OP_FORK] = {"fork", 9},
	[OP_EXEC] = {"exec", 2},
	[OP_EXIT] = {"exit", 4},
	[OP_UNLOAD] = {"unload", 16},
	[OP_LOAD] = {"load", 8},
	[OP_REMAP] = {"remap", 12},
	[OP_INVALIDATE] = {"invalidate", 5},
	[OP_POKE] = {"poke", 4},
	[OP_LOCK] = {"lock", 15},
	[OP_UNLOCK] = {"unlock", 10},
	[OP_LIMIT] = {"limit", 3},
};

struct op op_decode(const uint8_t *bytes)
{
	struct op op = {.kind = OP_NEW, .process = bytes[1]};
	unsigned at = bytes[0];

	while (op.kind < OP_KINDS - 1 && at >= kinds[op.kind].share)
		at -= kinds[op.kind++].share;
	memcpy(op.p, bytes + 2, sizeof(op.p));
	return op;
}

const char *op_name(enum op_kind kind)
{
	return kinds[kind].name;
}

void op_print(FILE *f, const struct op *op)
{
	fprintf(f, "%s process %u:", kinds[op->kind].name, op->process);
	for (size_t i = 0; i < sizeof(op->p); i++)
		fprintf(f, " %u", op->p[i]);
	fprintf(f, "\n");
}
