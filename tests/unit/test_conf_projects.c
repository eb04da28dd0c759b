/* SPDX-License-Identifier: BSD-2-Clause */
/* project(5): what is read, what is refused on which line and why, whose default project is which. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

#include "host/conf/projects.h"

static struct projects db;
static unsigned nbad;
static char last_bad[700];

static void bad_line(void *arg, const char *message)
{
	(void)arg;
	nbad++;
	(void)snprintf(last_bad, sizeof(last_bad), "%s", message);
}

static void parse_bytes(const char *text, size_t len)
{
	projects_free(&db);
	nbad = 0;
	last_bad[0] = '\0';
	assert_int_equal(projects_parse(text, len, "p", &db, bad_line, NULL), 0);
}

static void parse(const char *text)
{
	parse_bytes(text, strlen(text));
}

static int teardown(void **state)
{
	(void)state;
	projects_free(&db);
	return 0;
}

#define TEST(name) TEST_WITH(name, NULL, teardown)

/* ---- lines ---- */

TEST(the_fields_of_an_entry)
{
	const struct project *p;

	(void)state;
	parse("system:0::::\n"
	      "media:100:video people, say:alice,!bob,*:*,!guests:task.max-lwps=(privileged,10,deny);"
	      "project.max-locked-memory=(privileged,536870912,deny),(privileged,1G,deny,signal=TERM);flag\n"
	      "last:2147483647::::");
	assert_int_equal(nbad, 0);
	assert_int_equal(db.count, 3);
	p = projects_find(&db, "media");
	assert_ptr_equal(p, projects_find_id(&db, 100));
	assert_int_equal(p->line, 2);
	assert_string_equal(p->users, "alice,!bob,*");
	assert_string_equal(p->groups, "*,!guests");
	assert_int_equal(p->nsettings, 1);
	assert_int_equal(p->settings[0].control, SYS_RCTL_PROJECT);
	assert_int_equal(p->settings[0].nvalues, 2);
	assert_int_equal(p->settings[0].values[0].value, 536870912);
	assert_int_equal(p->settings[0].values[1].value, 1 << 30);
	assert_int_equal(p->settings[0].values[1].signal, SIGTERM);
	assert_int_equal(projects_find(&db, "last")->id, INT32_MAX);
	assert_null(projects_find(&db, "video"));
	assert_null(projects_find_id(&db, 1));
}

TEST(comments_and_empty_lines_are_passed_over)
{
	(void)state;
	parse("# the projects\n\nsystem:0::::\n#x:1\n");
	assert_int_equal(nbad, 0);
	assert_int_equal(db.count, 1);
	assert_int_equal(db.at[0].line, 3);
	parse("");
	assert_int_equal(db.count, 0);
}

struct refusal {
	const char *line, *why; /* the beginning of the message about it */
};

/* Each is line 2 of three; the other two must be read all the same. */
static void refused(const struct refusal *bad, size_t n)
{
	char text[1000];

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(text, sizeof(text), "system:0::::\n%s\nafter:7::::\n", bad[i].line);
		parse(text);
		if (nbad != 1 || strncmp(last_bad, bad[i].why, strlen(bad[i].why)) != 0)
			fail_msg("'%s': %u messages, the last: %s", bad[i].line, nbad, last_bad);
		assert_int_equal(db.count, 2);
		assert_non_null(projects_find(&db, "after"));
		assert_null(strchr(last_bad, '\n'));
	}
}

#define REFUSED(bad) refused(bad, sizeof(bad) / sizeof(bad[0]))

TEST(a_line_without_six_fields_is_named)
{
	static const struct refusal bad[] = {
		{"x", "p:2: 1 field, where name:projid:comment:user-list:group-list:attributes has 6"},
		{"x:1:::", "p:2: 5 fields, where name:projid:comment:user-list:group-list:attributes has 6"},
		{"x:1:::::", "p:2: 7 fields, where name:projid:comment:user-list:group-list:attributes has 6"},
		{" ", "p:2: 1 field, where"},
		{"x:5::::\r", "p:2: a control character (code 13)"},
	};

	(void)state;
	REFUSED(bad);
}

