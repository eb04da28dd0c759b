/* SPDX-License-Identifier: BSD-2-Clause */
/* file.c: calls on opens. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "host/server/call/call.h"

#define IOV_MAX_CALL 1024u
#define OPEN_FLAGS (SYS_FREAD | SYS_FWRITE | SYS_FNDELAY | SYS_FNONBLOCK | SYS_FEXCL | SYS_FBLOCK)

int call_open(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	struct open *o;
	int error;

	if ((in->b & ~(uint64_t)OPEN_FLAGS) != 0)
		return EINVAL;
	error = open_create(t->process, in->a, (unsigned)in->b, &o, &t->call.fds[0]);
	if (error != 0)
		return error;
	t->call.nfds = 1;
	out->a = o->id;
	out->b = sys_file_dev(o->file);
	return 0;
}

int call_prove(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	struct open *o;
	int error, fd = channel_take_fd(&t->channel, 0);

	if (fd < 0)
		return t->channel.lost ? EMFILE : EBADF;
	error = open_prove(t->process, fd, &o);
	close(fd);
	if (error != 0)
		return error;
	out->a = o->id;
	out->b = sys_file_dev(o->file);
	out->c = sys_file_flags(o->file);
	open_put(o);
	return 0;
}

int call_closed(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	return open_closed(t->process, in->a);
}

/* ---- on one open ---- */

typedef int transfer_fn(struct sys_file *f, const struct sys_iovec *iov, size_t niov, int64_t offset, uint64_t *done);

static int transfer(struct thread *t, const struct wire_message *in, struct wire_message *out, transfer_fn *fn)
{
	struct sys_iovec iov[IOV_MAX_CALL];
	struct open *o;
	int error;

	_Static_assert(sizeof(struct sys_iovec) == sizeof(struct wire_iovec), "copied in one piece");
	if (in->c > IOV_MAX_CALL || in->data_len != in->c * sizeof(struct wire_iovec))
		return EINVAL;
	o = open_get(t->process, in->a);
	if (o == NULL)
		return EBADF;
	memcpy(iov, t->channel.memory->data, in->data_len); /* once: the client may change it */
	error = fn(o->file, iov, in->c, (int64_t)in->b, &out->a);
	open_put(o);
	return error;
}

int call_read(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	return transfer(t, in, out, sys_read);
}

int call_write(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	return transfer(t, in, out, sys_write);
}

int call_seek(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	struct open *o = open_get(t->process, in->a);
	int64_t result = 0;
	int error;

	if (o == NULL)
		return EBADF;
	error = in->c > 2 ? EINVAL : sys_seek(o->file, (int64_t)in->b, (int)in->c, &result);
	out->a = (uint64_t)result;
	open_put(o);
	return error;
}

int call_ioctl(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	struct open *o = open_get(t->process, in->a);
	int32_t rval = 0;
	int error;

	if (o == NULL)
		return EBADF;
	error = sys_ioctl(o->file, (int)in->b, in->c, &rval);
	out->a = (uint64_t)(int64_t)rval;
	open_put(o);
	return error;
}

int call_poll(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	struct open *o = open_get(t->process, in->a);
	short revents = 0;
	int error;

	if (o == NULL)
		return EBADF;
	error = open_poll(o, (short)in->b, &revents);
	out->a = (uint16_t)revents;
	open_put(o);
	return error;
}

int call_setfl(struct thread *t, const struct wire_message *in, struct wire_message *out)
{
	struct open *o = open_get(t->process, in->a);

	if (o == NULL)
		return EBADF;
	sys_file_setflags(o->file, (unsigned)in->b & OPEN_FLAGS);
	open_put(o);
	return 0;
}
