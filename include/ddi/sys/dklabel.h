/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/dklabel.h>: labels of disks. */
#ifndef _SYS_DKLABEL_H
#define _SYS_DKLABEL_H

#include <sys/types.h>
#include <sys/vtoc.h>

#define DK_DEVID_REV_MSB 0
#define DK_DEVID_REV_LSB 1
#define DK_DEVID_SIZE 505

#define DKL_MAGIC 0xdabe
#define DK_MAX_BLOCKS 0x7fffffff
#define LEN_DKL_VVOL 8
#define LEN_DKL_ASCII 128
#define NDKMAP 16

struct dk_devid {
	uchar_t dkd_rev_hi;
	uchar_t dkd_rev_lo;
	uchar_t dkd_flags;
	uchar_t dkd_devid[505];
	uchar_t dkd_checksum3;
	uchar_t dkd_checksum2;
	uchar_t dkd_checksum1;
	uchar_t dkd_checksum0;
};

typedef daddr32_t blkaddr32_t;

struct dkl_partition {
	uint16_t p_tag;
	uint16_t p_flag;
	blkaddr32_t p_start;
	blkaddr32_t p_size;
};

struct dk_vtoc {
	uint32_t v_bootinfo[3];
	uint32_t v_sanity;
	uint32_t v_version;
	char v_volume[8];
	uint16_t v_sectorsz;
	uint16_t v_nparts;
	uint32_t v_reserved[10];
	struct dkl_partition v_part[16];
	time32_t timestamp[16];
	char v_asciilabel[128];
};

struct dk_label {
	struct dk_vtoc dkl_vtoc;
	uint32_t dkl_pcyl;
	uint32_t dkl_ncyl;
	uint16_t dkl_acyl;
	uint16_t dkl_bcyl;
	uint32_t dkl_nhead;
	uint32_t dkl_nsect;
	uint16_t dkl_intrlv;
	uint16_t dkl_skew;
	uint16_t dkl_apc;
	uint16_t dkl_rpm;
	uint16_t dkl_write_reinstruct;
	uint16_t dkl_read_reinstruct;
	uint16_t dkl_extra[4];
	char dkl_pad[12];
	uint16_t dkl_magic;
	uint16_t dkl_cksum;
};

typedef daddr_t blkaddr_t;

struct dk_map {
	blkaddr_t dkl_cylno;
	blkaddr_t dkl_nblk;
};

struct dk_map2 {
	uint16_t p_tag;
	uint16_t p_flag;
};

struct dk_map32 {
	blkaddr32_t dkl_cylno;
	blkaddr32_t dkl_nblk;
};

#define DKD_FORMCHKSUM(sum, dkd) \
	do { \
		(dkd)->dkd_checksum3 = (uchar_t)((uint32_t)(sum) >> 24); \
		(dkd)->dkd_checksum2 = (uchar_t)((uint32_t)(sum) >> 16); \
		(dkd)->dkd_checksum1 = (uchar_t)((uint32_t)(sum) >> 8); \
		(dkd)->dkd_checksum0 = (uchar_t)(sum); \
	} while (0)
#define DKD_GETCHKSUM(dkd) \
	((uint32_t)(dkd)->dkd_checksum3 << 24 | (uint32_t)(dkd)->dkd_checksum2 << 16 | \
	 (uint32_t)(dkd)->dkd_checksum1 << 8 | (dkd)->dkd_checksum0)

#endif
