/* SPDX-License-Identifier: BSD-2-Clause */
/* A host that was made for another kernel/host.h is refused before it is asked for anything else. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "test.h"

#include "host/posix/posix.h"
#include "kernel/sys/sys.h"

static unsigned version;
static char said[256];

/* In the place of host/posix's. */
unsigned host_version(void)
{
	return version;
}

static void keep(void *arg, enum host_log_level level, const char *text)
{
	(void)arg;
	(void)level;
	(void)strncpy(said, text, sizeof(said) - 1);
}

static int boot(unsigned of)
{
	version = of;
	said[0] = '\0';
	return sys_boot(&(struct sys_config){0});
}

TEST_PLAIN(another_version_is_refused)
{
	(void)state;
	posix_log_sink(keep, NULL);
	assert_int_equal(boot(HOST_VERSION + 1), EPROTO);
	assert_non_null(strstr(said, "the host was made for version 2 of kernel/host.h, the kernel part is of version 1"));
	assert_int_equal(boot(HOST_VERSION - 1), EPROTO);
	assert_non_null(strstr(said, "version 0"));
	posix_log_sink(NULL, NULL);
}

TEST_PLAIN(its_own_is_not)
{
	(void)state;
	assert_int_equal(boot(HOST_VERSION), 0);
	sys_thread_enter(NULL);
	assert_int_equal(sys_halt(NULL, NULL), 0);
	sys_thread_leave();
}
