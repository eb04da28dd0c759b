/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/device/kstat.h"
#include "kernel/ddi/core/kthread.h"
#include "kernel/ddi/core/leak.h"
#include "kernel/lib/message.h"
#include "kernel/host.h"
#include "kernel/lib/tree.h"
#include <sys/cmn_err.h>
#include <sys/string.h>

struct kstat_impl {
	kstat_t public; /* first */
	size_t own;     /* bytes of ks_data that are ours */
	void *data;

	/* protected by the lock */
	bool installed;
	kthread_t *holder; /* who has it by kstat_hold_bykid(); NULL: nobody */
	kstat_t *previous;
	struct tree_node node; /* by kstat_hash() */
};

static struct {
	struct host_mutex lock; /* protects the list, the tree and the gate; a leaf lock */
	struct host_cond free;  /* the gate, or a kstat that was held */
	bool busy;              /* someone reads, or deletes: drivers' functions run meanwhile */
	struct kstat *first;    /* the newest */
	struct tree by_name;    /* the same: there may be one or more for every project */
	kid_t last_id;
} kstats;

kid_t kstat_chain_id;

static void gate_enter(void)
{
	host_mutex_lock(&kstats.lock);
	while (kstats.busy)
		(void)host_cond_wait(&kstats.free, &kstats.lock, HOST_FOREVER, false);
	kstats.busy = true;
	host_mutex_unlock(&kstats.lock);
}

static void gate_leave(void)
{
	host_mutex_lock(&kstats.lock);
	kstats.busy = false;
	host_cond_broadcast(&kstats.free);
	host_mutex_unlock(&kstats.lock);
}

static struct kstat_impl *impl_of(kstat_t *k)
{
	return (struct kstat_impl *)(void *)k;
}

static void kstat_unlink(kstat_t *k)
{
	struct kstat_impl *impl = impl_of(k);

	kstat_chain_id++;
	tree_remove(&kstats.by_name, &impl->node);
	if (k->ks_next != NULL)
		impl_of(k->ks_next)->previous = impl->previous;
	if (impl->previous != NULL)
		impl->previous->ks_next = k->ks_next;
	else
		kstats.first = k->ks_next;
}

static void kstat_destroy(struct kstat_impl *k)
{
	host_free(k->data, k->own);
	host_free(k, sizeof(*k));
}

static void kstat_free(void *key, size_t bytes)
{
	struct kstat_impl *k = key;

	host_mutex_lock(&kstats.lock);
	kstat_unlink(&k->public);
	host_mutex_unlock(&kstats.lock);
	kstat_destroy(k);
}

static const struct leak_kind kstat_leak = {"kstat", kstat_free};

static size_t data_size(uchar_t type, uint_t ndata)
{
	switch (type) {
	case KSTAT_TYPE_RAW:
		return ndata; /* bytes */
	case KSTAT_TYPE_NAMED:
		return ndata * sizeof(kstat_named_t);
	case KSTAT_TYPE_INTR:
		return sizeof(kstat_intr_t);
	case KSTAT_TYPE_IO:
		return sizeof(kstat_io_t);
	default:
		return 0;
	}
}

/* Of module:instance:name, which is a kstat's own. */
static uintptr_t kstat_hash(const char *module, int instance, const char *name)
{
	const char *const texts[] = {module, name};
	uintptr_t hash = (uint32_t)instance;

	for (size_t i = 0; i < 2; i++)
		for (const char *c = texts[i]; *c != '\0'; c++)
			hash = (hash ^ (uint8_t)*c) * UINT64_C(0x100000001b3);
	return hash;
}

static bool kstat_is(const kstat_t *k, const char *module, int instance, const char *name)
{
	return k->ks_instance == instance && strcmp(k->ks_module, module) == 0 && strcmp(k->ks_name, name) == 0;
}

/* Called with the lock held. */
static kstat_t *kstat_find(const char *module, int instance, const char *name)
{
	uintptr_t hash = kstat_hash(module, instance, name);
	struct tree_node *node = tree_find_above(&kstats.by_name, hash);

	for (; node != NULL && node->key == hash; node = tree_next(&kstats.by_name, node)) {
		kstat_t *k = &tree_entry(node, struct kstat_impl, node)->public;

		if (kstat_is(k, module, instance, name))
			return k;
	}
	return NULL;
}

static bool kstat_add(kstat_t *k)
{
	bool taken;

	host_mutex_lock(&kstats.lock);
	taken = kstat_find(k->ks_module, k->ks_instance, k->ks_name) != NULL;
	if (!taken) {
		kstat_chain_id++;
		k->ks_kid = ++kstats.last_id;
		k->ks_next = kstats.first;
		if (k->ks_next != NULL)
			impl_of(k->ks_next)->previous = k;
		kstats.first = k;
		tree_insert(&kstats.by_name, &impl_of(k)->node, kstat_hash(k->ks_module, k->ks_instance, k->ks_name));
	}
	host_mutex_unlock(&kstats.lock);
	return !taken;
}

