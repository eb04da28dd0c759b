/* SPDX-License-Identifier: BSD-2-Clause */
/* Soft interrupts: ddi_intr_add_softint(9F), and the older ddi_add_softintr(9F). */
#include "kernel/ddi/device/interrupt.h"
#include "kernel/lib/message.h"
#include <sys/string.h>
#include <sys/sunddi.h>

/* Both kinds of handle are the interrupt itself. */
static struct interrupt *interrupt_of(void *handle)
{
	return handle;
}

static struct interrupt *softint_create(const struct interrupt_handler *handler, const void *caller)
{
	struct interrupt *intr = interrupt_create(handler, caller);

	if (intr != NULL)
		interrupt_enable(intr, true);
	return intr;
}

int ddi_intr_add_softint(dev_info_t *dip, ddi_softint_handle_t *hp, int pri, ddi_intr_handler_t *fn, void *arg1)
{
	const struct interrupt_handler handler = {.fn = fn, .arg1 = arg1, .pri = (uint_t)pri};

	if (dip == NULL || hp == NULL || fn == NULL || pri < DDI_INTR_SOFTPRI_MIN || pri > DDI_INTR_SOFTPRI_MAX)
		return DDI_EINVAL;
	*hp = (ddi_softint_handle_t)softint_create(&handler, CALLER());
	return *hp != NULL ? DDI_SUCCESS : DDI_FAILURE;
}

int ddi_intr_remove_softint(ddi_softint_handle_t h)
{
	if (h == NULL)
		return DDI_EINVAL;
	if (!interrupt_destroy(interrupt_of(h)))
		driver_bug(CALLER(), "ddi_intr_remove_softint: from within the handler itself, or twice");
	return DDI_SUCCESS;
}

int ddi_intr_trigger_softint(ddi_softint_handle_t h, void *arg2)
{
	if (h == NULL)
		return DDI_EINVAL;
	return interrupt_trigger(interrupt_of(h), arg2) == INTERRUPT_WAS_PENDING ? DDI_EPENDING : DDI_SUCCESS;
}

int ddi_intr_get_softint_pri(ddi_softint_handle_t h, uint_t *prip)
{
	if (h == NULL || prip == NULL)
		return DDI_EINVAL;
	*prip = interrupt_pri(interrupt_of(h));
	return DDI_SUCCESS;
}

/* ---- the older interface ---- */

int ddi_get_soft_iblock_cookie(dev_info_t *dip, int preference, ddi_iblock_cookie_t *iblockp)
{
	if (dip == NULL || iblockp == NULL ||
	    (preference != DDI_SOFTINT_LOW && preference != DDI_SOFTINT_MED && preference != DDI_SOFTINT_HIGH))
		return DDI_FAILURE;
	*iblockp = DDI_INTR_PRI(DDI_INTR_SOFTPRI_DEFAULT);
	return DDI_SUCCESS;
}

int ddi_add_softintr(dev_info_t *dip, int preference, ddi_softintr_t *idp, ddi_iblock_cookie_t *iblockp,
		     ddi_idevice_cookie_t *idevp, uint_t (*fn)(caddr_t), caddr_t arg)
{
	const struct interrupt_handler handler = {.old_fn = fn, .arg1 = arg, .pri = DDI_INTR_SOFTPRI_DEFAULT};

	if (dip == NULL || idp == NULL || fn == NULL)
		return DDI_FAILURE;
	*idp = (ddi_softintr_t)softint_create(&handler, CALLER());
	if (*idp == NULL)
		return DDI_FAILURE;
	if (iblockp != NULL)
		*iblockp = DDI_INTR_PRI(DDI_INTR_SOFTPRI_DEFAULT);
	if (idevp != NULL)
		memset(idevp, 0, sizeof(*idevp));
	return DDI_SUCCESS;
}

void ddi_remove_softintr(ddi_softintr_t id)
{
	if (!interrupt_destroy(interrupt_of(id)))
		driver_bug(CALLER(), "ddi_remove_softintr: from within the handler itself, or twice");
}

void ddi_trigger_softintr(ddi_softintr_t id)
{
	(void)interrupt_raise(interrupt_of(id));
}
