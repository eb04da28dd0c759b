/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/file.h>: flags of an open file, as open(9E), close(9E) and ioctl(9E) see them. */
#ifndef _SYS_FILE_H
#define _SYS_FILE_H

#include <sys/ksynch.h>
#include <sys/model.h>
#include <sys/types.h>

#define FOPEN 0xFFFFFFFF
#define FREAD 0x01
#define FWRITE 0x02
#define FNDELAY 0x04
#define FAPPEND 0x08
#define FSYNC 0x10
#define FREVOKED 0x20
#define FDSYNC 0x40
#define FNONBLOCK 0x80
#define FCREAT 0x0100
#define FTRUNC 0x0200
#define FEXCL 0x0400
#define FASYNC 0x1000
#define FOFFMAX 0x2000
#define FXATTR 0x4000
#define FNOCTTY 0x0800
#define FRSYNC 0x8000
#define FNOFOLLOW 0x20000
#define FIGNORECASE 0x80000
#define FDIRECT 0x2000000
#define FKLYR 0x40000000 /* the open is a layered driver's */

#define FMODELS DATAMODEL_MASK /* data model of the caller in ioctl(9E)'s mode */
#define FILP32 DATAMODEL_ILP32
#define FLP64 DATAMODEL_LP64
#define FNATIVE DATAMODEL_NATIVE
#define FKIOCTL 0x80000000 /* ioctl(9E): the argument is a kernel address */

typedef struct file {
	kmutex_t f_tlock;
	ushort_t f_flag;
	ushort_t f_flag2;
	struct vnode *f_vnode;
	offset_t f_offset;
	struct cred *f_cred;
	struct f_audit_data *f_audit_data;
	int f_count;
	struct filock *f_filock;
} file_t;

/* Not provided: a file is the host's. */
file_t *getf(int) SUNDOG_ABSENT(getf);
void releasef(int) SUNDOG_ABSENT(releasef);

/* What comes along with it. */
#include <sys/user.h>

#endif
