/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/atomic.h>
#include <sys/avl.h>
#include <sys/callb.h>
#include <sys/ddiacc.h>
#include <sys/ddi.h>
#include <sys/kstat.h>
#include <sys/disp.h>
#include <sys/list.h>
#include <sys/sunddi.h>
#include <sys/taskq.h>
#include <sys/vmem.h>

#include "ddi_checks.h"

struct object {
	int key;
	list_node_t link;
	avl_node_t node;
};

/* ---- lists ---- */

static void expect_order(list_t *l, const int *keys, int n)
{
	struct object *o = list_head(l);

	for (int i = 0; i < n; i++, o = list_next(l, o))
		VERIFY(o != NULL && o->key == keys[i]);
	VERIFY(o == NULL);
	o = list_tail(l);
	for (int i = n - 1; i >= 0; i--, o = list_prev(l, o))
		VERIFY(o != NULL && o->key == keys[i]);
	VERIFY(o == NULL);
}

void check_lists(void)
{
	struct object o[6];
	list_t l, other;

	list_create(&l, sizeof(struct object), offsetof(struct object, link));
	list_create(&other, sizeof(struct object), offsetof(struct object, link));
	VERIFY(list_is_empty(&l) && list_head(&l) == NULL && list_tail(&l) == NULL);
	VERIFY(list_remove_head(&l) == NULL && list_remove_tail(&l) == NULL);
	for (int i = 0; i < 6; i++) {
		o[i].key = i;
		list_link_init(&o[i].link);
		VERIFY(!list_link_active(&o[i].link));
	}
	list_insert_head(&l, &o[1]);
	list_insert_tail(&l, &o[3]);
	list_insert_after(&l, &o[1], &o[2]);
	list_insert_before(&l, &o[1], &o[0]);
	VERIFY(list_link_active(&o[0].link) && !list_is_empty(&l));
	expect_order(&l, (int[]){0, 1, 2, 3}, 4);
	list_insert_after(&other, NULL, &o[4]);
	list_insert_before(&other, NULL, &o[5]);
	list_move_tail(&l, &other);
	VERIFY(list_is_empty(&other));
	list_move_tail(&l, &other); /* nothing */
	expect_order(&l, (int[]){0, 1, 2, 3, 4, 5}, 6);
	list_remove(&l, &o[2]);
	VERIFY(list_remove_head(&l) == &o[0] && list_remove_tail(&l) == &o[5]);
	expect_order(&l, (int[]){1, 3, 4}, 3);
	list_link_replace(&o[3].link, &o[2].link);
	VERIFY(!list_link_active(&o[3].link));
	expect_order(&l, (int[]){1, 2, 4}, 3);
	while (list_remove_head(&l) != NULL)
		;
	list_destroy(&l);
	list_destroy(&other);
}

void bug_list_not_empty(void)
{
	struct object o;
	list_t l;

	list_create(&l, sizeof(struct object), offsetof(struct object, link));
	list_insert_head(&l, &o);
	list_destroy(&l);
}

/* ---- trees ---- */

static int object_compare(const void *a, const void *b)
{
	int x = ((const struct object *)a)->key, y = ((const struct object *)b)->key;

	return x < y ? -1 : x > y;
}

/* The height of a subtree, whose links, order and balance are right. */
static int subtree_check(avl_node_t *n, avl_node_t *parent, int index)
{
	int left, right;

	if (n == NULL)
		return 0;
	VERIFY(n->avl_parent == parent && (parent == NULL || n->avl_child_index == index));
	left = subtree_check(n->avl_child[0], n, 0);
	right = subtree_check(n->avl_child[1], n, 1);
	VERIFY3S(n->avl_balance, ==, right - left);
	VERIFY(right - left >= -1 && right - left <= 1);
	return 1 + (left > right ? left : right);
}

static void tree_check(avl_tree_t *t)
{
	struct object *o = avl_first(t), *next;
	ulong_t n = 0;

	(void)subtree_check(t->avl_root, NULL, 0);
	for (; o != NULL; o = next, n++) {
		next = AVL_NEXT(t, o);
		VERIFY(next == NULL ? o == avl_last(t) : o->key < next->key && AVL_PREV(t, next) == o);
	}
	VERIFY3U(n, ==, avl_numnodes(t));
}

