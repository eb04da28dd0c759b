/* SPDX-License-Identifier: BSD-2-Clause */
/* Hardware: register sets in the kernel and in processes, bufs, simulated DMA; and <sundog/sim.h>. */
#include <signal.h>

#include "test.h"
#include "bug.h"
#include "hw_host.h"

/* ---- the driver's own checks ---- */

#define CHECK_TEST(name) \
	TEST_WITH(test_##name, setup, teardown) \
	{ \
		check_##name(); \
	}
HW_CHECKS(CHECK_TEST)

static int begin_again(void)
{
	sundog_system_destroy(sundog, NULL, NULL);
	return sundog_system_create(NULL, &sundog) != 0 || attach(HW_CONF) != 0;
}

#define BUG_TEST(name, text) \
	TEST_WITH(test_bug_##name, setup, teardown) \
	{ \
		expect_bug(begin_again, bug_##name, text); \
	}
HW_BUGS(BUG_TEST)

/* ---- the property reg ---- */

TEST_WITH(reg_malformed, setup_without_driver, teardown)
{
	static const char *const bad[] = {
		"reg=0,0",
		"reg=0,0,4096,1",
		"reg=0,0,0",
		"reg=0,0,4096,1,0,0",
		"reg=\"0,0,4096\"",
		"reg",
	};
	char conf[200];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		logged[0] = '\0';
		snprintf(conf, sizeof(conf), "name=\"hw\" parent=\"pseudo\" instance=0 %s;", bad[i]);
		assert_int_equal(attach(conf), EINVAL);
		if (strstr(logged, "hw0: property reg: ") == NULL)
			fail_msg("%s: %s", bad[i], logged);
	}
	assert_int_equal(attach(HW_CONF), 0); /* nothing of them was left */
}

TEST_WITH(reg_none, setup_without_driver, teardown)
{
	(void)state;
	assert_int_equal(attach(NULL), 0);
	assert_null(sim_registers(hw_dip, 0, NULL));
	hw_map.set = 0;
	assert_int_equal(sundog_process_create(sundog, SUNDOG_LP64, 0, 0, &process), 0);
	assert_int_equal(sundog_open(process, "/dev/hw", O_RDWR, &fd), 0);
	assert_int_equal(sundog_mmap(process, &(uint64_t){0}, PAGE, PROT_READ, MAP_SHARED, fd, 0), ENXIO);
	assert_int_equal(hw_map.result, DDI_FAILURE);
}

/* A set of each instance is its own. */
TEST_WITH(reg_of_each_instance, setup_without_driver, teardown)
{
	struct dev_info *one, *two;

	(void)state;
	assert_int_equal(attach("reg=0,0,64; name=\"hw\" parent=\"pseudo\" instance=1;"
				"name=\"hw\" parent=\"pseudo\" instance=2;"),
			 0);
	one = sim_device("hw", 1);
	two = sim_device("hw", 2);
	assert_true(one != NULL && two != NULL && one != two);
	assert_ptr_not_equal(sim_registers(one, 0, NULL), sim_registers(two, 0, NULL));
}

struct dma_leaks {
	size_t handles, memory, callbacks, bufs, others;
};

static void count_leak(void *arg, const struct sundog_leak *leak)
{
	struct dma_leaks *seen = arg;

	if (strcmp(leak->kind, "dma handle") == 0)
		seen->handles += leak->count;
	else if (strcmp(leak->kind, "dma memory") == 0)
		seen->memory += leak->count;
	else if (strcmp(leak->kind, "dma callback") == 0)
		seen->callbacks += leak->count;
	else if (strcmp(leak->kind, "buf") == 0)
		seen->bufs += leak->count;
	else
		seen->others += leak->count;
}

/* A device that goes too far is told, with the driver, the address and why. */
TEST_WITH(dma_refusal_names_the_driver, setup, teardown)
{
	char byte, value[32];

	(void)state;
	assert_int_equal(sim_dma_read(sim_device("hw", 3), 0xabc000, &byte, 1), DDI_FAILURE);
	assert_string_equal(logged, "hw3: DMA read of 1 bytes at I/O address 0xabc000: nothing is bound there\n");
	assert_int_equal(sundog_kstat(sundog, "sundog", 0, "dma", "refused", value, sizeof(value)), 0);
	assert_string_equal(value, "1");
}

/* What a driver forgets is told and given back. */
TEST_WITH(dma_leaks_are_told, setup, teardown)
{
	struct dma_leaks seen = {0};

	leave_dma_behind();
	assert_int_equal(sundog_system_destroy(sundog, count_leak, &seen), 4);
	assert_true(seen.handles == 2 && seen.memory == 1 && seen.callbacks == 1 && seen.bufs == 1 && seen.others == 0);
	assert_int_equal(setup(state), 0);
}

/* ---- registers in processes ---- */

static uint64_t map(size_t len, off_t off, int error)
{
	uint64_t addr = 0;

	assert_int_equal(sundog_mmap(process, &addr, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, off), error);
	return addr;
}

static uint32_t peek(struct sundog_process *p, uint64_t addr)
{
	uint32_t value = 0;
	struct sundog_signal_info info = sundog_peek(p, addr, &value, sizeof(value));

	assert_int_equal(info.signo, 0);
	return value;
}

static void poke(struct sundog_process *p, uint64_t addr, uint32_t value)
{
	struct sundog_signal_info info = sundog_poke(p, addr, &value, sizeof(value));

	assert_int_equal(info.signo, 0);
}

static void expect_fault(struct sundog_process *p, uint64_t addr, int signo, int code)
{
	struct sundog_signal_info info = sundog_touch(p, addr, SUNDOG_READ);

	assert_int_equal(info.signo, signo);
	assert_int_equal(info.code, code);
}

TEST_WITH(devmem_same_registers, setup_process, teardown)
{
	uint32_t *hardware = sim_registers(hw_dip, 1, NULL);
	uint64_t addr;

	(void)state;
	hw_map.set = 1;
	addr = map(2 * PAGE, (off_t)PAGE, 0);
	assert_int_equal(hw_handle_roff(), PAGE);
	assert_ptr_equal(hw_handle_address(), (char *)hardware + PAGE);
	hardware[PAGE / 4] = 42;
	assert_int_equal(peek(process, addr), 42);
	poke(process, addr + 2 * PAGE - 4, 43);
	assert_int_equal(hardware[3 * PAGE / 4 - 1], 43);
}

TEST_WITH(devmem_setup_range, setup_process, teardown)
{
	(void)state;
	hw_map.set = 3; /* there is none */
	map(PAGE, 0, ENXIO);
	hw_map.set = 1;
	map(4 * PAGE, 0, ENXIO);
	map(PAGE, 3 * (off_t)PAGE, ENXIO);
	map(2 * PAGE, 2 * (off_t)PAGE, ENXIO);
	hw_map.roff = -1;
	map(PAGE, 0, ENXIO);
	hw_map.roff = INT64_MAX - 10;
	map(PAGE, 0, ENXIO);
	hw_map.roff = 0;
	hw_map.len = SIZE_MAX - 100;
	map(PAGE, 0, ENXIO);
	assert_int_equal(hw_map.result, DDI_FAILURE);
	hw_map.len = 0;
	map(3 * PAGE, 0, 0);
}

/* A set smaller than a page: its page can be mapped, rounded by the driver or not. */
TEST_WITH(devmem_setup_small_set, setup_process, teardown)
{
	uint32_t *hardware = sim_registers(hw_dip, 0, NULL);
	uint64_t addr;

	(void)state;
	map(2 * PAGE, 0, ENXIO);
	addr = map(256, 0, 0);
	poke(process, addr + 252, 9);
	assert_int_equal(hardware[63], 9);
	hw_map.roff = 128; /* low bits are dropped */
	addr = map(PAGE, 0, 0);
	assert_int_equal(hw_handle_roff(), 0);
	assert_int_equal(peek(process, addr + 252), 9);
	hw_map.roff = 256; /* that is its end */
	map(PAGE, 0, ENXIO);
}

TEST_WITH(devmem_setup_rules, setup_process, teardown)
{
	(void)state;
	hw_map.set = 1;
	hw_map.flags = INVALID;
	map(PAGE, 0, ENXIO); /* without ALLOW_REMAP */
	hw_map.flags = 0x10000 | 0x20000;
	map(PAGE, 0, ENXIO); /* two cache attributes */
	hw_map.flags = 0x20000;
	map(PAGE, 0, 0);
	hw_map.flags = 0;
	hw_map.maxprot = PROT_READ | 8;
	map(PAGE, 0, ENXIO); /* PROT_WRITE was asked for */
	hw_map.maxprot = PROT_READ | PROT_WRITE;
	map(PAGE, 0, ENXIO); /* and PROT_USER */
}

/* No devmap_access, invalid: SIGSEGV, SEGV_MAPERR; valid again after a remap. */
TEST_WITH(devmem_invalid_and_remap, setup_process, teardown)
{
	uint32_t *hardware = sim_registers(hw_dip, 1, NULL);
	uint64_t addr;

	(void)state;
	hw_map.set = 1;
	hw_map.flags = INVALID | ALLOW_REMAP;
	addr = map(PAGE, 0, 0);
	expect_fault(process, addr, SIGSEGV, SEGV_MAPERR);
	hardware[PAGE / 4] = 5;
	assert_int_equal(hw_remap(1, PAGE, PAGE, PROT_DDI_ALL, 0), 0);
	assert_int_equal(peek(process, addr), 5);
	assert_int_equal(hw_handle_roff(), PAGE);
	assert_int_equal(hw_remap(1, 0, PAGE, PROT_DDI_ALL, INVALID), 0);
	expect_fault(process, addr, SIGSEGV, SEGV_MAPERR);
	assert_int_equal(hw_remap(9, -1, 0, PROT_DDI_ALL, INVALID), 0); /* set and offset are ignored then */
	assert_int_equal(hw_remap(0, 0, PAGE, PROT_DDI_ALL, 0), 0);
	poke(process, addr, 6);
	assert_int_equal(((uint32_t *)sim_registers(hw_dip, 0, NULL))[0], 6);
}

TEST_WITH(devmem_remap_refused, setup_process, teardown)
{
	uint64_t addr;

	(void)state;
	hw_map.set = 1;
	addr = map(2 * PAGE, 0, 0);
	assert_int_equal(hw_remap(1, 0, PAGE, PROT_DDI_ALL, 0), DDI_FAILURE); /* without ALLOW_REMAP */
	assert_int_equal(hw_remap(1, 0, PAGE, PROT_DDI_ALL, INVALID), DDI_FAILURE);
	assert_int_equal(sundog_munmap(process, addr, 2 * PAGE), 0);
	hw_map.flags = ALLOW_REMAP;
	addr = map(2 * PAGE, 0, 0);
	poke(process, addr, 77);
	assert_int_equal(hw_remap(3, 0, PAGE, PROT_DDI_ALL, 0), DDI_FAILURE);
	assert_int_equal(hw_remap(1, 3 * PAGE, PAGE, PROT_DDI_ALL, 0), DDI_FAILURE);
	assert_int_equal(hw_remap(1, 0, 4 * PAGE, PROT_DDI_ALL, 0), DDI_FAILURE);
	assert_int_equal(hw_remap(1, 2 * PAGE, PAGE, PROT_DDI_ALL, 0), DDI_FAILURE); /* the handle is longer */
	assert_int_equal(hw_remap(1, 0, PAGE, PROT_DDI_ALL, ALLOW_REMAP), DDI_FAILURE);
	assert_int_equal(hw_remap(1, 0, PAGE, PROT_READ | 8, 0), DDI_FAILURE);
	assert_int_equal(peek(process, addr), 77); /* nothing has changed */
}

/* From registers to kernel memory and back. */
TEST_WITH(devmem_remap_to_umem, setup_process, teardown)
{
	uint32_t *hardware = sim_registers(hw_dip, 1, NULL), *memory;
	uint64_t addr;
	void *cookie;

	(void)state;
	memory = hw_cookie_alloc(PAGE, &cookie);
	hw_map.set = 1;
	hw_map.flags = ALLOW_REMAP;
	hw_map.callbacks = true;
	addr = map(PAGE, 0, 0);
	poke(process, addr, 1);
	assert_int_equal(hw_remap_kernel(cookie, PAGE), 0);
	assert_false(sundog_loaded(process, addr, SUNDOG_READ));
	poke(process, addr, 2);
	assert_int_equal(hw_remap(1, 0, PAGE, PROT_DDI_ALL, 0), 0);
	assert_int_equal(peek(process, addr), 1);
	assert_true(hardware[0] == 1 && memory[0] == 2 && hw_map.accesses == 3);
	hw_cookie_free(cookie);
	assert_string_equal(logged, ""); /* it is exported no longer */
}

/* MAPPING_INVALID inside devmap_dup, on the new handle: the parent keeps its registers. */
TEST_WITH(devmem_invalid_in_dup, setup_process, teardown)
{
	struct sundog_process *child;
	uint64_t addr;

	(void)state;
	hw_map.set = 1;
	hw_map.flags = ALLOW_REMAP;
	hw_map.callbacks = true;
	hw_map.dup_invalidates = true;
	addr = map(PAGE, 0, 0);
	poke(process, addr, 1);
	assert_int_equal(sundog_fork(process, &child), 0);
	assert_int_equal(peek(process, addr), 1);
	expect_fault(child, addr, SIGBUS, BUS_OBJERR); /* what devmap_load said, passed on by the driver */
	sundog_exit(child);
	assert_int_equal(peek(process, addr), 1);
}

/* The mapping keeps the registers of an open device alive; exit gives all of it back. */
TEST_WITH(devmem_outlives_close, setup_process, teardown)
{
	uint64_t addr;

	(void)state;
	hw_map.set = 1;
	addr = map(PAGE, 0, 0);
	assert_int_equal(sundog_close(process, fd), 0);
	poke(process, addr, 3);
	assert_int_equal(*(uint32_t *)sim_registers(hw_dip, 1, NULL), 3);
}
