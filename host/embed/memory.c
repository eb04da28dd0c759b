/* SPDX-License-Identifier: BSD-2-Clause */
#include "host/embed/memory.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE ((size_t)4096)

static struct as_memory *memory_make(char *data, size_t size)
{
	struct as_memory *memory = host_alloc(sizeof(*memory), true);

	atomic_init(&memory->refs, 1);
	pthread_rwlock_init(&memory->lock, NULL);
	memory->data = data;
	memory->size = size;
	return memory;
}

struct as_memory *memory_create(size_t size)
{
	char *data = host_alloc(size, false);

	return data == NULL ? NULL : memory_make(data, size);
}

struct as_memory *memory_lend(void *data, size_t size)
{
	struct as_memory *memory = memory_make(data, size);

	memory->lender = data;
	return memory;
}

void memory_hold(struct as_memory *memory)
{
	if (memory != NULL)
		atomic_fetch_add(&memory->refs, 1);
}

static size_t whole_pages(size_t size)
{
	return (size + PAGE - 1) & ~(PAGE - 1);
}

void memory_drop(struct as_memory *memory)
{
	if (memory == NULL || atomic_fetch_sub(&memory->refs, 1) != 1)
		return;
	if (memory->file != NULL) {
		munmap(memory->data, whole_pages(memory->size));
		posix_file_put(memory->file);
	} else if (memory->data != memory->lender) {
		host_free(memory->data, memory->size);
	}
	pthread_rwlock_destroy(&memory->lock);
	host_free(memory, sizeof(*memory));
}

void memory_return(struct as_memory *memory)
{
	pthread_rwlock_wrlock(&memory->lock);
	if (memory->data != memory->lender) {
		memcpy(memory->lender, memory->data, memory->size);
		memory->lender = NULL;
	} else if (atomic_load(&memory->refs) > 1) {
		memory->data = memcpy(host_alloc(memory->size, true), memory->data, memory->size);
		memory->lender = NULL;
	}
	pthread_rwlock_unlock(&memory->lock);
}

static int memory_move(struct as_memory *memory, struct posix_file *file)
{
	char *data = mmap(NULL, whole_pages(memory->size), PROT_READ | PROT_WRITE, MAP_SHARED, posix_file_fd(file), 0);

	if (data == MAP_FAILED)
		return ENOMEM;
	memcpy(data, memory->data, memory->size);
	if (memory->data != memory->lender)
		host_free(memory->data, memory->size);
	memory->data = data;
	memory->file = file;
	return 0;
}

int memory_share(struct as_memory *memory)
{
	struct posix_file *file;
	int error = 0;

	pthread_rwlock_wrlock(&memory->lock);
	if (memory->file == NULL)
		error = posix_file_create("sundog", whole_pages(memory->size), &file);
	if (error == 0 && memory->file == NULL && (error = memory_move(memory, file)) != 0)
		posix_file_put(file);
	pthread_rwlock_unlock(&memory->lock);
	return error;
}

/* Bytes of [offset, offset + len) that there are. */
static size_t memory_rest(const struct as_memory *memory, uint64_t offset, size_t len)
{
	if (offset >= memory->size)
		return 0;
	return len < memory->size - offset ? len : memory->size - offset;
}

void memory_read(struct as_memory *memory, uint64_t offset, void *to, size_t len)
{
	size_t there = memory_rest(memory, offset, len);

	pthread_rwlock_rdlock(&memory->lock);
	memcpy(to, memory->data + offset, there);
	pthread_rwlock_unlock(&memory->lock);
	memset((char *)to + there, 0, len - there);
}

void memory_write(struct as_memory *memory, uint64_t offset, const void *from, size_t len)
{
	pthread_rwlock_rdlock(&memory->lock);
	memcpy(memory->data + offset, from, memory_rest(memory, offset, len));
	pthread_rwlock_unlock(&memory->lock);
}
