/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host.h: pins, the locked memory of simulated processes.
 *
 *	pin       |--------------- len ----------------|
 *	pieces    |-- memory --|------- memory --------|      each held
 *
 * Memory lives as long as somebody holds it, so a pin reaches it after the process's death too.
 */
#include "host/embed/as.h"
#include <errno.h>

struct host_pin {
	struct host_as *as; /* held */
	struct as_pieces pieces;
};

int host_pin_create(struct host_as *as, uintptr_t addr, size_t len, unsigned flags, struct host_pin **out)
{
	struct host_pin *pin = host_alloc(sizeof(*pin), true);
	unsigned prot = flags & HOST_PIN_WRITE ? HOST_PROT_WRITE : HOST_PROT_READ;
	int error = as_hold_memory(as, addr, len, prot, &pin->pieces);

	if (error != 0) {
		host_free(pin, sizeof(*pin));
		return error;
	}
	pin->as = as_hold(as);
	*out = pin;
	return 0;
}

void host_pin_destroy(struct host_pin *pin)
{
	for (size_t i = 0; i < pin->pieces.n; i++)
		memory_drop(pin->pieces.v[i].memory);
	as_drop(pin->as);
	host_free(pin->pieces.v, pin->pieces.room * sizeof(*pin->pieces.v));
	host_free(pin, sizeof(*pin));
}

static int pin_copy(struct host_pin *pin, uint64_t offset, char *buffer, size_t len, bool write)
{
	uint64_t base = 0; /* of the piece in the pin */

	for (size_t i = 0; len > 0; base += pin->pieces.v[i++].len) {
		const struct as_piece *piece = &pin->pieces.v[i];
		uint64_t in_piece = offset - base;
		size_t step;

		if (in_piece >= piece->len)
			continue;
		step = len < piece->len - in_piece ? len : piece->len - in_piece;
		if (write)
			memory_write(piece->memory, piece->offset + in_piece, buffer, step);
		else
			memory_read(piece->memory, piece->offset + in_piece, buffer, step);
		buffer += step;
		offset += step;
		len -= step;
	}
	return 0;
}

int host_pin_read(struct host_pin *pin, uint64_t offset, void *to, size_t len)
{
	return pin_copy(pin, offset, to, len, false);
}

int host_pin_write(struct host_pin *pin, uint64_t offset, const void *from, size_t len)
{
	return pin_copy(pin, offset, (char *)(uintptr_t)from, len, true);
}

/* Memory of several calls of sundog_anon() is not in one file. */
int host_pin_pages(struct host_pin *pin, struct host_pages **pages)
{
	struct as_memory *memory = pin->pieces.v[0].memory;
	struct posix_view view = {.offset = pin->pieces.v[0].offset, .size = pin->pieces.v[0].len};
	int error = pin->pieces.n == 1 ? as_share_memory(pin->as, memory) : EFAULT;

	if (error != 0)
		return error;
	view.file = memory->file;
	return posix_pages_view(&view, pages);
}
