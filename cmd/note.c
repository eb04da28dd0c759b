/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/note.h"

/* Finds KEY= at the start of a line of text. */
static void note_value(const char *text, size_t len, const char *key, char *value, size_t size)
{
	const char *end = text + len, *line = text;
	size_t n = strlen(key);

	value[0] = '\0';
	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));

		if (stop == NULL)
			stop = end;
		if ((size_t)(stop - line) > n && memcmp(line, key, n) == 0 && line[n] == '=') {
			snprintf(value, size, "%.*s", (int)(stop - line - (ptrdiff_t)n - 1), line + n + 1);
			return;
		}
		line = stop + 1;
	}
}

/* Is it a 64-bit shared object for this machine?  NULL, or what is wrong with it. */
static const char *elf_wrong(Elf *elf)
{
	GElf_Ehdr head;

	if (elf == NULL || elf_kind(elf) != ELF_K_ELF || gelf_getehdr(elf, &head) == NULL)
		return "not a driver: not an ELF file";
	if (head.e_type == ET_REL)
		return "not a driver: an object file; `sundog cc` makes drivers";
	if (head.e_type != ET_DYN)
		return "not a driver: not a shared object";
	if (head.e_machine != EM_X86_64)
		return "not a driver for this machine: not an x86-64 shared object";
	return NULL;
}

/* A driver that was not compiled by `sundog cc` is known by the runtime that it calls. */
static void elf_guess(Elf_Scn *section, const GElf_Shdr *head, Elf *elf, char *names, size_t size)
{
	static const struct {
		const char *prefix, *name;
	} known[] = {
		{"__asan_", "address"},
		{"__tsan_", "thread"},
		{"__ubsan_", "undefined"},
		{"__msan_", "memory"},
		{"__hwasan_", "hwaddress"},
	};
	Elf_Data *data = elf_getdata(section, NULL);
	struct sanitize found = {0};
	GElf_Sym symbol;

	for (int i = 0; data != NULL && gelf_getsym(data, i, &symbol) != NULL; i++) {
		const char *name = elf_strptr(elf, head->sh_link, symbol.st_name);
		char flag[64];

		for (size_t k = 0; name != NULL && k < sizeof(known) / sizeof(known[0]); k++) {
			if (strncmp(name, known[k].prefix, strlen(known[k].prefix)) != 0)
				continue;
			snprintf(flag, sizeof(flag), "-fsanitize=%s", known[k].name);
			sanitize_flag(&found, flag);
		}
	}
	snprintf(names, size, "%s", found.names);
}

static void elf_note(Elf *elf, char *names, size_t size)
{
	Elf_Scn *section = NULL;
	GElf_Shdr head;
	size_t strings;

	names[0] = '\0';
	if (elf_getshdrstrndx(elf, &strings) != 0)
		return;
	while ((section = elf_nextscn(elf, section)) != NULL) {
		const char *name;
		Elf_Data *data;

		if (gelf_getshdr(section, &head) == NULL)
			continue;
		if (head.sh_type == SHT_DYNSYM)
			elf_guess(section, &head, elf, names, size);
		name = elf_strptr(elf, strings, head.sh_name);
		if (name == NULL || strcmp(name, NOTE_SECTION) != 0)
			continue;
		data = elf_rawdata(section, NULL);
		if (data != NULL && data->d_buf != NULL)
			note_value(data->d_buf, data->d_size, "sanitize", names, size);
		return;
	}
}

int note_sanitize(const char *driver, char *names, size_t size)
{
	int fd = open(driver, O_RDONLY | O_CLOEXEC);
	const char *wrong;
	struct stat st;
	Elf *elf;

	if (fd < 0)
		return fail("%s: cannot load the driver: %s", driver, strerror(errno));
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		return fail("%s: cannot load the driver: %s", driver, strerror(EISDIR));
	}
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	wrong = elf_wrong(elf);
	if (wrong == NULL)
		elf_note(elf, names, size);
	elf_end(elf);
	close(fd);
	return wrong == NULL ? 0 : fail("%s: %s", driver, wrong);
}
