/* SPDX-License-Identifier: BSD-2-Clause */
/* Register sets and access handles; see HW_CONF for the sets. */
#include <sundog/sim.h>
#include <sys/ddi.h>
#include <sys/mman.h>
#include <sys/sunddi.h>
#include <sys/vmem.h>
#include <sys/vmsystm.h>
#include <vm/as.h>
#include <vm/hat.h>
#include <vm/page.h>
#include <vm/seg_kmem.h>

#include "hw.h"

static ddi_device_acc_attr_t le_attr = {
	.devacc_attr_version = DDI_DEVICE_ATTR_V0,
	.devacc_attr_endian_flags = DDI_STRUCTURE_LE_ACC,
	.devacc_attr_dataorder = DDI_STRICTORDER_ACC,
};
static ddi_device_acc_attr_t be_attr = {
	.devacc_attr_version = DDI_DEVICE_ATTR_V1,
	.devacc_attr_endian_flags = DDI_STRUCTURE_BE_ACC,
	.devacc_attr_dataorder = DDI_STRICTORDER_ACC,
};

void check_reg_sizes(void)
{
	size_t size = 7;
	off_t bytes = 7;
	int n = 7;

	VERIFY3S(ddi_dev_nregs(hw_dip, &n), ==, DDI_SUCCESS);
	VERIFY3S(n, ==, 3);
	VERIFY3S(ddi_dev_regsize(hw_dip, 0, &bytes), ==, DDI_SUCCESS);
	VERIFY3S(bytes, ==, 256);
	VERIFY3S(ddi_dev_regsize(hw_dip, 2, &bytes), ==, DDI_SUCCESS);
	VERIFY3S(bytes, ==, 4097);
	VERIFY3S(ddi_dev_regsize(hw_dip, 3, &bytes), ==, DDI_FAILURE);
	VERIFY3S(bytes, ==, 4097);
	/* a device without registers: the root of all devices */
	VERIFY3S(ddi_dev_nregs(ddi_root_node(), &n), ==, DDI_FAILURE);
	VERIFY3S(ddi_dev_regsize(ddi_root_node(), 0, &bytes), ==, DDI_FAILURE);
	VERIFY(sim_registers(hw_dip, 1, &size) != NULL && size == 12288);
	VERIFY(sim_registers(hw_dip, 1, NULL) == sim_registers(hw_dip, 1, &size));
	VERIFY(sim_registers(hw_dip, 3, &size) == NULL);
	VERIFY(sim_device("hw", 3) == hw_dip);
	VERIFY(sim_device("hw", 0) == NULL && sim_device("wh", 3) == NULL);
}

/* The property stays one like any other. */
void check_reg_property(void)
{
	int *reg;
	uint_t n;

	VERIFY3S(ddi_prop_lookup_int_array(DDI_DEV_T_ANY, hw_dip, DDI_PROP_DONTPASS, "reg", &reg, &n), ==,
		 DDI_PROP_SUCCESS);
	VERIFY3U(n, ==, 9);
	VERIFY3S(reg[3], ==, 1);
	VERIFY3S(reg[4], ==, 0x100000);
	ddi_prop_free(reg);
}

void check_reg_map(void)
{
	uint32_t *hardware = sim_registers(hw_dip, 1, NULL);
	ddi_acc_handle_t handle;
	caddr_t address;

	VERIFY3S(ddi_regs_map_setup(hw_dip, 1, &address, 0, 0, &le_attr, &handle), ==, DDI_SUCCESS);
	VERIFY3P(address, ==, hardware);
	VERIFY3U(ddi_get32(handle, (uint32_t *)(address + 12284)), ==, 0);
	ddi_put32(handle, (uint32_t *)address, 0x12345678);
	VERIFY3U(hardware[0], ==, 0x12345678);
	__atomic_store_n(&hardware[12288 / 4 - 1], 99, __ATOMIC_SEQ_CST);
	VERIFY3U(ddi_get32(handle, (uint32_t *)(address + 12284)), ==, 99);
	ddi_regs_map_free(&handle);
	VERIFY(handle == NULL);
	VERIFY3U(hardware[0], ==, 0x12345678); /* registers keep what was written */
}

