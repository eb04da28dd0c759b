/* SPDX-License-Identifier: BSD-2-Clause */
/* biglock: 1 MiB of non-pageable memory in four pieces: more than an ordinary user may lock under a small limit. */
#define SMALL_NAME "biglock"
#define SMALL_ATTACH                                                                                \
	for (int i = 0; i < 4; i++)                                                                 \
		if (ddi_umem_alloc(256 << 10, DDI_UMEM_SLEEP, &biglock_cookie[i]) == NULL) {        \
			while (--i >= 0)                                                            \
				ddi_umem_free(biglock_cookie[i]);                                   \
			return (DDI_FAILURE);                                                       \
		}
#define SMALL_DETACH                      \
	ddi_remove_minor_node(dip, NULL); \
	for (int i = 0; i < 4; i++)       \
		ddi_umem_free(biglock_cookie[i]);

#include <sys/ddi.h>
#include <sys/sunddi.h>

static ddi_umem_cookie_t biglock_cookie[4];

#include "small.h"
