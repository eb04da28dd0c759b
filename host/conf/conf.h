/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf.h: driver.conf(4) files.
 *
 *	name="shm" parent="pseudo" instance=0 buffers=4,0x10 label="a","b" fast;	# a node
 *	depth=-1;									# for all nodes
 *
 * A spec ends at its semicolon and may go over several lines; # begins a comment.  Integers are 32 bits,
 * decimal, octal (0...) or hexadecimal (0x...), and may be negative; strings are quoted, with the escapes
 * \" \\ \n \t \r and \OOO.  A property without a value is boolean.
 */
#ifndef HOST_CONF_CONF_H
#define HOST_CONF_CONF_H

#include "kernel/sys/sys.h"

struct conf {
	struct sys_node *nodes; /* of the driver; the file's global properties are behind their own */
	size_t nnodes;          /* 0: the file names no node and no global property */
};

/*
 * Parses text (len bytes) for driver; nodes of other drivers are ignored, with a debug message.  On an
 * error (EINVAL, ENOMEM) message is "FILE:LINE: what", one line.  conf_free() frees *out.
 */
int conf_parse(const char *text, size_t len, const char *file, const char *driver, struct conf **out,
	       char *message, size_t size);
/* The same for a file; ENOENT and the like if it cannot be read, with "FILE: why". */
int conf_read(const char *path, const char *driver, struct conf **out, char *message, size_t size);
void conf_free(struct conf *conf); /* may be NULL */

#endif
