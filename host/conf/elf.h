/* SPDX-License-Identifier: BSD-2-Clause */
/* elf.h: reading shared objects with libelf; for loader.c and function.c. */
#ifndef HOST_CONF_ELF_H
#define HOST_CONF_ELF_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>

struct elf_file {
	int fd;
	Elf *elf;
};

/* Opens a shared object of this machine: ENOENT and the like, ENOEXEC; the message names path and reason. */
int elf_file_open(const char *path, struct elf_file *file, char *message, size_t size);
void elf_file_close(struct elf_file *file);

/* The section of that name, or of that type when name is NULL; NULL if there is none. */
Elf_Scn *elf_file_section(const struct elf_file *file, const char *name, unsigned type);

/*
 * Calls fn for each symbol of the table of that type (SHT_DYNSYM, SHT_SYMTAB) until it returns false.
 */
void elf_file_symbols(const struct elf_file *file, unsigned type,
		      bool (*fn)(void *arg, const char *name, const GElf_Sym *symbol), void *arg);

#endif
