/* SPDX-License-Identifier: BSD-2-Clause */
/* rec_map.c: what is behind the device, the handles that show it, and their map, dup and unmap callbacks. */
#include "rec.h"

#define FROM_HAND 2             /* the page of A at which the cookie made by hand begins */
#define TRASH_SIZE ((size_t)0x7fffffffffffe000)

static ddi_umem_cookie_t memory_cookie[2], trash_cookie;
static caddr_t memory[2];
static struct ddi_umem_cookie hand;

static struct rec_layout layout;
static struct rec_handle *handles;
static struct rec_data *datas;  /* all: a child without devmap_dup shares its parent's, who knows for how long */
static int handle_numbers, data_numbers;

struct rec_own {
	ddi_umem_cookie_t cookie;
	int users;              /* private data that point here */
	struct rec_own *next;
};
static struct rec_own *owns;

static struct devmap_callback_ctl callbacks[REC_CB_OTHER * 2];

/* ---- memory ---- */

static void
layout_reset(void)
{
	struct rec_piece all = { REC_PAGES, REC_A, 0, DEVMAP_ALLOW_REMAP, REC_CB_ALL, PROT_ALL };

	bzero(&layout, sizeof (layout));
	layout.count = 1;
	layout.piece[0] = all;
}

int
rec_layout_set(const struct rec_layout *new)
{
	uint_t i;

	if (new->count == 0 || new->count > REC_PIECES)
		return (EINVAL);
	for (i = 0; i < new->count; i++) {
		if (new->piece[i].pages == 0 || new->piece[i].source > REC_INVALID)
			return (EINVAL);
	}
	layout = *new;
	return (0);
}

int *
rec_word(int page)
{
	if (page < 0 || page >= 2 * REC_PAGES)
		return (NULL);
	return ((int *)(void *)(memory[page / REC_PAGES] + ptob(page % REC_PAGES)));
}

static ddi_umem_cookie_t
source_cookie(uint_t source)
{
	switch (source) {
	case REC_B:
		return (memory_cookie[1]);
	case REC_TRASH:
		return (trash_cookie);
	case REC_HAND:
		return (&hand);
	default:
		return (memory_cookie[0]);
	}
}

int
rec_remap(devmap_cookie_t dhp, uint_t source, uint_t from, uint_t pages, uint_t maxprot, uint_t flags)
{
	if (source == REC_INVALID)
		return (devmap_devmem_remap(dhp, rec_dip, 0, 0, ptob(pages), maxprot, DEVMAP_MAPPING_INVALID, NULL));
	return (devmap_umem_remap(dhp, rec_dip, source_cookie(source), ptob(from), ptob(pages), maxprot, flags, NULL));
}

/* ---- numbers ---- */

struct rec_handle *
rec_handles(void)
{
	return (handles);
}

int
rec_handle_count(void)
{
	struct rec_handle *h;
	int n = 0;

	for (h = handles; h != NULL; h = h->next)
		n++;
	return (n);
}

devmap_cookie_t
rec_handle_find(int number)
{
	struct rec_handle *h;

	for (h = handles; h != NULL; h = h->next) {
		if (h->number == number)
			return (h->dhp);
	}
	return (NULL);
}

int
rec_handle_number(devmap_cookie_t dhp)
{
	struct rec_handle *h;

	for (h = handles; h != NULL; h = h->next) {
		if (h->dhp == dhp)
			return (h->number);
	}
	h = kmem_zalloc(sizeof (*h), KM_SLEEP);
	h->dhp = dhp;
	h->number = ++handle_numbers;
	h->next = handles;
	handles = h;
	return (h->number);
}

static void
handle_forget(devmap_cookie_t dhp)
{
	struct rec_handle **link, *h;

	for (link = &handles; (h = *link) != NULL; link = &h->next) {
		if (h->dhp == dhp) {
			*link = h->next;
			kmem_free(h, sizeof (*h));
			return;
		}
	}
}

static struct rec_data *
data_new(struct rec_own *own)
{
	struct rec_data *data = kmem_zalloc(sizeof (*data), KM_SLEEP);

	data->number = ++data_numbers;
	data->own = own;
	data->next = datas;
	datas = data;
	if (own != NULL)
		own->users++;
	return (data);
}

static struct rec_own *
own_new(uint_t pages)
{
	struct rec_own *own = kmem_zalloc(sizeof (*own), KM_SLEEP);

	(void) ddi_umem_alloc(ptob(pages), DDI_UMEM_SLEEP, &own->cookie);
	own->next = owns;
	owns = own;
	return (own);
}

static struct rec_own *
own_of(devmap_cookie_t dhp)
{
	struct rec_own *own;

	for (own = owns; own != NULL && own->cookie != ((devmap_handle_t *)dhp)->dh_cookie; own = own->next)
		;
	return (own);
}

