/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stdio.c: buffers of stdio that lie in intercepted mappings.  libc reads and writes large ones directly, by calls that
 * cannot be interposed, and for those Linux does not wait for pages that are not loaded.
 *
 * differs: a page that is unloaded after it was loaded here, and before libc's call, still fails with EFAULT.
 */
#define _GNU_SOURCE
#include "client/calls/calls.h"

#include <stdio.h>

static bool possible(void)
{
	return unlikely(__atomic_load_n(&fault_possible, __ATOMIC_RELAXED));
}

/* False: an access failed; errno says so. */
static bool load(const void *buffer, size_t size, size_t n, bool write)
{
	size_t bytes;

	if (__builtin_mul_overflow(size, n, &bytes) || buffer_load(buffer, bytes, write))
		return true;
	errno = EFAULT;
	return false;
}

#undef fread
#undef fwrite
#undef fread_unlocked
#undef fwrite_unlocked

#define FREAD(name) \
	EXPORT size_t name(void *buffer, size_t size, size_t n, FILE *f) \
	{ \
		return possible() && !load(buffer, size, n, true) ? 0 : REAL(name)(buffer, size, n, f); \
	}
FREAD(fread)
FREAD(fread_unlocked)

#define FWRITE(name) \
	EXPORT size_t name(const void *buffer, size_t size, size_t n, FILE *f) \
	{ \
		return possible() && !load(buffer, size, n, false) ? 0 : REAL(name)(buffer, size, n, f); \
	}
FWRITE(fwrite)
FWRITE(fwrite_unlocked)
ALIAS(_IO_fread, fread);
ALIAS(_IO_fwrite, fwrite);

#define FREAD_CHK(name) \
	size_t name(void *buffer, size_t bytes, size_t size, size_t n, FILE *f); \
	EXPORT size_t name(void *buffer, size_t bytes, size_t size, size_t n, FILE *f) \
	{ \
		return possible() && !load(buffer, size, n, true) ? 0 : REAL(name)(buffer, bytes, size, n, f); \
	}
FREAD_CHK(__fread_chk)
FREAD_CHK(__fread_unlocked_chk)
