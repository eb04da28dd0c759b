/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/epic.h>: the power chip of a workstation: its registers. */
#ifndef _SYS_EPIC_H
#define _SYS_EPIC_H

#include <sys/types.h>

#define EPIC_ALERT_LED_OFF 0
#define EPIC_ALERT_LED_ON 4
#define EPIC_ALERT_LED_MASK 0xc

#define EPIC_ATOM_INTR_CLEAR 1
#define EPIC_ATOM_INTR_READ 2
#define EPIC_ATOM_INTR_ENABLE 3
#define EPIC_ATOM_DATA 0x80
#define EPIC_ATOM_ADDR 0x81

#define EPIC_HOST_INTR_CLEAR 0
#define EPIC_HOST_INT_ENABLE_REG 0x1a
#define EPIC_HOST_INT_STATUS_REG 0x1b

#define EPIC_POWER_LED_OFF 0
#define EPIC_POWER_BUTTON_INT 1
#define EPIC_POWER_BUTTON_INT_MASK 1
#define EPIC_POWER_LED_ON 0x10
#define EPIC_POWER_LED_SB_BLINK 0x20
#define EPIC_POWER_LED_FAST_BLINK 0x30
#define EPIC_POWER_LED_MASK 0x30

#define EPIC_DELAY 10000
#define EPIC_FAST_BL_POWER_LED 0x24
#define EPIC_FIRE_INTERRUPT 1
#define EPIC_FIRE_INT_MASK 1
#define EPIC_GET_FW 0x30
#define EPIC_IND_FW_VERSION 5
#define EPIC_IND_LED_STATE0 6
#define EPIC_RESET_ALERT_LED 0x12
#define EPIC_RESET_POWER_LED 0x22
#define EPIC_SB_BL_POWER_LED 0x23
#define EPIC_SET_ALERT_LED 0x11
#define EPIC_SET_POWER_LED 0x21

#define EPIC_RD(handle, address, value) ((value) = ddi_get8((handle), (uint8_t *)(address)))

#endif