void check_reg_map_twice(void)
{
	ddi_acc_handle_t one, two;
	caddr_t first, second;

	VERIFY3S(ddi_regs_map_setup(hw_dip, 0, &first, 0, 16, &le_attr, &one), ==, DDI_SUCCESS);
	VERIFY3S(ddi_regs_map_setup(hw_dip, 0, &second, 8, 8, &be_attr, &two), ==, DDI_SUCCESS);
	VERIFY(one != two);
	ddi_put16(one, (uint16_t *)(first + 8), 0x1122);
	ddi_regs_map_free(&one);
	VERIFY3U(ddi_get16(two, (uint16_t *)second), ==, 0x2211);
	ddi_regs_map_free(&two);
}

void check_reg_map_edges(void)
{
	ddi_device_acc_attr_t unknown = {.devacc_attr_version = 0x77};
	ddi_acc_handle_t handle = NULL;
	caddr_t address = NULL;

	VERIFY3S(ddi_regs_map_setup(hw_dip, 3, &address, 0, 0, &le_attr, &handle), ==, DDI_FAILURE);
	VERIFY3S(ddi_regs_map_setup(hw_dip, 0, &address, 256, 0, &le_attr, &handle), ==, DDI_FAILURE);
	VERIFY3S(ddi_regs_map_setup(hw_dip, 0, &address, 0, 257, &le_attr, &handle), ==, DDI_FAILURE);
	VERIFY3S(ddi_regs_map_setup(hw_dip, 0, &address, 255, 2, &le_attr, &handle), ==, DDI_FAILURE);
	VERIFY3S(ddi_regs_map_setup(hw_dip, 0, &address, -1, 1, &le_attr, &handle), ==, DDI_FAILURE);
	VERIFY3S(ddi_regs_map_setup(hw_dip, 0, &address, 0, -1, &le_attr, &handle), ==, DDI_FAILURE);
	VERIFY3S(ddi_regs_map_setup(hw_dip, 0, &address, 8, INT64_MAX, &le_attr, &handle), ==, DDI_FAILURE);
	VERIFY3S(ddi_regs_map_setup(hw_dip, 0, &address, 0, 0, &unknown, &handle), ==, DDI_FAILURE);
	VERIFY(address == NULL && handle == NULL);
	VERIFY3S(ddi_regs_map_setup(hw_dip, 2, &address, 4096, 0, &le_attr, &handle), ==, DDI_SUCCESS);
	ddi_put8(handle, (uint8_t *)address, 7); /* its only byte */
	VERIFY3U(ddi_get8(handle, (uint8_t *)address), ==, 7);
	ddi_regs_map_free(&handle);
}

void check_reg_map_old(void)
{
	char *hardware = sim_registers(hw_dip, 1, NULL);
	caddr_t address = NULL;

	VERIFY3S(ddi_map_regs(hw_dip, 3, &address, 0, 0), ==, DDI_FAILURE);
	VERIFY3S(ddi_map_regs(hw_dip, 1, &address, 12288, 1), ==, DDI_FAILURE);
	VERIFY3S(ddi_map_regs(hw_dip, 1, &address, 1, 12288), ==, DDI_FAILURE);
	VERIFY(address == NULL);
	VERIFY3S(ddi_map_regs(hw_dip, 1, &address, 4096, 0), ==, DDI_SUCCESS);
	VERIFY3P(address, ==, hardware + 4096);
	ddi_unmap_regs(hw_dip, 1, &address, 4096, 0);
	VERIFY(address == NULL);
}

void check_reg_widths(void)
{
	ddi_acc_handle_t handle;
	caddr_t a;

	VERIFY3S(ddi_regs_map_setup(hw_dip, 0, &a, 0, 0, NULL, &handle), ==, DDI_SUCCESS);
	ddi_put64(handle, (uint64_t *)(a + 248), 0x8877665544332211ull);
	VERIFY3U(ddi_get8(handle, (uint8_t *)(a + 248)), ==, 0x11);
	VERIFY3U(ddi_get16(handle, (uint16_t *)(a + 250)), ==, 0x4433);
	VERIFY3U(ddi_get32(handle, (uint32_t *)(a + 252)), ==, 0x88776655);
	ddi_put8(handle, (uint8_t *)(a + 255), 0xff);
	ddi_put16(handle, (uint16_t *)(a + 248), 0xabcd);
	VERIFY3U(ddi_get64(handle, (uint64_t *)(a + 248)), ==, 0xff7766554433abcdull);
	ddi_regs_map_free(&handle);
}

