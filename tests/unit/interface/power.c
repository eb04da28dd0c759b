/* SPDX-License-Identifier: BSD-2-Clause */
/* Power of components. */
#include <sys/sunpm.h>

#include "card.h"

#define DIP (cards[0].dip) /* has the property: levels 0 and 3; 1, 2 and 5 */
#define OTHER (cards[1].dip)

static void expect_powers(const struct card *c, int powers, int component, int level)
{
	VERIFY3S(c->powers, ==, powers);
	VERIFY3S(c->component, ==, component);
	VERIFY3S(c->level, ==, level);
}

void check_power_by_property(void)
{
	struct card *c = &cards[0];
	int level = 77;

	VERIFY3S(pm_get_current_power(DIP, 0, &level), ==, DDI_FAILURE); /* unknown */
	VERIFY3S(level, ==, 77);
	VERIFY3S(pm_get_normal_power(DIP, 1), ==, 5);
	VERIFY3S(pm_raise_power(DIP, 2, 0), ==, DDI_FAILURE);
	VERIFY3S(pm_raise_power(DIP, -1, 0), ==, DDI_FAILURE);
	VERIFY3S(pm_raise_power(DIP, 0, 1), ==, DDI_FAILURE); /* no such level */
	VERIFY3S(pm_raise_power(NULL, 0, 0), ==, DDI_FAILURE);
	VERIFY3S(c->powers, ==, 0);
	VERIFY0(pm_raise_power(DIP, 0, 0)); /* the level is unknown: the driver is asked in any case */
	expect_powers(c, 1, 0, 0);
	VERIFY0(pm_raise_power(DIP, 1, 2));
	expect_powers(c, 2, 1, 2);
	VERIFY0(pm_raise_power(DIP, 1, 1)); /* it is higher already */
	VERIFY0(pm_raise_power(DIP, 1, 2));
	VERIFY0(pm_lower_power(DIP, 1, 5)); /* and lower */
	VERIFY3S(c->powers, ==, 2);
	VERIFY(pm_get_current_power(DIP, 1, &level) == DDI_SUCCESS && level == 2);
	VERIFY0(pm_lower_power(DIP, 1, 1));
	expect_powers(c, 3, 1, 1);
	VERIFY3S(pm_power_has_changed(DIP, 1, 3), ==, DDI_FAILURE);
	VERIFY0(pm_power_has_changed(DIP, 1, 5));
	VERIFY(pm_get_current_power(DIP, 1, &level) == DDI_SUCCESS && level == 5);
	VERIFY0(pm_raise_power(DIP, 1, 5));
	VERIFY3S(c->powers, ==, 3);
	VERIFY0(ddi_power(DIP, 1, 2)); /* down */
	expect_powers(c, 4, 1, 2);
	VERIFY0(ddi_power(DIP, 1, 5));
	expect_powers(c, 5, 1, 5);
	VERIFY0(ddi_dev_is_needed(DIP, 1, 1));
	VERIFY3S(c->powers, ==, 5);
	pm_set_normal_power(DIP, 1, 2);
	pm_set_normal_power(DIP, 1, 3); /* no level of it */
	pm_set_normal_power(DIP, 9, 3);
	VERIFY3S(pm_get_normal_power(DIP, 1), ==, 2);
	VERIFY3S(pm_create_components(DIP, 2), ==, DDI_FAILURE); /* there are some */
}

void check_power_by_number(void)
{
	struct card *c = &cards[1];
	int level;

	VERIFY3S(pm_raise_power(OTHER, 0, 1), ==, DDI_FAILURE); /* no components */
	VERIFY3S(pm_busy_component(OTHER, 0), ==, DDI_FAILURE);
	VERIFY3S(pm_create_components(OTHER, 0), ==, DDI_FAILURE);
	VERIFY3S(pm_create_components(NULL, 1), ==, DDI_FAILURE);
	VERIFY0(pm_create_components(OTHER, 2));
	VERIFY3S(pm_create_components(OTHER, 2), ==, DDI_FAILURE);
	VERIFY3S(pm_get_normal_power(OTHER, 0), ==, DDI_FAILURE);
	pm_set_normal_power(OTHER, 0, 1);
	VERIFY3S(pm_get_normal_power(OTHER, 0), ==, 1);
	VERIFY3S(pm_raise_power(OTHER, 0, -1), ==, DDI_FAILURE);
	VERIFY0(pm_raise_power(OTHER, 1, 1000)); /* any level will do */
	expect_powers(c, 1, 1, 1000);
	VERIFY3S(pm_get_current_power(OTHER, 0, &level), ==, DDI_FAILURE);
	pm_destroy_components(OTHER);
	VERIFY3S(pm_get_current_power(OTHER, 1, &level), ==, DDI_FAILURE);
	pm_destroy_components(OTHER);            /* nothing */
	VERIFY0(pm_create_components(OTHER, 1)); /* left to the detach */
}

