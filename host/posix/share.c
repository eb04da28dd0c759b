/* SPDX-License-Identifier: BSD-2-Clause */
/* share.c: memory that is shared with other processes, whom we do not trust. */
#define _GNU_SOURCE
#include "host/posix/internal.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE_SEALS (F_SEAL_SHRINK | F_SEAL_GROW)

int memfd_sealed(const char *name, uint64_t size, unsigned seals, int *out)
{
	int error, fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return errno;
	*out = fd;
	if (fchmod(fd, 0600) == 0 && ftruncate(fd, (off_t)size) == 0 && fcntl(fd, F_ADD_SEALS, SIZE_SEALS | seals) == 0)
		return 0;
	error = errno;
	close(fd);
	return error;
}

int posix_memory_share(const char *name, size_t size, bool readonly, int *fd, void **memory)
{
	int error = memfd_sealed(name, size, readonly ? 0 : F_SEAL_SEAL, fd);

	if (error != 0)
		return error;
	*memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	if (*memory == MAP_FAILED) {
		error = errno;
	} else if (readonly && fcntl(*fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) != 0) { /* but for our own mapping */
		error = errno;
		munmap(*memory, size);
	}
	if (error != 0)
		close(*fd);
	return error;
}
