/* SPDX-License-Identifier: BSD-2-Clause */
/* ddi_fm_ereport_post(9F) and its family: reports of faults become messages. */
#include "kernel/ddi/device/devinfo.h"
#include "kernel/lib/message.h"
#include "kernel/host.h"
#include <sys/ddi_intr.h>
#include <sys/fm/protocol.h>
#include <sys/fm/util.h>
#include <sys/string.h>
#include <sys/sunddi.h>

#define REPORT_MAX 512

void ddi_fm_init(dev_info_t *dip, int *fmcap, ddi_iblock_cookie_t *ibc)
{
	dip->fm_capable = *fmcap & DDI_FM_EREPORT_CAPABLE;
	*fmcap = dip->fm_capable;
	if (ibc != NULL)
		*ibc = DDI_INTR_PRI(DDI_INTR_PRI_MIN);
}

void ddi_fm_fini(dev_info_t *dip)
{
	dip->fm_capable = DDI_FM_NOT_CAPABLE;
}

int ddi_fm_capable(dev_info_t *dip)
{
	return dip->fm_capable;
}

uint64_t fm_ena_generate(uint64_t timestamp, uchar_t format)
{
	static uint64_t count;
	uint64_t time = timestamp != 0 ? timestamp : host_time_monotonic();
	uint64_t n = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);

	/* [ time, 44 bits | count, 16 | format, 4 ] */
	return time << 20 | (n & 0xffff) << 4 | (format & 0xf);
}

/* ---- reports ---- */

static void text_add(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void text_add(char *text, const char *format, ...)
{
	size_t length = strlen(text);
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text + length, REPORT_MAX - length, format, ap);
	va_end(ap);
}

/* False: what follows cannot be found, as its size is not known. */
static bool value_add(char *text, data_type_t type, va_list *ap)
{
	switch (type) {
	case DATA_TYPE_BOOLEAN:
		return true;
	case DATA_TYPE_BOOLEAN_VALUE:
		text_add(text, "=%s", va_arg(*ap, int) != 0 ? "true" : "false");
		return true;
	case DATA_TYPE_BYTE:
	case DATA_TYPE_UINT8:
	case DATA_TYPE_UINT16:
	case DATA_TYPE_UINT32:
		text_add(text, "=%u", va_arg(*ap, unsigned));
		return true;
	case DATA_TYPE_INT8:
	case DATA_TYPE_INT16:
	case DATA_TYPE_INT32:
		text_add(text, "=%d", va_arg(*ap, int));
		return true;
	case DATA_TYPE_UINT64:
		text_add(text, "=0x%llx", va_arg(*ap, unsigned long long));
		return true;
	case DATA_TYPE_INT64:
		text_add(text, "=%lld", va_arg(*ap, long long));
		return true;
	case DATA_TYPE_STRING:
		text_add(text, "=\"%s\"", va_arg(*ap, const char *));
		return true;
	default:
		text_add(text, " (type %d, and what follows)", (int)type);
		return false;
	}
}

void ddi_fm_ereport_post(dev_info_t *dip, const char *error_class, uint64_t ena, int sflag, ...)
{
	char text[REPORT_MAX] = "";
	const char *name;
	va_list ap;

	if (dip->fm_capable == DDI_FM_NOT_CAPABLE)
		return;
	va_start(ap, sflag);
	while ((name = va_arg(ap, const char *)) != NULL) {
		data_type_t type = (data_type_t)va_arg(ap, int);

		text_add(text, " %s", name);
		if (!value_add(text, type, &ap))
			break;
	}
	va_end(ap);
	message(HOST_LOG_INFO, "%s%d: error report %s, ena 0x%llx:%s", dip->name, dip->instance, error_class,
		(unsigned long long)ena, text);
}

static const char *impact_word(int impact)
{
	switch (impact) {
	case DDI_SERVICE_LOST:
		return "lost";
	case DDI_SERVICE_DEGRADED:
		return "degraded";
	case DDI_SERVICE_UNAFFECTED:
		return "unaffected";
	case DDI_SERVICE_RESTORED:
		return "restored";
	default:
		return NULL;
	}
}

void ddi_fm_service_impact(dev_info_t *dip, int impact)
{
	const char *word = impact_word(impact);

	if (word != NULL)
		message(HOST_LOG_INFO, "%s%d: service %s", dip->name, dip->instance, word);
}
