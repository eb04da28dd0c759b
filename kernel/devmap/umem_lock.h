/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * umem_lock.h: cookies of locked user memory, ddi_umem_lock(9F), for those that move or export what they name.
 * offset + len is within the cookie's size.  May block.
 */
#ifndef KERNEL_DEVMAP_UMEM_LOCK_H
#define KERNEL_DEVMAP_UMEM_LOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/umem_cookie.h>

struct page_object;

/* Made by ddi_umem_lock() and not unlocked yet; false for any other pointer. */
bool umem_is_locked(const struct ddi_umem_cookie *cookie);
/*
 * A device's access to the locked pages: no promotion, no driver sees it.  0, or EFAULT: the process is dead and
 * nobody has asked for its pages before.
 */
int umem_lock_read(struct ddi_umem_cookie *cookie, size_t offset, void *to, size_t len);
int umem_lock_write(struct ddi_umem_cookie *cookie, size_t offset, const void *from, size_t len);
/*
 * The locked pages with a kernel address (object->address + *in_object), shared with the process from now on; held for
 * the caller.  EFAULT: they cannot be shared; ENOTSUP: the range lies in several mappings of different kinds.
 */
int umem_lock_pages(struct ddi_umem_cookie *cookie, size_t offset, size_t len, struct page_object **object,
		    size_t *in_object);

/* ddi_umem_free(9F) of a locked one.  caller: of the driver's call. */
void umem_unlock(struct ddi_umem_cookie *cookie, const void *caller, const char *function);

/* The last close(9E) of dev has returned: what was locked in calls on its opens should be unlocked. */
void umem_lock_closed(dev_t dev);
/* Before the halt reports leaks: unlocks that wait in the queue are done. */
void umem_lock_halt(void);

#endif
