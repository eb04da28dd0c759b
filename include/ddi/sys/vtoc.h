/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/vtoc.h>: tables of slices of disks. */
#ifndef _SYS_VTOC_H
#define _SYS_VTOC_H

#include <sys/types.h>

#define V_UNASSIGNED 0
#define V_UNMNT 1
#define V_VERSION 1
#define V_ALTSCTR 9
#define V_NUMPAR 16
#define V_RONLY 0x10

#define VTOC_SANE 0x600ddeee

struct partition {
	ushort_t p_tag;
	ushort_t p_flag;
	daddr_t p_start;
	long p_size;
};

struct partition32 {
	uint16_t p_tag;
	uint16_t p_flag;
	daddr32_t p_start;
	int32_t p_size;
};

struct vtoc {
	unsigned long v_bootinfo[3];
	unsigned long v_sanity;
	unsigned long v_version;
	char v_volume[8];
	ushort_t v_sectorsz;
	ushort_t v_nparts;
	unsigned long v_reserved[10];
	struct partition v_part[16];
	time_t timestamp[16];
	char v_asciilabel[128];
};

struct vtoc32 {
	uint32_t v_bootinfo[3];
	uint32_t v_sanity;
	uint32_t v_version;
	char v_volume[8];
	uint16_t v_sectorsz;
	uint16_t v_nparts;
	uint32_t v_reserved[10];
	struct partition32 v_part[16];
	time32_t timestamp[16];
	char v_asciilabel[128];
};

/* What comes along with it. */
#include <sys/dklabel.h>

#endif
