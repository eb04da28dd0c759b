/* SPDX-License-Identifier: BSD-2-Clause */
#include "host/conf/conf.h"
#include "host/conf/lexer.h"
#include "host/conf/spec.h"
#include "host/posix/posix.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct parser {
	struct lexer lexer;
	enum token token;
	const char *file, *driver;
	struct conf *conf;
	struct spec globals;
	size_t others; /* nodes of other drivers */
	char *message;
	size_t size;
};

/* ---- errors ---- */

__attribute__((format(printf, 3, 4))) static int bad(struct parser *p, unsigned line, const char *format, ...)
{
	int used = snprintf(p->message, p->size, "%s:%u: ", p->file, line);
	va_list ap;

	va_start(ap, format);
	if (used >= 0 && (size_t)used < p->size)
		(void)vsnprintf(p->message + used, p->size - (size_t)used, format, ap);
	va_end(ap);
	return EINVAL;
}

static int bad_token(struct parser *p, const char *expected)
{
	static const char *const names[] = {
		[TOKEN_END] = "the end of the file",
		[TOKEN_NAME] = "a name",
		[TOKEN_STRING] = "a string",
		[TOKEN_INTEGER] = "an integer",
		[TOKEN_EQUALS] = "\"=\"",
		[TOKEN_COMMA] = "\",\"",
		[TOKEN_SEMICOLON] = "\";\"",
	};

	if (p->token == TOKEN_BAD)
		return bad(p, p->lexer.token_line, "%s", p->lexer.what);
	if (p->token == TOKEN_NAME)
		return bad(p, p->lexer.token_line, "%s expected, not \"%.60s\"", expected, p->lexer.text);
	return bad(p, p->lexer.token_line, "%s expected, not %s", expected, names[p->token]);
}

static void next(struct parser *p)
{
	p->token = lexer_next(&p->lexer);
}

/* ---- properties ---- */

static int parse_ints(struct parser *p, struct sys_prop *prop)
{
	int32_t *ints = NULL;
	size_t room = 0;

	prop->type = SYS_PROP_INT;
	for (;;) {
		if (p->token != TOKEN_INTEGER)
			return bad_token(p, "an integer");
		prop->ints = ints = conf_grow(ints, prop->count, &room, sizeof(*ints));
		ints[prop->count++] = p->lexer.integer;
		next(p);
		if (p->token != TOKEN_COMMA)
			return 0;
		next(p);
	}
}

static int parse_strings(struct parser *p, struct sys_prop *prop)
{
	const char **strings = NULL;
	size_t room = 0;

	prop->type = SYS_PROP_STRING;
	for (;;) {
		if (p->token != TOKEN_STRING)
			return bad_token(p, "a string");
		prop->strings = strings = conf_grow(strings, prop->count, &room, sizeof(*strings));
		strings[prop->count++] = conf_string_copy(p->lexer.text);
		next(p);
		if (p->token != TOKEN_COMMA)
			return 0;
		next(p);
	}
}

static int parse_value(struct parser *p, struct sys_prop *prop)
{
	if (p->token == TOKEN_INTEGER)
		return parse_ints(p, prop);
	if (p->token == TOKEN_STRING)
		return parse_strings(p, prop);
	return bad_token(p, "an integer or a string");
}

static int parse_prop(struct parser *p, struct spec *spec)
{
	struct sys_prop *prop;

	if (p->token != TOKEN_NAME)
		return bad_token(p, "a property");
	if (spec_find(spec, p->lexer.text) != NULL)
		return bad(p, p->lexer.token_line, "%s is given twice", p->lexer.text);
	prop = spec_add(spec);
	prop->name = conf_string_copy(p->lexer.text);
	prop->type = SYS_PROP_BOOLEAN;
	next(p);
	if (p->token != TOKEN_EQUALS)
		return 0;
	next(p);
	return parse_value(p, prop);
}

static int parse_spec(struct parser *p, struct spec *spec)
{
	spec->line = p->lexer.token_line;
	while (p->token != TOKEN_SEMICOLON) {
		int error = p->token == TOKEN_END ? bad_token(p, "\";\"") : parse_prop(p, spec);

		if (error != 0)
			return error;
	}
	next(p);
	return 0;
}

/* ---- nodes ---- */

