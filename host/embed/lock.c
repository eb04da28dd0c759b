/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host.h: locked user memory of simulated processes.
 *
 *	lock      |--------------- len ----------------|
 *	pieces    |-- memory --|------- memory --------|      each held
 *
 * Memory lives as long as somebody holds it, so a lock reaches it after the process's death too.
 */
#include "host/embed/as.h"
#include <errno.h>

struct host_lock {
	struct host_as *as; /* held */
	struct as_pieces pieces;
};

int host_lock_create(struct host_as *as, uintptr_t addr, size_t len, unsigned flags, struct host_lock **out)
{
	struct host_lock *lock = host_alloc(sizeof(*lock), true);
	unsigned prot = flags & HOST_LOCK_WRITE ? HOST_PROT_WRITE : HOST_PROT_READ;
	int error = as_hold_memory(as, addr, len, prot, &lock->pieces);

	if (error != 0) {
		host_free(lock, sizeof(*lock));
		return error;
	}
	lock->as = as_hold(as);
	*out = lock;
	return 0;
}

void host_lock_destroy(struct host_lock *lock)
{
	for (size_t i = 0; i < lock->pieces.n; i++)
		memory_drop(lock->pieces.v[i].memory);
	as_drop(lock->as);
	host_free(lock->pieces.v, lock->pieces.room * sizeof(*lock->pieces.v));
	host_free(lock, sizeof(*lock));
}

static int lock_copy(struct host_lock *lock, uint64_t offset, char *buffer, size_t len, bool write)
{
	uint64_t base = 0; /* of the piece in the lock */

	for (size_t i = 0; len > 0; base += lock->pieces.v[i++].len) {
		const struct as_piece *piece = &lock->pieces.v[i];
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

int host_lock_read(struct host_lock *lock, uint64_t offset, void *to, size_t len)
{
	return lock_copy(lock, offset, to, len, false);
}

int host_lock_write(struct host_lock *lock, uint64_t offset, const void *from, size_t len)
{
	return lock_copy(lock, offset, (char *)(uintptr_t)from, len, true);
}

/* Memory of several calls of sundog_anon() is not in one file. */
int host_lock_pages(struct host_lock *lock, struct host_pages **pages)
{
	struct as_memory *memory = lock->pieces.v[0].memory;
	struct posix_view view = {.offset = lock->pieces.v[0].offset, .size = lock->pieces.v[0].len};
	int error = lock->pieces.n == 1 ? as_share_memory(lock->as, memory) : EFAULT;

	if (error != 0)
		return error;
	view.file = memory->file;
	return posix_pages_view(&view, pages);
}