#define OBJECTS 500

static uint32_t next_number(uint32_t *seed)
{
	return *seed = *seed * 1664525u + 1013904223u;
}

/* Random insertions and removals, against a table of what is in. */
void check_trees_random(void)
{
	static struct object o[OBJECTS];
	static boolean_t in[OBJECTS];
	uint32_t seed = 1;
	void *cookie = NULL;
	avl_tree_t t;
	int left = 0;

	avl_create(&t, object_compare, sizeof(struct object), offsetof(struct object, node));
	for (int i = 0; i < 20000; i++) {
		int k = (int)(next_number(&seed) >> 8) % OBJECTS;
		avl_index_t where;

		o[k].key = k;
		if (in[k]) {
			avl_remove(&t, &o[k]);
		} else {
			VERIFY(avl_find(&t, &o[k], &where) == NULL);
			avl_insert(&t, &o[k], where);
		}
		in[k] = !in[k];
		VERIFY((avl_find(&t, &o[k], NULL) != NULL) == in[k]);
		if (i % 50 == 0)
			tree_check(&t);
	}
	for (int k = 0; k < OBJECTS; k++)
		left += in[k];
	for (struct object *p; (p = avl_destroy_nodes(&t, &cookie)) != NULL; left--)
		VERIFY(in[p->key]-- == B_TRUE);
	VERIFY(left == 0 && avl_destroy_nodes(&t, &cookie) == NULL);
	avl_destroy(&t);
}

void check_trees(void)
{
	struct object o[5] = {{.key = 10}, {.key = 20}, {.key = 30}, {.key = 15}, {.key = 25}}, key = {.key = 17};
	avl_tree_t t, u;
	avl_index_t where = 0;

	avl_create(&t, object_compare, sizeof(struct object), offsetof(struct object, node));
	avl_create(&u, object_compare, sizeof(struct object), offsetof(struct object, node));
	VERIFY(avl_is_empty(&t) && avl_first(&t) == NULL && avl_last(&t) == NULL && avl_find(&t, &key, &where) == NULL);
	VERIFY(avl_nearest(&t, where, AVL_BEFORE) == NULL);
	for (int i = 0; i < 3; i++)
		avl_add(&t, &o[i]);
	VERIFY(avl_find(&t, &key, &where) == NULL);
	VERIFY(avl_nearest(&t, where, AVL_BEFORE) == &o[0] && avl_nearest(&t, where, AVL_AFTER) == &o[1]);
	avl_insert_here(&t, &o[3], &o[1], AVL_BEFORE);
	avl_insert_here(&t, &o[4], &o[1], AVL_AFTER);
	tree_check(&t);
	o[0].key = 40;
	VERIFY(avl_update(&t, &o[0]) == B_TRUE && avl_update(&t, &o[1]) == B_FALSE && avl_last(&t) == &o[0]);
	tree_check(&t);
	key.key = 99;
	VERIFY(avl_find(&t, &key, &where) == NULL && avl_nearest(&t, where, AVL_AFTER) == NULL);
	VERIFY(avl_nearest(&t, where, AVL_BEFORE) == &o[0]);
	avl_swap(&t, &u);
	VERIFY(avl_is_empty(&t) && avl_numnodes(&u) == 5);
	for (int i = 0; i < 5; i++) {
		avl_remove(&u, &o[i]);
		tree_check(&u);
	}
	avl_destroy(&u);
}

void bug_avl_twice(void)
{
	struct object a = {.key = 1}, b = {.key = 1};
	avl_tree_t t;

	avl_create(&t, object_compare, sizeof(struct object), offsetof(struct object, node));
	avl_add(&t, &a);
	avl_add(&t, &b);
}

/* ---- atomics ---- */

