/* SPDX-License-Identifier: BSD-2-Clause */
/* ddi_log_sysevent(9F): there is no daemon to hear of events: each becomes a message. */
#include "kernel/ddi/core/kthread.h"
#include "kernel/ddi/mem/nvlist.h"
#include "kernel/host.h"
#include "kernel/lib/message.h"
#include <sys/sunddi.h>
#include <sys/sysevent.h>

#define TEXT_MAX 700

static void text_add(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void text_add(char *text, const char *format, ...)
{
	size_t length = strlen(text);
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text + length, TEXT_MAX - length, format, ap);
	va_end(ap);
}

static void number_add(char *text, data_type_t type, const char *value)
{
	uint64_t n = 0;

	memcpy(&n, value, nv_element_size(type));
	switch (type) {
	case DATA_TYPE_INT8:
		text_add(text, "%d", (int8_t)n);
		break;
	case DATA_TYPE_INT16:
		text_add(text, "%d", (int16_t)n);
		break;
	case DATA_TYPE_INT32:
		text_add(text, "%d", (int32_t)n);
		break;
	case DATA_TYPE_INT64:
		text_add(text, "%lld", (long long)n);
		break;
	default:
		text_add(text, "%llu", (unsigned long long)n);
	}
}

static void attribute_add(char *text, nvpair_t *nvp)
{
	data_type_t type = NVP_TYPE(nvp);

	text_add(text, " %s", NVP_NAME(nvp));
	if (type == DATA_TYPE_BOOLEAN)
		return;
	text_add(text, "=");
	if (type == DATA_TYPE_STRING)
		text_add(text, "\"%s\"", NVP_VALUE(nvp));
	else if (nv_is_array(type) || nv_element_size(type) == 0)
		text_add(text, "(%d of type %d)", NVP_NELEM(nvp), type);
	else
		number_add(text, type, NVP_VALUE(nvp));
}

static void event_identify(sysevent_id_t *id)
{
	static uint64_t last;

	id->eid_seq = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
	id->eid_ts = gethrtime();
}

int ddi_log_sysevent(dev_info_t *dip, char *vendor, char *class, char *subclass, nvlist_t *attributes, sysevent_id_t *id, int sleep)
{
	char text[TEXT_MAX] = "";
	sysevent_id_t own;

	if (dip == NULL || vendor == NULL || class == NULL || subclass == NULL || (sleep != DDI_SLEEP && sleep != DDI_NOSLEEP))
		return DDI_EINVAL;
	if (sleep == DDI_SLEEP && kthread_in_interrupt())
		return DDI_ECONTEXT;
	event_identify(&own);
	for (nvpair_t *nvp = nvlist_next_nvpair(attributes, NULL); nvp != NULL; nvp = nvlist_next_nvpair(attributes, nvp))
		attribute_add(text, nvp);
	message(HOST_LOG_INFO, "%s%d: event %s of %s, %s:%s", ddi_driver_name(dip), ddi_get_instance(dip), subclass, class, vendor, text);
	if (id != NULL)
		*id = own;
	return DDI_SUCCESS;
}
