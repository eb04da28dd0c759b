/* SPDX-License-Identifier: BSD-2-Clause */
/* driver.conf(4): what is read, what is refused and on which line. */
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

#include "host/conf/conf.h"

static char message[200];

static struct conf *parse(const char *text)
{
	struct conf *conf = NULL;
	int error = conf_parse(text, strlen(text), "x.conf", "x", &conf, message, sizeof(message));

	if (error != 0)
		print_error("%s\n", message);
	assert_int_equal(error, 0);
	return conf;
}

static const struct sys_prop *find(const struct sys_node *node, const char *name)
{
	for (size_t i = 0; i < node->nprops; i++) {
		if (strcmp(node->props[i].name, name) == 0)
			return &node->props[i];
	}
	return NULL;
}

TEST_PLAIN(all_kinds_of_values)
{
	struct conf *conf = parse("# a comment; with = signs \"\n"
				  "name=\"x\" parent=\"pseudo\" instance=3 # and here\n"
				  "\tints=1,0x7fffffff,-2, 010\n ,0xffffffff,-0x80000000,2147483647 flag\n"
				  "  strings=\"a b\",\"\",\"q\\\"\\\\\\n\\101\" dotted.name-1=5;\n");
	static const int32_t ints[] = {1, 0x7fffffff, -2, 8, -1, INT32_MIN, INT32_MAX};
	const struct sys_node *node = conf->nodes;
	const struct sys_prop *prop;

	(void)state;
	assert_int_equal(conf->nnodes, 1);
	assert_string_equal(node->parent, "pseudo");
	assert_int_equal(node->instance, 3);
	assert_int_equal(node->nprops, 4);
	prop = find(node, "ints");
	assert_int_equal(prop->type, SYS_PROP_INT);
	assert_int_equal(prop->count, 7);
	assert_memory_equal(prop->ints, ints, sizeof(ints));
	prop = find(node, "flag");
	assert_int_equal(prop->type, SYS_PROP_BOOLEAN);
	assert_int_equal(prop->count, 0);
	prop = find(node, "strings");
	assert_int_equal(prop->type, SYS_PROP_STRING);
	assert_int_equal(prop->count, 3);
	assert_string_equal(prop->strings[0], "a b");
	assert_string_equal(prop->strings[1], "");
	assert_string_equal(prop->strings[2], "q\"\\\nA");
	assert_int_equal(find(node, "dotted.name-1")->ints[0], 5);
	assert_null(find(node, "name"));
	conf_free(conf);
}

TEST_PLAIN(globals_reach_all_nodes)
{
	struct conf *conf = parse("name=\"x\" parent=\"pseudo\" instance=0 own=1 depth=9;\n"
				  "depth=4;\n"
				  "name=\"y\" parent=\"pseudo\" instance=0 own=7;\n"
				  "name=\"x\" parent=\"pseudo\";;\n");

	(void)state;
	assert_int_equal(conf->nnodes, 2);
	assert_int_equal(find(&conf->nodes[0], "depth")->ints[0], 9); /* its own wins */
	assert_int_equal(conf->nodes[0].nprops, 2);
	assert_int_equal(conf->nodes[1].instance, -1);
	assert_int_equal(find(&conf->nodes[1], "depth")->ints[0], 4);
	assert_null(find(&conf->nodes[1], "own"));
	conf_free(conf);
}

TEST_PLAIN(files_without_nodes)
{
	struct conf *conf = parse("");

	(void)state;
	assert_int_equal(conf->nnodes, 0);
	conf_free(conf);
	conf = parse("a=1 b;\nc=\"z\";");
	assert_int_equal(conf->nnodes, 1);
	assert_int_equal(conf->nodes[0].instance, 0);
	assert_int_equal(conf->nodes[0].nprops, 3);
	conf_free(conf);
	conf_free(NULL);
}

