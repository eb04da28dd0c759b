/* SPDX-License-Identifier: BSD-2-Clause */
/* What credentials a process may come to by itself, and what only an exec gives. */
#define _GNU_SOURCE
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "test.h"

#include "host/server/base/linux.h"

#define SETGID (1u << 6)
#define SETUID (1u << 7)
#define IPC_LOCK (1u << 14)

static const struct change {
	const char *what;
	struct identity before, now;
	bool may;
} changes[] = {
	{"nothing", {{5, 5, 5}, {6, 6, 6}, 0}, {{5, 5, 5}, {6, 6, 6}, 0}, true},
	{"set-user-ID root", {{5, 5, 5}, {6, 6, 6}, 0}, {{5, 0, 0}, {6, 6, 6}, 0}, false},
	{"set-user-ID root, real too", {{5, 5, 5}, {6, 6, 6}, 0}, {{0, 0, 0}, {6, 6, 6}, 0}, false},
	{"set-user-ID of another user", {{5, 5, 5}, {6, 6, 6}, 0}, {{5, 7, 7}, {6, 6, 6}, 0}, false},
	{"set-group-ID", {{5, 5, 5}, {6, 6, 6}, 0}, {{5, 5, 5}, {6, 0, 0}, 0}, false},
	{"file capabilities", {{5, 5, 5}, {6, 6, 6}, 0}, {{5, 5, 5}, {6, 6, 6}, IPC_LOCK}, false},
	{"back to the saved user", {{5, 5, 7}, {6, 6, 6}, 0}, {{5, 7, 7}, {6, 6, 6}, 0}, true},
	{"to the effective user for good", {{5, 7, 7}, {6, 6, 6}, 0}, {{7, 7, 7}, {6, 6, 6}, 0}, true},
	{"to the saved group", {{5, 5, 5}, {6, 6, 8}, 0}, {{5, 5, 5}, {8, 8, 8}, 0}, true},
	{"root becomes anybody", {{0, 0, 0}, {0, 0, 0}, ~0u}, {{5, 5, 5}, {6, 6, 6}, 0}, true},
	{"root comes back", {{0, 5, 0}, {6, 6, 6}, 0}, {{0, 0, 0}, {6, 6, 6}, ~0u}, true},
	{"a user who may set others", {{5, 5, 5}, {6, 6, 6}, SETUID}, {{7, 7, 7}, {6, 6, 6}, SETUID}, true},
	{"... sets no group by that", {{5, 5, 5}, {6, 6, 6}, SETUID}, {{7, 7, 7}, {8, 8, 8}, SETUID}, false},
	{"a group that may set others", {{5, 5, 5}, {6, 6, 6}, SETGID}, {{5, 5, 5}, {8, 8, 8}, SETGID}, true},
	{"capabilities given up", {{5, 5, 5}, {6, 6, 6}, IPC_LOCK | SETUID}, {{5, 5, 5}, {6, 6, 6}, IPC_LOCK}, true},
};

TEST_PLAIN(test_may_follow)
{
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		const struct change *c = &changes[i];
		struct cred now = {.sys = {.ruid = c->now.uid[0], .euid = c->now.uid[1], .suid = c->now.uid[2], .rgid = c->now.gid[0], .egid = c->now.gid[1], .sgid = c->now.gid[2]}, .permitted = c->now.permitted};

		if (cred_may_follow(&c->before, &now) != c->may)
			fail_msg("%s: %s", c->what, c->may ? "refused" : "allowed");
	}
}

TEST_PLAIN(test_auxv_of_64_bits)
{
	uint64_t auxv[] = {AT_SYSINFO_EHDR, 0x7fff00000000, AT_UID, 23, AT_SECURE, 0, AT_RANDOM, 0x7fff12345678, AT_NULL, 0};

	assert_false(auxv_is_secure(auxv, sizeof(auxv)));
	auxv[5] = 1;
	assert_true(auxv_is_secure(auxv, sizeof(auxv)));
}

TEST_PLAIN(test_auxv_of_32_bits)
{
	uint32_t auxv[] = {AT_SYSINFO, 0xf7fc1550, AT_UID, 23, AT_SECURE, 0, AT_RANDOM, 0xffd01234, AT_NULL, 0};

	assert_false(auxv_is_secure(auxv, sizeof(auxv)));
	auxv[5] = 1;
	assert_true(auxv_is_secure(auxv, sizeof(auxv)));
}

TEST_PLAIN(test_auxv_cut_short)
{
	uint64_t auxv[] = {AT_SYSINFO_EHDR, 0x7fff00000000, AT_SECURE, 1};

	for (size_t n = 0; n < sizeof(auxv); n++)
		assert_false(auxv_is_secure(auxv, n));
	assert_true(auxv_is_secure(auxv, sizeof(auxv)));
}

TEST_PLAIN(test_own_credentials)
{
	struct cred c;
	struct identity id;

	assert_int_equal(cred_read(getpid(), -1, 0, 0, &c), 0);
	cred_identify(&c, &id);
	assert_int_equal(id.uid[0], getuid());
	assert_int_equal(id.gid[1], getegid());
	assert_true(cred_may_follow(&id, &c));
	assert_int_equal(exec_has_gained(getpid()), getauxval(AT_SECURE) != 0);
	cred_fini(&c);
}
