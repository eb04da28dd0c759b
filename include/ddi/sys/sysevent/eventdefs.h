/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/sysevent/eventdefs.h>: classes of system events. */
#ifndef _SYS_SYSEVENT_EVENTDEFS_H
#define _SYS_SYSEVENT_EVENTDEFS_H

#define EC_ACPIEV "EC_acpiev"
#define EC_DR "EC_dr"
#define EC_ENV "EC_env"
#define EC_FM "EC_fm"
#define ESC_DR_AP_STATE_CHANGE "ESC_dr_ap_state_change"
#define ESC_ENV_FAN "ESC_env_fan"
#define ESC_ENV_LED "ESC_env_led"
#define ESC_ENV_POWER "ESC_env_power"
#define ESC_ENV_TEMP "ESC_env_temp"

#endif