/* Each function of one type, past both ends of its range. */
#define CHECK_ATOMICS(name, type, add_name) \
	static void check_atomic_##name(void) \
	{ \
		type v = (type)-1; \
		const type most = (type)-1; \
\
		VERIFY(atomic_inc_##name##_nv(&v) == 0 && atomic_dec_##name##_nv(&v) == most); \
		atomic_inc_##name(&v); \
		atomic_inc_##name(&v); \
		VERIFY3U(v, ==, 1); \
		atomic_dec_##name(&v); \
		atomic_dec_##name(&v); \
		VERIFY3U(v, ==, most); \
		atomic_add_##add_name(&v, 6); \
		VERIFY(v == 5 && atomic_add_##add_name##_nv(&v, -6) == most); \
		atomic_and_##name(&v, 6); \
		VERIFY(v == 6 && atomic_and_##name##_nv(&v, 3) == 2); \
		atomic_or_##name(&v, 8); \
		VERIFY(v == 10 && atomic_or_##name##_nv(&v, 5) == 15); \
		VERIFY(atomic_cas_##name(&v, 14, 1) == 15 && v == 15); \
		VERIFY(atomic_cas_##name(&v, 15, 1) == 15 && v == 1); \
		VERIFY(atomic_swap_##name(&v, most) == 1 && v == most); \
	}
CHECK_ATOMICS(8, uint8_t, 8)
CHECK_ATOMICS(uchar, uchar_t, char)
CHECK_ATOMICS(16, uint16_t, 16)
CHECK_ATOMICS(ushort, ushort_t, short)
CHECK_ATOMICS(32, uint32_t, 32)
CHECK_ATOMICS(uint, uint_t, int)
CHECK_ATOMICS(64, uint64_t, 64)
CHECK_ATOMICS(ulong, ulong_t, long)

static void atomic_loop(void *arg)
{
	for (int i = 0; i < 10000; i++)
		atomic_inc_32(arg);
}

void check_atomics(void)
{
	char text[4], *p = text;
	ulong_t bits = 0;

	check_atomic_8();
	check_atomic_uchar();
	check_atomic_16();
	check_atomic_ushort();
	check_atomic_32();
	check_atomic_uint();
	check_atomic_64();
	check_atomic_ulong();
	atomic_add_ptr(&p, 2);
	VERIFY(p == text + 2 && atomic_add_ptr_nv(&p, -1) == text + 1);
	VERIFY(atomic_cas_ptr(&p, text, NULL) == text + 1 && atomic_swap_ptr(&p, NULL) == text + 1 && p == NULL);
	VERIFY(atomic_set_long_excl(&bits, 3) == 0 && bits == 8 && atomic_set_long_excl(&bits, 3) == -1);
	VERIFY(atomic_clear_long_excl(&bits, 3) == 0 && bits == 0 && atomic_clear_long_excl(&bits, 3) == -1);
	membar_enter();
	membar_exit();
	membar_producer();
	membar_consumer();
}

/* Two threads count in one word. */
void check_atomic_counting(void)
{
	taskq_t *q = taskq_create("count", 2, minclsyspri, 1, 2, 0);
	uint32_t count = 0;

	(void)taskq_dispatch(q, atomic_loop, &count, TQ_SLEEP);
	(void)taskq_dispatch(q, atomic_loop, &count, TQ_SLEEP);
	taskq_destroy(q);
	VERIFY3U(count, ==, 20000);
}

/* ---- caches ---- */

static int constructed, refuse;

static int construct(void *object, void *private, int flags)
{
	VERIFY(private == &constructed);
	*(int *)object = 42;
	constructed += !refuse;
	return refuse;
}

static void destruct(void *object, void *private)
{
	VERIFY3S(*(int *)object, ==, 42);
	constructed--;
}

void check_caches(void)
{
	kmem_cache_t *c;
	int *a, *b;

	c = kmem_cache_create("cache", 100, 256, construct, destruct, NULL, &constructed, NULL, 0);
	a = kmem_cache_alloc(c, KM_SLEEP);
	b = kmem_cache_alloc(c, KM_NOSLEEP);
	VERIFY(a != b && *a == 42 && ((uintptr_t)a & 255) == 0 && ((uintptr_t)b & 255) == 0 && constructed == 2);
	kmem_cache_free(c, a);
	VERIFY(kmem_cache_alloc(c, KM_SLEEP) == a && constructed == 2); /* as it was constructed */
	kmem_cache_free(c, b);
	kmem_cache_free(c, a);
	kmem_cache_reap_now(c);
	VERIFY3S(constructed, ==, 0);
	refuse = 1;
	VERIFY(kmem_cache_alloc(c, KM_SLEEP) == NULL);
	refuse = 0;
	kmem_cache_destroy(c);
	c = kmem_cache_create("plain", 1, 0, NULL, NULL, NULL, NULL, NULL, 0);
	a = kmem_cache_alloc(c, KM_SLEEP);
	VERIFY3U((uintptr_t)a & 7, ==, 0);
	kmem_cache_free(c, a);
	kmem_cache_destroy(c);
}

static kmem_cache_t *some_cache(void)
{
	return (kmem_cache_create("some", 8, 0, NULL, NULL, NULL, NULL, NULL, 0));
}

void bug_cache_foreign(void)
{
	int i;

	kmem_cache_free(some_cache(), &i);
}

/* ---- statistics ---- */

void check_kstats(void)
{
	kstat_named_t *n, mine;
	kstat_t *k, *v;

	k = kstat_create("mod", 0, "stats", "misc", KSTAT_TYPE_NAMED, 2, 0);
	VERIFY(k != NULL && k->ks_ndata == 2 && k->ks_data_size == 2 * sizeof(kstat_named_t));
	VERIFY(kstat_create("mod", 0, "stats", "misc", KSTAT_TYPE_NAMED, 1, 0) == NULL); /* taken */
	n = KSTAT_NAMED_PTR(k);
	kstat_named_init(&n[0], "count", KSTAT_DATA_UINT64);
	kstat_named_init(&n[1], "a name that is far longer than thirty-one", KSTAT_DATA_STRING);
	VERIFY(strcmp(n[0].name, "count") == 0 && strlen(n[1].name) == KSTAT_STRLEN - 1 && n[0].value.ui64 == 0);
	kstat_named_setstr(&n[1], "text");
	VERIFY(strcmp(KSTAT_NAMED_STR_PTR(&n[1]), "text") == 0 && KSTAT_NAMED_STR_BUFLEN(&n[1]) == 5);
	VERIFY(k->ks_flags & KSTAT_FLAG_INVALID);
	kstat_install(k);
	VERIFY(!(k->ks_flags & KSTAT_FLAG_INVALID));
	v = kstat_create("mod", 3, NULL, "misc", KSTAT_TYPE_NAMED, 1, KSTAT_FLAG_VIRTUAL);
	VERIFY(v != NULL && v->ks_data == NULL && strcmp(v->ks_name, "mod3") == 0);
	v->ks_data = &mine;
	kstat_delete(v);
	kstat_delete(k);
	kstat_delete(NULL);
	k = kstat_create("mod", 0, "stats", "misc", KSTAT_TYPE_IO, 1, 0); /* free again */
	VERIFY(k != NULL && KSTAT_IO_PTR(k)->reads == 0);
	kstat_delete_byname("mod", 0, "stats");
	kstat_delete_byname("mod", 0, "stats");
}

void check_callbs(void)
{
	kmutex_t m;
	callb_cpr_t cpr;

	mutex_init(&m, NULL, MUTEX_DRIVER, NULL);
	CALLB_CPR_INIT(&cpr, &m, callb_generic_cpr, "check");
	mutex_enter(&m);
	CALLB_CPR_SAFE_BEGIN(&cpr);
	CALLB_CPR_SAFE_END(&cpr, &m);
	CALLB_CPR_EXIT(&cpr);
	mutex_destroy(&m);
	VERIFY(callb_delete(NULL) == -1 && callb_delete((callb_id_t)(1ul << 30)) == -1);
	VERIFY(callb_delete(callb_add_thread(callb_generic_cpr_safe, NULL, CB_CL_CPR_DAEMON, "x", curthread)) == 0);
	VERIFY(callb_generic_cpr(NULL, CB_CODE_CPR_CHKPT) && callb_generic_cpr_safe(NULL, CB_CODE_CPR_RESUME));
}

/* ---- arenas ---- */

void check_arenas(void)
{
	vmem_t *v = vmem_create("numbers", (void *)1, 10, 1, NULL, NULL, NULL, 0, VM_SLEEP | VMC_IDENTIFIER);
	char *p;

	VERIFY(vmem_alloc(v, 4, VM_SLEEP) == (void *)1 && vmem_alloc(v, 1, VM_NOSLEEP) == (void *)5);
	VERIFY(vmem_alloc(v, 6, VM_NOSLEEP) == NULL && vmem_alloc(v, 0, VM_NOSLEEP) == NULL);
	VERIFY(vmem_alloc(v, 5, VM_NOSLEEP) == (void *)6 && vmem_size(v, VMEM_FREE) == 0);
	vmem_free(v, (void *)1, 4);
	vmem_free(v, (void *)5, 1); /* joins its neighbour */
	VERIFY(vmem_size(v, VMEM_ALLOC) == 5 && vmem_size(v, VMEM_FREE) == 5 && vmem_alloc(v, 5, VM_NOSLEEP) == (void *)1);
	vmem_free(v, (void *)6, 5);
	vmem_free(v, (void *)1, 5);
	VERIFY(vmem_xalloc(v, 2, 4, 0, 0, NULL, NULL, VM_NOSLEEP) == (void *)4);
	VERIFY(vmem_xalloc(v, 1, 4, 2, 0, NULL, NULL, VM_NOSLEEP) == (void *)2);
	VERIFY(vmem_xalloc(v, 2, 1, 0, 8, (void *)7, NULL, VM_NOSLEEP) == (void *)8); /* 7..8 would cross 8 */
	VERIFY(vmem_xalloc(v, 1, 1, 0, 0, (void *)10, (void *)10, VM_NOSLEEP) == NULL);
	vmem_xfree(v, (void *)4, 2);
	vmem_xfree(v, (void *)2, 1);
	vmem_xfree(v, (void *)8, 2);
	VERIFY(vmem_contains(v, (void *)1, 10) && !vmem_contains(v, (void *)1, 11) && !vmem_contains(v, NULL, 1));
	VERIFY(vmem_add(v, (void *)100, 5, VM_SLEEP) == (void *)100 && vmem_alloc(v, 11, VM_NOSLEEP) == NULL);
	vmem_destroy(v);
	p = vmem_alloc(heap_arena, 100, VM_SLEEP); /* memory, whole pages */
	VERIFY(p != NULL && ((uintptr_t)p & PAGEOFFSET) == 0);
	p[PAGESIZE - 1] = 1;
	vmem_free(heap_arena, p, 100);
}

void check_arena_imports(void)
{
	vmem_t *pages = vmem_create("pages", (void *)0x10000, 0x10000, 0x1000, NULL, NULL, NULL, 0, VM_SLEEP);
	vmem_t *v = vmem_create("parts", NULL, 0, 0x1000, vmem_alloc, vmem_free, pages, 0, VM_SLEEP);

	VERIFY(vmem_alloc(v, 1, VM_SLEEP) == (void *)0x10000 && vmem_alloc(v, 0x2000, VM_SLEEP) == (void *)0x11000);
	VERIFY3U(vmem_size(pages, VMEM_ALLOC), ==, 0x3000);
	VERIFY(vmem_alloc(v, 0x10000, VM_NOSLEEP) == NULL);
	vmem_free(v, (void *)0x10000, 1);
	VERIFY3U(vmem_size(pages, VMEM_ALLOC), ==, 0x2000); /* given back */
	vmem_free(v, (void *)0x11000, 0x2000);
	VERIFY3U(vmem_size(pages, VMEM_ALLOC), ==, 0);
	VERIFY(vmem_xalloc(v, 1, 0, 0, 0, (void *)0x100000, NULL, VM_NOSLEEP) == NULL);
	VERIFY3U(vmem_size(pages, VMEM_ALLOC), ==, 0); /* nothing that did not help is kept */
	vmem_destroy(v);
	vmem_destroy(pages);
}

#define NUMBERS 1000

/* The lowest free number that fits is taken, however many pieces there are. */
void check_arena_of_many_pieces(void)
{
	vmem_t *v = vmem_create("numbers", (void *)1, NUMBERS, 1, NULL, NULL, NULL, 0, VM_SLEEP | VMC_IDENTIFIER);

	for (uintptr_t i = 1; i <= NUMBERS; i++)
		VERIFY3U((uintptr_t)vmem_alloc(v, 1, VM_NOSLEEP), ==, i);
	for (uintptr_t i = NUMBERS / 2; i >= 1; i--)
		vmem_free(v, (void *)(2 * i), 1);
	VERIFY(vmem_alloc(v, 2, VM_NOSLEEP) == NULL && vmem_contains(v, (void *)1, NUMBERS));
	vmem_free(v, (void *)501, 1); /* 500, 501 and 502 are free, and 1 to 499 in pieces of one */
	VERIFY3U((uintptr_t)vmem_alloc(v, 2, VM_NOSLEEP), ==, 500);
	for (uintptr_t i = 2; i <= NUMBERS; i += 2)
		if (i != 500)
			VERIFY3U((uintptr_t)vmem_alloc(v, 1, VM_NOSLEEP), ==, i);
	VERIFY3U(vmem_size(v, VMEM_FREE), ==, 0);
	vmem_free(v, (void *)500, 2);
	for (uintptr_t i = 1; i <= NUMBERS; i++)
		if (i != 500 && i != 501)
			vmem_free(v, (void *)i, 1);
	VERIFY3U((uintptr_t)vmem_alloc(v, NUMBERS, VM_NOSLEEP), ==, 1);
	vmem_free(v, (void *)1, NUMBERS);
	vmem_destroy(v);
}

void bug_arena_free(void)
{
	vmem_t *v = vmem_create("numbers", (void *)1, 10, 1, NULL, NULL, NULL, 0, VM_SLEEP);

	(void)vmem_alloc(v, 4, VM_SLEEP);
	vmem_free(v, (void *)1, 3);
}

/* ---- numbers ---- */

void check_numbers(void)
{
	const char *text = " -0x1fz";
	u_longlong_t u = 5;
	longlong_t i;
	ulong_t ul;
	long l = 5;
	char *end;

	VERIFY(ddi_strtol(text, &end, 0, &l) == 0 && l == -31 && *end == 'z');
	VERIFY(ddi_strtol("017", NULL, 0, &l) == 0 && l == 15 && ddi_strtol("zz", NULL, 36, &l) == 0 && l == 35 * 37);
	VERIFY(ddi_strtol("0x", &end, 0, &l) == 0 && l == 0 && *end == 'x');
	VERIFY(ddi_strtol(text = "+", &end, 10, &l) == EINVAL && end == text && ddi_strtol("1", NULL, 1, &l) == EINVAL);
	VERIFY(ddi_strtol("1", NULL, 37, &l) == EINVAL && ddi_strtol("8", NULL, 8, &l) == EINVAL && l == 0);
	VERIFY(ddi_strtoll("-9223372036854775808", NULL, 10, &i) == 0 && i == LLONG_MIN);
	VERIFY(ddi_strtoll("9223372036854775808", &end, 10, &i) == ERANGE && *end == '\0' && i == LLONG_MIN);
	VERIFY(ddi_strtoull("18446744073709551615", NULL, 10, &u) == 0 && u == ULLONG_MAX);
	VERIFY(ddi_strtoull("18446744073709551616", NULL, 10, &u) == ERANGE && ddi_strtoul("7", NULL, 10, &ul) == 0 && ul == 7);
	VERIFY(ddi_swap16(0x1234) == 0x3412 && ddi_swap32(0x12345678) == 0x78563412 && ddi_swap64(1) == 1ull << 56);
}
