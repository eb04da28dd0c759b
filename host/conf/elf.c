/* SPDX-License-Identifier: BSD-2-Clause */
#include "host/conf/elf.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ELF_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define ELF_MACHINE EM_AARCH64
#endif

/* Why the file is not a shared object of this machine; NULL: it is one. */
static const char *elf_reason(Elf *elf)
{
	GElf_Ehdr header;

	if (elf == NULL || elf_kind(elf) != ELF_K_ELF || gelf_getehdr(elf, &header) == NULL)
		return "not an ELF file";
	if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != ELF_MACHINE)
		return "an ELF file of another machine";
	return header.e_type == ET_DYN ? NULL : "an ELF file, but not a shared object";
}

static int elf_open_fd(const char *path, int *fd)
{
	struct stat status;

	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0)
		return errno;
	if (fstat(*fd, &status) == 0 && S_ISREG(status.st_mode))
		return 0;
	close(*fd);
	return S_ISDIR(status.st_mode) ? EISDIR : ENOEXEC;
}

int elf_file_open(const char *path, struct elf_file *file, char *message, size_t size)
{
	const char *reason;
	int error = elf_open_fd(path, &file->fd);

	if (error != 0) {
		(void)snprintf(message, size, "%s: %s", path, strerror(error));
		return error;
	}
	(void)elf_version(EV_CURRENT);
	file->elf = elf_begin(file->fd, ELF_C_READ, NULL);
	reason = elf_reason(file->elf);
	if (reason == NULL)
		return 0;
	(void)snprintf(message, size, "%s: not a driver: %s", path, reason);
	elf_file_close(file);
	return ENOEXEC;
}

void elf_file_close(struct elf_file *file)
{
	if (file->elf != NULL)
		(void)elf_end(file->elf);
	close(file->fd);
}

Elf_Scn *elf_file_section(const struct elf_file *file, const char *name, unsigned type)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	if (elf_getshdrstrndx(file->elf, &names) != 0)
		return NULL;
	while ((section = elf_nextscn(file->elf, section)) != NULL) {
		const char *found;

		if (gelf_getshdr(section, &header) == NULL)
			continue;
		found = elf_strptr(file->elf, names, header.sh_name);
		if (name == NULL ? header.sh_type == type : found != NULL && strcmp(found, name) == 0)
			return section;
	}
	return NULL;
}

void elf_file_symbols(const struct elf_file *file, unsigned type,
		      bool (*fn)(void *, const char *, const GElf_Sym *), void *arg)
{
	Elf_Scn *section = elf_file_section(file, NULL, type);
	Elf_Data *data = section != NULL ? elf_getdata(section, NULL) : NULL;
	GElf_Shdr header;
	GElf_Sym symbol;

	if (data == NULL || gelf_getshdr(section, &header) == NULL)
		return;
	for (int i = 1; gelf_getsym(data, i, &symbol) != NULL; i++) {
		const char *name = elf_strptr(file->elf, header.sh_link, symbol.st_name);

		if (name != NULL && !fn(arg, name, &symbol))
			return;
	}
}
