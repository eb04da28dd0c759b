/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cc.c: `sundog cc`: a driver's sources become a shared object that the server can load.
 *
 *   SRC.c --compiler--> N.o --objcopy: link names, note--> N.o --linker--> OUT.so
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/args.h"
#include "cmd/command.h"
#include "cmd/compiler.h"
#include "cmd/install.h"
#include "cmd/note.h"
#include "cmd/tmpdir.h"

static const char help[] =
	"usage: sundog cc [-o OUT.so] SRC.c... [FLAG...]\n"
	"Compile the sources of a driver to a shared object for `sundog run -d`.\n"
	"\n"
	"  -o OUT.so      without it the name of the first source, in this directory\n"
	"  -Wl,... -l -L  are given to the linker\n"
	"  FLAG           any other is given to the compiler: -g -O2 -Wall -Idir -Dname\n"
	"  -fsanitize=    address, undefined, or both, or thread: `sundog run` starts the\n"
	"                 server that has the runtime for it\n"
	"\n"
	"  CC=clang       in the environment: the compiler, gcc without it\n"
	"\n"
	"Exit status: the compiler's; 125 when sundog failed.  See sundog-cc(1).\n";

struct cc {
	struct install install;
	struct compiler compiler;
	struct args sources, flags, link;
	struct sanitize sanitize;
	const char *out;
	char out_default[PATH_MAX];
};

/* Flags whose value is the next argument. */
static bool takes_value(const char *arg)
{
	static const char *const flags[] = {"-I", "-D", "-U", "-include", "-imacros", "-isystem", "-iquote",
					    "-idirafter", "-Xclang", "-Xpreprocessor", "-Xassembler", "-MF",
					    "-MT", "-MQ", "-mllvm", "--param"};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (strcmp(arg, flags[i]) == 0)
			return true;
	}
	return false;
}

/* Flags that cannot lead to a driver.  NULL, or why. */
static const char *refused(const char *arg)
{
	if (strcmp(arg, "-c") == 0 || strcmp(arg, "-E") == 0 || strcmp(arg, "-S") == 0)
		return "`sundog cc` always links a driver";
	if (strcmp(arg, "-m32") == 0 || strcmp(arg, "-mx32") == 0)
		return "drivers are 64-bit (they serve 32-bit applications too)";
	if (strncmp(arg, "-flto", 5) == 0)
		return "a driver's objects cannot hold bytecode";
	return NULL;
}

static int parse_one(struct cc *cc, int argc, char **argv, int *i)
{
	char *arg = argv[*i];
	size_t n = strlen(arg);
	bool value = strcmp(arg, "-o") == 0 || takes_value(arg);

	if (value && *i + 1 == argc)
		return fail("cc: %s: a value must follow", arg);
	if (refused(arg) != NULL)
		return fail("cc: %s: %s", arg, refused(arg));
	if (strcmp(arg, "-o") == 0) {
		cc->out = argv[++*i];
	} else if (arg[0] != '-') {
		if (n < 3 || strcmp(arg + n - 2, ".c") != 0)
			return fail("cc: %s: not a C source file (SRC.c)", arg);
		args_add(&cc->sources, arg);
	} else if (strncmp(arg, "-Wl,", 4) == 0 || strncmp(arg, "-L", 2) == 0 || strncmp(arg, "-l", 2) == 0) {
		args_add(&cc->link, arg);
	} else {
		sanitize_flag(&cc->sanitize, arg);
		args_add(&cc->flags, arg);
		if (value)
			args_add(&cc->flags, argv[++*i]);
	}
	return 0;
}

/* drivers/shm/shm.c: shm.so, in the current directory. */
static void default_out(struct cc *cc)
{
	const char *source = cc->sources.v[0], *slash = strrchr(source, '/');
	const char *base = slash != NULL ? slash + 1 : source;

	snprintf(cc->out_default, sizeof(cc->out_default), "%.*s.so", (int)strlen(base) - 2, base);
	cc->out = cc->out_default;
}

static int parse(struct cc *cc, int argc, char **argv)
{
	enum flavour flavour;
	const char *why;
	int error;

	for (int i = 1; i < argc; i++) {
		error = parse_one(cc, argc, argv, &i);
		if (error != 0)
			return error;
	}
	if (cc->sources.n == 0)
		return fail("cc: no source file given (SRC.c)");
	if (!sanitize_flavour(cc->sanitize.names, &flavour, &why))
		return fail("cc: -fsanitize=%s: %s", cc->sanitize.names, why);
	if (cc->out == NULL)
		default_out(cc);
	return 0;
}

