/* SPDX-License-Identifier: BSD-2-Clause */
/* time64.h: times of 32-bit programs with 64-bit time, whose functions have names of their own in libc. */
#ifndef CLIENT_TIME64_H
#define CLIENT_TIME64_H

#include <stdint.h>
#include <time.h>

struct timeval64 {
	int64_t sec, usec;
};
struct timespec64 {
	int64_t sec;
	int32_t nsec, pad;
};

/* NULL for NULL.  A timeout longer than 68 years is one of 68 years; one of less than nothing stays one. */
static inline struct timespec *shorter(const struct timespec64 *t, struct timespec *to)
{
	if (t == NULL)
		return NULL;
	*to = (struct timespec){t->sec > INT32_MAX ? INT32_MAX : t->sec < 0 ? -1
									    : (time_t)t->sec,
				t->nsec};
	return to;
}

#endif
