/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * modules.h: what shared objects of one system need of each other.  A module defines functions for others, or names in a
 * string _depends_on ("misc/rsmops drv/shm") the modules that it comes after.
 */
#ifndef HOST_CONF_MODULES_H
#define HOST_CONF_MODULES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The order in which to load n files: each after those that it needs, else as they are given.  order has room for n
 * indexes.  ENOENT..., ENOEXEC: a file is none; EEXIST: two files define what a third needs; ELOOP: files need each
 * other.  A module that _depends_on names and that is not among the files is no error: its functions may be sundog's own.
 */
int modules_order(const char *const *paths, size_t n, size_t *order, char *message, size_t size);

/* The words of the string _depends_on of a file that was opened; "" if there is none. */
struct elf_file;
void modules_depends(const struct elf_file *file, char *words, size_t size);

#endif
