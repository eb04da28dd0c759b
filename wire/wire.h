/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wire.h: what the client library and the server send to each other.  The layout is the same for
 * 32-bit and 64-bit clients: fixed-size types, explicit padding.
 *
 * A client opens SOCK_SEQPACKET connections to the server (address.h) and sends one struct
 * wire_hello on each (who sends it, Linux tells the server: SO_PEERCRED, SO_PEERPIDFD):
 *
 *   WIRE_PROCESS  one per process image: identity, lifetime, interrupts
 *   WIRE_THREAD   one per calling thread: its calls, by a channel in shared memory
 *   WIRE_AGENT    one per process image with intercepted mappings: with a struct wire_offer the two sides agree how
 *                 accesses are intercepted; the agent goes on with it after the second welcome
 *   WIRE_ADMIN    a command that looks into the server: text, see admin.h
 *
 * On a WIRE_THREAD connection the two sides take turns: the client puts a call into the channel,
 * the server answers with a reply, or with a step that the waiting thread performs and whose result
 * goes back as the client's next message:
 *
 *   client   call ----------------> result --> ...
 *   server         ---> step               ---> reply
 *
 * A side that sleeps is woken by a one-byte message on the socket (the bell); descriptors travel as
 * SCM_RIGHTS with such a message, sent just after the turn is given.
 */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include <stdatomic.h>
#include <stdint.h>

#define WIRE_MAGIC 0x53554e44u /* "SUND" */
#define WIRE_VERSION 2u

enum wire_kind {
	WIRE_PROCESS = 1,
	WIRE_THREAD,
	WIRE_AGENT,
	WIRE_ADMIN,
};

struct wire_image {
	uint64_t id[2];
}; /* random, of one process image: it changes at exec and fork */

struct wire_hello {
	uint32_t magic, version, kind;
	uint32_t model; /* 32 or 64 */
	struct wire_image image;
	uint64_t fork_token; /* WIRE_PROCESS: from WIRE_FORK when this is the child, else 0 */
	uint32_t tid;
	uint32_t lent;   /* with fork_token: memory of its parent's file may still be behind its own */
	uint32_t copies; /* WIRE_PROCESS: the client copies for the driver: a tool looks at what is written */
	uint32_t unused;
};

/*
 * WIRE_PROCESS: with the node table's descriptor.  WIRE_THREAD: with the channel's.  WIRE_AGENT: the first one has in
 * size what is wanted, and may come with /dev/userfaultfd; WIRE_WANT_UFFD: the client makes its offer.
 * WIRE_WANT_KEEP: it comes with the userfaultfd that an agent before this one had, or without one.  The second one
 * comes with that of a struct wire_agent_answer, a third one with the pipe of the commands.  WIRE_ADMIN: without one.
 */
enum wire_want {
	WIRE_WANT_NONE,
	WIRE_WANT_UFFD,
	WIRE_WANT_KEEP,
};
struct wire_welcome {
	uint32_t magic, version;
	int32_t error; /* 0, or errno: the connection is of no use */
	uint32_t pad;
	uint64_t size; /* bytes of the memory behind the descriptor */
};

#define WIRE_OFFER_FULL 0x1u /* system calls on pages that are not loaded make events, too */
struct wire_offer {          /* with a new userfaultfd, unless error is why there is none */
	uint32_t magic, flags;
	int32_t error;
	uint32_t pad;
};

/* On a WIRE_PROCESS connection, client to server, no reply: the thread of that tid was interrupted by a handled signal. */
struct wire_interrupt {
	uint32_t magic, tid;
	uint32_t access; /* 1: its access that the server knows from a userfaultfd; 0: its call */
	uint32_t turn;   /* messages sent in its channel, the call included: the server may not have received it yet */
};

/* ---- the node table: read-only in the client, written by the server under a sequence lock ---- */

#define WIRE_NODES_SIZE (1u << 20)
struct wire_node {
	uint64_t dev;
	uint32_t mode; /* with S_IFCHR or S_IFBLK */
	uint32_t uid, gid;
	uint32_t name_len; /* of dev_path, which is followed by devices_path; both with their NUL */
	uint32_t size;     /* of this record with its names, a multiple of 8 */
	uint32_t pad;
	/* char dev_path[], devices_path[] */
};
struct wire_nodes {
	_Atomic uint32_t sequence; /* odd: being written */
	uint32_t count;
	uint32_t bytes; /* of the records that follow */
	uint32_t pad;
	/* struct wire_node records */
};

/* ---- calls ---- */

