/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/device/power_parse.h"
#include "kernel/lib/message.h"
#include <sys/sunddi.h>

static bool component_begins(const char *text)
{
	return strncmp(text, "NAME=", 5) == 0;
}

/* "LEVEL=what it is called" */
static bool level_parse(char *text, int *level)
{
	char *end;
	long n;

	if (text[0] < '0' || text[0] > '9' || ddi_strtol(text, &end, 10, &n) != 0 || *end != '=' || n > INT_MAX)
		return false;
	*level = (int)n;
	return true;
}

/* Why the element does not fit; NULL: it does. */
static const char *element_add(char *text, struct power_levels *levels, int *components)
{
	struct power_levels *last = &levels[*components - 1];
	int level;

	if (component_begins(text)) {
		if (*components == POWER_COMPONENTS_MAX)
			return "more than 32 components";
		if (*components > 0 && last->count == 0)
			return "a component without levels";
		(*components)++;
		return NULL;
	}
	if (*components == 0)
		return "a component begins with NAME=";
	if (!level_parse(text, &level))
		return "a level is NUMBER=WORDS";
	if (last->count > 0 && level <= last->level[last->count - 1])
		return "levels rise";
	if (last->count == POWER_LEVELS_MAX)
		return "more than 16 levels";
	last->level[last->count++] = level;
	return NULL;
}

static int malformed(const struct dev_info *dip, const char *element, const char *why)
{
	message(HOST_LOG_WARN, "%s%d: property pm-components: \"%s\": %s", dip->name, dip->instance, element, why);
	return 0;
}

int power_parse(struct dev_info *dip, struct power_levels levels[POWER_COMPONENTS_MAX])
{
	const char *why = NULL;
	int components = 0;
	char **element;
	uint_t n, i;

	if (ddi_prop_lookup_string_array(DDI_DEV_T_ANY, dip, DDI_PROP_DONTPASS, (char *)(uintptr_t) "pm-components", &element, &n) !=
	    DDI_PROP_SUCCESS)
		return 0;
	memset(levels, 0, POWER_COMPONENTS_MAX * sizeof(*levels));
	for (i = 0; i < n && why == NULL; i++)
		why = element_add(element[i], levels, &components);
	if (why == NULL && components > 0 && levels[components - 1].count == 0)
		why = "a component without levels";
	if (why != NULL)
		components = malformed(dip, element[i - 1], why);
	ddi_prop_free(element);
	return components;
}