TEST(a_name_or_number_that_is_none_is_named)
{
	static const struct refusal bad[] = {
		{":1::::", "p:2: the project has no name"},
		{"1x:1::::", "p:2: 1x: a project's name begins with a letter"},
		{" x:1::::", "p:2:  x: a project's name begins with a letter"},
		{"x y:1::::", "p:2: x y: a project's name has no character ' '"},
		{"x/y:1::::", "p:2: x/y: a project's name has no character '/'"},
		{"a23456789012345678901234567890123456789012345678901234567890123x:1::::",
		 "p:2: a2345678901234567890...: a project's name has at most 63 bytes"},
		{"x:::::", "p:2: project x: '' is not a project number"},
		{"x:-1::::", "p:2: project x: '-1' is not a project number"},
		{"x:+1::::", "p:2: project x: '+1' is not a project number"},
		{"x:0x10::::", "p:2: project x: '0x10' is not a project number"},
		{"x:1 ::::", "p:2: project x: '1 ' is not a project number"},
		{"x:2147483648::::", "p:2: project x: project number 2147483648 is above 2147483647"},
		{"x:99999999999999999999::::", "p:2: project x: project number 99999999999999999999 is above"},
		{"system:5::::", "p:2: project system is in line 1 already"},
		{"x:0::::", "p:2: project x: number 0 is that of project system in line 1"},
	};

	(void)state;
	REFUSED(bad);
}

TEST(a_malformed_list_of_users_or_groups_is_named)
{
	static const struct refusal bad[] = {
		{"x:5::,::", "p:2: project x: an empty name in the list of users"},
		{"x:5::a,::", "p:2: project x: an empty name in the list of users"},
		{"x:5::!::", "p:2: project x: an empty name in the list of users"},
		{"x:5::a b::", "p:2: project x: 'a b' in the list of users is not a name"},
		{"x:5::**::", "p:2: project x: '**' in the list of users is not a name"},
		{"x:5::!!a::", "p:2: project x: '!!a' in the list of users is not a name"},
		{"x:5:::,g:", "p:2: project x: an empty name in the list of groups"},
		{"x:5:::g h:", "p:2: project x: 'g h' in the list of groups is not a name"},
	};

	(void)state;
	REFUSED(bad);
}

TEST(a_malformed_attribute_is_named)
{
	static const struct refusal bad[] = {
		{"x:5::::=1", "p:2: project x: '=1': an attribute has the form NAME=VALUE"},
		{"x:5::::;a=1", "p:2: project x: '': an attribute has the form NAME=VALUE"},
		{"x:5::::a=1;;b=2", "p:2: project x: '': an attribute has the form NAME=VALUE"},
		{"x:5:::: a=1", "p:2: project x: ' a=1': an attribute has the form NAME=VALUE"},
		{"x:5::::a b=1", "p:2: project x: 'a b' is not the name of an attribute"},
	};

	(void)state;
	REFUSED(bad);
}

TEST(a_setting_in_another_form_is_named)
{
	static const struct refusal bad[] = {
		{"x:5::::zone.max-locked-memory=(privileged,1,deny)",
		 "p:2: project x: zone.max-locked-memory is not a project's"},
		{"x:5::::project.max-locked-memory=",
		 "p:2: project x: project.max-locked-memory=: a value has the form (PRIVILEGE,SIZE,ACTION)"},
		{"x:5::::project.max-locked-memory=1048576",
		 "p:2: project x: project.max-locked-memory=1048576: a value has the form (PRIVILEGE,SIZE,ACTION)"},
		{"x:5::::project.max-locked-memory=(privileged,1,deny",
		 "p:2: project x: project.max-locked-memory=(privileged,1,deny: a value has the form"},
		{"x:5::::project.max-locked-memory=(privileged,1)",
		 "p:2: project x: project.max-locked-memory=(privileged,1): a value has the form"},
		{"x:5::::project.max-locked-memory=(privileged,1,deny)(privileged,2,deny)",
		 "p:2: project x: project.max-locked-memory=(privileged,2,deny): a comma must follow a value"},
		{"x:5::::project.max-locked-memory=(privileged,1,deny),",
		 "p:2: project x: project.max-locked-memory=: a value has the form"},
		{"x:5::::project.max-locked-memory=(privileged,1,deny);project.max-locked-memory=(privileged,2,deny)",
		 "p:2: project x: project.max-locked-memory is there twice"},
	};

	(void)state;
	REFUSED(bad);
}

