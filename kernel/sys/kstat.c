/* SPDX-License-Identifier: BSD-2-Clause */
/* kstat.c: named statistics as text, for those who show them. */
#include "kernel/ddi/device/kstat.h"

#include "kernel/sys/sys.h"
#include <sys/cmn_err.h>
#include <sys/string.h>

struct shower {
	void (*fn)(void *arg, const struct sys_kstat *kstat);
	void *arg;
};

static void value_format(const kstat_named_t *n, char *text, size_t size)
{
	switch (n->data_type) {
	case KSTAT_DATA_CHAR:
		(void)snprintf(text, size, "%.16s", n->value.c);
		break;
	case KSTAT_DATA_INT32:
		(void)snprintf(text, size, "%d", n->value.i32);
		break;
	case KSTAT_DATA_UINT32:
		(void)snprintf(text, size, "%u", n->value.ui32);
		break;
	case KSTAT_DATA_INT64:
	case KSTAT_DATA_LONG:
		(void)snprintf(text, size, "%lld", (long long)n->value.i64);
		break;
	case KSTAT_DATA_UINT64:
	case KSTAT_DATA_ULONG:
		(void)snprintf(text, size, "%llu", (unsigned long long)n->value.ui64);
		break;
	case KSTAT_DATA_STRING:
		(void)strlcpy(text, n->value.str.len > 0 ? KSTAT_NAMED_STR_PTR(n) : "", size);
		break;
	default:
		(void)strlcpy(text, "?", size);
	}
}

static void kstat_show_named(void *arg, kstat_t *k)
{
	const struct shower *s = arg;
	char value[256];

	if (k->ks_type != KSTAT_TYPE_NAMED || k->ks_data == NULL)
		return;
	for (uint_t i = 0; i < k->ks_ndata; i++) {
		const kstat_named_t *n = &KSTAT_NAMED_PTR(k)[i];

		value_format(n, value, sizeof(value));
		s->fn(s->arg, &(struct sys_kstat){k->ks_module, k->ks_name, k->ks_class, k->ks_instance,
						  n->name, value});
	}
}

void sys_kstat_each(void (*fn)(void *arg, const struct sys_kstat *kstat), void *arg)
{
	struct shower s = {fn, arg};

	kstat_each(kstat_show_named, &s);
}
