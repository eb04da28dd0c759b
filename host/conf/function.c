/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of functions for reports. */
#define _GNU_SOURCE
#include "host/conf/elf.h"
#include "host/conf/loader.h"
#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct function_search {
	GElf_Addr address; /* as in the file */
	char *name;
	size_t size;
	bool found;
};

static bool function_match(void *arg, const char *name, const GElf_Sym *symbol)
{
	struct function_search *search = arg;

	if (GELF_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_shndx == SHN_UNDEF ||
	    search->address - symbol->st_value >= symbol->st_size)
		return true;
	if (strncmp(name, "sundog_", 7) == 0) /* sundog__init is the driver's _init */
		name += 7;
	(void)snprintf(search->name, search->size, "%s", name);
	search->found = true;
	return false;
}

/* Looks in the object's file, which knows static functions too. */
static bool function_in_file(const char *path, struct function_search *search)
{
	char message[256];
	struct elf_file file;

	if (elf_file_open(path, &file, message, sizeof(message)) != 0)
		return false;
	elf_file_symbols(&file, SHT_SYMTAB, function_match, search);
	if (!search->found)
		elf_file_symbols(&file, SHT_DYNSYM, function_match, search);
	elf_file_close(&file);
	return search->found;
}

void loader_function(const void *address, char *name, size_t size)
{
	/* A return address may lie just behind a function that ends with the call. */
	uintptr_t at = (uintptr_t)address - 1;
	struct link_map *map = NULL;
	struct function_search search = {.name = name, .size = size};
	const char *path, *slash;
	Dl_info info;

	if (address == NULL || dladdr1((const void *)at, &info, (void **)&map, RTLD_DL_LINKMAP) == 0 ||
	    map == NULL) {
		(void)snprintf(name, size, "%p", address);
		return;
	}
	search.address = at - map->l_addr;
	path = map->l_name[0] != '\0' ? map->l_name : "/proc/self/exe";
	if (function_in_file(path, &search))
		return;
	slash = strrchr(info.dli_fname, '/');
	(void)snprintf(name, size, "%s+0x%lx", slash != NULL ? slash + 1 : info.dli_fname,
		       (unsigned long)(at - (uintptr_t)info.dli_fbase));
}