kstat_t *kstat_create(const char *module, int instance, const char *name, const char *class, uchar_t type,
		      uint_t ndata, uchar_t flags)
{
	struct kstat_impl *k = host_alloc(sizeof(*k), true);
	kstat_t *p = &k->public;

	if (name == NULL || name[0] == '\0')
		(void)snprintf(p->ks_name, sizeof(p->ks_name), "%s%d", module, instance);
	else
		kstat_set_string(p->ks_name, name);
	kstat_set_string(p->ks_module, module);
	kstat_set_string(p->ks_class, class);
	p->ks_instance = instance;
	p->ks_type = type;
	p->ks_flags = flags | KSTAT_FLAG_INVALID;
	p->ks_ndata = ndata;
	p->ks_data_size = data_size(type, ndata);
	p->ks_crtime = gethrtime();
	if ((flags & KSTAT_FLAG_VIRTUAL) == 0 && p->ks_data_size > 0) {
		k->own = p->ks_data_size;
		p->ks_data = k->data = host_alloc(k->own, true);
	}
	if (kstat_add(p)) {
		leak_add(&kstat_leak, k, 0, CALLER());
		return p;
	}
	host_free(k->data, k->own);
	host_free(k, sizeof(*k));
	return NULL;
}

void kstat_install(kstat_t *k)
{
	host_mutex_lock(&kstats.lock);
	impl_of(k)->installed = true;
	k->ks_flags &= (uchar_t)~KSTAT_FLAG_INVALID;
	host_mutex_unlock(&kstats.lock);
}

/* Called with the lock held. */
static kstat_t *kstat_with(kid_t id)
{
	kstat_t *k;

	for (k = kstats.first; k != NULL && k->ks_kid != id; k = k->ks_next)
		;
	return k;
}

kstat_t *kstat_hold_bykid(kid_t id, zoneid_t zone)
{
	kstat_t *k;

	host_mutex_lock(&kstats.lock);
	while ((k = kstat_with(id)) != NULL && impl_of(k)->holder != NULL)
		(void)host_cond_wait(&kstats.free, &kstats.lock, HOST_FOREVER, false);
	if (k != NULL)
		impl_of(k)->holder = kthread_self();
	host_mutex_unlock(&kstats.lock);
	return k;
}

void kstat_rele(kstat_t *k)
{
	host_mutex_lock(&kstats.lock);
	impl_of(k)->holder = NULL;
	host_cond_broadcast(&kstats.free);
	host_mutex_unlock(&kstats.lock);
}

/* Called with the lock held: nobody else has it any more. */
static void kstat_wait_released(const struct kstat_impl *k)
{
	while (k->holder != NULL && k->holder != kthread_self())
		(void)host_cond_wait(&kstats.free, &kstats.lock, HOST_FOREVER, false);
}

/* NULL: nothing to do.  Waits for a reader. */
void kstat_delete(kstat_t *k)
{
	if (k == NULL)
		return;
	if (!leak_remove(&kstat_leak, impl_of(k), NULL))
		driver_bug(CALLER(), "kstat_delete: %p is not a kstat", (void *)k);
	gate_enter();
	host_mutex_lock(&kstats.lock);
	kstat_wait_released(impl_of(k));
	kstat_unlink(k);
	host_mutex_unlock(&kstats.lock);
	gate_leave();
	kstat_destroy(impl_of(k));
}

void kstat_delete_byname(const char *module, int instance, const char *name)
{
	kstat_t *k;

	host_mutex_lock(&kstats.lock);
	k = kstat_find(module, instance, name);
	host_mutex_unlock(&kstats.lock);
	kstat_delete(k);
}

void kstat_named_init(kstat_named_t *n, const char *name, uchar_t type)
{
	*n = (kstat_named_t){.data_type = type};
	kstat_set_string(n->name, name);
}

/* The string stays the driver's. */
void kstat_named_setstr(kstat_named_t *n, const char *s)
{
	n->value.str.addr.ptr = (char *)(uintptr_t)s;
	n->value.str.len = s != NULL ? (uint32_t)strlen(s) + 1 : 0;
}

/* to has KSTAT_STRLEN bytes. */
void kstat_set_string(char *to, const char *from)
{
	(void)strlcpy(to, from, KSTAT_STRLEN);
}

static void kstat_show(kstat_t *k, void (*fn)(void *arg, kstat_t *), void *arg)
{
	kmutex_t *lock = k->ks_lock;
	int error = 0;

	if (lock != NULL)
		mutex_enter(lock);
	if (k->ks_update != NULL)
		error = k->ks_update(k, KSTAT_READ);
	k->ks_snaptime = gethrtime();
	if (error == 0)
		fn(arg, k);
	if (lock != NULL)
		mutex_exit(lock);
}

/* The gate keeps all of them: deleting waits. */
void kstat_each(void (*fn)(void *arg, kstat_t *), void *arg)
{
	gate_enter();
	for (kstat_t *k = kstats.first; k != NULL; k = k->ks_next)
		if (impl_of(k)->installed)
			kstat_show(k, fn, arg);
	gate_leave();
}