/* The value of a one-string property; NULL: there is none. */
static int spec_string(struct parser *p, const struct spec *spec, const char *name, const char **value)
{
	const struct sys_prop *prop = spec_find(spec, name);

	*value = NULL;
	if (prop == NULL)
		return 0;
	if (prop->type != SYS_PROP_STRING || prop->count != 1)
		return bad(p, spec->line, "%s must be one string", name);
	*value = prop->strings[0];
	return 0;
}

static int spec_instance(struct parser *p, const struct spec *spec, int *instance)
{
	const struct sys_prop *prop = spec_find(spec, "instance");

	*instance = -1;
	if (prop == NULL)
		return 0;
	if (prop->type != SYS_PROP_INT || prop->count != 1 || prop->ints[0] < 0)
		return bad(p, spec->line, "instance must be one integer from 0 on");
	*instance = prop->ints[0];
	for (size_t i = 0; i < p->conf->nnodes; i++) {
		if (p->conf->nodes[i].instance == *instance)
			return bad(p, spec->line, "instance %d is given twice", *instance);
	}
	return 0;
}

static bool prop_is_address(const struct sys_prop *prop)
{
	return strcmp(prop->name, "name") == 0 || strcmp(prop->name, "parent") == 0 ||
	       strcmp(prop->name, "class") == 0 || strcmp(prop->name, "instance") == 0;
}

static void conf_add(struct parser *p, const struct spec *spec, int instance)
{
	struct conf *conf = p->conf;
	struct sys_node *nodes = host_alloc((conf->nnodes + 1) * sizeof(*nodes), true), *node;
	struct sys_prop *props = host_alloc((spec->nprops + 1) * sizeof(*props), true);

	if (conf->nnodes > 0)
		memcpy(nodes, conf->nodes, conf->nnodes * sizeof(*nodes));
	host_free(conf->nodes, 0);
	conf->nodes = nodes;
	node = &nodes[conf->nnodes++];
	*node = (struct sys_node){.parent = conf_string_copy("pseudo"), .instance = instance, .props = props};
	for (size_t i = 0; i < spec->nprops; i++) {
		if (!prop_is_address(&spec->props[i]))
			props[node->nprops++] = conf_prop_copy(&spec->props[i]);
	}
}

static int spec_is_node(struct parser *p, const struct spec *spec)
{
	const char *name, *parent, *class;
	int instance, error;

	if ((error = spec_string(p, spec, "name", &name)) != 0 ||
	    (error = spec_string(p, spec, "parent", &parent)) != 0 ||
	    (error = spec_string(p, spec, "class", &class)) != 0)
		return error;
	if (name == NULL)
		return bad(p, spec->line, "a node without a name");
	if (strcmp(name, p->driver) != 0) {
		posix_log(HOST_LOG_DEBUG, "%s:%u: a node of driver %s is ignored", p->file, spec->line,
			  name);
		p->others++;
		return 0;
	}
	if (parent == NULL)
		return bad(p, spec->line, "node %s has no parent", name);
	if (strcmp(parent, "pseudo") != 0 && strcmp(parent, "/pseudo") != 0)
		return bad(p, spec->line, "parent \"%.60s\": only \"pseudo\" is there", parent);
	if ((error = spec_instance(p, spec, &instance)) != 0)
		return error;
	conf_add(p, spec, instance);
	return 0;
}

/* A spec without the place of a node holds for all nodes. */
static int spec_is_global(struct parser *p, const struct spec *spec)
{
	for (size_t i = 0; i < spec->nprops; i++) {
		if (spec_find(&p->globals, spec->props[i].name) != NULL)
			return bad(p, spec->line, "%s is given twice", spec->props[i].name);
		*spec_add(&p->globals) = conf_prop_copy(&spec->props[i]);
	}
	return 0;
}

static int spec_take(struct parser *p, const struct spec *spec)
{
	if (spec->nprops == 0)
		return 0;
	if (spec_find(spec, "instance") == NULL && spec_find(spec, "name") == NULL &&
	    spec_find(spec, "parent") == NULL && spec_find(spec, "class") == NULL)
		return spec_is_global(p, spec);
	return spec_is_node(p, spec);
}

