/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/mem_config.h>: memory that is added or taken away while the system runs. */
#ifndef _SYS_MEM_CONFIG_H
#define _SYS_MEM_CONFIG_H

#include <sys/types.h>

typedef struct {
	uint_t version;
	void (*post_add)(void *, pgcnt_t);
	int (*pre_del)(void *, pgcnt_t);
	void (*post_del)(void *, pgcnt_t, int);
} kphysm_setup_vector_t;
#define KPHYSM_OK 0
#define KPHYSM_ENOTSUP 4
#define KPHYSM_EDUP 16
#define KPHYSM_SETUP_VECTOR_VERSION 1

/*
 * vector, argument: who wants to hear when memory comes and goes, which it never does here.  KPHYSM_OK; KPHYSM_EDUP: this
 * vector and argument are registered already; KPHYSM_ENOTSUP: a version that is not known.  A registration that is left
 * when its driver is unloaded is reported.
 */
int kphysm_setup_func_register(kphysm_setup_vector_t *, void *) SUNDOG_LINK(kphysm_setup_func_register);
void kphysm_setup_func_unregister(kphysm_setup_vector_t *, void *) SUNDOG_LINK(kphysm_setup_func_unregister);

#endif
