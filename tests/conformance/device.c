/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of a device mapping, from open to exit, with a driver of this file: what applications and drivers see of a host. */
#include <sys/conf.h>
#include <sys/ddi.h>
#include <sys/modctl.h>
#include <sys/stat.h>
#include <sys/string.h>
#include <sys/sunddi.h>

#include "kernel/sys/sys.h"
#include "tests/conformance/conformance.h"

#define PAGES 4u
#define PROT_BOTH 3  /* Linux's PROT_READ | PROT_WRITE */
#define MAP_OF_ALL 1 /* Linux's MAP_SHARED */
#define SIGNAL_BUS 7 /* Linux's numbers */
#define SIGNAL_SEGV 11
#define PID 1000

/* ---- the driver ---- */

static struct {
	dev_info_t *dip;
	char *memory;
	ddi_umem_cookie_t cookie;
	devmap_cookie_t handle; /* the last one that was mapped */
	unsigned maps, accesses, dups, unmaps, opens, closes;
	int result; /* of devmap_access; 0: it loads */
} driver;

static int d_map(devmap_cookie_t dhp, dev_t dev, uint_t flags, offset_t off, size_t len, void **pvtp)
{
	driver.handle = dhp;
	driver.maps++;
	return 0;
}

static int d_access(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	driver.accesses++;
	return driver.result != 0 ? driver.result : devmap_load(dhp, off, len, type, rw);
}

static int d_dup(devmap_cookie_t dhp, void *pvtp, devmap_cookie_t new_dhp, void **new_pvtp)
{
	driver.dups++;
	return 0;
}

static void d_unmap(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, devmap_cookie_t new_dhp1, void **new_pvtp1,
		    devmap_cookie_t new_dhp2, void **new_pvtp2)
{
	driver.unmaps++;
}

static struct devmap_callback_ctl callbacks = {DEVMAP_OPS_REV, d_map, d_access, d_dup, d_unmap};

static int d_open(dev_t *devp, int flag, int otyp, cred_t *credp)
{
	driver.opens++;
	return 0;
}

static int d_close(dev_t dev, int flag, int otyp, cred_t *credp)
{
	driver.closes++;
	return 0;
}

static int d_devmap(dev_t dev, devmap_cookie_t dhp, offset_t off, size_t len, size_t *maplen, uint_t model)
{
	*maplen = ptob(btopr(len));
	return devmap_umem_setup(dhp, driver.dip, &callbacks, driver.cookie, off, *maplen, PROT_ALL, DEVMAP_DEFAULTS, NULL);
}

static int d_attach(dev_info_t *dip, ddi_attach_cmd_t cmd)
{
	driver.dip = dip;
	driver.memory = ddi_umem_alloc(PAGES * PAGE, DDI_UMEM_SLEEP, &driver.cookie);
	return ddi_create_minor_node(dip, "conformance", S_IFCHR, 0, DDI_PSEUDO, 0);
}

static int d_detach(dev_info_t *dip, ddi_detach_cmd_t cmd)
{
	ddi_umem_free(driver.cookie);
	ddi_remove_minor_node(dip, NULL);
	return DDI_SUCCESS;
}

static struct cb_ops d_cb_ops = {
	.cb_open = d_open,
	.cb_close = d_close,
	.cb_devmap = d_devmap,
	.cb_flag = D_NEW | D_MP | D_DEVMAP,
	.cb_rev = CB_REV,
};
static struct dev_ops d_dev_ops = {
	.devo_rev = DEVO_REV,
	.devo_attach = d_attach,
	.devo_detach = d_detach,
	.devo_cb_ops = &d_cb_ops,
};
static struct modldrv d_modldrv = {&mod_driverops, "conformance", &d_dev_ops};
static struct modlinkage d_modlinkage = {MODREV_1, {&d_modldrv, NULL}};

static int d_init(void)
{
	return mod_install(&d_modlinkage);
}

static int d_info(struct modinfo *info)
{
	return mod_info(&d_modlinkage, info);
}

static int d_fini(void)
{
	return mod_remove(&d_modlinkage);
}

/* ---- a system with it, and a process that has it mapped ---- */

static struct host_as *as;
static struct sys_proc *process;
static struct sys_file *file;
static uintptr_t addr;
static unsigned leaks;

static void driver_load(void)
{
	struct sys_module module = {.name = "conformance", .init = d_init, .info = d_info, .fini = d_fini};
	enum sys_module_step step;
	int instance;

	memset(&driver, 0, sizeof(driver));
	sys_thread_enter(NULL);
	CHECK(sys_module_load(&module, &step, &instance) == 0);
	sys_thread_leave();
}

static void setup(void)
{
	struct sys_proc_info info = {.pid = PID, .name = "mapper"};
	struct sys_devnode node;

	CHECK(sys_boot(&(struct sys_config){0}) == 0);
	driver_load();
	as = fixture_as_create();
	sys_thread_enter(NULL);
	CHECK(sys_proc_create(&info, as, &process) == 0);
	sys_thread_leave();
	sys_thread_enter(process);
	CHECK(sys_devnode_find("/dev/conformance", &node) == 0);
	CHECK(sys_open(node.dev, SYS_FREAD | SYS_FWRITE, &file) == 0);
	addr = 0;
	CHECK(sys_mmap(file, &addr, PAGES * PAGE, PROT_BOTH, MAP_OF_ALL, 0) == 0);
	CHECK(driver.opens == 1 && driver.maps == 1 && driver.accesses == 0);
}

static void leaked(void *arg, const struct sys_leak *leak)
{
	leaks++;
}

