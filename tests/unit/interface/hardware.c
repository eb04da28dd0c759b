/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers, ports, errors, AGP. */
#include <sundog/sim.h>
#include <sys/agp/agpdefs.h>
#include <sys/agp/agpmaster_io.h>
#include <sys/bl.h>
#include <sys/ddi_intr.h>
#include <sys/file.h>
#include <sys/pci.h>

#include "card.h"

#define DIP (cards[0].dip) /* register sets 1,0x1000,256 and 2,0,4096 */
#define PCI (cards[1].dip) /* of a PCI device */

void check_register_specs(void)
{
	struct regspec *one = ddi_rnumber_to_regspec(DIP, 0), *two = ddi_rnumber_to_regspec(DIP, 1);

	VERIFY(one->regspec_bustype == 1 && one->regspec_addr == 0x1000 && one->regspec_size == 256);
	VERIFY(two->regspec_bustype == 2 && two->regspec_addr == 0 && two->regspec_size == 4096);
	VERIFY(ddi_rnumber_to_regspec(DIP, 2) == NULL && ddi_rnumber_to_regspec(DIP, -1) == NULL);
	VERIFY(ddi_rnumber_to_regspec(ddi_root_node(), 0) == NULL && ddi_rnumber_to_regspec(NULL, 0) == NULL);
}

void check_soft_cookies(void)
{
	static const int preferences[] = {DDI_SOFTINT_LOW, DDI_SOFTINT_MED, DDI_SOFTINT_HIGH};
	ddi_iblock_cookie_t cookie = NULL;
	kmutex_t lock;

	for (int i = 0; i < 3; i++) {
		VERIFY3S(ddi_get_soft_iblock_cookie(DIP, preferences[i], &cookie), ==, DDI_SUCCESS);
		mutex_init(&lock, NULL, MUTEX_DRIVER, cookie);
		mutex_enter(&lock);
		mutex_exit(&lock);
		mutex_destroy(&lock);
	}
	VERIFY3S(ddi_get_soft_iblock_cookie(DIP, 77, &cookie), ==, DDI_FAILURE);
	VERIFY3S(ddi_get_soft_iblock_cookie(NULL, DDI_SOFTINT_LOW, &cookie), ==, DDI_FAILURE);
	VERIFY3S(ddi_get_soft_iblock_cookie(DIP, DDI_SOFTINT_LOW, NULL), ==, DDI_FAILURE);
}

void check_ports(void)
{
	outb(0x61, 3);
	VERIFY3U(inb(0x61), ==, 0xff);
}

void check_blacklists(void)
{
	nvlist_t *part;

	VERIFY0(nvlist_alloc(&part, 0, KM_SLEEP));
	VERIFY(blacklist(BLIOC_INSERT, "hc", part, "asru") == ENOTSUP && blacklist(BLIOC_DELETE, "hc", part, "asru") == ENOTSUP);
	VERIFY(blacklist(7, "hc", part, "asru") == EINVAL && blacklist(BLIOC_INSERT, NULL, part, "asru") == EINVAL);
	VERIFY(blacklist(BLIOC_INSERT, "hc", NULL, "asru") == EINVAL && blacklist(BLIOC_INSERT, "hc", part, NULL) == EINVAL);
	nvlist_free(part);
}

/* ---- errors ---- */

void check_handle_errors(void)
{
	ddi_acc_handle_t access = (ddi_acc_handle_t)&cards[0];
	ddi_dma_handle_t dma = (ddi_dma_handle_t)&cards[1];
	int capable = DDI_FM_EREPORT_CAPABLE | DDI_FM_ACCCHK_CAPABLE | DDI_FM_ERRCB_CAPABLE, told = warnings();

	for (int version = DDI_FME_VER0; version <= DDI_FME_VER1; version++) {
		ddi_fm_error_t error = {.fme_status = 99};

		ddi_fm_acc_err_get(access, &error, version);
		VERIFY(error.fme_status == DDI_FM_OK && error.fme_version == version && error.fme_acc_handle == access);
		ddi_fm_acc_err_clear(access, version);
		error.fme_status = 99;
		ddi_fm_dma_err_get(dma, &error, version);
		VERIFY(error.fme_status == DDI_FM_OK && error.fme_dma_handle == dma && error.fme_acc_handle == NULL);
		ddi_fm_dma_err_clear(dma, version);
	}
	ddi_fm_handler_register(DIP, NULL, NULL);
	VERIFY(warnings() == told + 1 && strstr(last_warning(), "card0 has no use for a handler") != NULL);
	ddi_fm_init(DIP, &capable, NULL);
	ddi_fm_handler_register(DIP, (ddi_err_func_t)nulldev, NULL);
	ddi_fm_handler_unregister(DIP);
	ddi_fm_fini(DIP);
	VERIFY3S(warnings(), ==, told + 1);
}

void bug_handle_version(void)
{
	ddi_fm_error_t error;

	ddi_fm_acc_err_get(NULL, &error, 9);
}