static const struct {
	const char *text, *message;
} bad_files[] = {
	{"a=1", "x.conf:1: \";\" expected, not the end of the file"},
	{"a=1;\nb=\n\n;", "x.conf:4: an integer or a string expected, not \";\""},
	{"a=1,;", "x.conf:1: an integer expected, not \";\""},
	{"a=1,\"b\";", "x.conf:1: an integer expected, not a string"},
	{"a=\"b\",1;", "x.conf:1: a string expected, not an integer"},
	{"a=b;", "x.conf:1: an integer or a string expected, not \"b\""},
	{"\n=1;", "x.conf:2: a property expected, not \"=\""},
	{"a==1;", "x.conf:1: an integer or a string expected, not \"=\""},
	{"a=\"b;\n", "x.conf:1: a string does not end on its line"},
	{"\n\na=\"b", "x.conf:3: a string does not end"},
	{"a=\"b\\", "x.conf:1: unknown escape in a string"},
	{"a=\"\\q\";", "x.conf:1: unknown escape in a string"},
	{"a=\"\\0\";", "x.conf:1: unknown escape in a string"},
	{"a=12x;", "x.conf:1: a malformed integer"},
	{"a=0x;", "x.conf:1: a malformed integer"},
	{"a=-;", "x.conf:1: a malformed integer"},
	{"a=08;", "x.conf:1: a malformed integer"},
	{"a=2147483648;", "x.conf:1: an integer beyond 32 bits"},
	{"a=-2147483649;", "x.conf:1: an integer beyond 32 bits"},
	{"a=0x100000000;", "x.conf:1: an integer beyond 32 bits"},
	{"a=99999999999999999999999999;", "x.conf:1: an integer beyond 32 bits"},
	{"a=1;\n\n  $;", "x.conf:3: unexpected character"},
	{"a a;", "x.conf:1: a is given twice"},
	{"a;\nb;\na=1;", "x.conf:3: a is given twice"},
	{"\nparent=\"pseudo\" a=1;", "x.conf:2: a node without a name"},
	{"\nname=\"x\"\n instance=1;", "x.conf:2: node x has no parent"},
	{"name=\"x\" parent=\"pci\";", "x.conf:1: parent \"pci\": only \"pseudo\" is there"},
	{"name=3 parent=\"pseudo\";", "x.conf:1: name must be one string"},
	{"name=\"x\",\"y\" parent=\"pseudo\";", "x.conf:1: name must be one string"},
	{"name=\"x\" parent=\"pseudo\" instance=-1;", "x.conf:1: instance must be one integer from 0 on"},
	{"name=\"x\" parent=\"pseudo\" instance=1,2;", "x.conf:1: instance must be one integer from 0 on"},
	{"name=\"x\" parent=\"pseudo\" instance=\"1\";", "x.conf:1: instance must be one integer from 0 on"},
	{"name=\"x\" parent=\"pseudo\" instance=1;\nname=\"x\" parent=\"pseudo\" instance=1;",
	 "x.conf:2: instance 1 is given twice"},
};

TEST_PLAIN(bad_files_are_named)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_files) / sizeof(bad_files[0]); i++) {
		const char *text = bad_files[i].text;
		struct conf *conf = NULL;

		assert_int_equal(
			conf_parse(text, strlen(text), "x.conf", "x", &conf, message, sizeof(message)), EINVAL);
		assert_null(conf);
		assert_string_equal(message, bad_files[i].message);
	}
}

TEST_PLAIN(short_message_is_cut)
{
	struct conf *conf = NULL;
	char small[8];

	(void)state;
	for (size_t size = 1; size <= sizeof(small); size++) {
		assert_int_equal(conf_parse("$", 1, "x.conf", "x", &conf, small, size), EINVAL);
		assert_int_equal(strlen(small), size - 1);
	}
}

TEST_PLAIN(files_are_read)
{
	char path[] = "/tmp/test_conf.XXXXXX";
	int fd = mkstemp(path);
	struct conf *conf = NULL;

	(void)state;
	assert_int_equal(write(fd, "a=1;\nb=", 7), 7);
	close(fd);
	assert_int_equal(conf_read(path, "x", &conf, message, sizeof(message)), EINVAL);
	assert_non_null(strstr(message, path));
	assert_non_null(strstr(message, ":2: "));
	unlink(path);
	assert_int_equal(conf_read(path, "x", &conf, message, sizeof(message)), ENOENT);
	assert_non_null(strstr(message, "No such file"));
	assert_int_equal(conf_read("/tmp", "x", &conf, message, sizeof(message)), EISDIR);
	assert_int_equal(conf_read("/dev/null", "x", &conf, message, sizeof(message)), EINVAL);
}

/* Any input is either read or refused; the sanitizers watch. */
TEST_PLAIN(random_input)
{
	static const char *const words[] = {
		"name", "=", "\"x\"", "parent", "\"pseudo\"", "instance", "1", "0x", ",", ";", "#",
		"\n", " ", "\"", "\\", "-", "a", "\"\\1\"", "$", "07", "\xff"};
	unsigned seed = 1;
	int read = 0, refused = 0;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char text[256] = "";
		struct conf *conf = NULL;
		size_t len;

		for (int i = rand_r(&seed) % 24; i > 0; i--)
			strcat(text, words[(size_t)rand_r(&seed) % (sizeof(words) / sizeof(words[0]))]);
		len = strlen(text);
		if (len > 0 && rand_r(&seed) % 4 == 0)
			text[(size_t)rand_r(&seed) % len] = (char)rand_r(&seed);
		if (conf_parse(text, len, "f", "x", &conf, message, sizeof(message)) == 0) {
			read++;
			conf_free(conf);
		} else {
			refused++;
			assert_int_equal(strncmp(message, "f:", 2), 0);
			assert_null(conf);
		}
	}
	assert_true(read > 0 && refused > 0);
}
