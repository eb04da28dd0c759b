/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pins.h: pinned memory of real processes; shared by the files of this folder only.
 *
 * Until an address is asked for, a pin is a record, and the pages are reached through the process.  Then they become
 * pages of one sparse file per process (promotion), where every address has its place:
 *
 *	process:   [ heap ... [ pinned ] ........ [ pinned ] ... stack ]      0 .. SPAN
 *	file:      |          [ pages  ]          [ pages  ]           |      base + 0 .. base + SPAN
 *
 * so that neighbours are one mapping.  base is 0, and moves up by SPAN where a place may be in use by another than the
 * memory that is there now: by a page object whose process has unmapped the pages, or by a fork child, whose
 * private pages have the file behind them until it has made them its own.  A hold keeps a part of the file as it is: each pin that was promoted
 * has one, and each page object.  What nobody holds becomes the process's own again (demote.c).
 */
#ifndef HOST_SERVER_PIN_PINS_H
#define HOST_SERVER_PIN_PINS_H

#include "host/server/base/linux.h"
#include "host/server/pin/pin.h"

/* ---- bus.c ---- */

struct guard;
/* An access of ours to [address, address + len) never ends us: pages that the file has lost are zero.  NULL: no memory. */
struct guard *bus_guard(const void *address, size_t len);
void bus_unguard(struct guard *guard);

/* ---- one process's pins ---- */

struct hold {
	struct pins *pins;
	struct posix_file *file; /* a reference; the process's sparse one, or a file that it shares with others */
	uint64_t offset, len;
	bool pinned;         /* a pin's: the process must keep these very pages */
	struct guard *guard; /* of a page object of a file that others may cut; or NULL */
	LIST_ENTRY(hold)
	link;
};

struct host_pin {
	struct pins *pins;
	struct process *process; /* a reference */
	uint64_t addr, len;
	unsigned flags;
	atomic_bool resident; /* or at least it was once */
	struct hold *hold;    /* NULL: nobody has asked for the pages yet; pins.lock */
};

struct pins {
	struct process *process;
	pthread_mutex_t begin; /* held while the client begins; protects the next two */
	bool begun;
	enum wire_watch watch;  /* how writers are stopped; changes with lock held */
	struct wire_pins *page; /* the client's view; written with lock held */

	pthread_mutex_t lock; /* protects the fields below; held while the agent works */
	unsigned npins;
	unsigned forks; /* begun and not ended: nothing becomes shared or private meanwhile */
	LIST_HEAD(, split)
	splits;                   /* of them: held, and private for now */
	pthread_cond_t joined;    /* forks or waiting has fallen, or splits is empty */
	unsigned waiting;         /* for that, to share pages */
	atomic_bool split;        /* splits may not be empty */
	bool gone;                /* the process */
	int maps, pagemap, tasks; /* of /proc/PID, or -1 */
	struct posix_file *file;  /* NULL: nothing was promoted yet */
	uint32_t number;          /* of file, as the agent knows it */
	uint64_t inode, base;
	atomic_bool lent; /* a fork child has memory of the file behind its own pages, for as long as it lives */
	LIST_HEAD(, hold)
	holds;
	/* Offsets in the file. */
	struct ranges used;   /* pages may be there, or a private mapping has it behind */
	struct ranges recent; /* not held any more, but a moment ago */
	struct ranges stale;  /* seemed unused at the last look */
	uint64_t elsewhere;   /* bytes since then that have found their place in use */

	/* sleepers.c; protected by its lock. */
	struct ranges moved; /* addresses that have become shared, or private */
	unsigned looks;      /* at its threads, to come; 0: not in the queue */
	uint64_t look_due;   /* of host_time_monotonic() */
	TAILQ_ENTRY(pins)
	sleepers_link;

	/* demote.c; protected by its lock. */
	bool queued;
	uint64_t due; /* of host_time_monotonic() */
	TAILQ_ENTRY(pins)
	link;
};

