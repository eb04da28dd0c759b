/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tree.h: an ordered set of nodes by a key, balanced: every operation takes logarithmic time.  Nodes with the same key lie
 * side by side.  A node may have a weight, and those that are heavy enough are found among the others.
 * The nodes sit inside the caller's structs, and so do the locks: a tree has none of its own.
 *
 * A node's key may change in place as long as the order of the nodes stays the same (a range that
 * is cut at its head).
 */
#ifndef KERNEL_LIB_TREE_H
#define KERNEL_LIB_TREE_H

#include <stddef.h>
#include <stdint.h>

struct tree_node {
	struct tree_node *left, *right;
	uintptr_t key;
	uintptr_t weight;
	uintptr_t heaviest; /* of the node and those below it */
	int height;
};

/* All-zero bytes are an empty tree. */
struct tree {
	struct tree_node *root;
	size_t count;
};

/* Of weight 0. */
void tree_insert(struct tree *tree, struct tree_node *node, uintptr_t key);
void tree_insert_weighted(struct tree *tree, struct tree_node *node, uintptr_t key, uintptr_t weight);
/* node is in the tree. */
void tree_remove(struct tree *tree, struct tree_node *node);

/* A node with the greatest key <= key, or NULL. */
struct tree_node *tree_find_below(const struct tree *tree, uintptr_t key);
/* The first node with the least key >= key, or NULL. */
struct tree_node *tree_find_above(const struct tree *tree, uintptr_t key);
/*
 * The first node, in the order of keys, that weighs more than that; after: behind that node, which is in the tree, or NULL.
 * NULL: none.
 */
struct tree_node *tree_find_heavier(const struct tree *tree, const struct tree_node *after, uintptr_t weight);

static inline struct tree_node *
tree_first(const struct tree *tree)
{
	return tree_find_above(tree, 0);
}

/* The node behind this one, which is in the tree, or NULL. */
struct tree_node *tree_next(const struct tree *tree, const struct tree_node *node);

/* The struct of the given type around a node; NULL for NULL. */
#define tree_entry(node, type, member) \
	((type *)tree_container((node), offsetof(type, member)))

static inline void *
tree_container(struct tree_node *node, size_t offset)
{
	return node == NULL ? NULL : (char *)node - offset;
}

#endif
