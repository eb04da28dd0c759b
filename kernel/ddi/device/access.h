/* SPDX-License-Identifier: BSD-2-Clause */
/* access.h: access handles: memory that a driver reaches by ddi_get8(9F) and its family. */
#ifndef KERNEL_DDI_DEVICE_ACCESS_H
#define KERNEL_DDI_DEVICE_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/dditypes.h>

struct page_object;

/* All constant. */
struct __ddi_acc_handle {
	struct page_object *object; /* held */
	char *address;
	size_t len; /* bytes */
	bool swap;  /* the device's bytes are in the other order */
};

/* A version that we know; NULL: the defaults. */
bool access_attr_valid(const ddi_device_acc_attr_t *attr);
/* A handle on [address, address + len), which is in object; takes over the caller's hold of object. */
ddi_acc_handle_t access_create(struct page_object *object, char *address, size_t len,
			       const ddi_device_acc_attr_t *attr);
void access_destroy(ddi_acc_handle_t handle);

#endif
