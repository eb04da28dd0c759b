/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "host/conf/loader.h"
#include "host/conf/elf.h"
#include "host/conf/modules.h"
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINK_PREFIX "sundog_" /* of include/ddi/sys/sundog_link.h */
#define LINK_PREFIX_LENGTH (sizeof(LINK_PREFIX) - 1)

/* ---- looking before loading ---- */

/* What the compiler itself may ask for; a driver's own calls of libc are refused, they work in no kernel. */
static bool symbol_is_compilers(const char *name)
{
	static const char *const prefixes[] = {"__asan_", "__ubsan_", "__tsan_", "__sanitizer_",
					       "__lsan_", "__sancov_", "__atomic_", "__gcov_",
					       "__llvm_", "__cxa_finalize"};
	static const char *const names[] = {"memcpy",
					    "memset",
					    "memmove",
					    "memcmp",
					    "__stack_chk_fail",
					    "__tls_get_addr",
					    "_GLOBAL_OFFSET_TABLE_"};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	/* Arithmetic of the compiler's runtime: __divti3, __muldc3, __popcountdi2, ... */
	return strncmp(name, "__", 2) == 0 && strlen(name) > 4 && name[strlen(name) - 1] >= '2' &&
	       name[strlen(name) - 1] <= '4' && dlsym(RTLD_DEFAULT, name) != NULL;
}

/* ---- modules that others call ---- */

static struct {
	pthread_mutex_t lock; /* protects the list */
	struct loader_module *first;
} loaded = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Called with the lock held.  What its own libraries define is not the module's. */
static bool module_defines(const struct loader_module *m, const char *name)
{
	const void *address = dlsym(m->handle, name);

	return address != NULL && (uintptr_t)address - (uintptr_t)m->base < m->size;
}

/* From now on those that are loaded may call it. */
static void module_open_to_all(const struct loader_module *m)
{
	struct link_map *map;
	void *again;

	if (dlinfo(m->handle, RTLD_DI_LINKMAP, &map) != 0)
		return;
	again = dlopen(map->l_name, RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL);
	if (again != NULL)
		(void)dlclose(again);
}

static bool symbol_is_a_modules(const char *name)
{
	const struct loader_module *m;

	pthread_mutex_lock(&loaded.lock);
	for (m = loaded.first; m != NULL && !module_defines(m, name); m = m->next)
		;
	if (m != NULL)
		module_open_to_all(m);
	pthread_mutex_unlock(&loaded.lock);
	return m != NULL;
}

static bool symbol_is_provided(const char *name)
{
	if (strncmp(name, LINK_PREFIX, LINK_PREFIX_LENGTH) == 0)
		return dlsym(RTLD_DEFAULT, name) != NULL;
	return symbol_is_compilers(name) || symbol_is_a_modules(name);
}

struct check {
	bool init, info, fini; /* defined */
	char missing[2048];    /* "a, b, c" */
	size_t used, left_out;
	char depends[256]; /* on other modules */
};

static void check_missing(struct check *check, const char *name)
{
	int more;

	if (strncmp(name, LINK_PREFIX, LINK_PREFIX_LENGTH) == 0)
		name += LINK_PREFIX_LENGTH;
	if (check->used + strlen(name) + sizeof(", , ...") > sizeof(check->missing)) {
		check->left_out++;
		return;
	}
	more = sprintf(check->missing + check->used, "%s%s", check->used > 0 ? ", " : "", name);
	check->used += (size_t)more;
}

static bool check_symbol(void *arg, const char *name, const GElf_Sym *symbol)
{
	struct check *check = arg;

	if (symbol->st_shndx == SHN_UNDEF) {
		if (GELF_ST_BIND(symbol->st_info) != STB_WEAK && !symbol_is_provided(name))
			check_missing(check, name);
		return true;
	}
	check->init |= strcmp(name, LINK_PREFIX "_init") == 0;
	check->info |= strcmp(name, LINK_PREFIX "_info") == 0;
	check->fini |= strcmp(name, LINK_PREFIX "_fini") == 0;
	return true;
}

static int check_file(const char *path, char *message, size_t size)
{
	struct check check = {0};
	struct elf_file file;
	int error = elf_file_open(path, &file, message, size);

	if (error != 0)
		return error;
	elf_file_symbols(&file, SHT_DYNSYM, check_symbol, &check);
	modules_depends(&file, check.depends, sizeof(check.depends));
	elf_file_close(&file);
	if (!check.init || !check.info || !check.fini) {
		(void)snprintf(message, size, "%s: not a driver: no %s", path,
			       !check.init   ? "_init"
			       : !check.info ? "_info"
					     : "_fini");
		return ENOEXEC;
	}
	if (check.used == 0)
		return 0;
	if (check.left_out > 0)
		strcpy(check.missing + check.used, ", ...");
	(void)snprintf(message, size, "%s: calls functions that sundog does not provide: %s%s%s%s", path, check.missing,
		       check.depends[0] != '\0' ? " (it depends on " : "", check.depends, check.depends[0] != '\0' ? ": -d)" : "");
	return ENOSYS;
}