void check_reg_endian(void)
{
	uint8_t *bytes = sim_registers(hw_dip, 0, NULL);
	ddi_acc_handle_t big, little;
	uint16_t rep[2] = {0x0102, 0x0304}, back[2];
	caddr_t a;

	VERIFY3S(ddi_regs_map_setup(hw_dip, 0, &a, 0, 0, &be_attr, &big), ==, DDI_SUCCESS);
	VERIFY3S(ddi_regs_map_setup(hw_dip, 0, &a, 0, 0, &le_attr, &little), ==, DDI_SUCCESS);
	ddi_put32(big, (uint32_t *)a, 0x01020304);
	VERIFY(bytes[0] == 1 && bytes[1] == 2 && bytes[2] == 3 && bytes[3] == 4);
	VERIFY3U(ddi_get32(big, (uint32_t *)a), ==, 0x01020304);
	ddi_put32(little, (uint32_t *)a, 0x01020304);
	VERIFY(bytes[0] == 4 && bytes[3] == 1);
	ddi_put64(big, (uint64_t *)(a + 8), 0x0102030405060708ull);
	VERIFY(bytes[8] == 1 && bytes[15] == 8);
	VERIFY3U(ddi_get64(big, (uint64_t *)(a + 8)), ==, 0x0102030405060708ull);
	ddi_put8(big, (uint8_t *)a, 0x9a);
	VERIFY3U(bytes[0], ==, 0x9a);
	ddi_rep_put16(big, rep, (uint16_t *)(a + 16), 2, DDI_DEV_AUTOINCR);
	VERIFY(bytes[16] == 1 && bytes[17] == 2 && bytes[18] == 3 && bytes[19] == 4);
	ddi_rep_get16(big, back, (uint16_t *)(a + 16), 2, DDI_DEV_AUTOINCR);
	VERIFY(back[0] == 0x0102 && back[1] == 0x0304);
	ddi_regs_map_free(&big);
	ddi_regs_map_free(&little);
}

void check_reg_rep(void)
{
	uint8_t bytes[4] = {1, 2, 3, 4}, got8[4] = {0};
	uint32_t words[3] = {10, 20, 30}, got[3] = {0};
	uint64_t longs[2] = {5, 6}, got64[2] = {0};
	ddi_acc_handle_t handle;
	caddr_t a;

	VERIFY3S(ddi_regs_map_setup(hw_dip, 0, &a, 0, 0, &le_attr, &handle), ==, DDI_SUCCESS);
	ddi_rep_put8(handle, bytes, (uint8_t *)a, 4, DDI_DEV_AUTOINCR);
	ddi_rep_get8(handle, got8, (uint8_t *)a, 4, DDI_DEV_AUTOINCR);
	VERIFY(memcmp(bytes, got8, 4) == 0);
	ddi_rep_put32(handle, words, (uint32_t *)(a + 8), 3, DDI_DEV_NO_AUTOINCR);
	VERIFY3U(ddi_get32(handle, (uint32_t *)(a + 8)), ==, 30); /* each went to the one address */
	VERIFY3U(ddi_get32(handle, (uint32_t *)(a + 12)), ==, 0);
	ddi_rep_get32(handle, got, (uint32_t *)(a + 8), 3, DDI_DEV_NO_AUTOINCR);
	VERIFY(got[0] == 30 && got[1] == 30 && got[2] == 30);
	ddi_rep_put64(handle, longs, (uint64_t *)(a + 240), 2, DDI_DEV_AUTOINCR);
	ddi_rep_get64(handle, got64, (uint64_t *)(a + 240), 2, DDI_DEV_AUTOINCR);
	VERIFY(got64[0] == 5 && got64[1] == 6);
	ddi_rep_get8(handle, got8, (uint8_t *)(a + 256), 0, DDI_DEV_AUTOINCR); /* nothing at all */
	ddi_regs_map_free(&handle);
}

void check_reg_unaligned(void)
{
	ddi_acc_handle_t handle;
	caddr_t a;

	VERIFY3S(ddi_regs_map_setup(hw_dip, 0, &a, 0, 0, &le_attr, &handle), ==, DDI_SUCCESS);
	ddi_put32(handle, (uint32_t *)(uintptr_t)(a + 1), 0xa1b2c3d4);
	VERIFY3U(ddi_get8(handle, (uint8_t *)a + 1), ==, 0xd4);
	VERIFY3U(ddi_get32(handle, (uint32_t *)(uintptr_t)(a + 1)), ==, 0xa1b2c3d4);
	ddi_regs_map_free(&handle);
}