static const struct sys_prop *node_find(const struct sys_node *node, const char *name)
{
	for (size_t i = 0; i < node->nprops; i++) {
		if (strcmp(node->props[i].name, name) == 0)
			return &node->props[i];
	}
	return NULL;
}

/* Gives the node the global properties that it does not set itself. */
static void node_inherit(struct sys_node *node, const struct spec *globals)
{
	struct sys_prop *props = host_alloc((node->nprops + globals->nprops + 1) * sizeof(*props), true);

	memcpy(props, node->props, node->nprops * sizeof(*props));
	host_free((void *)(uintptr_t)node->props, 0);
	node->props = props;
	for (size_t i = 0; i < globals->nprops; i++) {
		if (node_find(node, globals->props[i].name) == NULL)
			props[node->nprops++] = conf_prop_copy(&globals->props[i]);
	}
}

static void conf_finish(struct parser *p)
{
	if (p->conf->nnodes == 0 && p->others > 0)
		posix_log(HOST_LOG_WARN, "%s: has nodes of other drivers only: %s gets one instance without its properties",
			  p->file, p->driver);
	if (p->conf->nnodes == 0 && p->globals.nprops > 0)
		conf_add(p, &(struct spec){0}, 0); /* the node that a driver without nodes gets */
	for (size_t i = 0; i < p->conf->nnodes; i++)
		node_inherit(&p->conf->nodes[i], &p->globals);
}

/* ---- the file ---- */

static int parse(struct parser *p)
{
	int error = 0;

	for (next(p); p->token != TOKEN_END && error == 0;) {
		struct spec spec = {0};

		error = parse_spec(p, &spec);
		if (error == 0)
			error = spec_take(p, &spec);
		spec_clear(&spec);
	}
	if (error == 0)
		conf_finish(p);
	return error;
}

int conf_parse(const char *text, size_t len, const char *file, const char *driver, struct conf **out,
	       char *message, size_t size)
{
	struct parser p = {.lexer = {.at = text, .end = text + len, .line = 1},
			   .file = file,
			   .driver = driver,
			   .message = message,
			   .size = size};
	int error;

	p.lexer.text = host_alloc(len + 1, true);
	p.conf = host_alloc(sizeof(*p.conf), true);
	error = parse(&p);
	spec_clear(&p.globals);
	host_free(p.lexer.text, len + 1);
	if (error == 0)
		*out = p.conf;
	else
		conf_free(p.conf);
	return error;
}

#define CONF_MAX (1u << 20) /* bytes of a file; nobody writes longer ones */

static int file_size(int fd, size_t *size)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return errno;
	if (S_ISDIR(status.st_mode))
		return EISDIR;
	if (!S_ISREG(status.st_mode))
		return EINVAL;
	*size = (size_t)status.st_size;
	return status.st_size > CONF_MAX ? EFBIG : 0;
}

static int file_read(const char *path, char **text, size_t *room, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), error;
	ssize_t got;

	if (fd < 0)
		return errno;
	error = file_size(fd, room);
	if (error == 0) {
		*room += 1;
		*text = host_alloc(*room, true);
		got = read(fd, *text, *room - 1);
		error = got < 0 ? errno : 0;
		*len = got < 0 ? 0 : (size_t)got;
		if (error != 0)
			host_free(*text, *room);
	}
	close(fd);
	return error;
}

int conf_read(const char *path, const char *driver, struct conf **out, char *message, size_t size)
{
	size_t room = 0, len = 0;
	char *text = NULL;
	int error = file_read(path, &text, &room, &len);

	if (error != 0) {
		(void)snprintf(message, size, "%s: %s", path, strerror(error));
		return error;
	}
	error = conf_parse(text, len, path, driver, out, message, size);
	host_free(text, room);
	return error;
}

void conf_free(struct conf *conf)
{
	if (conf == NULL)
		return;
	for (size_t i = 0; i < conf->nnodes; i++) {
		struct sys_node *node = &conf->nodes[i];

		for (size_t j = 0; j < node->nprops; j++)
			conf_prop_clear((struct sys_prop *)(uintptr_t)&node->props[j]);
		host_free((void *)(uintptr_t)node->props, 0);
		conf_string_free(node->parent);
	}
	host_free(conf->nodes, 0);
	host_free(conf, sizeof(*conf));
}
