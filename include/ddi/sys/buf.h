/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/buf.h>: block I/O requests, buf(9S). */
#ifndef _SYS_BUF_H
#define _SYS_BUF_H

#include <sys/dditypes.h>
#include <sys/ksynch.h>
#include <sys/types.h>
#include <sys/uio.h>

struct page;
struct proc;

#define B_WRITE 0x0000
#define B_BUSY 0x0001
#define B_DONE 0x0002
#define B_ERROR 0x0004
#define B_PAGEIO 0x0010
#define B_PHYS 0x0020
#define B_READ 0x0040
#define B_WANTED 0x0080
#define B_AGE 0x0100
#define B_ASYNC 0x0200
#define B_DELWRI 0x0400
#define B_STALE 0x0800
#define B_DONTNEED 0x1000
#define B_REMAPPED 0x2000
#define B_FREE 0x4000
#define B_INVAL 0x8000
#define B_FORCE 0x10000
#define B_NOCACHE 0x80000
#define B_TRUNC 0x100000
#define B_SHADOW 0x200000
#define B_RETRYWRI 0x400000
#define B_FAILFAST 0x1000000

/* Drivers touch every field without a trailing underscore. */
typedef struct buf {
	int b_flags;
	struct buf *b_forw, *b_back;
	struct buf *av_forw, *av_back; /* the driver's to queue with */
	o_dev_t b_dev;
	size_t b_bcount; /* bytes */
	union {
		caddr_t b_addr;
		daddr_t *b_daddr;
	} b_un;
	union {
		diskaddr_t b_lblkno; /* DEV_BSIZE units */
		daddr_t b_blkno;
	};
	int b_error;
	size_t b_resid;  /* bytes not moved */
	clock_t b_start;
	struct proc *b_proc;
	struct page *b_pages;
	size_t b_bufsize;
	int (*b_iodone)(struct buf *);
	dev_t b_edev;
	void *b_private; /* the driver's */
	struct page **b_shadow;
	dev_info_t *b_dip;
	offset_t b_offset;
	ksema_t b_sem;   /* held while busy */
	ksema_t b_io;    /* biowait(9F) */
	void *b_cookie_; /* the framework's: umem cookie, and offset in it */
	uint64_t b_cookie_off_;
	void *b_internal_[4];
} buf_t;

#define paddr(bp) (bp)->b_un.b_addr

struct buf *getrbuf(int) SUNDOG_LINK(getrbuf);
void freerbuf(struct buf *) SUNDOG_LINK(freerbuf);
void bioinit(struct buf *) SUNDOG_LINK(bioinit);
void biofini(struct buf *) SUNDOG_LINK(biofini);
void bioreset(struct buf *) SUNDOG_LINK(bioreset);
size_t biosize(void) SUNDOG_LINK(biosize);
int biomodified(struct buf *) SUNDOG_LINK(biomodified);
struct buf *bioclone(struct buf *, off_t, size_t, dev_t, daddr_t, int (*)(struct buf *), struct buf *, int)
	SUNDOG_LINK(bioclone);
void biodone(struct buf *) SUNDOG_LINK(biodone);
int biowait(struct buf *) SUNDOG_LINK(biowait);
void bioerror(struct buf *, int) SUNDOG_LINK(bioerror);
int geterror(struct buf *) SUNDOG_LINK(geterror);
void clrbuf(struct buf *) SUNDOG_LINK(clrbuf);
void bp_mapin(struct buf *) SUNDOG_LINK(bp_mapin);
void bp_mapout(struct buf *) SUNDOG_LINK(bp_mapout);
int bp_copyin(struct buf *, void *, offset_t, size_t) SUNDOG_LINK(bp_copyin);
int bp_copyout(void *, struct buf *, offset_t, size_t) SUNDOG_LINK(bp_copyout);
int physio(int (*)(struct buf *), struct buf *, dev_t, int, void (*)(struct buf *), struct uio *)
	SUNDOG_LINK(physio);
void minphys(struct buf *) SUNDOG_LINK(minphys);

#endif
