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

#define B_WRITE 0x100
#define B_BUSY 0x0001
#define B_DONE 0x0002
#define B_ERROR 0x0004
#define B_PAGEIO 0x0010
#define B_PHYS 0x0020
#define B_READ 0x0040
#define B_WANTED 0x0080
#define B_AGE 0x200
#define B_ASYNC 0x400
#define B_DELWRI 0x800
#define B_STALE 0x1000
#define B_DONTNEED 0x2000
#define B_REMAPPED 0x4000
#define B_FREE 0x8000
#define B_INVAL 0x10000
#define B_FORCE 0x20000
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
		struct fs *b_fs;
		struct cg *b_cg;
		struct dinode *b_dino;
		daddr32_t *b_daddr;
	} b_un;
	lldaddr_t _b_blkno; /* b_lblkno, b_blkno: in units of DEV_BSIZE */
	char b_obs1;
	size_t b_resid;  /* bytes not moved */
	clock_t b_start;
	struct proc *b_proc;
	struct page *b_pages;
	clock_t b_obs2;
	size_t b_bufsize;
	int (*b_iodone)(struct buf *);
	struct vnode *b_vp;
	struct buf *b_chain;
	int b_obs3;
	int b_error;
	void *b_private; /* the driver's */
	dev_t b_edev;
	ksema_t b_sem;   /* held while physio(9F) uses it */
	ksema_t b_io;    /* biowait(9F) */
	struct buf *b_list;
	struct page **b_shadow;
	void *b_dip;
	struct vnode *b_file;
	offset_t b_offset;
	void *b_cookie_; /* the framework's: umem cookie, and offset in it */
	uint64_t b_cookie_off_;
	void *b_internal_[4];
} buf_t;

#define b_lblkno _b_blkno._f
#define b_blkno _b_blkno._p
#define paddr(bp) (bp)->b_un.b_addr

/*
 * A buf of the driver's own, as bioinit() leaves it.  flag: KM_SLEEP or KM_NOSLEEP (NULL: no memory now).  Given back
 * by freerbuf(), which also ends bp_mapin().  differs: freeing what did not come from getrbuf() is a panic.
 */
struct buf *getrbuf(int flag) SUNDOG_LINK(getrbuf);
void freerbuf(struct buf *bp) SUNDOG_LINK(freerbuf);
/* For a buf inside a struct of the driver's, biosize() bytes: all zero, idle.  Ended by biofini(), reset by bioreset(). */
void bioinit(struct buf *bp) SUNDOG_LINK(bioinit);
void biofini(struct buf *bp) SUNDOG_LINK(biofini);
/* As biofini() and bioinit(): for the next transfer with the same buf, whose last one is done and mapped out. */
void bioreset(struct buf *bp) SUNDOG_LINK(bioreset);
size_t biosize(void) SUNDOG_LINK(biosize);
int biomodified(struct buf *) SUNDOG_ABSENT(biomodified);
/*
 * A buf for [off, off + len) of bp's memory, on another device, block and b_iodone.  clone: a buf after bioinit(), or
 * NULL: from getrbuf(flag), NULL if there is no memory now.  bp stays until its clones are freed.  differs: a range
 * outside of bp is a panic.
 */
struct buf *bioclone(struct buf *bp, off_t off, size_t len, dev_t dev, daddr_t blkno, int (*iodone)(struct buf *),
		     struct buf *clone, int flag) SUNDOG_LINK(bioclone);
/*
 * The transfer is over: b_iodone is called if there is one, and is responsible for all the rest; else B_DONE is set and
 * biowait() returns.  Any context.  differs: done a second time is a panic.
 */
void biodone(struct buf *bp) SUNDOG_LINK(biodone);
/* Waits, uninterruptibly, until it is over.  0 or the buf's errno, as geterror().  User, kernel context. */
int biowait(struct buf *bp) SUNDOG_LINK(biowait);
/* error: errno, or 0: no error any more.  Any context. */
void bioerror(struct buf *bp, int error) SUNDOG_LINK(bioerror);
/* 0; b_error with B_ERROR in b_flags, EIO if that is 0.  Any context. */
int geterror(struct buf *bp) SUNDOG_LINK(geterror);
/* Zeroes the buf's memory, and b_resid. */
void clrbuf(struct buf *bp) SUNDOG_LINK(clrbuf);
/*
 * b_un.b_addr becomes a kernel address of the buf's memory until bp_mapout(); nothing for a buf whose address is the
 * kernel's.  Pages of ddi_umem_lock(9F) are shared with their process from then on.  differs: those of physio(9F), and
 * what cannot be shared (its process has died), are looked at in a copy, which bp_mapout(), or physio() after
 * biodone(), writes back for B_READ.  User, kernel context.
 */
void bp_mapin(struct buf *bp) SUNDOG_LINK(bp_mapin);
void bp_mapout(struct buf *bp) SUNDOG_LINK(bp_mapout);
/*
 * Copies [offset, offset + size) of the buf's memory to the driver's, or back, mapped in or not.  0, or EFAULT: outside of
 * the buf, or its process is gone.
 */
int bp_copyin(struct buf *bp, void *to, offset_t offset, size_t size) SUNDOG_LINK(bp_copyin);
int bp_copyout(void *from, struct buf *bp, offset_t offset, size_t size) SUNDOG_LINK(bp_copyout);
/*
 * read(9E) or write(9E) straight from and to the memory that uio names: for each vector, in parts that mincnt() allows
 * (it lowers b_bcount where needed), the pages are locked, strategy(bp) is called, and the driver's biodone() awaited.
 * bp: the driver's own, as bioinit() left it, waited for while another physio() uses it; NULL: one is made.  rw: B_READ
 * (device to memory) or B_WRITE.  b_lblkno is uio_loffset / DEV_BSIZE.  A part that leaves b_resid ends it.  uio has advanced over what was moved.
 * 0; EFAULT: memory that is not there, or must not be written; ENOMEM, EAGAIN: it cannot be locked; EINTR; the buf's
 * errno.  User context.
 */
int physio(int (*strategy)(struct buf *), struct buf *bp, dev_t dev, int rw, void (*mincnt)(struct buf *),
	   struct uio *uio) SUNDOG_LINK(physio);
/* The system's limit on b_bcount.  differs: 1 MiB, as no hardware is in the way. */
void minphys(struct buf *bp) SUNDOG_LINK(minphys);

/* What comes along with it. */
#include <sys/kstat.h>

#endif
