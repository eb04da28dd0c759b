/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loader.h: drivers as shared objects.  On an error, functions that take a message write one line into it
 * (without "sundog: "): the thing, then why.
 */
#ifndef HOST_CONF_LOADER_H
#define HOST_CONF_LOADER_H

#include <stdbool.h>
#include <stddef.h>

struct modinfo;

/* What `sundog cc` recorded in the section .sundog: lines of key=value. */
struct loader_note {
	bool present;      /* false: guessed from the symbols the driver asks for */
	char compiler[16]; /* "gcc", "clang", or "" */
	char version[32];
	char headers[32];                /* version of the DDI headers */
	int interface;                   /* SUNDOG_INTERFACE of those; 1 where the note does not say */
	bool address, thread, undefined; /* sanitizers */
};
/* Reads the note of a file without loading it.  ENOENT..., ENOEXEC (not a shared object of this machine). */
int loader_read_note(const char *path, struct loader_note *note, char *message, size_t size);

struct loader_module {
	void *handle; /* dlopen(3)'s */
	char *name;   /* file name without .so */
	int (*init)(void);
	int (*info)(struct modinfo *);
	int (*fini)(void);
	const void *base; /* where its code and data lie */
	size_t size;
	struct loader_module *next; /* the loader's */
};
/*
 * Loads a driver after checking that it is one, and that everything it calls is there: ENOENT..., ENOEXEC
 * (not a driver, or compiled against another interface), ENOSYS (calls what neither sundog nor a module that is open
 * provides; message lists all of it).
 * module stays where it is until it is closed: it may provide functions for those that are opened after it.
 */
int loader_open(const char *path, struct loader_module *module, char *message, size_t size);
void loader_close(struct loader_module *module); /* its handle may be NULL: only the name is freed */

/*
 * The name of the function that address lies in, static ones included; the object's name with an offset, or
 * the number, if it has none.
 */
void loader_function(const void *address, char *name, size_t size);
/* The base of the program or shared object that address lies in; NULL: none. */
const void *loader_object(const void *address);
/* "dir/shm.so" -> "shm"; free(3) it. */
char *loader_driver_name(const char *path);

#endif
