/* SPDX-License-Identifier: BSD-2-Clause */
/* machine.h: what drivers read of the machine: physmem, ncpus and their like. */
#ifndef KERNEL_DDI_CORE_MACHINE_H
#define KERNEL_DDI_CORE_MACHINE_H

/* Called by sys_boot(). */
void machine_boot(void);
/* With ncpus known. */
void processor_boot(void);

#endif