static void
own_free(struct rec_own *own)
{
	struct rec_own **link;

	for (link = &owns; *link != own; link = &(*link)->next)
		;
	*link = own->next;
	ddi_umem_free(own->cookie);
	kmem_free(own, sizeof (*own));
}

/* Nobody uses it any more; its memory stays until detach. */
static void
data_done(struct rec_data *data)
{
	struct rec_own *own = data->own;

	data->own = NULL;
	if (own != NULL && --own->users == 0)
		own_free(own);
}

int
rec_own_left(void)
{
	struct rec_own *own;
	int n = 0;

	for (own = owns; own != NULL; own = own->next)
		n++;
	return (n);
}

struct rec_event
rec_event(int kind, devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len)
{
	devmap_handle_t *dh = dhp;
	struct rec_event e = { .kind = kind };

	e.pid = (int)ddi_get_pid();
	e.off = (unsigned long long)off;
	e.len = len;
	if (dh == NULL)
		return (e);
	e.handle = rec_handle_number(dhp);
	e.data = pvtp == NULL ? 0 : ((struct rec_data *)pvtp)->number;
	e.own_space = dh->dh_seg->s_as == curproc->p_as;
	e.address = (uintptr_t)dh->dh_uvaddr;
	e.handle_off = (unsigned long long)dh->dh_uoff;
	e.handle_len = dh->dh_len;
	return (e);
}

/* ---- callbacks ---- */

static int
rec_map(devmap_cookie_t dhp, dev_t dev, uint_t flags, offset_t off, size_t len, void **pvtpp)
{
	struct rec_event e;
	struct rec_rule rule;
	struct rec_data *data;
	int result = 0;

	mutex_enter(&rec_lock);
	data = data_new(own_of(dhp));
	e = rec_event(REC_MAP, dhp, data, off, len);
	e.flags = flags;
	rule = rec_rule_find(REC_MAP, off);
	rec_log(&e);
	if (rec_gate_wait(&rule) || rule.action == REC_RETURN)
		result = rule.value;
	if (result == 0) {
		*pvtpp = data;
	} else {
		handle_forget(dhp);
		data_done(data);
	}
	mutex_exit(&rec_lock);
	return (result);
}

static int
rec_dup(devmap_cookie_t dhp, void *pvtp, devmap_cookie_t new_dhp, void **new_pvtpp)
{
	devmap_handle_t *dh = dhp, *new_dh = new_dhp;
	struct rec_data *old = pvtp, *data;
	struct rec_event e;
	struct rec_rule rule;
	int result = 0;

	mutex_enter(&rec_lock);
	rule = rec_rule_find(REC_DUP, dh->dh_uoff);
	data = data_new(old == NULL ? NULL : old->own);
	e = rec_event(REC_DUP, dhp, pvtp, dh->dh_uoff, dh->dh_len);
	e.new1 = rec_handle_number(new_dhp);
	e.new1_data = data->number;
	e.new_own_space = new_dh->dh_seg->s_as == curproc->p_as;
	rec_log(&e);
	if (rec_gate_wait(&rule) || rule.action == REC_RETURN)
		result = rule.value;
	else if (rule.action == REC_INVALIDATE)
		result = devmap_devmem_remap(new_dhp, rec_dip, 0, 0, new_dh->dh_len, PROT_ALL, DEVMAP_MAPPING_INVALID,
		    NULL);
	if (result == 0) {
		*new_pvtpp = data;
	} else {
		handle_forget(new_dhp);
		data_done(data);
	}
	mutex_exit(&rec_lock);
	return (result);
}

static void
rec_unmap(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, devmap_cookie_t new_dhp1,
    void **new_pvtp1, devmap_cookie_t new_dhp2, void **new_pvtp2)
{
	struct rec_data *old = pvtp;
	struct rec_event e;
	struct rec_rule rule;

	mutex_enter(&rec_lock);
	e = rec_event(REC_UNMAP, dhp, pvtp, off, len);
	e.code = (new_pvtp1 == NULL || *new_pvtp1 == pvtp) && (new_pvtp2 == NULL || *new_pvtp2 == pvtp);
	if (new_dhp1 != NULL && old != NULL) {
		e.new1 = rec_handle_number(new_dhp1);
		*new_pvtp1 = data_new(old->own);
		e.new1_data = ((struct rec_data *)*new_pvtp1)->number;
	}
	if (new_dhp2 != NULL && old != NULL) {
		e.new2 = rec_handle_number(new_dhp2);
		*new_pvtp2 = data_new(old->own);
		e.new2_data = ((struct rec_data *)*new_pvtp2)->number;
	}
	rule = rec_rule_find(REC_UNMAP, off);
	rec_log(&e);
	(void) rec_gate_wait(&rule);
	if (new_dhp1 == NULL && new_dhp2 == NULL) {
		handle_forget(dhp);
		((devmap_handle_t *)dhp)->dh_cookie = NULL; /* as real drivers do */
	}
	if (old != NULL)
		data_done(old);
	mutex_exit(&rec_lock);
}

