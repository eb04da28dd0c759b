/* SPDX-License-Identifier: BSD-2-Clause */
/* kstat.c: the named statistics: `sundog kstat`. */
#include "host/server/admin/admin.h"

static void kstat_show(void *arg, const struct sys_kstat *k)
{
	answer_add(arg, "statistic\t%s\t%d\t%s\t%s\t%s", k->module, k->instance, k->name, k->statistic,
		   k->value);
}

static void kstat_serve(struct admin_request *r)
{
	sys_kstat_each(kstat_show, &r->answer);
	answer_add(&r->answer, "end");
}

ADMIN_REQUEST(kstat, 1)