void check_pci_errors(void)
{
	static const struct {
		uint16_t bits, left;
		int result;
		char *report;
	} cases[] = {
		{0, 0, DDI_FM_OK, NULL},
		{PCI_STAT_CAP | PCI_STAT_66MHZ, PCI_STAT_CAP | PCI_STAT_66MHZ, DDI_FM_OK, NULL},
		{PCI_STAT_R_MAST_AB | PCI_STAT_CAP, PCI_STAT_CAP, DDI_FM_NONFATAL, "pci.ma"},
		{PCI_STAT_S_SYSERR | PCI_STAT_PERROR, 0, DDI_FM_FATAL, "pci.sserr"},
		{PCI_STAT_S_SYSERR | PCI_STAT_S_PERROR, 0, DDI_FM_FATAL, "pci.mdpe"},
	};
	uint8_t *config = sim_registers(PCI, 0, NULL);
	int capable = DDI_FM_EREPORT_CAPABLE;
	ddi_fm_error_t error = {.fme_status = 99};
	uint16_t status = 1;

	pci_ereport_setup(PCI);
	ddi_fm_init(PCI, &capable, NULL);
	for (int i = 0; i < 5; i++) {
		memcpy(config + PCI_CONF_STAT, &cases[i].bits, 2);
		pci_ereport_post(PCI, &error, i == 3 ? NULL : &status);
		VERIFY3S(error.fme_status, ==, cases[i].result);
		VERIFY(i == 3 || status == cases[i].bits);
		VERIFY(memcmp(config + PCI_CONF_STAT, &cases[i].left, 2) == 0);
		VERIFY(cases[i].report == NULL || strstr(last_note(), cases[i].report) != NULL);
	}
	ddi_fm_fini(PCI);
	pci_ereport_teardown(PCI);
	error.fme_status = 99;
	pci_ereport_post(DIP, &error, &status); /* no PCI device */
	VERIFY3S(error.fme_status, ==, 99);
}

/* ---- AGP ---- */

/* Capabilities at 0x40 and 0x60: something, and AGP. */
static void capabilities_make(uint8_t *config)
{
	config[PCI_CONF_STAT] |= PCI_STAT_CAP;
	config[AGP_CONF_CAPPTR] = 0x40;
	config[0x40] = 1;
	config[0x41] = 0x60;
	config[0x60] = AGP_CAP_ID;
}

void check_agp(void)
{
	agp_master_softc_t *softc = NULL;
	ddi_acc_handle_t config;
	uint32_t command = 0x12345678;
	uint8_t *registers = sim_registers(PCI, 0, NULL);
	int type = 0;

	VERIFY0(pci_config_setup(PCI, &config));
	capabilities_make(registers);
	VERIFY3S(agpmaster_attach(PCI, &softc, config, 77), ==, DDI_SUCCESS);
	VERIFY(softc->agpm_id == 0x12348086 && softc->agpm_dev_type == DEVICE_IS_AGP && softc->agpm_data.agpm_acaptr == 0x60);
	VERIFY0(agpmaster_ioctl(0, DEVICE_DETECT, (intptr_t)&type, FKIOCTL, kcred, NULL, softc));
	VERIFY3S(type, ==, DEVICE_IS_AGP);
	VERIFY0(agpmaster_ioctl(0, AGP_MASTER_SETCMD, (intptr_t)&command, FKIOCTL, kcred, NULL, softc));
	VERIFY0(memcmp(registers + 0x60 + AGP_CONF_COMMAND, &command, 4));
	VERIFY(agpmaster_ioctl(0, I8XX_UNCONFIG, 0, FKIOCTL, kcred, NULL, softc) == EINVAL);
	VERIFY(agpmaster_ioctl(0, DEVICE_DETECT, 0, 0, kcred, NULL, softc) == EFAULT); /* no process */
	VERIFY3S(agpmaster_attach(PCI, &softc, config, 77), ==, DDI_FAILURE);          /* the node is there */
	ddi_remove_minor_node(PCI, "agpmaster1");
	agpmaster_detach(&softc);
	VERIFY(softc == NULL);
	pci_config_teardown(&config);
}

void check_agp_missing(void)
{
	agp_master_softc_t *softc = NULL;
	ddi_acc_handle_t config;
	uint8_t *registers = sim_registers(PCI, 0, NULL);

	VERIFY0(pci_config_setup(PCI, &config));
	VERIFY3S(agpmaster_attach(PCI, &softc, config, 77), ==, DDI_FAILURE); /* no capabilities */
	capabilities_make(registers);
	registers[0x60] = 9; /* none of them AGP */
	VERIFY3S(agpmaster_attach(PCI, &softc, config, 77), ==, DDI_FAILURE);
	registers[0x61] = 0x40; /* in a circle */
	VERIFY3S(agpmaster_attach(PCI, &softc, config, 77), ==, DDI_FAILURE);
	registers[0x41] = 0x10; /* into the header */
	VERIFY3S(agpmaster_attach(PCI, &softc, config, 77), ==, DDI_FAILURE);
	VERIFY(softc == NULL);
	pci_config_teardown(&config);
}

void bug_agp_unknown(void)
{
	agp_master_softc_t *softc = (agp_master_softc_t *)&cards[0];

	agpmaster_detach(&softc);
}
