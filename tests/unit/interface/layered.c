/* SPDX-License-Identifier: BSD-2-Clause */
/* Devices that drivers open. */
#include <sys/file.h>
#include <sys/sunldi.h>

#include "card.h"

#define DIP (cards[0].dip)

void check_layered_identities(void)
{
	ldi_ident_t ident = NULL;
	dev_t none = makedevice(77, 0), dev = makedevice(ddi_driver_major(DIP), 9);

	VERIFY(ldi_ident_from_dip(NULL, &ident) == EINVAL && ldi_ident_from_dip(DIP, NULL) == EINVAL);
	VERIFY(ldi_ident_from_dip(ddi_root_node(), &ident) == EINVAL && ldi_ident_from_dev(none, &ident) == EINVAL);
	VERIFY(ldi_ident_from_major(77, &ident) == EINVAL && ldi_ident_from_mod(NULL, &ident) == EINVAL && ident == NULL);
	VERIFY0(ldi_ident_from_dip(DIP, &ident));
	ldi_ident_release(ident);
	VERIFY0(ldi_ident_from_dev(dev, &ident));
	ldi_ident_release(ident);
	VERIFY0(ldi_ident_from_major(ddi_driver_major(DIP), &ident));
	ldi_ident_release(ident);
	ldi_ident_release(NULL);
}

void bug_layered_identity(void)
{
	ldi_ident_t ident;

	VERIFY0(ldi_ident_from_dip(DIP, &ident));
	ldi_ident_release(ident);
	ldi_ident_release(ident);
}

void check_layered_opens(void)
{
	struct card *c = &cards[1];
	ldi_handle_t one, two, none = NULL;
	ldi_ident_t ident;
	dev_t dev = 0;
	int otyp = 0;

	VERIFY0(ldi_ident_from_dip(DIP, &ident));
	VERIFY3S(ldi_open_by_name(NULL, FREAD, kcred, &none, ident), ==, EINVAL);
	VERIFY3S(ldi_open_by_name("/dev/card1", 0, kcred, &none, ident), ==, EINVAL);
	VERIFY3S(ldi_open_by_name("/dev/card1", FREAD, NULL, &none, ident), ==, EINVAL);
	VERIFY3S(ldi_open_by_name("/dev/card1", FREAD, kcred, NULL, ident), ==, EINVAL);
	VERIFY3S(ldi_open_by_name("/dev/card1", FREAD, kcred, &none, NULL), ==, EINVAL);
	VERIFY3S(ldi_open_by_name("/dev/card7", FREAD, kcred, &none, ident), ==, ENODEV);
	VERIFY(none == NULL && c->opens == 0);
	VERIFY0(ldi_open_by_name("/dev/card1", FREAD | FNDELAY, kcred, &one, ident));
	VERIFY(c->opens == 1 && c->last_otyp == OTYP_LYR && c->last_flag == (FREAD | FNDELAY));
	VERIFY0(ldi_open_by_name("/devices/pseudo/card@1:card1", FREAD | FWRITE, kcred, &two, ident));
	VERIFY(ldi_get_dev(one, &dev) == 0 && getminor(dev) == 1 && ldi_get_otyp(one, &otyp) == 0 && otyp == OTYP_CHR);
	ldi_ident_release(ident); /* the opens go on */
	VERIFY0(ldi_close(one, FREAD, kcred));
	VERIFY(c->closes == 1 && c->last_otyp == OTYP_LYR); /* each by itself */
	VERIFY(ldi_close(one, FREAD, kcred) == EINVAL && ldi_get_dev(one, &dev) == EINVAL && ldi_close(NULL, 0, kcred) == EINVAL);
	VERIFY0(ldi_close(two, FREAD | FWRITE, kcred));
	VERIFY(c->opens == 2 && c->closes == 2);
}

static void open_number(dev_t *dev, int otyp, int error, ldi_handle_t *handle)
{
	ldi_ident_t ident;

	VERIFY0(ldi_ident_from_dip(DIP, &ident));
	VERIFY3S(ldi_open_by_dev(dev, otyp, FREAD | FWRITE, kcred, handle, ident), ==, error);
	ldi_ident_release(ident);
}

