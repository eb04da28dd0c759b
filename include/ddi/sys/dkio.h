/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/dkio.h>: disks: ioctls. */
#ifndef _SYS_DKIO_H
#define _SYS_DKIO_H

#include <sys/types.h>
#include <sys/dklabel.h>

#define DKC_UNKNOWN 0
#define DKC_MD 16
#define DKC_INTEL82077 19

#define DKIO_NONE 0
#define DKIO_EJECTED 1
#define DKIO_INSERTED 2

#define DK_UNKNOWN 0
#define DK_DEVLEN 16
#define DK_FLOPPY 0x10002

#define DKIOCADDBAD 1044
#define DKIOCEJECT 1030
#define DKIOCGAPART 1029
#define DKIOCGETEFI 1042
#define DKIOCGGEOM 1025
#define DKIOCGMBOOT 1067
#define DKIOCGMEDIAINFO 1066
#define DKIOCGVTOC 1035
#define DKIOCG_PHYGEOM 1056
#define DKIOCG_VIRTGEOM 1057
#define DKIOCINFO 1027
#define DKIOCPARTINFO 1046
#define DKIOCPARTITION 1033
#define DKIOCREMOVABLE 1040
#define DKIOCSAPART 1028
#define DKIOCSETEFI 1041
#define DKIOCSGEOM 1026
#define DKIOCSMBOOT 1068
#define DKIOCSTATE 1037
#define DKIOCSVTOC 1036
#define DKIO_DEV_GONE 3
#define DKI_FMTTRK 4
#define DKI_FMTVOL 8
#define DK_FIXED_DISK 0x10001

struct dk_allmap {
	struct dk_map dka_map[16];
};

struct dk_allmap32 {
	struct dk_map32 dka_map[16];
};

struct dk_cinfo {
	char dki_cname[16];
	ushort_t dki_ctype;
	ushort_t dki_flags;
	ushort_t dki_cnum;
	uint_t dki_addr;
	uint_t dki_space;
	uint_t dki_prio;
	uint_t dki_vec;
	char dki_dname[16];
	uint_t dki_unit;
	uint_t dki_slave;
	ushort_t dki_partition;
	ushort_t dki_maxtransfer;
};

struct dk_geom {
	unsigned short dkg_ncyl;
	unsigned short dkg_acyl;
	unsigned short dkg_bcyl;
	unsigned short dkg_nhead;
	unsigned short dkg_obs1;
	unsigned short dkg_nsect;
	unsigned short dkg_intrlv;
	unsigned short dkg_obs2;
	unsigned short dkg_obs3;
	unsigned short dkg_apc;
	unsigned short dkg_rpm;
	unsigned short dkg_pcyl;
	unsigned short dkg_write_reinstruct;
	unsigned short dkg_read_reinstruct;
	unsigned short dkg_extra[7];
};

struct dk_minfo {
	uint_t dki_media_type;
	uint_t dki_lbsize;
	diskaddr_t dki_capacity;
};

typedef uint_t volcapinfo_t;
typedef uint_t volcapset_t;

typedef struct volcap {
	volcapinfo_t vc_info;
	volcapset_t vc_set;
} volcap_t;

#endif
