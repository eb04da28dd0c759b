/* SPDX-License-Identifier: BSD-2-Clause */
/* hw_host.h: a system with the driver hw in it, for the tests of its hardware. */
#ifndef TESTS_UNIT_HW_HOST_H
#define TESTS_UNIT_HW_HOST_H

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include <sundog/embed.h>
#include <sundog/sim.h>

#include "drivers/hw.h"
#include "drivers/hw_disk.h"

#define PAGE 4096ul
#define PROT_DDI_ALL 15u /* PROT_USER included */
#define INVALID 1u
#define ALLOW_REMAP 2u
#define DDI_FAILURE (-1)

static struct sundog_system *sundog;
static struct sundog_process *process;
static char logged[4000]; /* warnings */
static int fd;            /* of /dev/hw */

static inline void log_message(void *arg, int level, const char *text)
{
	(void)arg;
	if (level > 1)
		snprintf(logged + strlen(logged), sizeof(logged) - strlen(logged), "%s\n", text);
}

static inline int attach(const char *conf)
{
	char text[300];

	return sundog_driver_attach(sundog, "hw", hw_init, hw_info, hw_fini, conf, text, sizeof(text));
}

static inline int setup_without_driver(void **state)
{
	struct sundog_options options = {.log = log_message};

	(void)state;
	logged[0] = '\0';
	hw_map = (struct hw_map){.maxprot = PROT_DDI_ALL};
	return sundog_system_create(&options, &sundog);
}

static inline int setup(void **state)
{
	return setup_without_driver(state) != 0 || attach(HW_CONF) != 0;
}

static inline int setup_process(void **state)
{
	if (setup(state) != 0 || sundog_process_create(sundog, SUNDOG_LP64, 0, 0, &process) != 0)
		return -1;
	return sundog_open(process, "/dev/hw", O_RDWR, &fd);
}

/* Nothing may be left. */
static inline int teardown(void **state)
{
	(void)state;
	return (int)sundog_system_destroy(sundog, NULL, NULL);
}

#endif
