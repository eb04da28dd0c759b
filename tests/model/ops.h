/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ops.h: operations of processes on device mappings, as bytes.  Every string of bytes is a sequence of operations, and
 * each operation is OP_BYTES of it: a fuzzer may change, drop and repeat them as it likes.
 */
#ifndef TESTS_MODEL_OPS_H
#define TESTS_MODEL_OPS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define OP_BYTES 8

enum op_kind {
	OP_NEW,
	OP_OPEN,
	OP_CLOSE,
	OP_MMAP,
	OP_MUNMAP,
	OP_MPROTECT,
	OP_TOUCH,
	OP_COPY,
	OP_FORK,
	OP_EXEC,
	OP_EXIT,
	OP_UNLOAD,
	OP_LOAD,
	OP_REMAP,
	OP_INVALIDATE,
	OP_POKE,
	OP_LOCK,
	OP_UNLOCK,
	OP_LIMIT,
	OP_KINDS,
};

/* What the parameters mean is the model's to say; 0 is always the plainest value. */
struct op {
	enum op_kind kind;
	uint8_t process;
	uint8_t p[OP_BYTES - 2];
};

/* The operation that OP_BYTES bytes stand for. */
struct op op_decode(const uint8_t *bytes);
const char *op_name(enum op_kind kind);
void op_print(FILE *f, const struct op *op);

#endif
