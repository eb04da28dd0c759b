/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mdl.h: between the driver that the model is compared with and everybody else.  It includes no header, since neither
 * world's may be seen in the other one.
 *
 * What a mapping is like is in its offset: page MDL_OFFSET_PAGES * layout + page of the device.  All behaviour of the
 * driver follows from the layout, and from the script that is set before an operation.
 */
#ifndef TESTS_MODEL_MDL_H
#define TESTS_MODEL_MDL_H

#define MDL_PAGE 4096ul
#define MDL_OFFSET_PAGES 64 /* device pages of a layout */
#define MDL_COOKIE_PAGES 32
#define MDL_COOKIES 3 /* resident, pageable, trash */
#define MDL_TRASH 2
#define MDL_MINORS 2

/* ---- layouts ---- */

#define MDL_HAS_MAP 1u
#define MDL_HAS_ACCESS 2u
#define MDL_HAS_DUP 4u
#define MDL_HAS_UNMAP 8u
#define MDL_HAS_ALL 15u
#define MDL_OTHER_ACCESS 16u /* another function than MDL_HAS_ACCESS's */

#define MDL_INVALID 1u /* DEVMAP_MAPPING_INVALID */
#define MDL_REMAP 2u   /* DEVMAP_ALLOW_REMAP */

/* What goes wrong in devmap(9E), for the part with that index. */
enum mdl_fault {
	MDL_NO_FAULT,
	MDL_FAILS,    /* returns an errno */
	MDL_NO_SETUP, /* says what it covers, and sets nothing up */
	MDL_ODD,      /* covers no whole number of pages */
	MDL_NOTHING,  /* covers nothing */
	MDL_SHORT,    /* sets up less than it says */
};

/* Parts of part_pages each; even and odd ones differ. */
struct mdl_layout {
	int part_pages; /* 0: one part, as long as is asked for; -1: one, to the cookie's end */
	struct mdl_part {
		unsigned callbacks, flags, maxprot;
		int cookie;
	} part[2];
	enum mdl_fault fault;
	int fault_part;
};

#define MDL_RWX 15u /* PROT_READ, WRITE, EXEC, USER */
#define MDL_R 9u
#define MDL_LAYOUTS 20
static const struct mdl_layout mdl_layouts[MDL_LAYOUTS] = {
	{0, {{MDL_HAS_ALL, 0, MDL_RWX, 0}}, MDL_NO_FAULT, 0},
	{2, {{MDL_HAS_ALL, 0, MDL_RWX, 0}, {MDL_HAS_ALL, 0, MDL_RWX, 1}}, MDL_NO_FAULT, 0},
	{0, {{MDL_HAS_ALL, MDL_REMAP, MDL_RWX, 1}}, MDL_NO_FAULT, 0},
	{3, {{MDL_HAS_ALL, MDL_REMAP, MDL_RWX, 0}, {MDL_HAS_ALL, MDL_REMAP, MDL_RWX, 1}}, MDL_NO_FAULT, 0},
	{0, {{MDL_HAS_ALL, MDL_REMAP | MDL_INVALID, MDL_RWX, 0}}, MDL_NO_FAULT, 0},
	{1, {{MDL_HAS_ALL, 0, MDL_RWX, 0}, {MDL_HAS_MAP | MDL_HAS_DUP | MDL_HAS_UNMAP, 0, MDL_RWX, 1}}, MDL_NO_FAULT, 0},
	{0, {{MDL_HAS_MAP | MDL_HAS_DUP | MDL_HAS_UNMAP, 0, MDL_RWX, 1}}, MDL_NO_FAULT, 0},
	{0, {{MDL_HAS_MAP | MDL_HAS_DUP | MDL_HAS_UNMAP, MDL_REMAP, MDL_RWX, 0}}, MDL_NO_FAULT, 0},
	{0, {{MDL_HAS_MAP | MDL_HAS_DUP | MDL_HAS_UNMAP, MDL_REMAP | MDL_INVALID, MDL_RWX, 0}}, MDL_NO_FAULT, 0},
	{0, {{0, 0, MDL_RWX, 0}}, MDL_NO_FAULT, 0},
	{2, {{MDL_HAS_ALL, 0, MDL_RWX, MDL_TRASH}, {MDL_HAS_ALL, 0, MDL_RWX, 0}}, MDL_NO_FAULT, 0},
	{0, {{MDL_HAS_ACCESS, 0, MDL_RWX, 1}}, MDL_NO_FAULT, 0},
	{2, {{MDL_HAS_ALL, 0, MDL_R, 0}, {MDL_HAS_ALL, 0, MDL_RWX, 0}}, MDL_NO_FAULT, 0},
	{-1, {{MDL_HAS_ALL, 0, MDL_RWX, 1}}, MDL_NO_FAULT, 0},
	{1, {{MDL_HAS_ALL, 0, MDL_RWX, 0}, {(MDL_HAS_ALL & ~MDL_HAS_ACCESS) | MDL_OTHER_ACCESS, 0, MDL_RWX, 1}}, MDL_NO_FAULT, 0},
	{2, {{MDL_HAS_ALL, 0, MDL_RWX, 0}, {MDL_HAS_ALL, 0, MDL_RWX, 1}}, MDL_FAILS, 1},
	{2, {{MDL_HAS_ALL, 0, MDL_RWX, 0}, {MDL_HAS_ALL, 0, MDL_RWX, 1}}, MDL_NO_SETUP, 1},
	{2, {{MDL_HAS_ALL, 0, MDL_RWX, 0}, {MDL_HAS_ALL, 0, MDL_RWX, 1}}, MDL_ODD, 1},
	{0, {{MDL_HAS_ALL, 0, MDL_RWX, 0}}, MDL_NOTHING, 0},
	{2, {{MDL_HAS_ALL, 0, MDL_RWX, 0}, {MDL_HAS_ALL, 0, MDL_RWX, 1}}, MDL_SHORT, 2},
};