TEST(a_value_that_the_control_does_not_take_is_named)
{
	static const struct refusal bad[] = {
		{"x:5::::project.max-locked-memory=()",
		 "p:2: project x: project.max-locked-memory=(): : no such privilege (privileged or basic)"},
		{"x:5::::project.max-locked-memory=(root,1,deny)",
		 "p:2: project x: project.max-locked-memory=(root,1,deny): root: no such privilege"},
		{"x:5::::project.max-locked-memory=(basic,1,deny)",
		 "p:2: project x: project.max-locked-memory=(basic,1,deny): takes no basic value"},
		{"x:5::::project.max-locked-memory=(system,1,deny)",
		 "p:2: project x: project.max-locked-memory=(system,1,deny): the system value is fixed"},
		{"x:5::::project.max-locked-memory=(privileged,1,none)",
		 "p:2: project x: project.max-locked-memory=(privileged,1,none): every value must have the action deny"},
		{"x:5::::project.max-locked-memory=(privileged,1,signal=TERM)",
		 "p:2: project x: project.max-locked-memory=(privileged,1,signal=TERM): every value must have the action deny"},
		{"x:5::::project.max-locked-memory=(privileged,1,deny,signal=NOPE)",
		 "p:2: project x: project.max-locked-memory=(privileged,1,deny,signal=NOPE): signal=NOPE: no such action"},
		{"x:5::::project.max-locked-memory=(privileged,1,deny,)",
		 "p:2: project x: project.max-locked-memory=(privileged,1,deny,): : no such action"},
		{"x:5::::project.max-locked-memory=(privileged,,deny)",
		 "p:2: project x: project.max-locked-memory=(privileged,,deny): : not a size"},
		{"x:5::::project.max-locked-memory=(privileged,1X,deny)",
		 "p:2: project x: project.max-locked-memory=(privileged,1X,deny): 1X: not a size in bytes up to 2^64 - 1"},
		{"x:5::::project.max-locked-memory=(privileged,-1,deny)",
		 "p:2: project x: project.max-locked-memory=(privileged,-1,deny): -1: not a size"},
		{"x:5::::project.max-locked-memory=(privileged,16E,deny)",
		 "p:2: project x: project.max-locked-memory=(privileged,16E,deny): 16E: not a size"},
		{"x:5::::process.max-locked-memory=(basic,1,deny,signal=TERM)",
		 "p:2: project x: process.max-locked-memory=(basic,1,deny,signal=TERM): takes no signal"},
	};

	(void)state;
	REFUSED(bad);
}

TEST(a_nul_in_a_line_is_named)
{
	static const char text[] = "x:5::::\0a=1\nafter:7::::\n";

	(void)state;
	parse_bytes(text, sizeof(text) - 1);
	assert_string_equal(last_bad, "p:1: a control character (code 0)");
	assert_int_equal(db.count, 1);
}

/* Every prefix of a good file, and every file with one byte changed, is read or refused; never more than its lines. */
TEST(any_bytes_are_read_or_refused)
{
	static const char good[] = "system:0::::\n"
				   "media:100:c:alice,!bob,*:*,!g:project.max-locked-memory=(privileged,1.5G,deny,signal=HUP);x\n";
	static const char bytes[] = {':', ';', ',', '(', ')', '=', '!', '*', '\n', '\0', '#', ' ', '.', '9', 'E', '\xff'};
	char text[sizeof(good)];

	(void)state;
	for (size_t n = 0; n < sizeof(good); n++)
		parse_bytes(good, n);
	for (size_t at = 0; at < sizeof(good) - 1; at++) {
		for (size_t b = 0; b < sizeof(bytes); b++) {
			memcpy(text, good, sizeof(good));
			text[at] = bytes[b];
			parse_bytes(text, sizeof(good) - 1);
			assert_true(db.count + nbad <= 3);
		}
	}
}