void check_layered_numbers(void)
{
	dev_t dev = makedevice(ddi_driver_major(DIP), 1), none = makedevice(ddi_driver_major(DIP), 9);
	ldi_handle_t handle;

	open_number(NULL, OTYP_CHR, EINVAL, &handle);
	open_number(&dev, OTYP_LYR, EINVAL, &handle);
	open_number(&dev, OTYP_BLK, ENODEV, &handle);
	open_number(&none, OTYP_CHR, ENODEV, &handle);
	cards[1].open_error = EBUSY;
	open_number(&dev, OTYP_CHR, EBUSY, &handle);
	VERIFY(cards[1].closes == 0);
	cards[1].open_error = 0;
	cards[1].clone = 21;
	open_number(&dev, OTYP_CHR, 0, &handle);
	VERIFY(getminor(dev) == 21);
	VERIFY0(ldi_close(handle, FREAD, kcred));
	VERIFY3U(getminor(cards[1].last_closed), ==, 21);
}

void check_layered_calls(void)
{
	dev_t dev = makedevice(ddi_driver_major(DIP), 1);
	char buffer[4] = "abc";
	iovec_t iov = {buffer, 4};
	uio_t uio = {.uio_iov = &iov, .uio_iovcnt = 1, .uio_segflg = UIO_SYSSPACE, .uio_resid = 4};
	struct pollhead *head = NULL;
	uint64_t size = 0;
	short events = 0;
	ldi_handle_t h;
	int value = 0, length = sizeof(value);

	open_number(&dev, OTYP_CHR, 0, &h);
	VERIFY(ldi_write(h, &uio, kcred) == ENOTSUP && uio.uio_resid == 4 && ldi_strategy(h, NULL) == EINVAL);
	cards[1].transfers = B_TRUE;
	VERIFY(ldi_write(h, &uio, kcred) == 0 && uio.uio_resid == 0 && strcmp(cards[1].written, "abc") == 0);
	iov = (iovec_t){buffer, 4};
	uio.uio_iov = &iov;
	uio.uio_resid = 4;
	buffer[0] = 'x';
	VERIFY(ldi_read(h, &uio, kcred) == 0 && strcmp(buffer, "abc") == 0);
	VERIFY(ldi_read(h, NULL, kcred) == EINVAL && ldi_read(NULL, &uio, kcred) == EINVAL);
	VERIFY(ldi_ioctl(h, CARD_DOUBLE, (intptr_t)&length, FKIOCTL, kcred, &value) == 0 && value == 8);
	VERIFY(ldi_ioctl(h, 99, 0, FKIOCTL, kcred, &value) == ENOTTY && ldi_ioctl(NULL, 1, 0, FKIOCTL, kcred, &value) == EINVAL);
	VERIFY(ldi_poll(h, POLLIN, 0, &events, &head) == ENXIO && ldi_poll(NULL, POLLIN, 0, &events, &head) == EINVAL);
	VERIFY3S(ldi_get_size(h, &size), ==, DDI_FAILURE);
	VERIFY0(ddi_prop_update_int(dev, cards[1].dip, "nblocks", 5));
	VERIFY(ldi_get_size(h, &size) == DDI_SUCCESS && size == 2560);
	VERIFY0(ddi_prop_update_int64(dev, cards[1].dip, "Size", 10000000000ll));
	VERIFY(ldi_get_size(h, &size) == DDI_SUCCESS && size == 10000000000ull && ldi_get_size(NULL, &size) == DDI_FAILURE);
	VERIFY(ldi_prop_op(h, PROP_LEN_AND_VAL_BUF, 0, "nblocks", (caddr_t)&value, &length) == DDI_PROP_SUCCESS && value == 5);
	VERIFY(ldi_prop_op(h, PROP_LEN, 0, "none", NULL, &length) == DDI_PROP_NOT_FOUND);
	VERIFY(ldi_prop_op(h, PROP_LEN, 0, "", NULL, &length) == DDI_PROP_INVAL_ARG);
	VERIFY0(ldi_close(h, FREAD | FWRITE, kcred));
}

/* In a process of user 5 that has card0 open: the last close of its own is its own, whoever else has it open. */
void check_layered_beside(void)
{
	ldi_handle_t h;
	ldi_ident_t ident;

	VERIFY0(ldi_ident_from_dip(DIP, &ident));
	VERIFY3S(ldi_open_by_name("/dev/private0", FREAD, CRED(), &h, ident), ==, EACCES);
	VERIFY0(ldi_open_by_name("/dev/private0", FREAD, kcred, &h, ident));
	VERIFY0(ldi_close(h, FREAD, kcred));
	VERIFY0(ldi_open_by_name("/dev/card0", FREAD, CRED(), &h, ident));
	VERIFY0(ldi_close(h, FREAD, CRED()));
	VERIFY(cards[0].opens == 3 && cards[0].closes == 2);
	ldi_ident_release(ident);
}
