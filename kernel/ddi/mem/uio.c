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

static void uio_advance(uio_t *uio, iovec_t *iov, size_t len)
{
	iov->iov_base += len;
	iov->iov_len -= len;
	uio->uio_resid -= (ssize_t)len;
	uio->uio_loffset += (offset_t)len;
}

/*
 * Walks over up to len bytes of uio, and copies them from or to p; p NULL: only walks.  keep: uio and its vectors stay as they
 * are.  *done: how far it came.
 *
 *	vectors   |....iov_len....|  |..|  |......iov_len......|
 *	pieces        |---------->|  |->|  |---->|                 in the order of the vectors, len or uio_resid in all
 */
static int uio_walk(uio_t *uio, char *p, size_t len, enum uio_rw rw, bool keep, size_t *done)
{
	uio_t walked = *uio, *at = keep ? &walked : uio;
	iovec_t *iov, here;
	int error = 0;

	*done = 0;
	while (*done < len && (iov = uio_vector(at)) != NULL) {
		size_t n = len - *done < iov->iov_len ? len - *done : iov->iov_len;

		if (n > (size_t)at->uio_resid)
			n = (size_t)at->uio_resid;
		if (p != NULL)
			error = uio_copy(p + *done, iov->iov_base, n, rw, at->uio_segflg);
		if (error != 0)
			break;
		here = *iov;
		uio_advance(at, keep ? &here : iov, n);
		if (keep) { /* its vector stays as it is: on to the next one */
			at->uio_iov++;
			at->uio_iovcnt--;
		}
		*done += n;
	}
	return error;
}

int uiomove(void *p, size_t len, enum uio_rw rw, uio_t *uio)
{
	size_t done;

	return uio_walk(uio, p, len, rw, false, &done);
}

/* As uiomove(), but the uio stays as it is; *copied: how much there was. */
int uiocopy(void *p, size_t len, enum uio_rw rw, uio_t *uio, size_t *copied)
{
	return uio_walk(uio, p, len, rw, true, copied);
}

/* More than is left: nothing happens. */
void uioskip(uio_t *uio, size_t len)
{
	size_t done;

	if (len <= (size_t)uio->uio_resid)
		(void)uio_walk(uio, NULL, len, UIO_READ, false, &done);
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
