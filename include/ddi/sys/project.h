/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/project.h>: projects. */
#ifndef _SYS_PROJECT_H
#define _SYS_PROJECT_H

#include <sys/types.h>

#define PROJNAME_MAX 64

struct zone;

typedef struct kproject {
	projid_t kpj_id;
	zoneid_t kpj_zoneid;
	struct zone *kpj_zone;
} kproject_t;

/* The number of the current process's project; 0 in a system thread. */
projid_t curprojid(void) SUNDOG_LINK(curprojid);

/* What comes along with it. */
#include <sys/zone.h>

#endif