TEST(many_lines_are_read)
{
	char *text = malloc(2000 * 80), *at = text;

	(void)state;
	for (int i = 0; i < 2000; i++)
		at += sprintf(at, "p%d:%d::*::project.max-locked-memory=(privileged,%dK,deny)\n", i, 100 + i, i);
	parse(text);
	free(text);
	assert_int_equal(nbad, 0);
	assert_int_equal(db.count, 2000);
	assert_int_equal(projects_find(&db, "p1999")->settings[0].values[0].value, 1999 * 1024);
}

TEST(a_file_that_cannot_be_read_says_why)
{
	struct projects none;

	(void)state;
	assert_int_equal(projects_read("/nonexistent/project", &none, bad_line, NULL), ENOENT);
	assert_int_equal(projects_read("/", &none, bad_line, NULL), EISDIR);
	assert_int_equal(none.count, 0);
}

TEST(a_file_is_read)
{
	char path[] = "/tmp/test_conf_projects.XXXXXX";
	int fd = mkstemp(path);
	struct projects read;

	(void)state;
	nbad = 0;
	assert_int_equal(dprintf(fd, "a:1::::\nb\n"), 10);
	assert_int_equal(projects_read(path, &read, bad_line, NULL), 0);
	assert_int_equal(read.count, 1);
	assert_int_equal(nbad, 1);
	assert_memory_equal(last_bad, path, strlen(path));
	projects_free(&read);
	close(fd);
	unlink(path);
}

/* ---- sizes, actions ---- */

TEST(sizes_have_suffixes)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = {
		{"0", 0},
		{"1", 1},
		{"536870912", 536870912},
		{"128K", 131072},
		{"128k", 131072},
		{"1KB", 1024},
		{"1kb", 1024},
		{"1M", 1 << 20},
		{"1MB", 1 << 20},
		{"2G", UINT64_C(1) << 31},
		{"1GB", 1 << 30},
		{"1T", UINT64_C(1) << 40},
		{"1TB", UINT64_C(1) << 40},
		{"1P", UINT64_C(1) << 50},
		{"15E", UINT64_C(15) << 60},
		{"7B", 7},
		{"1.5K", 1536},
		{"0.25MB", 262144},
		{"1.0", 1},
		{"18446744073709551615", UINT64_MAX},
		{"18014398509481983K", UINT64_MAX - 1023},
	};
	static const char *const bad[] = {"", "K", "1X", "1KK", "1BB", "1 K", " 1", "1K ", "-1", "+1", "0x10", "1.", ".5K", "1.3",
					  "1.5", "1e3", "16E", "18446744073709551616", "18014398509481984K", "1,5", "1.5.5K"};
	uint64_t bytes;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!rctl_parse_size(good[i].text, strlen(good[i].text), &bytes))
			fail_msg("%s is refused", good[i].text);
		assert_int_equal(bytes, good[i].bytes);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (rctl_parse_size(bad[i], strlen(bad[i]), &bytes))
			fail_msg("'%s' is taken for %llu", bad[i], (unsigned long long)bytes);
}

TEST(sizes_are_written_short_and_exact)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} sizes[] = {
		{0, "0"},
		{1, "1"},
		{1023, "1023"},
		{1024, "1K"},
		{1025, "1025"},
		{131072, "128K"},
		{1 << 20, "1M"},
		{1536 << 10, "1536K"},
		{UINT64_C(15) << 60, "15E"},
		{UINT64_MAX, "18446744073709551615"},
	};
	char text[24];

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		rctl_format_size(sizes[i].bytes, text, sizeof(text));
		assert_string_equal(text, sizes[i].text);
	}
}

TEST(signals_have_names_and_numbers)
{
	static const char *const good[] = {"signal=TERM", "signal=SIGTERM", "signal=15"};
	static const char *const bad[] = {"signal=", "signal=0", "signal=65", "signal=XRES", "signal=term", "signal=1K",
					  "signal", "Deny", "kill", ""};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct sys_rctl_value v = {0};

		assert_true(rctl_parse_action(good[i], strlen(good[i]), &v));
		assert_int_equal(v.signal, SIGTERM);
		assert_int_equal(v.action, SYS_RCTL_SIGNAL);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (rctl_parse_action(bad[i], strlen(bad[i]), &(struct sys_rctl_value){0}))
			fail_msg("'%s' is taken for an action", bad[i]);
}

