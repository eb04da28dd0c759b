/* SPDX-License-Identifier: BSD-2-Clause */
/* rec_ioctl.c: how a test tells the driver what to do. */
#include "rec.h"

#define COPY_MAX ((size_t)64 * 1024)

static int
unload_range(const struct rec_range *range, int *rvalp)
{
	devmap_cookie_t dhp = rec_handle_find(range->handle);

	if (dhp == NULL)
		return (ESRCH);
	*rvalp = devmap_unload(dhp, (offset_t)range->off, (size_t)range->len);
	return (0);
}

static int
unload_all(void)
{
	struct rec_handle *h;
	int n = 0;

	for (h = rec_handles(); h != NULL; h = h->next, n++)
		(void) devmap_unload(h->dhp, 0, 0);
	return (n);
}

static int
remap(const struct rec_remap *r, int *rvalp)
{
	devmap_cookie_t dhp = rec_handle_find(r->handle);

	if (dhp == NULL)
		return (ESRCH);
	*rvalp = rec_remap(dhp, r->source, r->first, r->pages, r->maxprot, r->flags) + 1;
	return (0);
}

/* ---- without rec_lock: these come back to the driver's own callbacks ---- */

static int
map_here(struct rec_map_here *m, cred_t *credp)
{
	caddr_t address = (caddr_t)(uintptr_t)m->address;
	int error = devmap_setup(rec_dev, (offset_t)m->off, curproc->p_as, &address, (size_t)m->len, m->prot, m->maxprot,
	    m->flags, credp);

	m->address = (uintptr_t)address;
	return (error);
}

static uint_t
bytes_alike(const uchar_t *bytes, size_t len)
{
	size_t i;

	for (i = 1; i < len; i++) {
		if (bytes[i] != bytes[0])
			return (256);
	}
	return (bytes[0]);
}

static int
copy_by(struct rec_copy *c, uchar_t *buffer, int mode)
{
	iovec_t iov = { .iov_base = (caddr_t)(uintptr_t)c->address, .iov_len = (size_t)c->len };
	uio_t uio = { .uio_iov = &iov, .uio_iovcnt = 1, .uio_resid = (ssize_t)c->len, .uio_segflg = UIO_USERSPACE };
	void *user = (void *)(uintptr_t)c->address;

	switch (c->way) {
	case REC_COPYIN:
		return (ddi_copyin(user, buffer, (size_t)c->len, mode));
	case REC_COPYOUT:
		return (ddi_copyout(buffer, user, (size_t)c->len, mode));
	case REC_UIOMOVE_IN:
		return (uiomove(buffer, (size_t)c->len, UIO_WRITE, &uio));
	case REC_UIOMOVE_OUT:
		return (uiomove(buffer, (size_t)c->len, UIO_READ, &uio));
	default:
		return (EINVAL);
	}
}

static int
copy(struct rec_copy *c, int mode)
{
	uchar_t *buffer;
	size_t i;

	if (c->len == 0 || c->len > COPY_MAX)
		return (EINVAL);
	buffer = kmem_zalloc(COPY_MAX, KM_SLEEP);
	for (i = 0; i < c->len; i++)
		buffer[i] = (uchar_t)c->value;
	c->result = copy_by(c, buffer, mode);
	if (c->way == REC_COPYIN || c->way == REC_UIOMOVE_IN)
		c->value = bytes_alike(buffer, (size_t)c->len);
	kmem_free(buffer, COPY_MAX);
	return (0);
}

/* ---- the door ---- */

union argument {
	struct rec_layout layout;
	struct rec_rule rule;
	struct rec_range range;
	struct rec_remap remap;
	struct rec_map_here map_here;
	struct rec_copy copy;
	struct rec_user user;
};

/* How much comes with a command behind a pointer. */
static size_t
argument_size(int cmd)
{
	switch (cmd) {
	case REC_SET_LAYOUT:
		return (sizeof (struct rec_layout));
	case REC_ADD_RULE:
		return (sizeof (struct rec_rule));
	case REC_UNLOAD:
		return (sizeof (struct rec_range));
	case REC_REMAP:
		return (sizeof (struct rec_remap));
	case REC_MAP_HERE:
		return (sizeof (struct rec_map_here));
	case REC_COPY:
		return (sizeof (struct rec_copy));
	case REC_LOCK_USER:
		return (sizeof (struct rec_user));
	default:
		return (0);
	}
}

/* With rec_lock. */
static int
number_command(int cmd, int number, int *rvalp)
{
	int *word = rec_word(cmd == REC_POKE ? number / 256 : number);

	switch (cmd) {
	case REC_RESET:
		rec_log_reset();
		rec_map_reset();
		return (0);
	case REC_RECORD:
		rec_log_kinds((uint_t)number);
		return (0);
	case REC_NO_RULES:
		rec_rules_clear();
		return (0);
	case REC_RELEASE:
	case REC_HOLD:
		rec_gate_set(cmd == REC_RELEASE);
		return (0);
	case REC_WAITERS:
		return (rec_gate_await(number, 0));
	case REC_WAITED:
		return (rec_gate_await(0, number));
	case REC_UNLOAD_ALL:
		*rvalp = unload_all();
		return (0);
	case REC_SET_INVALID: {
		struct rec_remap r = { number, REC_INVALID, 0, REC_PAGES, PROT_ALL, 0 };

		return (remap(&r, rvalp));
	}
	case REC_PEEK:
	case REC_POKE:
		if (word == NULL)
			return (EINVAL);
		if (cmd == REC_POKE)
			*word = number % 256;
		else
			*rvalp = *word;
		return (0);
	case REC_HANDLES:
		*rvalp = rec_handle_count();
		return (0);
	case REC_OWN_LEFT:
		*rvalp = rec_own_left();
		return (0);
	default:
		return (ENOTTY);
	}
}

/* With rec_lock. */
static int
structure_command(int cmd, const union argument *a, int *rvalp)
{
	switch (cmd) {
	case REC_SET_LAYOUT:
		return (rec_layout_set(&a->layout));
	case REC_ADD_RULE:
		return (rec_rule_add(&a->rule));
	case REC_UNLOAD:
		return (unload_range(&a->range, rvalp));
	default:
		return (remap(&a->remap, rvalp));
	}
}

int
rec_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *credp, int *rvalp)
{
	size_t size = argument_size(cmd);
	union argument a;
	int error;

	if (size != 0 && ddi_copyin((void *)arg, &a, size, mode) != 0)
		return (EFAULT);
	if (cmd == REC_UNLOCK_USER)
		return (rec_user_unlock((int)arg));
	if (cmd == REC_MAP_HERE || cmd == REC_COPY || cmd == REC_LOCK_USER) {
		error = cmd == REC_COPY ? copy(&a.copy, mode) : cmd == REC_MAP_HERE ? map_here(&a.map_here, credp) :
		    rec_user_lock(&a.user);
		if (error == 0 && ddi_copyout(&a, (void *)arg, size, mode) != 0)
			error = EFAULT;
		return (error);
	}
	mutex_enter(&rec_lock);
	error = size == 0 ? number_command(cmd, (int)arg, rvalp) : structure_command(cmd, &a, rvalp);
	mutex_exit(&rec_lock);
	return (error);
}
