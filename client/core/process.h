/* SPDX-License-Identifier: BSD-2-Clause */
/* process.h: fork, vfork and exit, as far as all rooms have to do with them. */
#ifndef CLIENT_CORE_PROCESS_H
#define CLIENT_CORE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern _Thread_local bool in_vfork_child FAST_TLS;
/* A vfork child's access is served: it is one of its parent's address space, by its parent's connections. */
extern _Thread_local bool in_vfork_fault FAST_TLS;

/* How a fork child begins. */
struct fork_child {
	uint64_t token; /* for its hello, or 0: the server does not know of it */
	int leash;      /* see WIRE_FORK; or -1 */
	bool shared;    /* pages may have been shared with the server when the fork began */
	bool lent;      /* ... and are still not all the child's own */
};

/* What a part of the library does around a fork; all are optional. */
struct fork_hook {
	void (*lock)(void);
	void (*unlock)(void);               /* in the parent; in the child, too, if there is no other way */
	void (*child)(struct fork_child *); /* that way, which makes its locks free; those before it in the table are held */
	void (*vfork_enter)(void);          /* in the parent: the child runs in its memory until leave */
	void (*vfork_leave)(void);
};
/* calls/hooks.c: locks are taken forwards, and everything else that begins goes backwards. */
extern const struct fork_hook fork_hooks[] __attribute__((visibility("hidden")));
extern const size_t fork_hooks_count __attribute__((visibility("hidden")));

void fork_locks_take(void);
void fork_locks_release(void);
void fork_child_begins(struct fork_child *c);
void vfork_enter(void);
void vfork_leave(void);
/* A child of which connection_is_parents() is true begins as one of a fork inside libc does. */
void fork_child_found(void);

/* The calling thread exits, and the server tears the process down: other threads' accesses are not served any more. */
void process_leaving(void);
/* Does not return while another thread is on its way out of the process. */
void process_wait_leaving(void);

/* The hooks of this room. */
void call_fork_child(struct fork_child *c);
void call_vfork_enter(void);
void call_vfork_leave(void);
void connection_fork_lock(void);
void connection_fork_unlock(void);
void connection_fork_child(struct fork_child *c);
void connection_vfork_enter(void);
void connection_vfork_leave(void);
void descriptor_fork_lock(void);
void descriptor_fork_unlock(void);
void descriptor_fork_child(struct fork_child *c);
void descriptor_vfork_enter(void);
void descriptor_vfork_leave(void);

#endif
