/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What drivers/rec and its applications agree on.  The structures are laid out alike for 32-bit and 64-bit
 * programs; numbers that begin with 1 (of handles and private data) are given in the order of their making,
 * 0 is none.
 */
#ifndef REC_IOCTL_H
#define REC_IOCTL_H

/* Nodes: rec (minor 0), rec.a (1), rec.b (2); they differ in nothing. */

#define REC_PAGES 8   /* of each memory, and of the device unless REC_LAYOUT says otherwise */
#define REC_PIECES 8
#define REC_RULES 16
#define REC_ANY (-1)

/* ---- what is recorded: read(2) takes whole events, oldest first, and 0 bytes mean that there are none ---- */

enum rec_kind {
	REC_OPEN = 1, REC_CLOSE, REC_SEGMAP, REC_DEVMAP, REC_MAP, REC_ACCESS, REC_DUP, REC_UNMAP,
	REC_CODE,     /* what a DDI function returned to an action */
	REC_GO,       /* a callback leaves the gate */
};
#define REC_BIT(kind) (1u << (kind))

struct rec_event {
	int kind, pid;
	int handle, data;     /* whose callback; its pvtp */
	int new1, new1_data;  /* unmap: new_dhp1 and what it gets; dup: new_dhp */
	int new2, new2_data;
	int own_space;        /* the handle is of curproc's address space */
	int new_own_space;    /* dup: the new handle is */
	unsigned type, rw;
	unsigned flags;       /* map: flags; devmap: the data model; open, close: flag */
	int code;             /* unmap: new pvtps came as the old one; open, close: minor number; go: the callback's kind */
	unsigned long long off, len;
	unsigned long long address, handle_off, handle_len; /* fields of the handle */
};

/* ---- what is behind the device ---- */

enum rec_source {
	REC_A, REC_B,         /* memory of REC_PAGES pages; A stays in memory, B is pageable */
	REC_TRASH,
	REC_HAND,             /* a cookie made by hand over A's memory from page 2 on */
	REC_OWN,              /* fresh memory for each mapping, freed in its last unmap callback */
	REC_INVALID,          /* A, set up invalid */
};

#define REC_CB_MAP 1u
#define REC_CB_ACCESS 2u
#define REC_CB_DUP 4u
#define REC_CB_UNMAP 8u
#define REC_CB_ALL 15u
#define REC_CB_OTHER 16u  /* another function for REC_CB_ACCESS */
#define REC_CB_NONE 32u   /* no callbacks structure at all */

struct rec_piece {        /* of the device, one devmap(9E) call each */
	unsigned pages;
	unsigned source, first; /* page of the source */
	unsigned flags;         /* DEVMAP_*: 2 is DEVMAP_ALLOW_REMAP */
	unsigned callbacks;
	unsigned maxprot;
};
struct rec_layout {
	unsigned count, unused;
	struct rec_piece piece[REC_PIECES];
};

/* ---- what callbacks do: the first rule that fits; without one they do what a plain driver does ---- */

enum rec_action {
	REC_RETURN,      /* value */
	REC_WAIT,        /* until REC_RELEASE, then as without a rule; a signal makes it return value */
	REC_WAIT_DEAF,   /* the same, and signals do not interrupt it */
	REC_PLAIN,       /* as without a rule */
	/* of an access: */
	REC_LOAD_ALL,    /* devmap_load(dhp, 0, 0) */
	REC_LOAD_MORE,   /* value pages from the one that is accessed */
	REC_LOAD_AS,     /* devmap_load with rw = value, whose result is returned */
	REC_LOAD_OTHERS, /* devmap_load of handle number value, whose result is recorded; 0 */
	REC_LOAD_BAD,    /* devmap_load beyond the handle, whose result is returned */
	REC_DENIED_4,    /* devmap_load for writing, and EINTR whatever came of it */
	REC_DEFAULT,     /* devmap_default_access */
	REC_TAKE,        /* unloads that page of all other handles first, under the driver's lock */
	REC_CONTEXT,     /* REC_TAKE as the contextmgt of devmap_do_ctxmgt; value: ticks to hold it */
	REC_CONTEXT_BAD, /* a contextmgt that fails with value */
	REC_REMAP_TO,    /* remaps the handle to source value, then loads */
	/* of a dup: */
	REC_INVALIDATE,  /* devmap_devmem_remap(new_dhp, DEVMAP_MAPPING_INVALID) */
	REC_LENGTH,      /* of devmap(9E): *maplen = value */
};
struct rec_rule {
	int kind, page;   /* REC_ANY: each page */
	int action, value;
	int skip, times;  /* not the first ones; 0 times: always */
};

