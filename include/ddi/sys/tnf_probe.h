/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/tnf_probe.h>: probes of old: they leave nothing in the code. */
#ifndef _SYS_TNF_PROBE_H
#define _SYS_TNF_PROBE_H

#define TNF_PROBE_0(name, keys, detail) ((void)0)
#define TNF_PROBE_0_DEBUG(name, keys, detail) ((void)0)
#define TNF_PROBE_1(name, keys, detail, type1, name1, value1) ((void)0)
#define TNF_PROBE_2(name, keys, detail, type1, name1, value1, type2, name2, value2) ((void)0)
#define TNF_PROBE_2_DEBUG(name, keys, detail, type1, name1, value1, type2, name2, value2) ((void)0)

/* What comes along with it. */
#include <sys/types.h>

#endif
