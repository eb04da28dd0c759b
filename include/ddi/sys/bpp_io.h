/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/bpp_io.h>: parallel ports: ioctls. */
#ifndef _SYS_BPP_IO_H
#define _SYS_BPP_IO_H

#include <sys/types.h>
#include <sys/ioccom.h>

#define BPPIOC_SETOUTPINS (-2147327485)
#define BPPIOC_SETPARMS (-2145361407)
#define BPPIOC_TESTIO 536896006
#define BPPIOC_GETOUTPINS 1073897988
#define BPPIOC_GETERR 1073963525
#define BPPIOC_GETPARMS 1075864066

#define BPP_AFX_PIN 2
#define BPP_ALL_IN_PINS 7
#define BPP_ALL_OUT_PINS 63
#define BPP_BUSY_ERR 0x40
#define BPP_ERR_ERR 1
#define BPP_ERR_PIN 1
#define BPP_INIT_PIN 4
#define BPP_PE_ERR 4
#define BPP_PE_PIN 4
#define BPP_SLCTIN_PIN 1
#define BPP_SLCTIN_ERR 0x10
#define BPP_SLCT_ERR 2
#define BPP_SLCT_PIN 2
#define BPP_V1_PIN 8
#define BPP_V2_PIN 0x10
#define BPP_V3_PIN 0x20
#define MAX_TIMEOUT 1800000

struct bpp_error_status {
	char timeout_occurred;
	char bus_error;
	uchar_t pin_status;
};

struct bpp_pins {
	uchar_t output_reg_pins;
	uchar_t input_reg_pins;
};

enum handshake_t {
	BPP_NO_HS = 1,
	BPP_ACK_HS = 2,
	BPP_BUSY_HS = 3,
	BPP_ACK_BUSY_HS = 4,
	BPP_XSCAN_HS = 5,
	BPP_HSCAN_HS = 6,
	BPP_CLEAR_MEM = 7,
	BPP_SET_MEM = 8,
	BPP_VPRINT_HS = 9,
	BPP_VPLOT_HS = 10
};

struct bpp_transfer_parms {
	enum handshake_t read_handshake;
	int read_setup_time;
	int read_strobe_width;
	int read_timeout;
	enum handshake_t write_handshake;
	int write_setup_time;
	int write_strobe_width;
	int write_timeout;
};

#endif
