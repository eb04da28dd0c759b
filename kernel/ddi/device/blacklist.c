/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/bl.h>
#include <sys/errno.h>

int blacklist(int command, const char *scheme, nvlist_t *part, const char *class)
{
	if ((command != BLIOC_INSERT && command != BLIOC_DELETE) || scheme == NULL || part == NULL || class == NULL)
		return EINVAL;
	return ENOTSUP;
}
