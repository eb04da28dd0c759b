/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ddi_get8(9F), ddi_put8(9F), ddi_rep_get8(9F) and their kin.  Each access of an aligned address is one access of
 * that width, in program order, as the strictest attribute (DDI_STRICTORDER_ACC) asks; the looser ones get no less.
 */
#include "kernel/ddi/device/access.h"
#include "kernel/lib/message.h"
#include "kernel/vm/page_object.h"
#include <sys/ddiacc.h>
#include <sys/string.h>

bool access_attr_valid(const ddi_device_acc_attr_t *attr)
{
	return attr == NULL || attr->devacc_attr_version == DDI_DEVICE_ATTR_V0 ||
	       attr->devacc_attr_version == DDI_DEVICE_ATTR_V1;
}

static bool attr_swaps(const ddi_device_acc_attr_t *attr)
{
	const uchar_t other =
		__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? DDI_STRUCTURE_BE_ACC : DDI_STRUCTURE_LE_ACC;

	return attr != NULL && attr->devacc_attr_endian_flags == other;
}

ddi_acc_handle_t access_create(struct page_object *object, char *address, size_t len,
			       const ddi_device_acc_attr_t *attr)
{
	ddi_acc_handle_t handle = host_alloc(sizeof(*handle), true);

	handle->object = object;
	handle->address = address;
	handle->len = len;
	handle->swap = attr_swaps(attr);
	return handle;
}

void access_destroy(ddi_acc_handle_t handle)
{
	page_object_release(handle->object);
	host_free(handle, sizeof(*handle));
}

/*
 *	handle  |--------------- len ---------------|
 *	                    addr |- width -|
 */
static void access_check(ddi_acc_handle_t handle, const void *addr, size_t width, const char *name,
			 const void *caller)
{
	size_t offset = (uintptr_t)addr - (uintptr_t)handle->address;

	if (offset >= handle->len || width > handle->len - offset)
		driver_bug(caller, "%s: %p is outside of the mapping at %p of %lu bytes", name, addr,
			   (void *)handle->address, handle->len);
}

static uint8_t swapped8(uint8_t value)
{
	return value;
}

#define swapped16 __builtin_bswap16
#define swapped32 __builtin_bswap32
#define swapped64 __builtin_bswap64

/* One width: bits, and the type of a value. */
#define ACCESS(bits, type) \
	static type device_load##bits(ddi_acc_handle_t handle, const type *addr, const void *caller) \
	{ \
		type value; \
\
		access_check(handle, addr, sizeof(value), "ddi_get" #bits, caller); \
		if ((uintptr_t)addr % sizeof(value) == 0) \
			value = __atomic_load_n(addr, __ATOMIC_SEQ_CST); \
		else \
			memcpy(&value, addr, sizeof(value)); \
		return handle->swap ? swapped##bits(value) : value; \
	} \
	static void device_store##bits(ddi_acc_handle_t handle, type *addr, type value, const void *caller) \
	{ \
		access_check(handle, addr, sizeof(value), "ddi_put" #bits, caller); \
		if (handle->swap) \
			value = swapped##bits(value); \
		if ((uintptr_t)addr % sizeof(value) == 0) \
			__atomic_store_n(addr, value, __ATOMIC_SEQ_CST); \
		else \
			memcpy(addr, &value, sizeof(value)); \
	} \
	type ddi_get##bits(ddi_acc_handle_t handle, type *addr) \
	{ \
		return device_load##bits(handle, addr, CALLER()); \
	} \
	void ddi_put##bits(ddi_acc_handle_t handle, type *addr, type value) \
	{ \
		device_store##bits(handle, addr, value, CALLER()); \
	} \
	void ddi_rep_get##bits(ddi_acc_handle_t handle, type *to, type *addr, size_t count, uint_t flags) \
	{ \
		for (size_t i = 0; i < count; i++) \
			to[i] = device_load##bits(handle, addr + (flags & DDI_DEV_AUTOINCR ? i : 0), CALLER()); \
	} \
	void ddi_rep_put##bits(ddi_acc_handle_t handle, type *from, type *addr, size_t count, uint_t flags) \
	{ \
		for (size_t i = 0; i < count; i++) \
			device_store##bits(handle, addr + (flags & DDI_DEV_AUTOINCR ? i : 0), from[i], \
					   CALLER()); \
	}

ACCESS(8, uint8_t)
ACCESS(16, uint16_t)
ACCESS(32, uint32_t)
ACCESS(64, uint64_t)