enum wire_op {
	WIRE_OPEN = 1, /* a: dev, b: SYS_F* flags -> a: open id, b: dev of the clone; 1 descriptor */
	WIRE_PROVE,    /* with 1 descriptor -> a: open id, b: dev, c: SYS_F* flags; EBADF: not a device descriptor */
	WIRE_CLOSED,   /* a: open id: this process has closed its last descriptor of it */
	WIRE_READ,     /* a: open id, b: offset or -1, c: number of struct wire_iovec in data -> a: bytes */
	WIRE_WRITE,    /* the same */
	WIRE_SEEK,     /* a: open id, b: offset, c: whence -> a: offset */
	WIRE_IOCTL,    /* a: open id, b: cmd, c: arg -> a: rval */
	WIRE_POLL,     /* a: open id, b: events -> a: revents */
	WIRE_SETFL,    /* a: open id, b: SYS_F* flags */
	WIRE_MMAP,     /* a: open id, b: reserved or fixed address, c: length, d: prot | flags << 32, e: offset
	                   -> a: address, b: number of struct wire_map in data, descriptors in their order */
	WIRE_MUNMAP,   /* a: address, b: length: the client unmaps when the reply is there
	                   -> a: 1 = pages shared with the server were there: WIRE_UNMAPPED follows */
	WIRE_MPROTECT, /* a: address, b: length, c: prot */
	WIRE_FORK,     /* -> a: token; 1 descriptor, the leash: parent and child hold it until the child's hello, so
	                   that its hangup means that there is no child and never will be */
	WIRE_FORKED,   /* a: token, b: pid of the child, or 0: fork failed */
	WIRE_EXIT,     /* descriptors are closed already: tear the process down */
	WIRE_CRED,     /* credentials changed: the server reads them anew from Linux */
	WIRE_FAULT,    /* a: address, b: 0 other, 1 read, 2 write, 3 exec, c: tid, or 0, the calling thread: it touched an
	                   intercepted page -> a: 0 = try again, else the signal that it gets, b: si_code, c: si_errno */
	WIRE_ADVISE,   /* a: address, b: length: MADV_DONTNEED or MADV_FREE follow; what the server shares is zeroed */
	WIRE_PRIVATE,  /* a: address, b: length: mremap follows; waits for pins, and makes shared pages private again */
	WIRE_UNMAPPED, /* a, b: as of the WIRE_MUNMAP before it: it is done, or Linux has refused it */
	WIRE_FORKING,  /* after WIRE_FORK, just before Linux forks: pages shared with the server are private until WIRE_FORKED */
	WIRE_OP_END
};

/* Steps of a call in progress. */
enum wire_step {
	WIRE_STEP_NONE,     /* this is the reply */
	WIRE_STEP_RESERVE,  /* a: wish or 0, b: length, c: 1 = fixed -> a: address */
	WIRE_STEP_MAP,      /* b: number of struct wire_map in data, descriptors in their order */
	WIRE_STEP_RELEASE,  /* a: address, b: length: give the range back */
	WIRE_STEP_PROTECT,  /* a: address, b: length, c: prot */
	WIRE_STEP_COPYIN,   /* a: address, b: length <= WIRE_DATA_SIZE -> data */
	WIRE_STEP_COPYOUT,  /* a: address, b: length <= WIRE_DATA_SIZE, data */
	WIRE_STEP_PINS,     /* 1 descriptor, of a struct wire_pins: this process has pinned memory from now on, and an agent */
	WIRE_STEP_POPULATE, /* a: address, b: length, c: 1 = for writing: the pages are resident, the process's own */
};

/*
 * What a process with pinned memory (which a driver has locked: ddi_umem_lock) has to know of it before it changes its address space; read-only in the client.
 * Memory that is pinned, or shared with the server since it was, lies within [low, high).
 */
#define WIRE_PINS_FILE "sundog-user" /* name of the file behind shared pages, as Linux lists it */
struct wire_pins {
	volatile uint64_t low, high; /* low >= high: there is none; written before the call returns that pins */
	_Atomic uint32_t pins;       /* munmap and the like may have to wait */
	_Atomic uint32_t shared;     /* a fork child finds pages that are not its own */
	_Atomic uint32_t held;       /* ... or a file behind its own pages that is not empty */
};

struct wire_iovec {
	uint64_t base, len;
};

#define WIRE_MAP_DESCRIPTOR 0x1u /* the next descriptor goes here; else no access at all (PROT_NONE) */
#define WIRE_MAP_POPULATE 0x2u
#define WIRE_MAP_INTERCEPT 0x4u /* prot is 0: accesses fault, and the client turns them into WIRE_FAULT; there is an agent */
#define WIRE_MAP_OPEN 0x8u      /* an intercepted window that is there already gets its prot: other faults are looked after */
struct wire_map {
	uint64_t addr, len, offset;
	uint32_t prot, flags;
};

struct wire_message {
	uint32_t op;   /* client: wire_op; server: wire_step */
	int32_t error; /* server: errno of the call; client: errno of the step */
	uint32_t nfds; /* descriptors sent with it, <= WIRE_FDS_MAX */
	uint32_t data_len;
	uint64_t a, b, c, d, e;
};

