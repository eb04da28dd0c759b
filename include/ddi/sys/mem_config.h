/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/mem_config.h>: memory that is added or taken away while the system runs. */
#ifndef _SYS_MEM_CONFIG_H
#define _SYS_MEM_CONFIG_H

#include <sys/types.h>

typedef struct {
	int version;
	void (*post_add)(void *, pgcnt_t);
	int (*pre_del)(void *, pgcnt_t);
	void (*post_del)(void *, pgcnt_t, int);
} kphysm_setup_vector_t;
#define KPHYSM_SETUP_VECTOR_VERSION 1

int kphysm_setup_func_register(kphysm_setup_vector_t *, void *) SUNDOG_ABSENT(kphysm_setup_func_register);
void kphysm_setup_func_unregister(kphysm_setup_vector_t *, void *) SUNDOG_ABSENT(kphysm_setup_func_unregister);

#endif
