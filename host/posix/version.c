/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/host.h"

unsigned host_version(void)
{
	return HOST_VERSION;
}