void check_reg_peek(void)
{
	char *a = sim_registers(hw_dip, 0, NULL);
	static int64_t nowhere; /* not in whole pages of kernel memory */
	int64_t v64;
	int32_t v32;
	int16_t v16;
	int8_t v8;

	VERIFY3S(ddi_poke64(hw_dip, (int64_t *)(a + 8), -2), ==, DDI_SUCCESS);
	VERIFY3S(ddi_peek64(hw_dip, (int64_t *)(a + 8), &v64), ==, DDI_SUCCESS);
	VERIFY3S(v64, ==, -2);
	VERIFY3S(ddi_poke32(hw_dip, (int32_t *)(a + 8), 0x01020304), ==, DDI_SUCCESS);
	VERIFY3S(ddi_peek32(hw_dip, (int32_t *)(a + 8), &v32), ==, DDI_SUCCESS);
	VERIFY3S(ddi_peek16(hw_dip, (int16_t *)(a + 8), &v16), ==, DDI_SUCCESS);
	VERIFY3S(ddi_peek8(hw_dip, (int8_t *)(a + 11), &v8), ==, DDI_SUCCESS);
	VERIFY(v32 == 0x01020304 && v16 == 0x0304 && v8 == 1);
	VERIFY3S(ddi_poke16(hw_dip, (int16_t *)(a + 2), 5), ==, DDI_SUCCESS);
	VERIFY3S(ddi_poke8(hw_dip, (int8_t *)(a + 1), 6), ==, DDI_SUCCESS);
	VERIFY(a[1] == 6 && a[2] == 5);
	VERIFY3S(ddi_peek8(hw_dip, (int8_t *)a, NULL), ==, DDI_SUCCESS);

	VERIFY3S(ddi_peek64(hw_dip, &nowhere, &v64), ==, DDI_FAILURE);
	VERIFY3S(ddi_poke64(hw_dip, &nowhere, 1), ==, DDI_FAILURE);
	VERIFY3S(ddi_peek8(hw_dip, NULL, &v8), ==, DDI_FAILURE);
	VERIFY3S(ddi_peek32(hw_dip, (int32_t *)(uintptr_t)(a + 2), &v32), ==, DDI_FAILURE); /* misaligned */
	VERIFY3S(ddi_poke16(hw_dip, (int16_t *)(uintptr_t)(a + 1), 1), ==, DDI_FAILURE);
	VERIFY3S(v64, ==, -2);
	VERIFY3S(nowhere, ==, 0);
}

void check_reg_peekpokeio(void)
{
	char *a = sim_registers(hw_dip, 0, NULL);
	char from[8] = "abcdefg", to[8] = "";
	iovec_t iov = {from, 7};
	uio_t uio = {.uio_iov = &iov, .uio_iovcnt = 1, .uio_segflg = UIO_SYSSPACE, .uio_resid = 7};

	VERIFY3S(ddi_peekpokeio(hw_dip, &uio, UIO_WRITE, a + 1, 100, 0), ==, DDI_SUCCESS);
	VERIFY(uio.uio_resid == 0 && memcmp(a + 1, "abcdefg", 7) == 0);
	iov = (iovec_t){to, 6};
	uio = (uio_t){.uio_iov = &iov, .uio_iovcnt = 1, .uio_segflg = UIO_SYSSPACE, .uio_resid = 6};
	VERIFY3S(ddi_peekpokeio(hw_dip, &uio, UIO_READ, a + 2, 4, 2), ==, DDI_SUCCESS);
	VERIFY(uio.uio_resid == 2 && memcmp(to, "bcde", 5) == 0);
	VERIFY3S(ddi_peekpokeio(hw_dip, &uio, UIO_READ, to, 1, 1), ==, DDI_FAILURE); /* nothing there */
	VERIFY3S(uio.uio_resid, ==, 2);
}

