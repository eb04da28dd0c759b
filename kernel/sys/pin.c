/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory of the current process pinned as physio(9F) does it, for the host. */
#include <sys/errno.h>

#include "kernel/devmap/range_pin.h"
#include "kernel/sys/proc.h"

struct sys_pin {
	struct range_pin range; /* first */
};

static void pin_free(struct range_pin *pin)
{
	host_free(pin, sizeof(struct sys_pin));
}

static const struct range_pin_ops pin_ops = {.free = pin_free};

int sys_pin(uintptr_t addr, size_t len, bool write, struct sys_pin **out)
{
	struct sys_pin *pin;
	int error;

	if ((addr & PAGE_OFFSET) != 0 || (len & PAGE_OFFSET) != 0 || len == 0)
		return EINVAL;
	pin = host_alloc(sizeof(*pin), true);
	error = range_pin_begin(&pin->range, &proc_current()->space, addr, len, write ? RANGE_PIN_WRITE : 0,
				&pin_ops);
	if (error != 0) {
		host_free(pin, sizeof(*pin));
		return error;
	}
	*out = pin;
	return 0;
}

void sys_unpin(struct sys_pin *pin)
{
	range_pin_end(&pin->range);
}
