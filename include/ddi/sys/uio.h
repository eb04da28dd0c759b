/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/uio.h>: scatter/gather I/O, uio(9S). */
#ifndef _SYS_UIO_H
#define _SYS_UIO_H

#include <sys/types.h>

typedef struct iovec {
	caddr_t iov_base;
	size_t iov_len;
} iovec_t;

typedef struct iovec32 {
	caddr32_t iov_base;
	int32_t iov_len;
} iovec32_t;

typedef enum uio_rw { UIO_READ, UIO_WRITE } uio_rw_t;
typedef enum uio_seg { UIO_USERSPACE, UIO_SYSSPACE, UIO_USERISPACE } uio_seg_t;
typedef enum xuio_type { UIOTYPE_ASYNCIO, UIOTYPE_ZEROCOPY } xuio_type_t;

/* Drivers read and change every field. */
typedef struct uio {
	iovec_t *uio_iov;
	int uio_iovcnt;
	lloff_t _uio_offset; /* uio_loffset, uio_offset */
	uio_seg_t uio_segflg;
	uint16_t uio_fmode; /* FREAD, FNDELAY, ... of the open */
	uint16_t uio_extflg;
	lloff_t _uio_limit; /* uio_llimit, uio_limit */
	ssize_t uio_resid;
} uio_t;
#define uio_loffset _uio_offset._f
#define uio_offset _uio_offset._p
#define uio_llimit _uio_limit._f
#define uio_limit _uio_limit._p

#define UIO_COPY_DEFAULT 0x0000
#define UIO_COPY_CACHED 0x0001
#define UIO_ASYNC 0x0002
#define UIO_XUIO 0x0004

/*
 * Moves n bytes, or as many as uio has left, between kernel memory and uio, and advances uio over what was moved, on an
 * error too.  UIO_READ: to uio.  0; EFAULT, or the errno of a device mapping's fault.  May block: a driver's own mapping
 * may be meant, so no mutex that its devmap_access(9E) takes.  User context, with UIO_SYSSPACE any.
 */
int uiomove(void *, size_t n, enum uio_rw, uio_t *) SUNDOG_LINK(uiomove);
/* As uiomove(), but uio stays as it is; *copied: bytes, also on an error. */
int uiocopy(void *, size_t, enum uio_rw, uio_t *, size_t *copied) SUNDOG_LINK(uiocopy);
/* Advances over n bytes as if they had been moved; over nothing if fewer are left. */
void uioskip(uio_t *, size_t n) SUNDOG_LINK(uioskip);
/* One byte to uio: 0 or EFAULT (also: nothing is left).  One byte from it: 0 to 255, or -1. */
int ureadc(int, uio_t *) SUNDOG_LINK(ureadc);
int uwritec(uio_t *) SUNDOG_LINK(uwritec);
void uio_prefaultpages(ssize_t, uio_t *) SUNDOG_ABSENT(uio_prefaultpages);

#endif