/* ---- the script of an operation ---- */

enum mdl_access {
	MDL_LOAD,        /* devmap_load of what is asked for */
	MDL_DEFAULT,     /* devmap_default_access */
	MDL_WHOLE,       /* devmap_load of the whole handle */
	MDL_RETURN,      /* returns value and loads nothing, then MDL_LOAD */
	MDL_LATER,       /* the same with 0 */
	MDL_CONTEXT,     /* devmap_do_ctxmgt: the handle of the current context is unloaded first */
	MDL_REMAP_FIRST, /* the handle is remapped to cookie value first */
	MDL_ACCESS_KINDS,
};

struct mdl_script {
	enum mdl_access access;
	int value;
	int fail_map, fail_dup; /* the n-th one from now on fails, from 1; 0: none */
	int dup_error;
	int relabel; /* unmap gives what stays of a handle new private data, though it need not */
};

/* ---- events ---- */

enum mdl_event_kind {
	MDL_EV_DEVMAP = 1,
	MDL_EV_MAP,
	MDL_EV_ACCESS,
	MDL_EV_DUP,
	MDL_EV_UNMAP,
	MDL_EV_CONTEXT,
	MDL_EV_CLEANUP,
	MDL_EV_CLOSE,
};

/* A field that does not belong to the kind is 0. */
struct mdl_event {
	int kind;
	int pid;           /* of curproc */
	int id;            /* private data: the driver numbers it from 1; of a lock: its slot + 1 */
	int before, after; /* unmap: private data of what is left; -1: nothing.  dup: after is the child's */
	unsigned type, rw; /* access; rw: flags of map and close */
	unsigned minor;    /* devmap, close */
	int unused;
	int own;                      /* is the handle's address space curproc's? (dup: the new handle's) */
	unsigned long long addr, len; /* addr: the handle's, in map and unmap */
	long long off;
};

#define MDL_EVENTS 512

/* ---- commands ---- */

enum mdl_op {
	MDL_OP_UNLOAD = 1, /* id off len */
	MDL_OP_DO_LOAD,    /* id off len rw */
	MDL_OP_REMAP,      /* id cookie koff len maxprot */
	MDL_OP_INVALIDATE, /* id len maxprot */
	MDL_OP_COPYIN,     /* addr -> value */
	MDL_OP_COPYOUT,    /* addr value */
	MDL_OP_LOCK,       /* slot addr len rw cleanup */
	MDL_OP_UNLOCK,     /* slot */
	MDL_OP_SCRIPT,
	MDL_OP_EVENTS, /* fetches and forgets them: to the user address addr */
	MDL_OP_PEEK,   /* cookie page word -> value */
	MDL_OP_POKE,   /* cookie page word value */
	MDL_OP_RESET,  /* numbers from 1 again, contents zero */
	MDL_OP_CODES,  /* addr: FC_NOMAP, len: FC_OBJERR */
};

#define MDL_LOCKS 3

struct mdl_command {
	int op;
	int id; /* of a handle; slot of a lock; cookie */
	int cookie;
	unsigned prot; /* maxprot, rw */
	int cleanup;   /* with a callback that unlocks; 2: and DDI_UMEMLOCK_LONGTERM */
	int result;    /* out: what the function of the DDI returned */
	long long off;
	unsigned long long addr, len, value;
	struct mdl_script script;
};

/*
 * The commands of ioctl(2) on /dev/mdl: its argument points to a struct mdl_command in the process's memory, or in the
 * program that the driver is linked into.  Opens of that node are not recorded.
 */
#define MDL_IOCTL 0x4d44
#define MDL_IOCTL_LINKED 0x4d45
#define MDL_CONTROL MDL_MINORS /* its minor */

/* ---- linked into a program: without a process, where none is needed ---- */

struct modinfo;
int mdl_init(void);
int mdl_info(struct modinfo *);
int mdl_fini(void);
extern int mdl_linked; /* true: it is linked in */
int mdl_command(struct mdl_command *command);
/* The events since the last call; until the next callback.  *count may be more than MDL_EVENTS: some are lost. */
struct mdl_event *mdl_take_events(int *count);

#endif