/*
 * The agent has gone and the application, running, is to start another one: a SIGSEGV that the server sends, with si_code
 * SI_QUEUE and this value.  Then the welcome wants nothing: the engine stays.
 */
#define WIRE_AGENT_AGAIN 0x53554e41
/*
 * A thread that sleeps on a futex is to look again: a SIGSEGV with si_code SI_QUEUE and this si_errno; its system call's number
 * is si_pid, and its futex the value's pointer.
 */
#define WIRE_SLEEPER 0x53554e53

/*
 * By the pipe the server commands its agent, one command at a time.  A descriptor that goes with a command is sent on
 * the WIRE_AGENT connection before it; answers come in a struct wire_agent_answer.
 * addr and len are page-aligned and inside a range that the client has claimed.
 */
enum wire_agent_op {
	WIRE_AGENT_ZAP = 1, /* drop the translations of a shared mapping */
	WIRE_AGENT_PROTECT, /* mprotect(addr, len, prot) */
	WIRE_AGENT_MAP,     /* the descriptor's pages from offset on, shared, over addr; addr 0: anywhere, -> value */
	WIRE_AGENT_MOVE,    /* mremap(offset, len -> addr): a mapping prepared beside replaces one; closes its userfaultfd first */
	WIRE_AGENT_UNMAP,   /* munmap(addr, len): of one prepared beside */
	/*
	 * The application's private pages become pages of the descriptor's file from offset on, with the same contents;
	 * and private again.  No write of any thread is lost.  prot: of the mapping; WIRE_AGENT_CHECK: only if, just before,
	 * Linux has the whole range mapped from inode `inode' at offset.
	 */
	WIRE_AGENT_SHARE,
	WIRE_AGENT_UNSHARE,
	WIRE_AGENT_POPULATE, /* madvise(addr, len, MADV_POPULATE_WRITE), prot 0: _READ */
	WIRE_AGENT_KEEP,     /* the descriptor is the userfaultfd of the application, after a MOVE */
	WIRE_AGENT_WATCH,    /* the descriptor, or none, is /dev/userfaultfd: how SHARE stops writers -> value */
	/*
	 * While the server still has the pages.  SPLIT: the application's become copies of the file's, which are in the file from
	 * `aside' on, too.  JOIN: what the application has changed since then goes into the file's pages, and it has those again.
	 */
	WIRE_AGENT_SPLIT,
	WIRE_AGENT_JOIN,
};
#define WIRE_AGENT_CHECK 0x100u   /* in prot */
#define WIRE_AGENT_WATCHED 0x400u /* in prot of SHARE, SPLIT, JOIN: ENODATA if the agent has had no WATCH, as one that replaces another */
#define WIRE_AGENT_GROW 0x200u    /* in prot of SHARE: the lowest page of a stack, which must go on growing below it */
enum wire_watch {
	WIRE_WATCH_SIGNAL, /* write protection and SIGSEGV; a system call into the range fails meanwhile */
	WIRE_WATCH_USER,   /* userfaultfd, for accesses of the program; a system call fails meanwhile */
	WIRE_WATCH_FULL,
};
struct wire_agent_command {
	uint32_t op, prot;
	uint64_t sequence, addr, len, offset, inode, aside;
	uint32_t with_descriptor;
	uint32_t file; /* a number that the agent knows the descriptor by from then on, when it comes without; 0: only this once */
};
struct wire_agent_result {
	uint64_t sequence;
	int32_t error;
	uint32_t pad;
	uint64_t value;
};
/*
 * In memory that both share: the agent's answer.  The first one is sent on the connection as well, so that the server
 * learns from Linux who the agent is.
 */
struct wire_agent_answer {
	_Atomic uint32_t turn;    /* answers so far; a futex */
	_Atomic uint32_t awaited; /* the server's: it sleeps on turn */
	_Atomic uint32_t cpu;     /* where the agent ran */
	uint32_t pad;
	struct wire_agent_result result;
};

#define WIRE_FDS_MAX 16u
#define WIRE_DATA_SIZE 61440u
#define WIRE_MAPS_MAX (WIRE_DATA_SIZE / sizeof(struct wire_map))

/* One direction of a channel; only its sender writes it, except asleep, which is its receiver's. */
struct wire_lane {
	_Alignas(64) _Atomic uint32_t turn; /* messages sent so far */
	_Atomic uint32_t asleep;            /* the receiver waits for the bell */
	_Atomic uint32_t cpu;               /* where the sender last ran */
	uint32_t pad;
	struct wire_message message;
};
struct wire_channel {
	struct wire_lane to_server, to_client;
	_Alignas(4096) uint8_t data[WIRE_DATA_SIZE]; /* of the message whose turn it is */
};
_Static_assert(sizeof(struct wire_message) == 56, "the same for every client");
_Static_assert(sizeof(struct wire_channel) == 65536, "the same for every client");

#endif
