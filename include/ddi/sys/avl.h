/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/avl.h>: balanced trees whose links sit in the objects. */
#ifndef _SYS_AVL_H
#define _SYS_AVL_H

#include <sys/types.h>

/* Fields are the framework's. */
typedef struct avl_node {
	struct avl_node *avl_child[2];
	struct avl_node *avl_parent;
	int avl_child_index;
	int avl_balance;
} avl_node_t;

typedef struct avl_tree {
	struct avl_node *avl_root;
	int (*avl_compar)(const void *, const void *);
	size_t avl_offset;
	ulong_t avl_numnodes;
	size_t avl_size;
} avl_tree_t;

typedef uintptr_t avl_index_t; /* a place for an insertion, from avl_find() */

#define AVL_BEFORE 0
#define AVL_AFTER 1
#define AVL_NEXT(tree, node) avl_walk(tree, node, AVL_AFTER)
#define AVL_PREV(tree, node) avl_walk(tree, node, AVL_BEFORE)

/* The comparison returns exactly -1, 0 or 1.  size: of an object; offset: of its avl_node_t. */
void avl_create(avl_tree_t *, int (*)(const void *, const void *), size_t, size_t) SUNDOG_LINK(avl_create);
void avl_destroy(avl_tree_t *) SUNDOG_LINK(avl_destroy); /* the tree is empty */
/* The object equal to the key; or NULL, with the place where it would go in *where if where is given. */
void *avl_find(avl_tree_t *, const void *, avl_index_t *) SUNDOG_LINK(avl_find);
void avl_insert(avl_tree_t *, void *, avl_index_t) SUNDOG_LINK(avl_insert);
void avl_insert_here(avl_tree_t *, void *, void *, int) SUNDOG_LINK(avl_insert_here);
void *avl_first(avl_tree_t *) SUNDOG_LINK(avl_first);
void *avl_last(avl_tree_t *) SUNDOG_LINK(avl_last);
void *avl_walk(avl_tree_t *, void *, int) SUNDOG_LINK(avl_walk);
void *avl_nearest(avl_tree_t *, avl_index_t, int) SUNDOG_LINK(avl_nearest);
void avl_add(avl_tree_t *, void *) SUNDOG_LINK(avl_add); /* an equal object is not there yet */
void avl_remove(avl_tree_t *, void *) SUNDOG_LINK(avl_remove);
boolean_t avl_update(avl_tree_t *, void *) SUNDOG_LINK(avl_update);
void avl_swap(avl_tree_t *, avl_tree_t *) SUNDOG_LINK(avl_swap);
ulong_t avl_numnodes(avl_tree_t *) SUNDOG_LINK(avl_numnodes);
boolean_t avl_is_empty(avl_tree_t *) SUNDOG_LINK(avl_is_empty);
/*
 * Takes one object after the other out, without rebalancing: NULL when all are.  *cookie starts as NULL.  Until then
 * no other function but avl_destroy() afterwards.
 */
void *avl_destroy_nodes(avl_tree_t *, void **) SUNDOG_LINK(avl_destroy_nodes);

/* What comes along with it. */
#include <sys/avl_impl.h>

#endif