/* ---- loading ---- */

char *loader_driver_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = strdup(slash != NULL ? slash + 1 : path);
	size_t length = name != NULL ? strlen(name) : 0;

	if (length > 3 && strcmp(name + length - 3, ".so") == 0)
		name[length - 3] = '\0';
	return name;
}

/* dlopen() looks for a name without a slash in the system's directories. */
static void *loader_dlopen(const char *path)
{
	char *here = NULL;
	void *handle;

	if (strchr(path, '/') != NULL)
		return dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (asprintf(&here, "./%s", path) < 0)
		return NULL;
	handle = dlopen(here, RTLD_NOW | RTLD_LOCAL);
	free(here);
	return handle;
}

struct extent {
	uintptr_t load;
	const void *base;
	size_t size;
};

static int extent_find(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct extent *extent = arg;
	uintptr_t low = UINTPTR_MAX, high = 0;

	(void)size;
	if (info->dlpi_addr != extent->load)
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];
		uintptr_t from = info->dlpi_addr + header->p_vaddr;

		if (header->p_type != PT_LOAD)
			continue;
		low = from < low ? from : low;
		high = from + header->p_memsz > high ? from + header->p_memsz : high;
	}
	extent->base = (const void *)low;
	extent->size = high - low;
	return 1;
}

static void loader_extent(struct loader_module *module)
{
	struct extent extent = {0};
	struct link_map *map;

	if (dlinfo(module->handle, RTLD_DI_LINKMAP, &map) != 0)
		return;
	extent.load = map->l_addr;
	(void)dl_iterate_phdr(extent_find, &extent);
	module->base = extent.base;
	module->size = extent.size;
}

/* Numbers and layouts change between interfaces: a driver that has those of another would go wrong silently. */
static int check_interface(const char *path, char *message, size_t size)
{
	struct loader_note note;
	int error = loader_read_note(path, &note, message, size);

	if (error != 0 || !note.present || note.interface == SUNDOG_INTERFACE)
		return error;
	(void)snprintf(message, size,
		       "%s: compiled against %s headers of sundog (interface %d, here it is %d): compile it again", path,
		       note.interface < SUNDOG_INTERFACE ? "older" : "newer", note.interface, SUNDOG_INTERFACE);
	return ENOEXEC;
}

int loader_open(const char *path, struct loader_module *module, char *message, size_t size)
{
	int error = check_interface(path, message, size);

	if (error == 0)
		error = check_file(path, message, size);
	if (error != 0)
		return error;
	*module = (struct loader_module){0};
	module->name = loader_driver_name(path);
	if (module->name == NULL)
		return ENOMEM;
	module->handle = loader_dlopen(path);
	if (module->handle == NULL) {
		const char *why = dlerror();

		(void)snprintf(message, size, "%s: %s", path, why != NULL ? why : "cannot be loaded");
		free(module->name);
		return ENOEXEC;
	}
	module->init = (int (*)(void))dlsym(module->handle, LINK_PREFIX "_init");
	module->info = (int (*)(struct modinfo *))dlsym(module->handle, LINK_PREFIX "_info");
	module->fini = (int (*)(void))dlsym(module->handle, LINK_PREFIX "_fini");
	loader_extent(module);
	pthread_mutex_lock(&loaded.lock);
	module->next = loaded.first;
	loaded.first = module;
	pthread_mutex_unlock(&loaded.lock);
	return 0;
}

static void module_unlink(const struct loader_module *module)
{
	struct loader_module **link;

	pthread_mutex_lock(&loaded.lock);
	for (link = &loaded.first; *link != NULL && *link != module; link = &(*link)->next)
		;
	if (*link != NULL)
		*link = module->next;
	pthread_mutex_unlock(&loaded.lock);
}

void loader_close(struct loader_module *module)
{
	module_unlink(module);
	if (module->handle != NULL)
		(void)dlclose(module->handle);
	free(module->name);
}

const void *loader_object(const void *address)
{
	Dl_info info;

	return address != NULL && dladdr(address, &info) != 0 ? info.dli_fbase : NULL;
}
