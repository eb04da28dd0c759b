/* SPDX-License-Identifier: BSD-2-Clause */
/* callb: this system is never suspended for a checkpoint, so that no callback is ever made. */
#include <sys/callb.h>

static ulong_t last_id;

callb_id_t callb_add(boolean_t (*fn)(void *, int), void *arg, int class, char *name)
{
	return (callb_id_t)__atomic_add_fetch(&last_id, 1, __ATOMIC_RELAXED);
}

callb_id_t callb_add_thread(boolean_t (*fn)(void *, int), void *arg, int class, char *name, struct _kthread *t)
{
	return callb_add(fn, arg, class, name);
}

/* 0: deleted; -1: no such callback. */
int callb_delete(callb_id_t id)
{
	return id != NULL && (ulong_t)id <= __atomic_load_n(&last_id, __ATOMIC_RELAXED) ? 0 : -1;
}

boolean_t callb_generic_cpr(void *arg, int code)
{
	return B_TRUE;
}

boolean_t callb_generic_cpr_safe(void *arg, int code)
{
	return B_TRUE;
}