TEST(an_unknown_control_is_named)
{
	struct rctl_setting setting;
	char message[300];

	(void)state;
	assert_int_equal(rctl_parse("project.max-lwps=(privileged,1,deny)", &setting, message, sizeof(message)), EINVAL);
	assert_string_equal(message, "project.max-lwps: no such resource control (project.max-locked-memory, "
				     "zone.max-locked-memory, process.max-locked-memory)");
}

/* ---- whose default project ---- */

static const char *const some_groups[] = {"staff", "video"};

static const char *default_of(const char *user, const char *attribute)
{
	struct projects_user u = {.name = user, .group = "staff", .groups = some_groups, .ngroups = 2, .attribute = attribute};
	const struct project *p = projects_default(&db, &u);

	return p != NULL ? p->name : "none";
}

TEST(the_default_project_is_the_first_there_is)
{
	(void)state;
	parse("default:3::::\ngroup.staff:10::::\nuser.alice:20::::\nmedia:30::alice::\n");
	assert_string_equal(default_of("alice", "media"), "media");
	assert_string_equal(default_of("alice", NULL), "user.alice");
	assert_string_equal(default_of("bob", NULL), "group.staff");
	parse("default:3::::\nuser.alice:20::::\n");
	assert_string_equal(default_of("bob", NULL), "default");
	parse("media:30::*::\n");
	assert_string_equal(default_of("bob", NULL), "none");
}

TEST(a_project_that_does_not_admit_the_user_is_passed_over)
{
	(void)state;
	parse("default:3::::\nmedia:30::bob::\nuser.alice:20::!alice::\n");
	assert_string_equal(default_of("alice", "media"), "default");
	assert_string_equal(default_of("alice", "nothere"), "default");
	assert_string_equal(default_of("bob", "media"), "media");
	parse("default:3::*,!alice::\n");
	assert_string_equal(default_of("alice", NULL), "none");
	assert_string_equal(default_of("bob", NULL), "default");
	parse("default:3::!*,alice::\n");
	assert_string_equal(default_of("alice", NULL), "default");
	assert_string_equal(default_of("bob", NULL), "none");
	parse("media:3::::\n"); /* empty lists admit nobody to another's project */
	assert_string_equal(default_of("alice", "media"), "none");
}

TEST(a_users_attributes_name_his_project)
{
	static const struct {
		const char *user, *project;
	} users[] = {
		{"alice", "media"},
		{"bob", "audio"},
		{"al", NULL},
		{"carol", NULL},
		{"dave", "last"},
		{"erin", NULL},
		{"", NULL},
	};
	char path[] = "/tmp/test_conf_projects.XXXXXX", project[SYS_RCTL_NAME_MAX];
	int fd = mkstemp(path);

	(void)state;
	assert_true(dprintf(fd, "# users\nalice::::type=normal;project=media;roles=x\nbob::::project=audio\n"
				"carol::::xproject=no;roles=project=no\nproject=no:carol\nerin::project=no\n"
				"dave::::project=;project=last") > 0);
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		bool found = projects_attribute(path, users[i].user, project);

		if (found != (users[i].project != NULL) || (found && strcmp(project, users[i].project) != 0))
			fail_msg("%s: %s", users[i].user, found ? project : "none");
	}
	close(fd);
	unlink(path);
	assert_false(projects_attribute(path, "alice", project));
}

TEST(groups_admit_too)
{
	(void)state;
	parse("media:30:::video:\n");
	assert_string_equal(default_of("alice", "media"), "media");
	parse("media:30:::!video,*:\n");
	assert_string_equal(default_of("alice", "media"), "none");
	parse("media:30:::*:\n");
	assert_string_equal(default_of("alice", "media"), "media");
	parse("media:30::!alice:*:\n"); /* the users come first */
	assert_string_equal(default_of("alice", "media"), "none");
	parse("media:30::alice:!*:\n");
	assert_string_equal(default_of("alice", "media"), "media");
	parse("media:30:::wheel:\n");
	assert_string_equal(default_of("alice", "media"), "none");
}
