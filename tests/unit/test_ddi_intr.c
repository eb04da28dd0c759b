/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts of a simulated device: ddi_intr_alloc(9F), ddi_add_intr(9F), soft interrupts, <sundog/sim.h>; reports of faults, PCI configuration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "test.h"

#include <sundog/embed.h>

#include "bug.h"
#include "drivers/intr.h"

static struct sundog_system *sundog;

static char logged[2000];

static void log_message(void *arg, int level, const char *line)
{
	(void)arg;
	if (level > 0)
		snprintf(logged + strlen(logged), sizeof(logged) - strlen(logged), "%s\n", line);
}

#define CONF \
	"name=\"intr\" parent=\"pseudo\" interrupts=0,1,2,3 vendor-id=0x8086 device-id=0x1234 " \
	"class-code=0x020700 reg=0,0,256;"

static int attach(const struct sundog_options *options, const char *conf)
{
	char text[200];

	logged[0] = '\0';
	return sundog_system_create(options, &sundog) != 0 ||
	       sundog_driver_attach(sundog, "intr", intr_init, intr_info, intr_fini, conf, text, sizeof(text)) != 0;
}

static const struct sundog_options options = {.log = log_message};

static int setup(void **state)
{
	(void)state;
	return attach(&options, CONF);
}

static int setup_without(void **state)
{
	(void)state;
	return attach(&options, NULL);
}

/* Nothing may be left of any check. */
static int teardown(void **state)
{
	(void)state;
	return (int)sundog_system_destroy(sundog, NULL, NULL);
}

#define CHECK_TEST(name) \
	TEST_WITH(test_##name, setup, teardown) \
	{ \
		check_##name(); \
	}
INTR_CHECKS(CHECK_TEST)
TEST_WITH(test_none, setup_without, teardown)
{
	check_none();
}

static void count_leak(void *arg, const struct sundog_leak *leak)
{
	int *counts = arg;

	counts[0] += strcmp(leak->kind, "interrupt") == 0 ? (int)leak->count : 0;
	counts[1] += strcmp(leak->kind, "interrupt handler") == 0 ? (int)leak->count : 0;
	assert_string_equal(leak->driver, "intr");
}

TEST_WITH(what_is_left_behind_is_reported, setup, NULL)
{
	int counts[2] = {0, 0};

	(void)state;
	leave_interrupts();
	(void)sundog_system_destroy(sundog, count_leak, counts);
	assert_int_equal(counts[0], 1);
	assert_int_equal(counts[1], 2);
}

TEST_WITH(reports_of_faults_are_messages, setup, teardown)
{
	(void)state;
	say_reports();
	assert_string_equal(logged, "intr0: error report device.inval_state, ena 0x10: version=0 what=\"it\" n=-5 "
				    "big=0x10000000000 set on=true\n"
				    "intr0: error report device.odd, ena 0x1: array (type 11, and what follows)\n"
				    "intr0: service lost\nintr0: service restored\n");
}

static int begin_again(void)
{
	sundog_system_destroy(sundog, NULL, NULL);
	return attach(NULL, CONF);
}

TEST_WITH(what_is_not_there_is_a_bug, setup, teardown)
{
	(void)state;
	expect_bug(begin_again, bug_remove_unknown, "interrupt 1 has no handler");
	expect_bug(begin_again, bug_remove_twice, "or twice");
	expect_bug(begin_again, bug_pci_beyond, "4 bytes at offset 253: the space has 256");
}
