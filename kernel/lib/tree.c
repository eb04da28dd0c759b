/* SPDX-License-Identifier: BSD-2-Clause */
/* An AVL tree: the heights of a node's two sides differ by one at most. */
#include "kernel/lib/tree.h"

#include <stdbool.h>

static int
node_height(const struct tree_node *node)
{
	return node == NULL ? 0 : node->height;
}

static uintptr_t
node_heaviest(const struct tree_node *node)
{
	return node == NULL ? 0 : node->heaviest;
}

static bool
node_before(const struct tree_node *a, const struct tree_node *b)
{
	return a->key < b->key || (a->key == b->key && (uintptr_t)a < (uintptr_t)b);
}

static void
node_measure(struct tree_node *node)
{
	int left = node_height(node->left), right = node_height(node->right);

	node->height = 1 + (left > right ? left : right);
	node->heaviest = node->weight;
	if (node_heaviest(node->left) > node->heaviest)
		node->heaviest = node_heaviest(node->left);
	if (node_heaviest(node->right) > node->heaviest)
		node->heaviest = node_heaviest(node->right);
}

/*
 *	    node                     left
 *	   /    \                   /    \
 *	 left    c      ---->      a     node
 *	 /  \                            /  \
 *	a    b                          b    c
 */
static struct tree_node *
node_rotate_right(struct tree_node *node)
{
	struct tree_node *left = node->left;

	node->left = left->right;
	left->right = node;
	node_measure(node);
	node_measure(left);
	return left;
}

static struct tree_node *
node_rotate_left(struct tree_node *node)
{
	struct tree_node *right = node->right;

	node->right = right->left;
	right->left = node;
	node_measure(node);
	node_measure(right);
	return right;
}

/* Its sides are balanced and differ by two at most; returns the root of the balanced whole. */
static struct tree_node *
node_balance(struct tree_node *node)
{
	int slope = node_height(node->left) - node_height(node->right);

	if (slope > 1) {
		if (node_height(node->left->left) < node_height(node->left->right))
			node->left = node_rotate_left(node->left);
		return node_rotate_right(node);
	}
	if (slope < -1) {
		if (node_height(node->right->right) < node_height(node->right->left))
			node->right = node_rotate_right(node->right);
		return node_rotate_left(node);
	}
	node_measure(node);
	return node;
}

/* The recursions are as deep as the tree is high: 1.44 times the logarithm of its size. */
static struct tree_node *
node_insert(struct tree_node *root, struct tree_node *node)
{
	if (root == NULL)
		return node;
	if (node_before(node, root))
		root->left = node_insert(root->left, node);
	else
		root->right = node_insert(root->right, node);
	return node_balance(root);
}

static struct tree_node *
node_take_first(struct tree_node *root, struct tree_node **first)
{
	if (root->left == NULL) {
		*first = root;
		return root->right;
	}
	root->left = node_take_first(root->left, first);
	return node_balance(root);
}

static struct tree_node *
node_join(struct tree_node *left, struct tree_node *right)
{
	struct tree_node *first;

	if (left == NULL)
		return right;
	if (right == NULL)
		return left;
	right = node_take_first(right, &first);
	first->left = left;
	first->right = right;
	return node_balance(first);
}

static struct tree_node *
node_remove(struct tree_node *root, const struct tree_node *node)
{
	if (root == node)
		return node_join(root->left, root->right);
	if (node_before(node, root))
		root->left = node_remove(root->left, node);
	else
		root->right = node_remove(root->right, node);
	return node_balance(root);
}

void tree_insert_weighted(struct tree *tree, struct tree_node *node, uintptr_t key, uintptr_t weight)
{
	node->left = node->right = NULL;
	node->key = key;
	node->weight = node->heaviest = weight;
	node->height = 1;
	tree->root = node_insert(tree->root, node);
	tree->count++;
}

void tree_insert(struct tree *tree, struct tree_node *node, uintptr_t key)
{
	tree_insert_weighted(tree, node, key, 0);
}

void tree_remove(struct tree *tree, struct tree_node *node)
{
	tree->root = node_remove(tree->root, node);
	tree->count--;
}

struct tree_node *
tree_find_below(const struct tree *tree, uintptr_t key)
{
	struct tree_node *found = NULL, *node = tree->root;

	while (node != NULL) {
		if (node->key <= key) {
			found = node;
			node = node->right;
		} else {
			node = node->left;
		}
	}
	return found;
}

struct tree_node *
tree_find_above(const struct tree *tree, uintptr_t key)
{
	struct tree_node *found = NULL, *node = tree->root;

	while (node != NULL) {
		if (node->key >= key) {
			found = node;
			node = node->left;
		} else {
			node = node->right;
		}
	}
	return found;
}

struct tree_node *
tree_next(const struct tree *tree, const struct tree_node *node)
{
	struct tree_node *found = NULL, *at = tree->root;

	while (at != NULL) {
		if (node_before(node, at)) {
			found = at;
			at = at->left;
		} else {
			at = at->right;
		}
	}
	return found;
}

static struct tree_node *
node_find_heavier(struct tree_node *root, const struct tree_node *after, uintptr_t weight)
{
	struct tree_node *found;

	if (node_heaviest(root) <= weight)
		return NULL;
	if (after != NULL && !node_before(after, root))
		return node_find_heavier(root->right, after, weight);
	found = node_find_heavier(root->left, after, weight);
	if (found != NULL)
		return found;
	return root->weight > weight ? root : node_find_heavier(root->right, NULL, weight);
}

struct tree_node *
tree_find_heavier(const struct tree *tree, const struct tree_node *after, uintptr_t weight)
{
	return node_find_heavier(tree->root, after, weight);
}
