/* SPDX-License-Identifier: BSD-2-Clause */
/* hat.h: pages that drivers show at kernel addresses of their own, hat_devload(9F). */
#ifndef KERNEL_DDI_MEM_HAT_H
#define KERNEL_DDI_MEM_HAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Does a driver show pages in [addr, addr + len)?  Such memory must not be freed. */
bool hat_is_loaded(uintptr_t addr, size_t len);

#endif
