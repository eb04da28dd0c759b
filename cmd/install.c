/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/install.h"

static bool join(char *out, const char *dir, const char *rest)
{
	return snprintf(out, PATH_MAX, "%s/%s", dir, rest) < PATH_MAX;
}

/* Cuts the last n names off a path. */
static void strip(char *path, int n)
{
	while (n-- > 0) {
		char *slash = strrchr(path, '/');

		if (slash != NULL)
			*slash = '\0';
	}
}

static bool fill(struct install *in, const char *headers_dir, const char *headers, const char *dir)
{
	return join(in->headers, headers_dir, headers) && join(in->link_names, dir, "link-names") &&
	       join(in->driver_flags, dir, "driver-flags") &&
	       join(in->server, dir, "sundog-server") && join(in->preload, dir, "preload/$LIB/libsundog.so");
}

int install_find(struct install *in)
{
	char self[PATH_MAX], prefix[PATH_MAX], dir[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	bool fits;

	if (n < 0)
		return fail("cannot find sundog's own files: /proc/self/exe: %s", strerror(errno));
	self[n] = '\0';
	strip(self, 1);
	strcpy(prefix, self);
	strip(prefix, SUNDOG_BINDIR_DEPTH);
	fits = join(dir, self, "link-names");
	if (fits && access(dir, F_OK) == 0)
		fits = fill(in, self, "ddi", self);
	else
		fits = join(dir, prefix, SUNDOG_LIBDIR "/sundog") &&
		       fill(in, prefix, SUNDOG_INCLUDEDIR "/sundog/ddi", dir);
	if (!fits)
		return fail("cannot find sundog's own files: %s: path too long", self);
	/* ld.so splits LD_PRELOAD at these and expands $ in it. */
	strip(strcpy(dir, in->preload), 3);
	if (strpbrk(dir, " :$") != NULL)
		return fail("%s: sundog cannot be used from a directory with a space, colon or $ in its name", dir);
	return 0;
}
