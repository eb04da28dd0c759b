/* SPDX-License-Identifier: BSD-2-Clause */
/* report.c: what drivers left behind, and counts for those who look for leaks of our own. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/conf/loader.h"
#include "host/server/server.h"

static void leak_print(void *arg, const struct sys_leak *leak)
{
	unsigned *count = arg;
	char function[256];

	++*count;
	loader_function(leak->caller, function, sizeof(function));
	(void)fprintf(stderr, "sundog: leak: %s: %zu %s, %zu bytes, by %s\n", leak->driver, leak->count, leak->kind,
		      leak->bytes, function);
}

unsigned report_halt(bool *unload)
{
	unsigned count = 0;

	*unload = sys_halt(leak_print, &count) != EINPROGRESS; /* a driver's refusal has been reported */
	return count;
}

/* Open descriptors, and those of page objects among them. */
static void descriptors_count(unsigned *all, unsigned *pages)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *e;
	char target[64];

	*all = *pages = 0;
	if (dir == NULL)
		return;
	while ((e = readdir(dir)) != NULL) {
		ssize_t n = readlinkat(dirfd(dir), e->d_name, target, sizeof(target) - 1);
		if (n < 0)
			continue;
		target[n] = '\0';
		++*all;
		*pages += strncmp(target, "/memfd:sundog ", 14) == 0;
	}
	--*all; /* dir itself */
	closedir(dir);
}

static unsigned threads_count(void)
{
	DIR *dir = opendir("/proc/self/task");
	struct dirent *e;
	unsigned count = 0;

	if (dir == NULL)
		return 0;
	while ((e = readdir(dir)) != NULL)
		count += e->d_name[0] != '.';
	closedir(dir);
	return count;
}

void report_stats(char *line, size_t size)
{
	unsigned descriptors, pages, processes, opens;

	descriptors_count(&descriptors, &pages);
	server_lock();
	processes = server.nprocesses;
	opens = server.nopens;
	server_unlock();
	(void)snprintf(line, size, "processes %u threads %u opens %u pages %u descriptors %u", processes,
		       threads_count(), opens, pages, descriptors);
}
