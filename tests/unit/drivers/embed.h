/* SPDX-License-Identifier: BSD-2-Clause */
/* embed.h: what test_embed_process and its driver share. */
#ifndef TESTS_UNIT_DRIVERS_EMBED_H
#define TESTS_UNIT_DRIVERS_EMBED_H

#define EMBED_INCREMENT 1 /* an int at arg; also the result */
#define EMBED_WAIT 2      /* until EMBED_WAKE or a signal (EINTR) */
#define EMBED_WAKE 3
#define EMBED_PID 4
#define EMBED_UID 5
#define EMBED_MODEL 6
#define EMBED_PROPERTY 7 /* "depth" of driver.conf, -1 without */
#define EMBED_LEAK 8     /* forgets 100 bytes */

struct embed_counters {
	int opens, closes;
	int mapped;   /* mapping handles that live */
	int accesses; /* calls of devmap_access */
	int waiting;  /* threads in EMBED_WAIT or in a waiting devmap_access */
};
void embed_get(struct embed_counters *c);
void embed_wait_for_waiters(int n);
void embed_refuse_loads(int n);
void embed_wait_in_access(int on);
void *embed_memory(void); /* four pages */

#endif
