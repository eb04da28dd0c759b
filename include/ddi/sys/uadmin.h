/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/uadmin.h>: shutting the machine down, uadmin(2). */
#ifndef _SYS_UADMIN_H
#define _SYS_UADMIN_H

#include <sys/cred.h>
#include <sys/types.h>

#define AD_BOOT 1
#define AD_CHECK 2
#define AD_CHECK_SUSPEND_TO_DISK 2
#define AD_CHECK_SUSPEND_TO_RAM 21
#define AD_COMPRESS 0
#define AD_FASTREBOOT 8
#define AD_FASTREBOOT_DRYRUN 9
#define AD_FORCE 1
#define AD_FTRACE_START 1
#define AD_FTRACE_STOP 2
#define AD_HALT 0
#define AD_IBOOT 2
#define AD_NOSYNC 7
#define AD_POWEROFF 6
#define AD_REUSABLE 4
#define AD_REUSEFINI 5
#define AD_REUSEINIT 3
#define AD_SBOOT 3
#define AD_SIBOOT 4
#define AD_SUSPEND_TO_DISK 0
#define AD_SUSPEND_TO_RAM 20
#define AD_UNKNOWN (-1)
#define AD_UPDATE_BOOT_CONFIG 1
#define A_CONFIG 23
#define A_DUMP 5
#define A_FREEZE 3
#define A_FTRACE 15
#define A_REBOOT 1
#define A_REMOUNT 4
#define A_SDTTEST 22
#define A_SHUTDOWN 2
#define A_SWAPCTL 16
#define BOOTARGS_MAX 256
#define UA_FASTREBOOT_DEFAULT 1
#define UA_FASTREBOOT_ONPANIC 2
#define FASTREBOOT_DEFAULT "fastreboot_default"
#define FASTREBOOT_ONPANIC "fastreboot_onpanic"
#define FASTREBOOT_ONPANIC_CMDLINE "fastreboot_onpanic_cmdline"

/*
 * The machine is a program: where the original ends, the server does, as by a driver's panic.
 * command A_REBOOT or A_SHUTDOWN, function AD_*, text or NULL, callbacks.
 */
void mdboot(int, int, char *, boolean_t) SUNDOG_LINK(mdboot);
/* The same for who may: EPERM; ENOTSUP: a command that is none of these; EINVAL: none at all. */
int kadmin(int, int, void *, cred_t *) SUNDOG_LINK(kadmin);

#endif