static void teardown(void)
{
	sys_close(file);
	sys_proc_destroy(process);
	sys_thread_leave();
	fixture_as_destroy(as);
	leaks = 0;
	sys_thread_enter(NULL);
	CHECK(sys_halt(leaked, NULL) == 0);
	sys_thread_leave();
	CHECK(leaks == 0 && driver.closes == 1 && driver.unmaps >= 1);
}

/* As an instruction of the process: what it asks for is asked for again until it goes through, or a signal comes. */
static struct sys_fault access(struct host_as *of, uintptr_t at, uint32_t *value, unsigned prot)
{
	struct sys_fault fault = {0};
	enum sys_rw rw = prot == HOST_PROT_WRITE ? SYS_RW_WRITE : SYS_RW_READ;

	for (;;) {
		enum fixture_result result = fixture_access(of, at, value, sizeof(*value), prot);

		if (result == FIXTURE_DONE)
			return fault;
		CHECK(result != FIXTURE_NOT_MAPPED);
		fault = sys_fault(at & ~(PAGE - 1), PAGE, rw);
		if (fault.signo != 0)
			return fault;
	}
}

static uint32_t read_of(struct host_as *of, uintptr_t at)
{
	uint32_t value = 0;

	CHECK(access(of, at, &value, HOST_PROT_READ).signo == 0);
	return value;
}

static void write_of(struct host_as *of, uintptr_t at, uint32_t value)
{
	CHECK(access(of, at, &value, HOST_PROT_WRITE).signo == 0);
}

static uint32_t *kernel_word(unsigned page)
{
	return (uint32_t *)(void *)(driver.memory + page * PAGE);
}

CONFORMANCE_WITH(an_access_calls_the_driver_once_for_each_page, setup, teardown)
{
	for (unsigned i = 0; i < PAGES; i++)
		write_of(as, addr + i * PAGE, 10 + i);
	CHECK(driver.accesses == PAGES);
	for (unsigned i = 0; i < PAGES; i++)
		CHECK(*kernel_word(i) == 10 + i && read_of(as, addr + i * PAGE) == 10 + i);
	CHECK(driver.accesses == PAGES);
}

CONFORMANCE_WITH(an_unload_brings_the_driver_back, setup, teardown)
{
	write_of(as, addr, 1);
	write_of(as, addr + PAGE, 2);
	CHECK(devmap_unload(driver.handle, 0, PAGE) == 0);
	*kernel_word(0) = 3;
	CHECK(read_of(as, addr) == 3 && driver.accesses == 3);
	CHECK(read_of(as, addr + PAGE) == 2 && driver.accesses == 3);
}

CONFORMANCE_WITH(an_access_that_the_driver_refuses_is_a_signal, setup, teardown)
{
	uint32_t value = 0;

	driver.result = EIO;
	CHECK(access(as, addr, &value, HOST_PROT_READ).signo == SIGNAL_BUS);
	driver.result = 0;
	CHECK(access(as, addr, &value, HOST_PROT_READ).signo == 0);
}

CONFORMANCE_WITH(a_protection_is_the_process_s_own, setup, teardown)
{
	uint32_t value = 1;

	write_of(as, addr, 5);
	CHECK(sys_mprotect(addr, PAGE, 1) == 0);
	CHECK(access(as, addr, &value, HOST_PROT_WRITE).signo == SIGNAL_SEGV);
	CHECK(read_of(as, addr) == 5 && *kernel_word(0) == 5);
}

/*
 *	| 0 | 1 | 2 | 3 |
 *	    |= unmapped=|... the first is left
 */
CONFORMANCE_WITH(a_part_that_is_unmapped_is_gone_and_the_rest_stays, setup, teardown)
{
	char c = 0;

	write_of(as, addr + PAGE, 6);
	CHECK(sys_munmap(addr + PAGE, 3 * PAGE) == 0 && driver.unmaps == 1);
	CHECK(fixture_access(as, addr + PAGE, &c, 1, HOST_PROT_READ) == FIXTURE_NOT_MAPPED);
	CHECK(sys_mapped(addr, PAGE) && !sys_mapped(addr + PAGE, 3 * PAGE));
	write_of(as, addr, 7);
	CHECK(*kernel_word(0) == 7 && *kernel_word(1) == 6);
}

CONFORMANCE_WITH(a_fork_child_has_the_mapping_of_its_own, setup, teardown)
{
	struct sys_proc_info info = {.pid = PID + 1, .ppid = PID, .name = "child"};
	struct host_as *child_as = fixture_as_create();
	struct sys_proc *child;

	write_of(as, addr, 8);
	CHECK(sys_proc_fork(process, &info, child_as, &child) == 0 && driver.dups == 1);
	sys_thread_enter(child);
	CHECK(read_of(child_as, addr) == 8);
	write_of(child_as, addr, 9);
	CHECK(sys_munmap(addr, PAGES * PAGE) == 0 && driver.unmaps == 1);
	sys_proc_destroy(child);
	sys_thread_leave();
	fixture_as_destroy(child_as);
	CHECK(read_of(as, addr) == 9 && *kernel_word(0) == 9);
}

CONFORMANCE_WITH(a_mapping_outlives_its_descriptor, setup, teardown)
{
	sys_close(file);
	write_of(as, addr, 11);
	CHECK(*kernel_word(0) == 11);
	CHECK(sys_munmap(addr, PAGES * PAGE) == 0);
	driver.closes = 0;
	CHECK(sys_open((dev_t)((uint64_t)ddi_driver_major(driver.dip) << 32), SYS_FREAD, &file) == 0);
}
