/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "host/conf/modules.h"
#include "host/conf/elf.h"
#include "host/conf/loader.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINK_PREFIX "sundog_"
#define NONE SIZE_MAX

struct names {
	char **v;
	size_t n, room;
	bool failed; /* no memory */
};

struct file {
	const char *path;
	char *name;
	struct names defined, asked;
	char depends[512];
	bool taken;
};

/* ---- reading ---- */

static void names_add(struct names *names, const char *name)
{
	if (names->n == names->room) {
		size_t room = names->room * 2 + 16;
		char **more = realloc(names->v, room * sizeof(*more));

		names->failed |= more == NULL;
		if (more == NULL)
			return;
		names->v = more;
		names->room = room;
	}
	names->v[names->n] = strdup(name);
	names->failed |= names->v[names->n] == NULL;
	names->n += names->v[names->n] != NULL;
}

static bool names_have(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->v[i], name) == 0)
			return true;
	return false;
}

static void names_free(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->v[i]);
	free(names->v);
}

static bool symbol_read(void *arg, const char *name, const GElf_Sym *symbol)
{
	struct file *f = arg;

	if (strncmp(name, LINK_PREFIX, strlen(LINK_PREFIX)) == 0 || name[0] == '\0')
		return true;
	if (symbol->st_shndx != SHN_UNDEF)
		names_add(&f->defined, name);
	else if (GELF_ST_BIND(symbol->st_info) != STB_WEAK)
		names_add(&f->asked, name);
	return true;
}

struct depends {
	const struct elf_file *file;
	char *words;
	size_t size;
};

static bool depends_read(void *arg, const char *name, const GElf_Sym *symbol)
{
	struct depends *d = arg;
	Elf_Scn *section;
	GElf_Shdr header;
	Elf_Data *data;

	if ((strcmp(name, "_depends_on") != 0 && strcmp(name, "depends_on") != 0) || symbol->st_shndx == SHN_UNDEF)
		return true;
	section = elf_getscn(d->file->elf, symbol->st_shndx);
	data = section != NULL ? elf_getdata(section, NULL) : NULL;
	if (data == NULL || data->d_buf == NULL || gelf_getshdr(section, &header) == NULL || symbol->st_value < header.sh_addr ||
	    symbol->st_value - header.sh_addr > data->d_size || symbol->st_size > data->d_size - (symbol->st_value - header.sh_addr))
		return true;
	(void)snprintf(d->words, d->size, "%.*s", (int)(symbol->st_size < 4096 ? symbol->st_size : 4096),
		       (const char *)data->d_buf + (symbol->st_value - header.sh_addr));
	return false;
}

/* It may be static. */
void modules_depends(const struct elf_file *file, char *words, size_t size)
{
	struct depends d = {file, words, size};

	words[0] = '\0';
	elf_file_symbols(file, SHT_DYNSYM, depends_read, &d);
	if (words[0] == '\0')
		elf_file_symbols(file, SHT_SYMTAB, depends_read, &d);
}

static int file_read(struct file *f, const char *path, char *message, size_t size)
{
	struct elf_file elf;
	int error = elf_file_open(path, &elf, message, size);

	f->path = path;
	if (error != 0)
		return error;
	elf_file_symbols(&elf, SHT_DYNSYM, symbol_read, f);
	modules_depends(&elf, f->depends, sizeof(f->depends));
	elf_file_close(&elf);
	f->name = loader_driver_name(path);
	if (f->name != NULL && !f->defined.failed && !f->asked.failed)
		return 0;
	(void)snprintf(message, size, "%s: %s", path, strerror(ENOMEM));
	return ENOMEM;
}

/* ---- needs ---- */

/* Is the file of that name among those that the words name ("misc/rsmops drv/shm")? */
static bool depends_on(const char *words, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = words; *at != '\0';) {
		size_t word = strcspn(at, " \t"), base = word;

		while (base > 0 && at[base - 1] != '/')
			base--;
		if (word - base == length && strncmp(at + base, name, length) == 0)
			return true;
		at += word;
		at += strspn(at, " \t");
	}
	return false;
}

/* What f needs of provider: a function's name, or "_depends_on"; NULL: nothing. */
static const char *need_of(const struct file *f, const struct file *provider)
{
	if (f == provider)
		return NULL;
	for (size_t i = 0; i < f->asked.n; i++)
		if (names_have(&provider->defined, f->asked.v[i]))
			return f->asked.v[i];
	return depends_on(f->depends, provider->name) ? "_depends_on" : NULL;
}

/* The function that f asks for and both define. */
static const char *clash_of(const struct file *f, const struct file *a, const struct file *b)
{
	for (size_t i = 0; i < f->asked.n; i++)
		if (names_have(&a->defined, f->asked.v[i]) && names_have(&b->defined, f->asked.v[i]))
			return f->asked.v[i];
	return NULL;
}

static int clashes_find(const struct file *f, size_t n, char *message, size_t size)
{
	for (size_t i = 0; i < n; i++)
		for (size_t a = 0; a < n; a++)
			for (size_t b = a + 1; b < n; b++) {
				const char *name = clash_of(&f[i], &f[a], &f[b]);

				if (name == NULL)
					continue;
				(void)snprintf(message, size, "%s: calls %s, which both %s and %s define", f[i].path, name, f[a].path, f[b].path);
				return EEXIST;
			}
	return 0;
}

/* The first that f needs and that is not taken yet. */
static size_t needed_by(const struct file *all, size_t n, size_t f)
{
	for (size_t i = 0; i < n; i++)
		if (!all[i].taken && need_of(&all[f], &all[i]) != NULL)
			return i;
	return NONE;
}

/* From any that is not taken the way leads into a circle: told from where it closes. */
static int circle_say(const struct file *all, size_t n, char *message, size_t size)
{
	size_t at = 0, start;
	int used;

	while (all[at].taken)
		at++;
	for (size_t steps = 0; steps < n; steps++)
		at = needed_by(all, n, at);
	start = at;
	used = snprintf(message, size, "%s", all[start].path);
	do {
		size_t next = needed_by(all, n, at);

		if (used >= 0 && (size_t)used < size)
			used += snprintf(message + used, size - (size_t)used, "%s needs %s of %s", at == start ? "" : ", which",
					 need_of(&all[at], &all[next]), all[next].path);
		at = next;
	} while (at != start);
	if (used >= 0 && (size_t)used < size)
		(void)snprintf(message + used, size - (size_t)used, ": none of them can be loaded first");
	return ELOOP;
}

static int order_find(struct file *all, size_t n, size_t *order, char *message, size_t size)
{
	for (size_t done = 0; done < n; done++) {
		size_t i = 0;

		while (i < n && (all[i].taken || needed_by(all, n, i) != NONE))
			i++;
		if (i == n)
			return circle_say(all, n, message, size);
		all[i].taken = true;
		order[done] = i;
	}
	return 0;
}

int modules_order(const char *const *paths, size_t n, size_t *order, char *message, size_t size)
{
	struct file *all = calloc(n + 1, sizeof(*all));
	int error = 0;

	if (all == NULL) {
		(void)snprintf(message, size, "drivers: %s", strerror(ENOMEM));
		return ENOMEM;
	}
	for (size_t i = 0; i < n && error == 0; i++)
		error = file_read(&all[i], paths[i], message, size);
	if (error == 0)
		error = clashes_find(all, n, message, size);
	if (error == 0)
		error = order_find(all, n, order, message, size);
	for (size_t i = 0; i < n; i++) {
		names_free(&all[i].defined);
		names_free(&all[i].asked);
		free(all[i].name);
	}
	free(all);
	return error;
}