/* A width that does not fit is halved until it fits all of it: any offset and length goes. */
void check_reg_peekpokeio_odd(void)
{
	static const struct {
		int offset;
		size_t len;
		uint_t width;
	} row[] = {{0, 8, 4}, {1, 8, 4}, {0, 7, 4}, {2, 6, 4}, {1, 2, 2}, {0, 2, 4}, {3, 1, 8}, {4, 8, 8}, {7, 9, 8}};
	char *a = sim_registers(hw_dip, 0, NULL);

	for (size_t i = 0; i < sizeof (row) / sizeof (row[0]); i++) {
		char from[16] = "0123456789abcdef", to[16] = "";
		iovec_t iov = {from, sizeof (from)};
		uio_t uio = {.uio_iov = &iov, .uio_iovcnt = 1, .uio_segflg = UIO_SYSSPACE, .uio_resid = sizeof (from)};

		memset(a, 0, 32);
		VERIFY3S(ddi_peekpokeio(hw_dip, &uio, UIO_WRITE, a + row[i].offset, row[i].len, row[i].width), ==, DDI_SUCCESS);
		VERIFY3S(uio.uio_resid, ==, sizeof (from) - row[i].len);
		VERIFY(memcmp(a + row[i].offset, from, row[i].len) == 0 && a[row[i].offset + row[i].len] == 0);
		iov = (iovec_t){to, sizeof (to)};
		uio = (uio_t){.uio_iov = &iov, .uio_iovcnt = 1, .uio_segflg = UIO_SYSSPACE, .uio_resid = sizeof (to)};
		VERIFY3S(ddi_peekpokeio(hw_dip, &uio, UIO_READ, a + row[i].offset, row[i].len, row[i].width), ==, DDI_SUCCESS);
		VERIFY(memcmp(to, from, row[i].len) == 0 && to[row[i].len] == 0);
	}
}

/* ---- bugs ---- */

static ddi_acc_handle_t map_set0(caddr_t *address)
{
	ddi_acc_handle_t handle;

	VERIFY3S(ddi_regs_map_setup(hw_dip, 0, address, 16, 32, &le_attr, &handle), ==, DDI_SUCCESS);
	return handle;
}

void bug_reg_free_twice(void)
{
	caddr_t a;
	ddi_acc_handle_t handle = map_set0(&a), again = handle;

	ddi_regs_map_free(&handle);
	ddi_regs_map_free(&again);
}

void bug_reg_beyond(void)
{
	caddr_t a;
	ddi_acc_handle_t handle = map_set0(&a);

	(void) ddi_get32(handle, (uint32_t *)(a + 28));
	(void) ddi_get32(handle, (uint32_t *)(a + 32));
}

void bug_reg_before(void)
{
	caddr_t a;
	ddi_acc_handle_t handle = map_set0(&a);

	ddi_put8(handle, (uint8_t *)a, 1);
	ddi_put8(handle, (uint8_t *)a - 1, 1);
}

void bug_reg_rep_beyond(void)
{
	uint16_t to[17];
	caddr_t a;
	ddi_acc_handle_t handle = map_set0(&a);

	ddi_rep_get16(handle, to, (uint16_t *)a, 17, DDI_DEV_AUTOINCR);
}

/* Registers have frame numbers as memory has, but are none. */
void check_reg_frames(void)
{
	pfn_t frame = hat_getpfnum(kas.a_hat, sim_registers(hw_dip, 0, NULL));
	caddr_t shown = vmem_alloc(heap_arena, PAGESIZE, VM_SLEEP);
	char *set = sim_registers(hw_dip, 0, NULL);

	VERIFY(frame != PFN_INVALID && !pf_is_memory(frame));
	hat_devload(kas.a_hat, shown, PAGESIZE, frame, PROT_READ | PROT_WRITE, HAT_LOAD);
	shown[7] = 42;
	VERIFY3S(set[7], ==, 42);
	hat_unload(kas.a_hat, shown, PAGESIZE, HAT_UNLOAD);
	vmem_free(heap_arena, shown, PAGESIZE);
}

/* The address is what counts: a driver's offset may have moved on. */
void check_reg_unmap_elsewhere(void)
{
	caddr_t a;

	VERIFY3S(ddi_map_regs(hw_dip, 0, &a, 16, 32), ==, DDI_SUCCESS);
	ddi_unmap_regs(hw_dip, 0, &a, 48, 32);
	VERIFY3P(a, ==, NULL);
}

void bug_reg_unmap_foreign(void)
{
	caddr_t a = sim_registers(hw_dip, 1, NULL);

	ddi_unmap_regs(hw_dip, 0, &a, 0, 0);
}
