/* SPDX-License-Identifier: BSD-2-Clause */
/* range.h: the device ranges of this process, for memory.c; what others ask of them is in client.h. */
#ifndef CLIENT_RANGE_H
#define CLIENT_RANGE_H

#include <stdbool.h>
#include <stdint.h>

struct range {
	uintptr_t start, end;
	bool intercept; /* accesses are served one by one, see fault.c */
};

/* The part of [start, end) in the first device range that it meets; false: none.  Asked at every munmap of the program. */
bool range_first(uintptr_t start, uintptr_t end, struct range *part);
/* Takes the place of what was there. */
/* False: there is no memory to remember it. */
bool range_add(uintptr_t start, uintptr_t end, bool intercept);
/* Linux replaces or unmaps a range between these two: nobody changes ranges meanwhile. */
void ranges_leave(void);
void ranges_left(uintptr_t start, uintptr_t end);

#endif
