/* SPDX-License-Identifier: BSD-2-Clause */
/* rec_user.c: memory of applications that the driver locks; in a mapping of its own it sees DEVMAP_LOCK for it. */
#include "rec.h"

static ddi_umem_cookie_t locked[REC_USER_SLOTS]; /* NULL: free */
static int taken[REC_USER_SLOTS];

/* The slot, or -1. */
static int
slot_take(void)
{
	int slot;

	mutex_enter(&rec_lock);
	for (slot = 0; slot < REC_USER_SLOTS && taken[slot]; slot++)
		;
	if (slot < REC_USER_SLOTS)
		taken[slot] = 1;
	mutex_exit(&rec_lock);
	return (slot < REC_USER_SLOTS ? slot : -1);
}

static void
slot_set(int slot, ddi_umem_cookie_t cookie)
{
	mutex_enter(&rec_lock);
	locked[slot] = cookie;
	taken[slot] = cookie != NULL;
	mutex_exit(&rec_lock);
}

/* Not with rec_lock, which the driver's callbacks take. */
int
rec_user_lock(struct rec_user *u)
{
	ddi_umem_cookie_t cookie;
	int slot = slot_take(), error;

	if (slot < 0)
		return (ENOSPC);
	error = ddi_umem_lock((caddr_t)(uintptr_t)u->address, (size_t)u->len, u->flags, &cookie);
	slot_set(slot, error == 0 ? cookie : NULL);
	u->slot = slot;
	return (error);
}

int
rec_user_unlock(int slot)
{
	ddi_umem_cookie_t cookie = NULL;

	mutex_enter(&rec_lock);
	if (slot >= 0 && slot < REC_USER_SLOTS && locked[slot] != NULL) {
		cookie = locked[slot];
		locked[slot] = NULL;
		taken[slot] = 0;
	}
	mutex_exit(&rec_lock);
	if (cookie == NULL)
		return (ENOENT);
	ddi_umem_unlock(cookie);
	return (0);
}

void
rec_user_unlock_all(void)
{
	int slot;

	for (slot = 0; slot < REC_USER_SLOTS; slot++)
		(void) rec_user_unlock(slot);
}
