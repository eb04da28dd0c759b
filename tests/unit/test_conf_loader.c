/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading drivers: what is one, what it asks for, what its note says. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

#include "host/conf/loader.h"

static char message[300];

static const char *object(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", getenv("TEST_OBJECTS"), name);
	return path;
}

/* Opens name, expects error, and returns the message behind the path. */
static const char *refused(const char *path, int error)
{
	struct loader_module module;

	assert_int_equal(loader_open(path, &module, message, sizeof(message)), error);
	assert_int_equal(strncmp(message, path, strlen(path)), 0);
	assert_null(strchr(message, '\n'));
	return message + strlen(path);
}

TEST_PLAIN(driver_is_loaded)
{
	struct loader_module module;
	char here[128], *address;

	(void)state;
	assert_int_equal(loader_open(object("good.so"), &module, message, sizeof(message)), 0);
	assert_string_equal(module.name, "good");
	assert_int_equal(module.init(), 42);
	assert_int_equal(module.fini(), 7);
	assert_int_equal(module.info(NULL), 1);
	address = (char *)(uintptr_t)module.init;
	assert_true(address >= (const char *)module.base &&
		    address < (const char *)module.base + module.size);
	loader_function((void *)(address + 1), here, sizeof(here));
	assert_string_equal(here, "_init");
	loader_function((const char *)module.base + 1, here, sizeof(here));
	assert_int_equal(strncmp(here, "good.so+0x", 10), 0);
	loader_close(&module);
}

TEST_PLAIN(not_drivers)
{
	(void)state;
	assert_string_equal(refused(object("no-such.so"), ENOENT), ": No such file or directory");
	assert_string_equal(refused("/tmp", EISDIR), ": Is a directory");
	assert_string_equal(refused("/etc/passwd", ENOEXEC), ": not a driver: not an ELF file");
	assert_non_null(strstr(refused("/dev/null", ENOEXEC), "Exec format error"));
	assert_string_equal(refused(object("noinit.so"), ENOEXEC), ": not a driver: no _init");
	assert_string_equal(refused(object("nofini.so"), ENOEXEC), ": not a driver: no _fini");
}

TEST_PLAIN(missing_names_are_listed)
{
	const char *text = refused(object("missing.so"), ENOSYS);

	(void)state;
	assert_non_null(strstr(text, ": calls functions that sundog does not provide: "));
	assert_non_null(strstr(text, "no_such_function"));
	assert_non_null(strstr(text, "another_one"));
	assert_non_null(strstr(text, "printf")); /* libc's, which is no driver's business */
	assert_null(strstr(text, "sundog_"));
	assert_null(strstr(text, "weak_one"));
}

TEST_PLAIN(other_interfaces_are_refused)
{
	struct loader_module module;
	struct loader_note note;

	(void)state;
	assert_non_null(strstr(refused(object("noted.so"), ENOEXEC), ": compiled against older headers of sundog (interface 1, here it is "));
	assert_non_null(strstr(refused(object("newer.so"), ENOEXEC), ": compiled against newer headers of sundog (interface 99999, "));
	assert_int_equal(loader_read_note(object("current.so"), &note, message, sizeof(message)), 0);
	assert_int_equal(note.interface, SUNDOG_INTERFACE);
	assert_int_equal(loader_open(object("current.so"), &module, message, sizeof(message)), 0);
	loader_close(&module);
}

TEST_PLAIN(damaged_files_are_refused)
{
	char path[] = "/tmp/test_loader.XXXXXX", bytes[4096];
	int fd = mkstemp(path);
	FILE *good = fopen(object("good.so"), "r");
	struct loader_module module;

	(void)state;
	assert_int_equal(fread(bytes, 1, sizeof(bytes), good), sizeof(bytes));
	fclose(good);
	for (size_t cut = 0; cut <= sizeof(bytes); cut += 97) {
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, bytes, cut, 0), (ssize_t)cut);
		assert_int_equal(loader_open(path, &module, message, sizeof(message)), ENOEXEC);
	}
	bytes[18] = 3; /* e_machine: i386 */
	assert_int_equal(pwrite(fd, bytes, sizeof(bytes), 0), (ssize_t)sizeof(bytes));
	assert_non_null(strstr(refused(path, ENOEXEC), "another machine"));
	close(fd);
	unlink(path);
}

TEST_PLAIN(notes_are_read)
{
	struct loader_note note;

	(void)state;
	assert_int_equal(loader_read_note(object("noted.so"), &note, message, sizeof(message)), 0);
	assert_true(note.present);
	assert_string_equal(note.compiler, "clang");
	assert_string_equal(note.version, "14.0.6");
	assert_string_equal(note.headers, "0.1.0");
	assert_false(note.address);
	assert_true(note.thread);
	assert_true(note.undefined);
	assert_int_equal(loader_read_note(object("good.so"), &note, message, sizeof(message)), 0);
	assert_false(note.present);
	assert_false(note.address || note.thread || note.undefined);
	assert_int_equal(loader_read_note("/etc/passwd", &note, message, sizeof(message)), ENOEXEC);
	assert_int_equal(loader_read_note("/nowhere.so", &note, message, sizeof(message)), ENOENT);
}

static __attribute__((noinline)) void static_function(char *name, size_t size)
{
	loader_function(__builtin_extract_return_addr(__builtin_return_address(0)), name, size);
}

TEST_PLAIN(functions_have_names)
{
	char name[128];

	(void)state;
	static_function(name, sizeof(name)); /* called from this function, which is static too */
	assert_string_equal(name, "functions_have_names");
	loader_function(NULL, name, sizeof(name));
	assert_string_not_equal(name, "");
	loader_function((void *)16, name, sizeof(name));
	assert_string_equal(name, "0x10");
}

TEST_PLAIN(names_of_drivers)
{
	static const char *const names[][2] = {{"a/b/shm.so", "shm"},
					       {"shm.so", "shm"},
					       {"shm", "shm"},
					       {"/x/.so", ".so"},
					       {"a.so.1", "a.so.1"}};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *name = loader_driver_name(names[i][0]);

		assert_string_equal(name, names[i][1]);
		free(name);
	}
}
