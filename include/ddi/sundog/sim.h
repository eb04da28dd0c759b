/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sundog/sim.h>: the hardware's side of a device that exists in software only.  A simulated device is code beside the
 * driver (in the same .so, or in a test): it uses what is declared here, the driver itself does not.
 */
#ifndef _SUNDOG_SIM_H
#define _SUNDOG_SIM_H

#include <sys/dditypes.h>
#include <sys/types.h>

/*
 * Raises interrupt inum (0, 1, ...; the device has as many as its property "interrupts" has elements) of the device
 * instance dip, as a device does with an edge or a message: the driver's handler runs once, soon, in interrupt context in
 * a thread of its own.  Raised again before the handler has begun, it stays one interrupt; while masked it stays pending.
 *
 * Returns DDI_SUCCESS, or DDI_FAILURE if no handler of that interrupt is enabled: then it is lost.
 * Context: any, with any of the driver's mutexes held.
 */
int sim_interrupt(dev_info_t *dip, uint_t inum) SUNDOG_LINK(sim_interrupt);

#endif
