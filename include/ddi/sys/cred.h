/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/cred.h>: credentials, ddi_cred(9F). */
#ifndef _SYS_CRED_H
#define _SYS_CRED_H

#include <sys/types.h>

typedef struct cred cred_t;

extern cred_t *kcred SUNDOG_LINK(kcred); /* of the system itself: all privileges */

#define CRED() (ddi_get_cred())

cred_t *ddi_get_cred(void) SUNDOG_LINK(ddi_get_cred);

uid_t crgetuid(const cred_t *) SUNDOG_LINK(crgetuid);
uid_t crgetruid(const cred_t *) SUNDOG_LINK(crgetruid);
uid_t crgetsuid(const cred_t *) SUNDOG_LINK(crgetsuid);
gid_t crgetgid(const cred_t *) SUNDOG_LINK(crgetgid);
gid_t crgetrgid(const cred_t *) SUNDOG_LINK(crgetrgid);
gid_t crgetsgid(const cred_t *) SUNDOG_LINK(crgetsgid);
zoneid_t crgetzoneid(const cred_t *) SUNDOG_LINK(crgetzoneid);
projid_t crgetprojid(const cred_t *) SUNDOG_ABSENT(crgetprojid);
int crgetngroups(const cred_t *) SUNDOG_LINK(crgetngroups);
const gid_t *crgetgroups(const cred_t *) SUNDOG_LINK(crgetgroups);
int groupmember(gid_t, const cred_t *) SUNDOG_LINK(groupmember);
void crhold(cred_t *) SUNDOG_LINK(crhold);
void crfree(cred_t *) SUNDOG_LINK(crfree);
cred_t *crdup(cred_t *) SUNDOG_LINK(crdup);

#endif
