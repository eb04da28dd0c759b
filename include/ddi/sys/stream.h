/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/stream.h>: messages, as buffers that drivers hand to each other.  STREAMS themselves are not here.
 *
 * Context: any.  Blocks that are left when their driver is unloaded are reported.  Source: allocb(9F), freeb(9F), freemsg(9F).
 */
#ifndef _SYS_STREAM_H
#define _SYS_STREAM_H

#include <sys/cred.h>
#include <sys/types.h>

/* priority of an allocation: not looked at */
#define BPRI_LO 1
#define BPRI_MED 2
#define BPRI_HI 3

/* db_type */
#define M_BREAK 8
#define M_CMD 0x93
#define M_COPYIN 0x8b
#define M_COPYOUT 0x8c
#define M_CTL 0xd
#define M_DATA 0
#define M_DELAY 0xc
#define M_ERROR 0x8a
#define M_EVENT 0xa
#define M_FLUSH 0x86
#define M_HANGUP 0x89
#define M_IOCACK 0x81
#define M_IOCDATA 0x8d
#define M_IOCNAK 0x82
#define M_IOCTL 0xe
#define M_PASSFP 9
#define M_PCEVENT 0x91
#define M_PCPROTO 0x83
#define M_PCRSE 0x8e
#define M_PCSIG 0x84
#define M_PROTO 1
#define M_READ 0x85
#define M_RSE 0x11
#define M_SETOPTS 0x10
#define M_SIG 0xb
#define M_START 0x88
#define M_STARTI 0x90
#define M_STOP 0x87
#define M_STOPI 0x8f
#define M_UNHANGUP 0x92

struct msgb;
struct datab;
struct queue;
typedef struct queue queue_t;

typedef struct free_rtn {
	void (*free_func)(void *);
	char *free_arg;
} frtn_t;

/* ABI. */
typedef struct datab {
	frtn_t *db_frtnp;
	unsigned char *db_base; /* the first byte, and the one behind the last */
	unsigned char *db_lim;
	unsigned char db_ref; /* blocks of it */
	unsigned char db_type;
	unsigned char db_flags;
	unsigned char db_struioflag;
	pid_t db_cpid;
	void *db_cache;
	struct msgb *db_mblk;
	void (*db_free)(struct msgb *, struct datab *);
	void (*db_lastfree)(struct msgb *, struct datab *);
	intptr_t db_cksumstart;
	intptr_t db_cksumend;
	intptr_t db_cksumstuff;
	union {
		double enforce_alignment;
		unsigned char data[8];
		struct {
			union {
				uint32_t u32;
				uint16_t u16;
			} cksum_val;
			uint16_t flags;
			uint16_t pad;
		} cksum;
	} db_struioun;
	struct fthdr *db_fthdr;
	cred_t *db_credp;
} dblk_t;

typedef struct msgb {
	struct msgb *b_next;
	struct msgb *b_prev;
	struct msgb *b_cont; /* the rest of the message */
	unsigned char *b_rptr; /* [b_rptr, b_wptr): what it holds */
	unsigned char *b_wptr;
	struct datab *b_datap;
	unsigned char b_band;
	unsigned char b_tag;
	unsigned short b_flag;
	queue_t *b_queue;
} mblk_t;

/* bytes, priority.  An empty block of type M_DATA; NULL: no memory. */
mblk_t *allocb(size_t, uint_t) SUNDOG_LINK(allocb);
/* Another block of the same bytes; NULL: no memory, or 255 of them. */
mblk_t *dupb(mblk_t *) SUNDOG_LINK(dupb);
/* One block, and its bytes with the last block of them; a whole message (NULL is nothing).  What is none: panic. */
void freeb(struct msgb *) SUNDOG_LINK(freeb);
void freemsg(mblk_t *) SUNDOG_LINK(freemsg);

/* What comes along with it. */
#include <sys/kmem.h>
#include <sys/model.h>
#include <sys/poll.h>
#include <sys/uio.h>

#endif
