/* SPDX-License-Identifier: BSD-2-Clause */
/* world.h: where actions are done: the framework with the driver mdl loaded.  One world at a time. */
#ifndef TESTS_MODEL_WORLD_H
#define TESTS_MODEL_WORLD_H

#include "model.h"

struct world;

/* NULL and a message on stderr: it cannot be made. */
struct world *world_open(const char *argument);
/* Everything is gone, and nothing is left behind: else false, and why says what. */
bool world_close(struct world *w, char *why, size_t size);
/* For a new sequence: no process is left.  Begins its model, too. */
void world_begin(struct world *w, struct model *m);
/* Does it; *o with the callbacks that it has led to. */
void world_do(struct world *w, const struct action *a, struct outcome *o);
/* Compares what can be seen of a process, and what is charged, with the model.  false, and m->why. */
bool world_compare(struct world *w, struct model *m, int process);
/* The bytes at an offset of a cookie. */
uint64_t world_peek(struct world *w, int cookie, uint64_t offset);

#endif
