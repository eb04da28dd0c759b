/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/devctl.h>: control of buses and devices: ioctls. */
#ifndef _SYS_DEVCTL_H
#define _SYS_DEVCTL_H

#include <sys/types.h>
#include <sys/nvpair.h>

#define DEVCTL_BUS_QUIESCE 14417921
#define DEVCTL_BUS_UNQUIESCE 14417922
#define DEVCTL_BUS_RESETALL 14417923
#define DEVCTL_BUS_RESET 14417924
#define DEVCTL_BUS_GETSTATE 14417925

#define DEVCTL_DEVICE_ONLINE 14417926
#define DEVCTL_DEVICE_OFFLINE 14417927
#define DEVCTL_DEVICE_GETSTATE 14417929
#define DEVCTL_DEVICE_RESET 14417930

#define DEVCTL_PM_BUSY_COMP 14417943
#define DEVCTL_PM_IDLE_COMP 14417944
#define DEVCTL_PM_RAISE_PWR 14417945
#define DEVCTL_PM_CHANGE_PWR_LOW 14417947
#define DEVCTL_PM_CHANGE_PWR_HIGH 14417948
#define DEVCTL_PM_POWER 14417949
#define DEVCTL_PM_PROM_PRINTF 14417950
#define DEVCTL_PM_FAIL_SUSPEND 14417951
#define DEVCTL_PM_PWR_HAS_CHANGED_ON_RESUME 14417952
#define DEVCTL_PM_PUP_WITH_PWR_HAS_CHANGED 14417954
#define DEVCTL_PM_BUSY_COMP_TEST 14417955
#define DEVCTL_PM_NO_LOWER_POWER 14417957

#define BUS_ACTIVE 0x10
#define BUS_QUIESCED 0x20

struct devctl_iocdata {
	uint_t cmd;
	uint_t flags;
	void *cpyout_buf;
	nvlist_t *nvl_user;
	size_t nvl_usersz;
	char *c_nodename;
	char *c_unitaddr;
};

#endif