static int compile(struct cc *cc, const char *source, const char *object)
{
	char flags[PATH_MAX + 1];
	struct args a = {0};
	int status;

	snprintf(flags, sizeof(flags), "@%s", cc->install.driver_flags);
	compiler_args(&cc->compiler, &a);
	args_add_all(&a, "-c", "-g", "-fPIC", "-fno-stack-protector", flags, NULL);
	for (size_t i = 0; i < cc->flags.n; i++)
		args_add(&a, cc->flags.v[i]);
	/* <stdint.h> is the DDI's own, so its headers come first. */
	args_add_all(&a, "-isystem", cc->install.headers, "-isystem", cc->compiler.include, "-o", object, source,
		     NULL);
	status = tmpdir_run(a.v);
	args_free(&a);
	return status;
}

/* The note goes into the first object only: the linker would concatenate them. */
static int rename_symbols(struct cc *cc, const char *object, const char *note)
{
	struct args a = {0};
	char names[PATH_MAX + 32], section[PATH_MAX + 32];
	int status;

	snprintf(names, sizeof(names), "--redefine-syms=%s", cc->install.link_names);
	args_add_all(&a, "objcopy", names, NULL);
	if (note != NULL) {
		snprintf(section, sizeof(section), NOTE_SECTION "=%s", note);
		args_add_all(&a, "--add-section", section, "--set-section-flags", NOTE_SECTION "=readonly", NULL);
	}
	args_add(&a, object);
	status = tmpdir_run(a.v);
	args_free(&a);
	return status;
}

static int link_driver(struct cc *cc, const struct args *objects)
{
	struct args a = {0};
	int status;

	compiler_args(&cc->compiler, &a);
	/* -Bsymbolic: a driver's own `open` or `read` is its own, not libc's. */
	args_add_all(&a, "-shared", "-nostdlib", "-Wl,-Bsymbolic", "-Wl,-z,noexecstack", "-o", cc->out, NULL);
	for (size_t i = 0; i < objects->n; i++)
		args_add(&a, objects->v[i]);
	for (size_t i = 0; i < cc->link.n; i++)
		args_add(&a, cc->link.v[i]);
	args_add(&a, "-lgcc");
	status = tmpdir_run(a.v);
	args_free(&a);
	return status;
}

static int write_note(const struct cc *cc, const char *path)
{
	FILE *f = fopen(path, "we");
	int n;

	if (f == NULL)
		return fail("cc: %s: %s", path, strerror(errno));
	n = fprintf(f, "compiler=%s\nversion=%s\nsanitize=%s\nheaders=%s\ninterface=%d\n", cc->compiler.name,
		    cc->compiler.version, cc->sanitize.names, SUNDOG_VERSION, SUNDOG_INTERFACE);
	if (fclose(f) == EOF || n < 0)
		return fail("cc: %s: %s", path, strerror(errno));
	return 0;
}

static int build(struct cc *cc, const char *tmp)
{
	struct args objects = {0};
	char note[PATH_MAX];
	int status = compiler_find(&cc->compiler, tmp);

	snprintf(note, sizeof(note), "%s/note", tmp);
	if (status == 0)
		status = write_note(cc, note);
	for (size_t i = 0; i < cc->sources.n && status == 0; i++) {
		char object[PATH_MAX];

		snprintf(object, sizeof(object), "%s/%zu.o", tmp, i);
		args_add(&objects, object);
		status = compile(cc, cc->sources.v[i], object);
		if (status == 0)
			status = rename_symbols(cc, object, i == 0 ? note : NULL);
	}
	if (status == 0)
		status = link_driver(cc, &objects);
	args_free(&objects);
	return status;
}

int cmd_cc(int argc, char **argv)
{
	struct cc cc = {0};
	const char *tmp;
	int status;

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return print(help);
	status = parse(&cc, argc, argv);
	if (status == 0)
		status = install_find(&cc.install);
	if (status == 0) {
		tmp = tmpdir_create();
		status = tmp == NULL ? EXIT_SUNDOG : build(&cc, tmp);
		if (tmp != NULL)
			tmpdir_remove();
	}
	args_free(&cc.sources);
	args_free(&cc.flags);
	args_free(&cc.link);
	compiler_free(&cc.compiler);
	return status;
}
