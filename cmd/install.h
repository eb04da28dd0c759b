/* SPDX-License-Identifier: BSD-2-Clause */
/* install.h: where sundog's own files are: beside the command in a build directory, or below its prefix. */
#ifndef CMD_INSTALL_H
#define CMD_INSTALL_H

#include <limits.h>

struct install {
	char headers[PATH_MAX];      /* include/ddi */
	char link_names[PATH_MAX];   /* "timeout sundog_timeout" lines */
	char driver_flags[PATH_MAX]; /* of the compiler: its file of arguments */
	char server[PATH_MAX];       /* the plain server; the others have a suffix */
	char preload[PATH_MAX];      /* with $LIB in it, for LD_PRELOAD */
};

/* 0, or EXIT_SUNDOG after an error message. */
int install_find(struct install *in);

#endif
