/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/list.h>: doubly linked lists whose links sit in the objects. */
#ifndef _SYS_LIST_H
#define _SYS_LIST_H

#include <sys/types.h>

/* Fields are the framework's; a list_node_t outside any list is all zero. */
typedef struct list_node {
	struct list_node *list_next;
	struct list_node *list_prev;
} list_node_t;

typedef struct list {
	size_t list_size;
	size_t list_offset; /* of the list_node_t in an object */
	struct list_node list_head;
} list_t;

/* size: of an object; offset: of its list_node_t.  An object is on one list per list_node_t at most. */
void list_create(list_t *, size_t, size_t) SUNDOG_LINK(list_create);
void list_destroy(list_t *) SUNDOG_LINK(list_destroy); /* the list is empty */
void list_insert_after(list_t *, void *, void *) SUNDOG_LINK(list_insert_after);   /* NULL: at the head */
void list_insert_before(list_t *, void *, void *) SUNDOG_LINK(list_insert_before); /* NULL: at the tail */
void list_insert_head(list_t *, void *) SUNDOG_LINK(list_insert_head);
void list_insert_tail(list_t *, void *) SUNDOG_LINK(list_insert_tail);
void list_remove(list_t *, void *) SUNDOG_LINK(list_remove);
void *list_remove_head(list_t *) SUNDOG_LINK(list_remove_head); /* NULL: empty */
void *list_remove_tail(list_t *) SUNDOG_LINK(list_remove_tail);
void *list_head(list_t *) SUNDOG_LINK(list_head);
void *list_tail(list_t *) SUNDOG_LINK(list_tail);
void *list_next(list_t *, void *) SUNDOG_LINK(list_next); /* NULL: it was the last */
void *list_prev(list_t *, void *) SUNDOG_LINK(list_prev);
/* Appends all of the second list to the first, and leaves the second empty. */
void list_move_tail(list_t *, list_t *) SUNDOG_LINK(list_move_tail);

void list_link_init(list_node_t *) SUNDOG_LINK(list_link_init);
void list_link_replace(list_node_t *, list_node_t *) SUNDOG_LINK(list_link_replace);
int list_link_active(list_node_t *) SUNDOG_LINK(list_link_active);
int list_is_empty(list_t *) SUNDOG_LINK(list_is_empty);

/* What comes along with it. */
#include <sys/list_impl.h>

#endif