/* The process's, or NULL if it has none. */
struct pins *pins_of(struct host_as *as);
/* The same, made now if need be; NULL: no memory. */
struct pins *pins_need(struct host_as *as);
/* Before the first pin.  Only a thread of the process can begin: for another's first pin there is no thread (EAGAIN). */
int pins_begin(struct pins *pins);
/* Whole pages that the process may have at all. */
bool pins_range_is_good(const struct process *p, uint64_t addr, uint64_t len);
/* Waits until no pages are just becoming shared or private; false: the process has never had any pins. */
bool pins_settle(struct host_as *as);
/* Shows the client what lies in [start, end).  pins.lock is held. */
void pins_publish(struct pins *pins, uint64_t start, uint64_t end);
/* A command with the process's file, which is fd.  Errors of the agent, as host.h has them. */
int pins_agent(struct pins *pins, struct wire_agent_command *c, int fd);

/* ---- resident.c ---- */

/* May they be pinned, and are they there now?  Errors as host_pin_create()'s. */
int pin_pages_check(struct host_pin *pin);
int pin_make_resident(struct host_pin *pin);

/* ---- promote.c: pins.lock is held ---- */

#define SPAN_64 (UINT64_C(1) << 47)
#define SPAN_32 (UINT64_C(1) << 32)
#define FILE_SIZE_MAX (UINT64_C(1) << 62)
#define FILE_SIZE_32 (UINT64_C(1) << 44) /* as far as a 32-bit program can map a file */
#define AGENT_CHUNK (UINT64_C(16) << 20) /* of one command, which is done in far less than the agent's time */

uint64_t promote_span(const struct pins *pins);
/* What lies between pages that are shared, and is not longer, is shared with them. */
uint64_t promote_gap(const struct pins *pins);
/* The end of all places; one span of the file follows, for split.c. */
uint64_t promote_limit(const struct pins *pins);
/* The last base of which anything may be in use. */
uint64_t promote_base_last(const struct pins *pins);
/* A thread whose call we serve does not touch its own stack until we answer: pages of it may be shared, split or joined. */
void promote_caller_sleeps(const struct pins *pins);
/*
 * A mapping of the process's sparse file.  Ours: at its place in it; else a driver has made it, or the process has moved it
 * where we could not see it.
 */
bool vma_is_of_file(const struct pins *pins, const struct vma *v);
bool vma_is_ours(const struct pins *pins, const struct vma *v);
/* Where the pages of the range are from now on, shared; *file with a reference. */
int promote_range(struct pins *pins, uint64_t addr, uint64_t len, struct posix_file **file, uint64_t *offset);
bool hold_overlaps(const struct pins *pins, uint64_t start, uint64_t end, bool pinned);
/* Takes over the reference to file; NULL: no memory, and it is given back. */
struct hold *hold_create(struct pins *pins, struct posix_file *file, uint64_t offset, uint64_t len);
void hold_destroy(struct hold *h);

/* ---- split.c: pins.lock is held ---- */

/* A fork begins: what is held and shared is private until it has ended. */
void split_begin(struct pins *pins);
void split_end(struct pins *pins);
/* Until nothing is split, or it takes too long; without the lock. */
void split_meet(struct pins *pins);
/* Until no fork is under way and nothing is split; if that takes too long, nothing is split any more. */
void split_wait(struct pins *pins);
/* Before a fork, while another thread forks: until that has ended, if another thread waits for it. */
void split_turn(struct pins *pins);

/* ---- sleepers.c ---- */

/* Pages at [start, end) of the process's addresses have become shared, or private: wakes its threads that would not be found. */
void sleepers_moved(struct pins *pins, uint64_t start, uint64_t end);
void sleepers_forget(struct pins *pins);

/* ---- demote.c ---- */

/* Pages in [start, end) of the process's addresses that nobody holds become private.  pins.lock is held. */
void demote_range(struct pins *pins, uint64_t start, uint64_t end, bool recent);
/* The process has ended: what nobody holds is given back.  pins.lock is held. */
void demote_all_gone(struct pins *pins);
/* Looks after pins from now on. */
void demote_queue(struct pins *pins);
void demote_unqueue(struct pins *pins);
/* Gives the file's pages of [start, end) back: they read as zero. */
void file_punch(const struct pins *pins, uint64_t start, uint64_t end);
/*
 * So many bytes are to get another place than theirs, which seems to be in use.  True: we have looked whether it is, so that a
 * process that unmaps them unknown to us does not fill the file.
 */
bool demote_elsewhere(struct pins *pins, uint64_t len);
/* Of [start, end) of the file, which no mapping of the process has: what nobody holds is free for others. */
void demote_free(struct pins *pins, uint64_t start, uint64_t end);

#endif