void check_power_malformed(void)
{
	static char *wrong[][4] = {
		{"0=Off", "1=On", NULL},
		{"NAME=A", NULL},
		{"NAME=A", "NAME=B", "0=Off", NULL},
		{"NAME=A", "1=On", "1=Again", NULL},
		{"NAME=A", "2=On", "1=Off", NULL},
		{"NAME=A", "x=On", NULL},
		{"NAME=A", "1", NULL},
		{"NAME=A", "-1=Off", NULL},
		{"NAME=A", "99999999999=Off", NULL},
		{"NAME=A", "0=Off", "NAME=B", NULL},
	};

	for (int i = 0; i < 10; i++) {
		int told = warnings();
		uint_t n;

		for (n = 0; wrong[i][n] != NULL; n++)
			;
		VERIFY0(ddi_prop_update_string_array(DDI_DEV_T_NONE, OTHER, "pm-components", wrong[i], n));
		VERIFY3S(pm_raise_power(OTHER, 0, 1), ==, DDI_FAILURE);
		VERIFY(warnings() == told + 1 && strstr(last_warning(), "card1: property pm-components: \"") != NULL);
	}
	VERIFY0(ddi_prop_update_string_array(DDI_DEV_T_NONE, OTHER, "pm-components", (char *[]){"NAME=A", "0=", "7=Full"}, 3));
	VERIFY0(pm_raise_power(OTHER, 0, 7)); /* put right */
	VERIFY0(ddi_prop_remove(DDI_DEV_T_NONE, OTHER, "pm-components"));
}

static int power_refuse(dev_info_t *dip, int component, int level)
{
	return (level == 5 ? DDI_FAILURE : DDI_SUCCESS);
}

void check_power_fails(void)
{
	int level;

	cards[0].power = power_refuse;
	VERIFY0(pm_raise_power(DIP, 1, 2));
	VERIFY3S(pm_raise_power(DIP, 1, 5), ==, DDI_FAILURE);
	VERIFY(pm_get_current_power(DIP, 1, &level) == 0 && level == 2);
	VERIFY0(pm_raise_power(DIP, 0, 3));
}

/* Raising component 1 needs component 0, and the device reports a level of its own. */
static int power_other(dev_info_t *dip, int component, int level)
{
	if (component == 1) {
		VERIFY0(pm_raise_power(dip, 0, 3));
		VERIFY0(pm_power_has_changed(dip, 1, 5));
	}
	return (DDI_SUCCESS);
}

static void raise_beside(void *arg)
{
	VERIFY0(pm_raise_power(DIP, 0, 3));
	*(int *)arg = 1;
}

void check_power_nests(void)
{
	int level, done = 0;

	cards[0].power = power_other;
	beside(raise_beside, &done);
	VERIFY0(pm_raise_power(DIP, 1, 2));
	beside_wait();
	VERIFY3S(done, ==, 1);
	VERIFY(pm_get_current_power(DIP, 0, &level) == 0 && level == 3);
	VERIFY(pm_get_current_power(DIP, 1, &level) == 0 && level == 5); /* what the driver said counts */
	VERIFY3S(cards[0].powers, ==, 2);
}

void check_power_busy(void)
{
	VERIFY3S(pm_idle_component(DIP, 0), ==, DDI_FAILURE); /* it is not busy */
	VERIFY0(pm_busy_component(DIP, 0));
	VERIFY0(pm_busy_component(DIP, 0));
	VERIFY0(pm_idle_component(DIP, 0));
	VERIFY0(pm_idle_component(DIP, 0));
	VERIFY3S(pm_idle_component(DIP, 0), ==, DDI_FAILURE);
	VERIFY3S(pm_busy_component(DIP, 2), ==, DDI_FAILURE);
	VERIFY3S(pm_busy_component(NULL, 0), ==, DDI_FAILURE);
}

static int power_destroy(dev_info_t *dip, int component, int level)
{
	pm_destroy_components(dip);
	return (DDI_SUCCESS);
}

void bug_power_destroyed(void)
{
	cards[0].power = power_destroy;
	(void)pm_raise_power(DIP, 0, 0);
}