/* ---- ioctls ---- */

#define REC_RESET (('R' << 8) | 1)       /* forgets events, rules and the layout, closes the gate */
#define REC_RECORD (('R' << 8) | 2)      /* arg: REC_BIT()s of what is recorded; map, access, dup, unmap, code at first */
#define REC_SET_LAYOUT (('R' << 8) | 3)  /* struct rec_layout */
#define REC_ADD_RULE (('R' << 8) | 4)    /* struct rec_rule */
#define REC_NO_RULES (('R' << 8) | 5)
#define REC_RELEASE (('R' << 8) | 6)     /* opens the gate: whoever waits goes on, and later ones do not wait */
#define REC_HOLD (('R' << 8) | 7)        /* closes it */
#define REC_WAITERS (('R' << 8) | 8)     /* arg: waits until so many callbacks wait at the gate now */
#define REC_UNLOAD (('R' << 8) | 9)      /* struct rec_range; returns devmap_unload's result */
#define REC_UNLOAD_ALL (('R' << 8) | 10) /* of every handle; returns their number */
#define REC_REMAP (('R' << 8) | 11)      /* struct rec_remap; returns devmap_umem_remap's result + 1 */
#define REC_SET_INVALID (('R' << 8) | 12) /* arg: handle; returns devmap_devmem_remap's result + 1 */
#define REC_MAP_HERE (('R' << 8) | 13)   /* struct rec_map_here: devmap_setup() from an ioctl */
#define REC_COPY (('R' << 8) | 14)       /* struct rec_copy: the driver's own access to the application's memory */
#define REC_PEEK (('R' << 8) | 15)       /* arg: page of A, or of B from REC_PAGES on; returns its first int */
#define REC_POKE (('R' << 8) | 16)       /* arg: page * 256 + value */
#define REC_HANDLES (('R' << 8) | 17)    /* returns handles that there are */
#define REC_OWN_LEFT (('R' << 8) | 18)   /* returns REC_OWN memories that are not freed */
#define REC_WAITED (('R' << 8) | 19)     /* arg: waits until so many callbacks have come to the gate since the reset */
#define REC_LOCK_USER (('R' << 8) | 20)  /* struct rec_user: ddi_umem_lock(); what is left is unlocked by the last close */
#define REC_UNLOCK_USER (('R' << 8) | 21) /* arg: slot */
#define REC_USER_SLOTS 8

struct rec_user {
	unsigned long long address, len;
	int flags, slot;                /* flags: DDI_UMEMLOCK_READ 1, DDI_UMEMLOCK_WRITE 2; slot: out */
};
struct rec_range {
	int handle, unused;
	unsigned long long off, len;
};
struct rec_remap {
	int handle;
	unsigned source, first, pages, maxprot, flags;
};
struct rec_map_here {
	unsigned prot, maxprot, flags, unused;
	unsigned long long off, len, address; /* address: in and out */
};
enum rec_way { REC_COPYIN, REC_COPYOUT, REC_UIOMOVE_IN, REC_UIOMOVE_OUT };
struct rec_copy {
	int way, result;                /* result: of the function */
	unsigned value, unused;         /* of each byte out; in: of the first, if all are alike, else 256 */
	unsigned long long address, len;
};

#endif
