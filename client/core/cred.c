/* SPDX-License-Identifier: BSD-2-Clause */
/* cred.c: calls that change credentials; the server is informed before the next call. */
#define _GNU_SOURCE
#include "client/core/core.h"

#include <grp.h>
#include <sys/fsuid.h>
#include <unistd.h>

static bool changed;

bool cred_take_changed(void)
{
	return unlikely(__atomic_load_n(&changed, __ATOMIC_RELAXED)) &&
	       __atomic_exchange_n(&changed, false, __ATOMIC_ACQ_REL);
}

static int note(int result)
{
	if (result == 0 && client_active() && connection_exists())
		__atomic_store_n(&changed, true, __ATOMIC_RELEASE);
	return result;
}

EXPORT int setuid(uid_t u)
{
	return note(REAL(setuid)(u));
}
EXPORT int seteuid(uid_t u)
{
	return note(REAL(seteuid)(u));
}
EXPORT int setreuid(uid_t r, uid_t e)
{
	return note(REAL(setreuid)(r, e));
}
EXPORT int setresuid(uid_t r, uid_t e, uid_t s)
{
	return note(REAL(setresuid)(r, e, s));
}
EXPORT int setgid(gid_t g)
{
	return note(REAL(setgid)(g));
}
EXPORT int setegid(gid_t g)
{
	return note(REAL(setegid)(g));
}
EXPORT int setregid(gid_t r, gid_t e)
{
	return note(REAL(setregid)(r, e));
}
EXPORT int setresgid(gid_t r, gid_t e, gid_t s)
{
	return note(REAL(setresgid)(r, e, s));
}
EXPORT int setgroups(size_t n, const gid_t *groups)
{
	return note(REAL(setgroups)(n, groups));
}
EXPORT int initgroups(const char *user, gid_t group)
{
	return note(REAL(initgroups)(user, group));
}
