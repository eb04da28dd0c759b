/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ddi_peek8(9F), ddi_poke8(9F), ddi_peekpokeio(9F): accesses that fail rather than trap.
 *
 * differs: only addresses in memory of whole pages (registers, ddi_umem_alloc(9F), kmem_alloc(9F) of pages) are
 * known to be there; everything else fails.
 */
#include "kernel/vm/page_object.h"
#include <sys/string.h>
#include <sys/sunddi.h>

/* The object around a naturally aligned value, held; NULL: there is none. */
static struct page_object *value_hold(const void *addr, size_t width)
{
	size_t offset;

	return (uintptr_t)addr % width == 0 ? page_object_find(addr, &offset) : NULL;
}

/* One width: bits, and the type of a value. */
#define PEEK_POKE(bits, type) \
	int ddi_peek##bits(dev_info_t *dip, type *addr, type *value) \
	{ \
		struct page_object *object = value_hold(addr, sizeof(*addr)); \
		type got; \
\
		if (object == NULL) \
			return DDI_FAILURE; \
		got = __atomic_load_n(addr, __ATOMIC_SEQ_CST); \
		if (value != NULL) \
			*value = got; \
		page_object_release(object); \
		return DDI_SUCCESS; \
	} \
	int ddi_poke##bits(dev_info_t *dip, type *addr, type value) \
	{ \
		struct page_object *object = value_hold(addr, sizeof(*addr)); \
\
		if (object == NULL) \
			return DDI_FAILURE; \
		__atomic_store_n(addr, value, __ATOMIC_SEQ_CST); \
		page_object_release(object); \
		return DDI_SUCCESS; \
	}

PEEK_POKE(8, int8_t)
PEEK_POKE(16, int16_t)
PEEK_POKE(32, int32_t)
PEEK_POKE(64, int64_t)

/* Width bytes at addr to or from value; width is 1, 2, 4 or 8. */
static int value_move(dev_info_t *dip, enum uio_rw rw, void *addr, void *value, size_t width)
{
	int64_t bits = 0;

	if (rw == UIO_WRITE)
		memcpy(&bits, value, width);
	switch (width) {
	case 1:
		return rw == UIO_READ ? ddi_peek8(dip, addr, value) : ddi_poke8(dip, addr, (int8_t)bits);
	case 2:
		return rw == UIO_READ ? ddi_peek16(dip, addr, value) : ddi_poke16(dip, addr, (int16_t)bits);
	case 4:
		return rw == UIO_READ ? ddi_peek32(dip, addr, value) : ddi_poke32(dip, addr, (int32_t)bits);
	default:
		return rw == UIO_READ ? ddi_peek64(dip, addr, value) : ddi_poke64(dip, addr, bits);
	}
}

/*
 * The width that is asked for, for the whole of it: halved until address and length are multiples.  Another number than 1, 2, 4
 * or 8: 0.
 */
static size_t width_of_all(const char *addr, size_t len, uint_t wanted)
{
	size_t width = wanted == 1 || wanted == 2 || wanted == 4 || wanted == 8 ? wanted : 0;

	while (width > 1 && (((uintptr_t)addr | len) & (width - 1)) != 0)
		width /= 2;
	return width;
}

/* The widest one that fits here. */
static size_t width_at(const char *addr, size_t left)
{
	size_t width = 8;

	while (width > left || (uintptr_t)addr % width != 0)
		width /= 2;
	return width;
}

int ddi_peekpokeio(dev_info_t *dip, struct uio *uio, enum uio_rw rw, caddr_t addr, size_t len, uint_t xfersize)
{
	size_t all;

	if (len > (size_t)uio->uio_resid)
		len = (size_t)uio->uio_resid;
	all = width_of_all(addr, len, xfersize);
	for (size_t done = 0; done < len;) {
		size_t width = all != 0 ? all : width_at(addr + done, len - done);
		int64_t value = 0;

		if (rw == UIO_READ && value_move(dip, rw, addr + done, &value, width) != DDI_SUCCESS)
			return DDI_FAILURE;
		if (uiomove(&value, width, rw, uio) != 0)
			return DDI_FAILURE;
		if (rw == UIO_WRITE && value_move(dip, rw, addr + done, &value, width) != DDI_SUCCESS)
			return DDI_FAILURE;
		done += width;
	}
	return DDI_SUCCESS;
}
