/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/lib/message.h"
#include <sys/avl.h>

/*
 * avl_balance is the height of the right subtree less that of the left: -1, 0 or 1 between operations.
 * A place for an insertion is the parent's address with the side, 0 or 1, in its lowest bit.
 */

static avl_node_t *node_of(avl_tree_t *t, void *object)
{
	return (avl_node_t *)(void *)((char *)object + t->avl_offset);
}

static void *object_of(avl_tree_t *t, avl_node_t *n)
{
	return n == NULL ? NULL : (void *)((char *)n - t->avl_offset);
}

void avl_create(avl_tree_t *t, int (*compare)(const void *, const void *), size_t size, size_t offset)
{
	*t = (avl_tree_t){.avl_compar = compare, .avl_offset = offset, .avl_size = size};
}

void avl_destroy(avl_tree_t *t)
{
	if (t->avl_root != NULL)
		driver_bug(CALLER(), "avl_destroy: tree %p has %lu objects", (void *)t, t->avl_numnodes);
}

/* ---- finding ---- */

void *avl_find(avl_tree_t *t, const void *key, avl_index_t *where)
{
	avl_node_t *parent = NULL, *n = t->avl_root;
	int side = 0;

	while (n != NULL) {
		int order = t->avl_compar(key, object_of(t, n));

		if (order == 0)
			return object_of(t, n);
		parent = n;
		side = order > 0;
		n = n->avl_child[side];
	}
	if (where != NULL)
		*where = (uintptr_t)parent | (unsigned)side;
	return NULL;
}

/* The outermost node on one side of a subtree. */
static avl_node_t *outermost(avl_node_t *n, int side)
{
	while (n != NULL && n->avl_child[side] != NULL)
		n = n->avl_child[side];
	return n;
}

void *avl_first(avl_tree_t *t)
{
	return object_of(t, outermost(t->avl_root, 0));
}

void *avl_last(avl_tree_t *t)
{
	return object_of(t, outermost(t->avl_root, 1));
}

static avl_node_t *neighbour(avl_node_t *n, int side)
{
	if (n->avl_child[side] != NULL)
		return outermost(n->avl_child[side], !side);
	while (n->avl_parent != NULL && n->avl_child_index == side)
		n = n->avl_parent;
	return n->avl_parent;
}

void *avl_walk(avl_tree_t *t, void *object, int side)
{
	return object == NULL ? NULL : object_of(t, neighbour(node_of(t, object), side));
}

void *avl_nearest(avl_tree_t *t, avl_index_t where, int side)
{
	avl_node_t *parent = (avl_node_t *)(where & ~(uintptr_t)1);

	if (parent == NULL)
		return NULL;
	/* the place is on that side of parent already, or parent itself lies on the side asked for */
	return object_of(t, (int)(where & 1) != side ? parent : neighbour(parent, side));
}

/* ---- changing ---- */

static void child_set(avl_tree_t *t, avl_node_t *parent, int side, avl_node_t *child)
{
	if (parent != NULL)
		parent->avl_child[side] = child;
	else
		t->avl_root = child;
	if (child != NULL) {
		child->avl_parent = parent;
		child->avl_child_index = side;
	}
}

/*
 * The child c on the heavy side takes n's place:
 *
 *	    n              c
 *	   / \            / \
 *	  A   c    =>    n   C        (side = right)
 *	     / \        / \
 *	    B   C      A   B
 */
static avl_node_t *rotate(avl_tree_t *t, avl_node_t *n, int side)
{
	avl_node_t *c = n->avl_child[side];

	child_set(t, n->avl_parent, n->avl_child_index, c);
	child_set(t, n, side, c->avl_child[!side]);
	child_set(t, c, !side, n);
	return c;
}

/* n is two too heavy on one side.  Returns the subtree's new root, whose balance tells if it became lower (0). */
static avl_node_t *rebalance(avl_tree_t *t, avl_node_t *n, int side)
{
	int heavy = side ? 1 : -1;
	avl_node_t *c = n->avl_child[side], *g;

	if (c->avl_balance != -heavy) {
		(void)rotate(t, n, side);
		n->avl_balance = c->avl_balance == 0 ? heavy : 0;
		c->avl_balance = c->avl_balance == 0 ? -heavy : 0;
		return c;
	}
	g = c->avl_child[!side];
	(void)rotate(t, c, !side);
	(void)rotate(t, n, side);
	n->avl_balance = g->avl_balance == heavy ? -heavy : 0;
	c->avl_balance = g->avl_balance == -heavy ? heavy : 0;
	g->avl_balance = 0;
	return g;
}

