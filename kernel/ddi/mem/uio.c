/* SPDX-License-Identifier: BSD-2-Clause */
/* uiomove(9F), ddi_copyin(9F) and their kin: memory of the current process. */
#include "kernel/ddi/core/kthread.h"
#include "kernel/vm/usercopy.h"
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/sunddi.h>

/* The current process; NULL: a thread of the system, which has no user memory. */
static struct sys_proc *current_process(void)
{
	struct proc *p = kthread_self()->t_procp;

	return p == &p0 ? NULL : (struct sys_proc *)(void *)p;
}

static int user_to_kernel(void *to, const void *from, size_t len)
{
	struct sys_proc *p = current_process();

	if (len == 0)
		return 0;
	return p != NULL ? user_copyin(p, to, (uintptr_t)from, len) : EFAULT;
}

static int kernel_to_user(void *to, const void *from, size_t len)
{
	struct sys_proc *p = current_process();

	if (len == 0)
		return 0;
	return p != NULL ? user_copyout(p, (uintptr_t)to, from, len) : EFAULT;
}

/* ---- copies ---- */

int copyin(const void *from, void *to, size_t len)
{
	return user_to_kernel(to, from, len) == 0 ? 0 : -1;
}

int copyout(const void *from, void *to, size_t len)
{
	return kernel_to_user(to, from, len) == 0 ? 0 : -1;
}

int ddi_copyin(const void *from, void *to, size_t len, int mode)
{
	if (((unsigned)mode & FKIOCTL) == 0)
		return copyin(from, to, len);
	bcopy(from, to, len);
	return 0;
}

int ddi_copyout(const void *from, void *to, size_t len, int mode)
{
	if (((unsigned)mode & FKIOCTL) == 0)
		return copyout(from, to, len);
	bcopy(from, to, len);
	return 0;
}

/* ---- uio ---- */

static int uio_copy(void *kernel, void *other, size_t len, enum uio_rw rw, uio_seg_t segment)
{
	if (segment == UIO_SYSSPACE) {
		bcopy(rw == UIO_READ ? kernel : other, rw == UIO_READ ? other : kernel, len);
		return 0;
	}
	return rw == UIO_READ ? kernel_to_user(other, kernel, len) : user_to_kernel(kernel, other, len);
}

/* Steps over len bytes of the first vector. */
static void uio_advance(uio_t *uio, size_t len)
{
	uio->uio_iov->iov_base += len;
	uio->uio_iov->iov_len -= len;
	uio->uio_resid -= (ssize_t)len;
	uio->uio_loffset += (offset_t)len;
}

/* The vector to go on with, empty ones stepped over; NULL: nothing is left. */
static iovec_t *uio_vector(uio_t *uio)
{
	while (uio->uio_resid > 0 && uio->uio_iovcnt > 0) {
		if (uio->uio_iov->iov_len > 0)
			return uio->uio_iov;
		uio->uio_iov++;
		uio->uio_iovcnt--;
	}
	return NULL;
}

int uiomove(void *p, size_t len, enum uio_rw rw, uio_t *uio)
{
	char *at = p;
	iovec_t *iov;

	while (len > 0 && (iov = uio_vector(uio)) != NULL) {
		size_t n = len < iov->iov_len ? len : iov->iov_len;
		int error;

		if (n > (size_t)uio->uio_resid)
			n = (size_t)uio->uio_resid;
		error = uio_copy(at, iov->iov_base, n, rw, uio->uio_segflg);
		if (error != 0)
			return error;
		uio_advance(uio, n);
		at += n;
		len -= n;
	}
	return 0;
}

/* As uiomove(), but the uio stays as it is; *copied: how much there was. */
int uiocopy(void *p, size_t len, enum uio_rw rw, uio_t *uio, size_t *copied)
{
	iovec_t *iov = uio->uio_iov;
	size_t left = len < (size_t)uio->uio_resid ? len : (size_t)uio->uio_resid;

	*copied = 0;
	for (int i = 0; i < uio->uio_iovcnt && left > 0; i++, iov++) {
		size_t n = left < iov->iov_len ? left : iov->iov_len;
		int error = n > 0 ? uio_copy((char *)p + *copied, iov->iov_base, n, rw, uio->uio_segflg) : 0;

		if (error != 0)
			return error;
		*copied += n;
		left -= n;
	}
	return 0;
}

/* More than is left: nothing happens. */
void uioskip(uio_t *uio, size_t len)
{
	iovec_t *iov;

	if (len > (size_t)uio->uio_resid)
		return;
	while (len > 0 && (iov = uio_vector(uio)) != NULL) {
		size_t n = len < iov->iov_len ? len : iov->iov_len;

		uio_advance(uio, n);
		len -= n;
	}
}

/* EFAULT also when nothing is left. */
int ureadc(int c, uio_t *uio)
{
	char byte = (char)c;

	return uio_vector(uio) != NULL ? uiomove(&byte, 1, UIO_READ, uio) : EFAULT;
}

/* The byte, or -1. */
int uwritec(uio_t *uio)
{
	unsigned char byte;

	if (uio_vector(uio) == NULL || uiomove(&byte, 1, UIO_WRITE, uio) != 0)
		return -1;
	return byte;
}
