/* SPDX-License-Identifier: BSD-2-Clause */
/* tdrv.h: what tdrv.c and its applications agree on; the includer has fixed-size types. */
#ifndef TDRV_H
#define TDRV_H

/* Minor nodes: /dev/tdrv, /dev/tdrv.ring, ... */
#define TDRV_MAIN 0
#define TDRV_RING 1  /* read and write: a ring of bytes */
#define TDRV_EXCL 2  /* one open at a time */
#define TDRV_LOG 3   /* read: what happened, a line each */
#define TDRV_CLONE 4 /* every open gets a minor of its own, with a page of its own */
#define TDRV_PRIV 5  /* mode 0600 */
#define TDRV_MINORS 6
#define TDRV_CLONE_FIRST 16 /* minors of clones */
#define TDRV_CLONE_MAX 4096

#define TDRV_IOC(n) (('T' << 8) | (n))
#define TDRV_ECHO TDRV_IOC(1)    /* returns arg */
#define TDRV_COPY TDRV_IOC(2)    /* struct tdrv_copy */
#define TDRV_COUNT TDRV_IOC(3)   /* returns how often it was called */
#define TDRV_SLEEP TDRV_IOC(4)   /* until TDRV_WAKE; EINTR */
#define TDRV_WAKE TDRV_IOC(5)    /* all sleepers; returns their number */
#define TDRV_SLEEPERS TDRV_IOC(6) /* waits until arg threads sleep; EINTR */
#define TDRV_ERROR TDRV_IOC(7)   /* fails with errno arg */
#define TDRV_INFO TDRV_IOC(8)    /* struct tdrv_info, out */
#define TDRV_FILL TDRV_IOC(9)    /* the driver writes byte arg & 255 over page arg >> 8 */
#define TDRV_PEEK TDRV_IOC(10)   /* the driver reads the byte at offset arg: returned */
#define TDRV_ANSWER TDRV_IOC(11) /* struct tdrv_answer, in and out */
#define TDRV_STATS TDRV_IOC(12)  /* struct tdrv_stats, out */
#define TDRV_SLEEP_HARD TDRV_IOC(13) /* as TDRV_SLEEP, but no signal ends it */
#define TDRV_FLAGS TDRV_IOC(14)  /* returns the mode argument of ioctl(9E) */

/* Where things are in the mappable range of TDRV_MAIN. */
#define TDRV_AT_MEMORY 0x0u          /* TDRV_PAGES pages, non-pageable */
#define TDRV_AT_PAGEABLE 0x1000000u  /* 1 MiB */
#define TDRV_AT_READONLY 0x2000000u  /* the memory again, granted for reading only */
#define TDRV_AT_TRASH 0x3000000u     /* 4 pages */
#define TDRV_AT_SMALL 0x4000000u     /* a cookie of 100 bytes */
#define TDRV_AT_TWO 0x5000000u       /* two handles: page 0 of the memory, page 0 of the pageable */
#define TDRV_AT_NOUSER 0x6000000u    /* granted without PROT_USER: fails */
#define TDRV_AT_EPERM 0x7000000u     /* devmap(9E) returns EPERM */
#define TDRV_AT_TRACKED 0x8000000u   /* the memory again, with map, dup and unmap callbacks in the log */
#define TDRV_AT_MAPFAIL 0x9000000u   /* its devmap_map fails */
#define TDRV_AT_DUPFAIL 0xa000000u   /* its devmap_dup fails: fork must fail */
#define TDRV_PAGES 16

struct tdrv_info {
	int32_t pid;
	uint32_t uid, gid, model; /* model: 32 or 64 */
};

struct tdrv_answer {
	uint64_t question, answer; /* tdrv_answer(question) */
};
#define TDRV_ANSWER_OF(q) ((q) * 0x9e3779b97f4a7c15ull + 1)

struct tdrv_stats {
	uint32_t clones;   /* open now */
	uint32_t mappings; /* tracked handles now */
	uint32_t sleepers;
	uint32_t open;     /* bit per minor < 16: between open(9E) and close(9E) */
};

/* The driver inverts len bytes at buf, and sum becomes what they added up to before. */
struct tdrv_copy {
	int magic;
	void *buf;
	unsigned long len;
	long sum;
};
#define TDRV_MAGIC 0x7d127d12
#define TDRV_COPY_MAX (1 << 20)

#endif
