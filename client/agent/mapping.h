/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mapping.h: what is mapped in this process, as Linux lists it.  Raw system calls only and no libc, for the agent and for the
 * helper of a fork child.
 */
#ifndef CLIENT_MAPPING_H
#define CLIENT_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mapping {
	uint64_t start, end, offset, inode;
	int prot; /* PROT_* */
	bool shared;
};

/* The lines of /proc/self/maps, or -errno. */
int mapping_open(void);
/*
 * The mapping that addr lies in: asked of Linux (since 6.11), else looked for in the lines.  maps is of mapping_open().  Returns
 * 0, -ENOENT when nothing is mapped there, or another -errno.
 */
long mapping_find(int maps, uint64_t addr, struct mapping *m);
/* The same from the lines, as on every kernel. */
long mapping_find_line(int maps, uint64_t addr, struct mapping *m);
/* One line of len bytes without its end; the name is left to the caller.  False: it is no such line. */
bool mapping_parse(const char *line, size_t len, struct mapping *m);

#endif
