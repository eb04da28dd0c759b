/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model.h: what the framework must do, without a framework: sections 3, 4, 6 to 10 and 12 of the specification for one
 * call at a time.
 *
 *	op  --model_plan-->  action  --a world does it-->  outcome  --model_check-->  as expected, or why not
 *
 * The model knows processes, opens, handles page by page, locks and charges, and tells for each action the errno or
 * signal, the data, and all callbacks with their arguments in order.
 */
#ifndef TESTS_MODEL_MODEL_H
#define TESTS_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mdl.h"
#include "ops.h"

#define MODEL_PROCESSES 4
#define MODEL_FDS 4
#define MODEL_HANDLES 64          /* of a process */
#define MODEL_PAGES 32            /* of a handle */
#define MODEL_ANON_PAGES 8        /* ordinary memory of a process */
#define MODEL_ARENA 0x50000000ull /* where MAP_FIXED mappings go: */
#define MODEL_ARENA_PAGES 48
#define MODEL_WORDS 2 /* that are looked at in a page: the first and the last of 8 bytes */

/* ---- what is to be done ---- */

struct action {
	enum op_kind kind;
	int process; /* slot */
	int fd;      /* slot of the process's descriptors */
	int child;   /* slot: of fork; of new it is process */
	bool write;  /* touch, copy */
	bool cloexec, ilp32;
	int minor, open_flags; /* O_RDONLY ... */
	uint64_t addr, len, value;
	int prot, flags; /* of mmap, mprotect */
	int64_t offset;
	uint64_t limit; /* bytes; UINT64_MAX: none */
	bool scripted;
	struct mdl_script script;
	struct mdl_command command; /* unload, load, remap, invalidate, poke, lock, unlock */
};

struct outcome {
	int error;
	int pid;       /* new, fork */
	uint64_t addr; /* mmap; new, exec: of the ordinary memory */
	uint64_t value;
	int signo, code, si_errno; /* touch */
	int result;                /* of the command */
	struct mdl_event *events;
	int nevents;
};

/* ---- the model ---- */

enum model_backing {
	MODEL_BACKED,
	MODEL_INVALID_UMEM,
	MODEL_INVALID_DEVMEM,
};

struct model_handle {
	uint64_t start;
	int npages;
	int minor, cookie, roff; /* roff: page of the cookie */
	unsigned callbacks, flags, maxprot, orig_maxprot;
	enum model_backing backing;
	int64_t uoff;
	int id;
	uint8_t prot[MODEL_PAGES];
	bool loaded[MODEL_PAGES]; /* with devmap_access: has the page a translation? */
};

struct model_process {
	bool alive, ilp32;
	int pid;
	int fds[MODEL_FDS]; /* of opens + 1; 0: none */
	bool cloexec[MODEL_FDS];
	struct model_handle handles[MODEL_HANDLES]; /* by address */
	int nhandles;
	uint64_t anon;
	bool anon_mapped[MODEL_ANON_PAGES];
};

#define MODEL_OPENS 16
struct model_open {
	int minor, flags, references;
};

#define MODEL_PARTS 16
struct model_lock {
	bool used, dead; /* dead: its process is */
	int process;
	uint64_t start, len;
	unsigned rw;
	bool cleanup, pins;
	unsigned orders; /* of model_order(): that it keeps others out of */
	struct {
		uint64_t start, len;
	} parts[MODEL_PARTS]; /* that a driver has locked */
	int nparts;
};

struct model {
	bool real;               /* a page that may be written may be read */
	int fc_nomap, fc_objerr; /* of <vm/faultcode.h> */
	struct model_process processes[MODEL_PROCESSES];
	struct model_open opens[MODEL_OPENS];
	struct model_lock locks[MDL_LOCKS];
	uint64_t content[MDL_COOKIES][MDL_COOKIE_PAGES][MODEL_WORDS];
	uint64_t used, limit;
	uint64_t next_value;
	int next_id, context;
	struct mdl_script script;

	struct mdl_event expected[MDL_EVENTS];
	int nexpected;
	char why[512];
};

void model_init(struct model *m, bool real, int fc_nomap, int fc_objerr);
/* false: there is nothing to be done, or it would wait for another call. */
bool model_plan(const struct model *m, const struct op *op, struct action *action);
/* The action has been done; false: not as it must be, and why says what. */
bool model_check(struct model *m, const struct action *action, const struct outcome *outcome);

/* For a comparison of all that can be seen: has the page a translation to read by?  *known: it can be told. */
bool model_loaded(const struct model_handle *h, int page, bool *known);

#endif
