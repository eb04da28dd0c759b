/* SPDX-License-Identifier: BSD-2-Clause */
/* A driver that calls the module registry; GUEST is its name. */
int registry_add(const char *);
void registry_remove(const char *);

#ifndef GUEST_ALONE
char _depends_on[] = "misc/registry";
#endif
#ifdef GUEST_CIRCLE
int GUEST_CIRCLE(void);
#define GUEST_CALL (void)GUEST_CIRCLE();
#else
#define GUEST_CALL
#endif

#define SMALL_NAME GUEST
#define SMALL_ATTACH \
	GUEST_CALL \
	if (registry_add(GUEST) < 1) \
		return (DDI_FAILURE);
#define SMALL_DETACH \
	registry_remove(GUEST); \
	ddi_remove_minor_node(dip, NULL);
#include "small.h"

#ifdef GUEST_DEFINES
int GUEST_DEFINES(void);
int
GUEST_DEFINES(void)
{
	return (0);
}
#endif
