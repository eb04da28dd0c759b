/* SPDX-License-Identifier: BSD-2-Clause */
/* fault.h: serving an access of a process, or of the kernel on its behalf, to a device mapping. */
#ifndef KERNEL_DEVMAP_FAULT_H
#define KERNEL_DEVMAP_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct access;
struct address_space;
struct segment;

struct fault {
	int code;       /* 0: go on.  A fault code, or what the driver's devmap_access returned */
	bool by_driver; /* the latter */
	bool denied;    /* a load inside the driver's callback met a protection that forbids it */
};

/*
 * One page of the calling process, in an access of its address space.  page: its address; rw: DEVMAP_*.  Calls
 * the driver's devmap_access, or loads the translation.  May block for as long as the driver likes.
 */
struct fault fault_serve(struct access *access, uintptr_t page, unsigned rw);

/* The errno that uiomove(9F) returns for a fault; 0: go on. */
int fault_errno(const struct fault *fault);
/* True if the access is to be retried when pending signals have been handled. */
bool fault_interrupted(const struct fault *fault);
/* The errno inside a driver's own fault code, or the code's low 24 bits. */
int fault_driver_error(int code);

/* A moment's sleep before the next try, when a driver has not loaded what was asked for.  EINTR: a signal is pending. */
int fault_pause(void);

/* struct segment_ops copy. */
int fault_copy(struct segment *segment, struct access *access, uintptr_t addr, void *buffer, size_t len, bool write);

#endif
