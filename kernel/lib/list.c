/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/lib/message.h"
#include <sys/list.h>

/* The links form a ring through list_head. */
static list_node_t *node_of(list_t *l, void *object)
{
	return (list_node_t *)(void *)((char *)object + l->list_offset);
}

static void *object_of(list_t *l, list_node_t *n)
{
	return n == &l->list_head ? NULL : (void *)((char *)n - l->list_offset);
}

void list_create(list_t *l, size_t size, size_t offset)
{
	l->list_size = size;
	l->list_offset = offset;
	l->list_head.list_next = l->list_head.list_prev = &l->list_head;
}

void list_destroy(list_t *l)
{
	if (!list_is_empty(l))
		driver_bug(CALLER(), "list_destroy: list %p is not empty", (void *)l);
	l->list_head.list_next = l->list_head.list_prev = NULL;
}

/* What n holds may be anything: objects need not be zeroed before. */
static void node_insert(list_node_t *previous, list_node_t *n)
{
	n->list_prev = previous;
	n->list_next = previous->list_next;
	n->list_next->list_prev = n;
	previous->list_next = n;
}

static void node_remove(list_node_t *n, const void *caller)
{
	if (n->list_next == NULL)
		driver_bug(caller, "list_remove: an object at link %p is on no list", (void *)n);
	n->list_prev->list_next = n->list_next;
	n->list_next->list_prev = n->list_prev;
	n->list_next = n->list_prev = NULL;
}

void list_insert_after(list_t *l, void *where, void *object)
{
	node_insert(where != NULL ? node_of(l, where) : &l->list_head, node_of(l, object));
}

void list_insert_before(list_t *l, void *where, void *object)
{
	list_node_t *next = where != NULL ? node_of(l, where) : &l->list_head;

	node_insert(next->list_prev, node_of(l, object));
}

void list_insert_head(list_t *l, void *object)
{
	node_insert(&l->list_head, node_of(l, object));
}

void list_insert_tail(list_t *l, void *object)
{
	node_insert(l->list_head.list_prev, node_of(l, object));
}

void list_remove(list_t *l, void *object)
{
	node_remove(node_of(l, object), CALLER());
}

static void *list_take(list_t *l, list_node_t *n)
{
	void *object = object_of(l, n);

	if (object != NULL)
		node_remove(n, NULL);
	return object;
}

void *list_remove_head(list_t *l)
{
	return list_take(l, l->list_head.list_next);
}

void *list_remove_tail(list_t *l)
{
	return list_take(l, l->list_head.list_prev);
}

void *list_head(list_t *l)
{
	return object_of(l, l->list_head.list_next);
}

void *list_tail(list_t *l)
{
	return object_of(l, l->list_head.list_prev);
}

void *list_next(list_t *l, void *object)
{
	return object_of(l, node_of(l, object)->list_next);
}

void *list_prev(list_t *l, void *object)
{
	return object_of(l, node_of(l, object)->list_prev);
}

void list_move_tail(list_t *to, list_t *from)
{
	list_node_t *first = from->list_head.list_next, *last = from->list_head.list_prev;

	if (list_is_empty(from))
		return;
	first->list_prev = to->list_head.list_prev;
	first->list_prev->list_next = first;
	last->list_next = &to->list_head;
	to->list_head.list_prev = last;
	from->list_head.list_next = from->list_head.list_prev = &from->list_head;
}

void list_link_init(list_node_t *n)
{
	n->list_next = n->list_prev = NULL;
}

/* to takes from's place. */
void list_link_replace(list_node_t *from, list_node_t *to)
{
	*to = *from;
	to->list_next->list_prev = to;
	to->list_prev->list_next = to;
	list_link_init(from);
}

int list_link_active(list_node_t *n)
{
	return n->list_next != NULL;
}

int list_is_empty(list_t *l)
{
	return l->list_head.list_next == &l->list_head;
}
