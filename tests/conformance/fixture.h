/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fixture.h: what a host gives its conformance tests besides host.h: processes that have memory and touch it.  Every function
 * is implemented by the host under test; the tests use nothing else of it.  Only the compiler's headers are behind it.
 */
#ifndef TESTS_CONFORMANCE_FIXTURE_H
#define TESTS_CONFORMANCE_FIXTURE_H

#include "kernel/host.h"

#define PAGE ((uintptr_t)4096)

/* An address space for a process of 64 bits. */
struct host_as *fixture_as_create(void);
/* The process, if one was made of it, is gone. */
void fixture_as_destroy(struct host_as *as);

/* Ordinary zero-filled memory of the process; *addr: 0, then where it is.  0 or an errno. */
int fixture_map(struct host_as *as, uintptr_t *addr, size_t len, unsigned prot);
void fixture_protect(struct host_as *as, uintptr_t addr, size_t len, unsigned prot);
void fixture_unmap(struct host_as *as, uintptr_t addr, size_t len);

enum fixture_result {
	FIXTURE_DONE,
	FIXTURE_NO_TRANSLATION, /* a device mapping that the kernel part is to be asked for */
	FIXTURE_NOT_MAPPED,
	FIXTURE_DENIED,
};
/* One access as the process's instructions make it, within one page: with prot HOST_PROT_WRITE from data, else to data. */
enum fixture_result fixture_access(struct host_as *as, uintptr_t addr, void *data, size_t len, unsigned prot);
/* Would an access with prot go through now, without the kernel part? */
bool fixture_loaded(struct host_as *as, uintptr_t addr, unsigned prot);

/* The running test has failed; does not return to it. */
_Noreturn void fixture_fail(const char *file, int line, const char *what);

#endif
