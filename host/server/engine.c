/* SPDX-License-Identifier: BSD-2-Clause */
/* engine.c: which fault engine an address space has. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "host/server/server.h"

int engine_start(const char *name)
{
	if (name == NULL || strcmp(name, as_engine_sigsegv.name) == 0)
		return 0;
	return strcmp(name, "uffd") == 0 ? ENOSYS : EINVAL;
}

const struct as_engine *engine_first(void)
{
	return &as_engine_sigsegv;
}

void engine_say(const struct process *p)
{
	posix_log(HOST_LOG_DEBUG, "process %d: fault engine: %s", (int)p->pid, p->as.engine->name);
}