void avl_insert(avl_tree_t *t, void *object, avl_index_t where)
{
	avl_node_t *n = node_of(t, object), *parent = (avl_node_t *)(where & ~(uintptr_t)1);
	int side = (int)(where & 1);

	n->avl_child[0] = n->avl_child[1] = NULL;
	n->avl_balance = 0;
	child_set(t, parent, side, n);
	if (parent == NULL) {
		n->avl_parent = NULL;
		n->avl_child_index = 0;
	}
	t->avl_numnodes++;
	for (; parent != NULL; side = parent->avl_child_index, parent = parent->avl_parent) {
		int heavy = side ? 1 : -1;

		if (parent->avl_balance == heavy) {
			(void)rebalance(t, parent, side);
			return;
		}
		parent->avl_balance += heavy;
		if (parent->avl_balance == 0)
			return;
	}
}

void avl_insert_here(avl_tree_t *t, void *object, void *here, int side)
{
	avl_node_t *n = node_of(t, here);

	if (n->avl_child[side] != NULL) { /* the free place beside it is its neighbour's inner side */
		n = outermost(n->avl_child[side], !side);
		side = !side;
	}
	avl_insert(t, object, (uintptr_t)n | (unsigned)side);
}

void avl_add(avl_tree_t *t, void *object)
{
	avl_index_t where = 0;

	if (avl_find(t, object, &where) != NULL)
		driver_bug(CALLER(), "avl_add: an equal object is in tree %p already", (void *)t);
	avl_insert(t, object, where);
}

/* The subtree on one side of n became lower: goes up as long as that makes n lower too. */
static void lowered(avl_tree_t *t, avl_node_t *n, int side)
{
	while (n != NULL) {
		int heavy = side ? -1 : 1; /* the other side weighs more now */

		if (n->avl_balance == heavy)
			n = rebalance(t, n, !side);
		else
			n->avl_balance += heavy;
		if (n->avl_balance != 0)
			return;
		side = n->avl_child_index;
		n = n->avl_parent;
	}
}

/* A node with two children changes places with its successor, which has one at most. */
static void swap_with_successor(avl_tree_t *t, avl_node_t *n)
{
	avl_node_t *s = outermost(n->avl_child[1], 0), *parent = s->avl_parent;
	avl_node_t old = *n, other = *s;

	child_set(t, old.avl_parent, old.avl_child_index, s);
	s->avl_balance = old.avl_balance;
	child_set(t, s, 0, old.avl_child[0]);
	if (parent == n) {
		child_set(t, s, 1, n);
	} else {
		child_set(t, s, 1, old.avl_child[1]);
		child_set(t, parent, other.avl_child_index, n);
	}
	n->avl_balance = other.avl_balance;
	child_set(t, n, 0, NULL);
	child_set(t, n, 1, other.avl_child[1]);
}

void avl_remove(avl_tree_t *t, void *object)
{
	avl_node_t *n = node_of(t, object), *parent, *child;
	int side;

	if (n->avl_child[0] != NULL && n->avl_child[1] != NULL)
		swap_with_successor(t, n);
	parent = n->avl_parent;
	side = n->avl_child_index;
	child = n->avl_child[0] != NULL ? n->avl_child[0] : n->avl_child[1];
	child_set(t, parent, side, child);
	t->avl_numnodes--;
	lowered(t, parent, side);
	n->avl_child[0] = n->avl_child[1] = n->avl_parent = NULL;
}

/* The object's key changed: moves it if it is out of order.  B_TRUE: it moved. */
boolean_t avl_update(avl_tree_t *t, void *object)
{
	avl_node_t *n = node_of(t, object), *before = neighbour(n, 0), *after = neighbour(n, 1);

	if ((before == NULL || t->avl_compar(object_of(t, before), object) <= 0) &&
	    (after == NULL || t->avl_compar(object, object_of(t, after)) <= 0))
		return B_FALSE;
	avl_remove(t, object);
	avl_add(t, object);
	return B_TRUE;
}

void avl_swap(avl_tree_t *a, avl_tree_t *b)
{
	avl_tree_t old = *a;

	*a = *b;
	*b = old;
}

ulong_t avl_numnodes(avl_tree_t *t)
{
	return t->avl_numnodes;
}

boolean_t avl_is_empty(avl_tree_t *t)
{
	return t->avl_numnodes == 0 ? B_TRUE : B_FALSE;
}

/* A leaf at a time, cut off from its parent; the cookie is the parent. */
void *avl_destroy_nodes(avl_tree_t *t, void **cookie)
{
	avl_node_t *n = *cookie != NULL ? *cookie : t->avl_root;

	if (n == NULL)
		return NULL;
	while (n->avl_child[0] != NULL || n->avl_child[1] != NULL)
		n = n->avl_child[0] != NULL ? n->avl_child[0] : n->avl_child[1];
	child_set(t, n->avl_parent, n->avl_child_index, NULL);
	*cookie = n->avl_parent;
	t->avl_numnodes--;
	return object_of(t, n);
}
