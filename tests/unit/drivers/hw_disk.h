/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hw_disk.h: the disk of the driver hw: a strategy(9E) that moves blocks of memory, in ways that the test chooses, and
 * what it saw.  No header behind it.
 */
#ifndef TESTS_UNIT_DRIVERS_HW_DISK_H
#define TESTS_UNIT_DRIVERS_HW_DISK_H

#include <stdbool.h>
#include <stddef.h>

#define HW_DISK_BLOCKS 300
#define HW_DISK_SIZE (HW_DISK_BLOCKS * 512ul)

enum hw_way {
	HW_COPY,   /* bp_copyin(9F), bp_copyout(9F) */
	HW_MAPIN,  /* bp_mapin(9F) */
	HW_DMA,    /* ddi_dma_buf_bind_handle(9F), and the device moves it */
};

struct hw_disk {
	/* set by the test */
	enum hw_way way;
	bool later;      /* strategy(9E) returns before the transfer */
	int error;       /* of the transfer at error_at */
	size_t error_at; /* block */
	size_t most;     /* of mincnt, bytes; 0: minphys(9F) */
	int held;        /* transfers wait while it is set */
	bool own_buf;    /* one for all transfers of physio(9F) */
	/* seen */
	unsigned transfers, cookies;
	int entered, done; /* of held ones */
	int flags;       /* of the last buf */
	bool of_caller;  /* ... whose b_proc was the calling process */
	size_t largest;
};
extern struct hw_disk hw_disk;
extern char hw_disk_data[HW_DISK_SIZE];

/* ioctl: locks umem.len bytes at its argument, moves [off, off + n) of it at block blkno. */
struct hw_umem {
	size_t len, off, n;
	int lock;      /* DDI_UMEMLOCK_* */
	int direction; /* B_READ, B_WRITE */
	long blkno;
	bool half;     /* by two clones, a half each */
	/* seen */
	int flags;
	bool of_caller, at_address;
};
extern struct hw_umem hw_umem;

struct buf;
int hw_strategy(struct buf *bp);
struct buf *hw_disk_buf(void);
void hw_disk_mincnt(struct buf *bp);
int hw_disk_umem(unsigned long dev, char *address);
void hw_disk_begin(void); /* at attach */
void hw_disk_end(void);

#endif
