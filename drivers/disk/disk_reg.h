/* SPDX-License-Identifier: BSD-2-Clause */
/* disk_reg.h: the controller of drivers/disk, as its data sheet would tell it.  Little-endian. */
#ifndef DISK_REG_H
#define DISK_REG_H

#include <sys/types.h>

/* Register set 0. */
struct disk_registers {
	uint32_t command;  /* DISK_*; writing it begins the command */
	uint32_t status;   /* DISK_IDLE, or how the last command ended, until the driver writes DISK_IDLE */
	uint64_t block;    /* first block of 512 bytes */
	uint32_t length;   /* bytes, whole blocks */
	uint32_t elements; /* of the list, at most DISK_LIST_MAX */
	uint64_t list;     /* I/O address of struct disk_element[] */
	uint32_t blocks;   /* of the disk; read only */
};

enum { DISK_READ = 1, DISK_WRITE = 2 };
enum { DISK_IDLE = 0, DISK_DONE = 1, DISK_ERROR = 2 };

/* Where the data goes or comes from, one after the other. */
struct disk_element {
	uint64_t address; /* I/O address */
	uint64_t length;  /* bytes */
};
#define DISK_LIST_MAX 8

/* The simulated controller, disk_hw.c. */
struct disk_hw;
struct disk_hw *disk_hw_create(dev_info_t *dip, uint32_t blocks);
void disk_hw_destroy(struct disk_hw *hw);
/* Real hardware sees that its command register is written; this one is told. */
void disk_hw_doorbell(struct disk_hw *hw);
/* Its disk, for a driver that is compiled with -DDISK_PIO: it moves the bytes itself. */
char *disk_hw_media(struct disk_hw *hw);

#endif
