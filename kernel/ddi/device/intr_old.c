/* SPDX-License-Identifier: BSD-2-Clause */
/* ddi_add_intr(9F): the older interface; a handler is enabled as it is added. */
#include "kernel/ddi/device/interrupt.h"
#include "kernel/lib/message.h"
#include <sys/string.h>
#include <sys/sunddi.h>

#define PRI_DEFAULT 5u

static bool inum_exists(dev_info_t *dip, uint_t inum)
{
	return dip != NULL && inum < (uint_t)interrupt_count(dip);
}

int ddi_dev_nintrs(dev_info_t *dip, int *nintrsp)
{
	*nintrsp = interrupt_count(dip);
	return DDI_SUCCESS;
}

int ddi_get_iblock_cookie(dev_info_t *dip, uint_t inum, ddi_iblock_cookie_t *iblockp)
{
	if (!inum_exists(dip, inum))
		return DDI_INTR_NOTFOUND;
	*iblockp = DDI_INTR_PRI(PRI_DEFAULT);
	return DDI_SUCCESS;
}

int ddi_intr_hilevel(dev_info_t *dip, uint_t inum)
{
	return 0;
}

int ddi_add_intr(dev_info_t *dip, uint_t inum, ddi_iblock_cookie_t *iblockp, ddi_idevice_cookie_t *idevp,
		 uint_t (*fn)(caddr_t), caddr_t arg)
{
	const struct interrupt_handler handler = {.old_fn = fn, .arg1 = arg, .pri = PRI_DEFAULT};
	struct interrupt *intr;

	if (!inum_exists(dip, inum))
		return DDI_INTR_NOTFOUND;
	intr = fn != NULL ? interrupt_create(&handler, CALLER()) : NULL;
	if (intr == NULL)
		return DDI_FAILURE;
	if (iblockp != NULL)
		*iblockp = DDI_INTR_PRI(PRI_DEFAULT);
	if (idevp != NULL)
		memset(idevp, 0, sizeof(*idevp));
	interrupt_publish(intr, dip, (int)inum);
	interrupt_enable(intr, true);
	return DDI_SUCCESS;
}

void ddi_remove_intr(dev_info_t *dip, uint_t inum, ddi_iblock_cookie_t iblock)
{
	struct interrupt *intr = interrupt_find(dip, (int)inum);

	if (intr == NULL)
		driver_bug(CALLER(), "ddi_remove_intr: interrupt %u has no handler", inum);
	if (!interrupt_destroy(intr))
		driver_bug(CALLER(), "ddi_remove_intr: from within the handler itself");
}
