/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nvlist.h: the inside of <sys/nvpair.h>.  A list's pairs are each one block:
 *
 *	| next, previous | nvpair_t | name 0 |pad| value           |
 *	                 ^-------------- nvp_size -----------------^
 *
 * The value of arrays of strings and lists begins with pointers to what follows them; a list in a list is an nvlist_t there.
 */
#ifndef KERNEL_DDI_MEM_NVLIST_H
#define KERNEL_DDI_MEM_NVLIST_H

#include <stdbool.h>
#include <sys/nvpair.h>

#define NVLIST_DEPTH 20 /* lists within lists */

/* Bytes of an element that is not a string or a list; 0: it is, or has no value, or there is no such type. */
size_t nv_element_size(data_type_t type);
bool nv_type_known(data_type_t type);
bool nv_is_array(data_type_t type);

/* An empty list in memory that is there. */
int nvlist_begin(nvlist_t *list, uint_t flags, bool wait);
/* All its pairs. */
void nvlist_end(nvlist_t *list);

/* Copies a value: n elements (1 of what is no array) at value; of strings and lists pointers to them. */
int nvlist_put(nvlist_t *list, const char *name, data_type_t type, size_t n, const void *value);
/* Of a pair of just this type: into *value, as the nvpair_value functions do.  n may be NULL. */
int nvpair_get(nvpair_t *pair, data_type_t type, uint_t *n, void *value);
int nvlist_get(nvlist_t *list, const char *name, data_type_t type, uint_t *n, void *value);

/* A list made whole, registered for the caller: takes over the pairs of what. */
nvlist_t *nvlist_publish(nvlist_t *what, const void *caller);

#endif
