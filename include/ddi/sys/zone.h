/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/zone.h>: zones. */
#ifndef _SYS_ZONE_H
#define _SYS_ZONE_H

#include <sys/cred.h>
#include <sys/types.h>

#define GLOBAL_ZONEID 0
#define ALL_ZONES (-1)
#define ZONENAME_MAX 64
#define GLOBAL_ZONENAME "global"

typedef struct zone {
	zoneid_t zone_id;
	char *zone_name;
} zone_t;

struct proc;

extern zone_t zone0 SUNDOG_LINK(zone0);
extern zone_t *global_zone SUNDOG_LINK(global_zone);

/* The current process's zone; GLOBAL_ZONEID in a system thread. */
zoneid_t getzoneid(void) SUNDOG_LINK(getzoneid);
#define INGLOBALZONE(p) ((p)->p_zone == global_zone)

/* What comes along with it. */
#include <sys/byteorder.h>
#include <sys/processor.h>
#include <sys/rctl.h>
#include <sys/uadmin.h>
#include <sys/vnode.h>

#endif