/* ---- devmap(9E) ---- */

/*
 *	page of the device   0      at      at + pages
 *	                     | piece | piece  | ...
 *	                               ^ off
 */
static struct rec_piece *
piece_at(uint_t page, uint_t *skip)
{
	uint_t i, at = 0;

	for (i = 0; i < layout.count; at += layout.piece[i++].pages) {
		if (page - at < layout.piece[i].pages) {
			*skip = page - at;
			return (&layout.piece[i]);
		}
	}
	return (NULL);
}

static int
devmap_piece(devmap_cookie_t dhp, const struct rec_piece *piece, uint_t skip, size_t len)
{
	uint_t flags = piece->flags | (piece->source == REC_INVALID ? DEVMAP_MAPPING_INVALID : 0);
	struct devmap_callback_ctl *ops =
	    (piece->callbacks & REC_CB_NONE) ? NULL : &callbacks[piece->callbacks & (REC_CB_ALL | REC_CB_OTHER)];
	struct rec_own *own = piece->source == REC_OWN ? own_new(piece->pages) : NULL;
	ddi_umem_cookie_t cookie = own != NULL ? own->cookie : source_cookie(piece->source);
	int result = devmap_umem_setup(dhp, rec_dip, ops, cookie, ptob(piece->first + skip), len, piece->maxprot, flags,
	    NULL);

	if (own != NULL && result != DDI_SUCCESS)
		own_free(own);
	return (result);
}

int
rec_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	struct rec_event e = { .kind = REC_DEVMAP };
	struct rec_rule rule;
	struct rec_piece *piece;
	uint_t skip;
	int result = ENXIO;

	mutex_enter(&rec_lock);
	e.pid = (int)ddi_get_pid();
	e.off = (unsigned long long)off;
	e.len = len;
	e.flags = model;
	rec_log(&e);
	rule = rec_rule_find(REC_DEVMAP, off);
	(void) rec_gate_wait(&rule);
	piece = piece_at((uint_t)btop(off), &skip);
	if (rule.action == REC_RETURN) {
		result = rule.value;
	} else if (piece != NULL) {
		*maplen = ptob(piece->pages - skip);
		if (*maplen > ptob(btopr(len)))
			*maplen = ptob(btopr(len));
		result = devmap_piece(dhp, piece, skip, *maplen);
		if (rule.action == REC_LENGTH)
			*maplen = (size_t)rule.value;
	}
	mutex_exit(&rec_lock);
	return (result);
}

/* ---- attach and detach ---- */

static void
callbacks_init(void)
{
	uint_t i;

	for (i = 0; i < REC_CB_OTHER * 2; i++) {
		struct devmap_callback_ctl *c = &callbacks[i];

		c->devmap_rev = DEVMAP_OPS_REV;
		if (i & REC_CB_MAP)
			c->devmap_map = rec_map;
		if (i & REC_CB_ACCESS)
			c->devmap_access = (i & REC_CB_OTHER) ? rec_access_other : rec_access;
		if (i & REC_CB_DUP)
			c->devmap_dup = rec_dup;
		if (i & REC_CB_UNMAP)
			c->devmap_unmap = rec_unmap;
	}
}

int
rec_map_init(void)
{
	memory[0] = ddi_umem_alloc(ptob(REC_PAGES), DDI_UMEM_SLEEP, &memory_cookie[0]);
	memory[1] = ddi_umem_alloc(ptob(REC_PAGES), DDI_UMEM_SLEEP | DDI_UMEM_PAGEABLE, &memory_cookie[1]);
	(void) ddi_umem_alloc(TRASH_SIZE, DDI_UMEM_SLEEP | DDI_UMEM_TRASH, &trash_cookie);
	hand.type = KMEM_NON_PAGEABLE;
	hand.cvaddr = memory[0] + ptob(FROM_HAND);
	hand.size = ptob(REC_PAGES - FROM_HAND);
	callbacks_init();
	layout_reset();
	return (trash_cookie == NULL ? ENOMEM : 0);
}

void
rec_map_fini(void)
{
	struct rec_data *data;

	while (handles != NULL)
		handle_forget(handles->dhp);
	while ((data = datas) != NULL) {
		datas = data->next;
		kmem_free(data, sizeof (*data));
	}
	ddi_umem_free(trash_cookie);
	ddi_umem_free(memory_cookie[1]);
	ddi_umem_free(memory_cookie[0]);
}

void
rec_map_reset(void)
{
	layout_reset();
	bzero(memory[0], ptob(REC_PAGES));
	bzero(memory[1], ptob(REC_PAGES));
}
