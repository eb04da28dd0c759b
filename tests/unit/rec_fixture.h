/* SPDX-License-Identifier: BSD-2-Clause */
/* rec_fixture.h: where tests of mappings begin: a process with the device open, and kernel memory behind it. */
#ifndef TESTS_UNIT_REC_FIXTURE_H
#define TESTS_UNIT_REC_FIXTURE_H

#include "rec_host.h"

static struct sundog_process *process; /* NULL: the test has ended it */
static int fd;
static void *cookie;
static char *memory;

static inline int
fixture_setup(void **state, size_t pages, unsigned callbacks)
{
	rec_setup_system(state);
	process = rec_process();
	fd = rec_open_device(process, O_RDWR);
	memory = rec_umem_alloc(pages * PAGE, 0, &cookie);
	rec_script(cookie, callbacks);
	return 0;
}

static inline int
fixture_teardown(void **state)
{
	if (process != NULL)
		sundog_exit(process);
	rec_umem_free(cookie);
	return rec_teardown_system(state);
}

#endif
