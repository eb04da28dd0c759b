/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/ddi/core/leak.h"
#include "kernel/host.h"
#include "kernel/lib/message.h"
#include <sys/agp/agpdefs.h>
#include <sys/agp/agpmaster_io.h>
#include <sys/pci.h>
#include <sys/policy.h>
#include <sys/stat.h>
#include <sys/sunddi.h>

#define CAPABILITIES_MAX 48 /* 4 bytes each, behind the header */

static void softc_drop(void *key, size_t bytes)
{
	host_free(key, sizeof(agp_master_softc_t));
}

static const struct leak_kind softc_leak = {"agpmaster", softc_drop};

/* Where the AGP capability is; 0: there is none. */
static off_t capability_find(ddi_acc_handle_t config)
{
	uint8_t at = pci_config_get8(config, AGP_CONF_CAPPTR);

	if ((pci_config_get16(config, PCI_CONF_STAT) & PCI_STAT_CAP) == 0)
		return 0;
	for (int i = 0; i < CAPABILITIES_MAX && at >= 0x40 && at % 4 == 0; i++) {
		if (pci_config_get8(config, at) == AGP_CAP_ID)
			return at;
		at = pci_config_get8(config, (off_t)at + 1);
	}
	return 0;
}

int agpmaster_attach(dev_info_t *dip, agp_master_softc_t **out, ddi_acc_handle_t config, minor_t minor)
{
	off_t capability = capability_find(config);
	agp_master_softc_t *softc;
	char name[32];

	(void)snprintf(name, sizeof(name), AGPMASTER_NAME "%d", ddi_get_instance(dip));
	if (capability == 0 || ddi_create_minor_node(dip, name, S_IFCHR, minor, DDI_PSEUDO, 0) != DDI_SUCCESS)
		return DDI_FAILURE;
	softc = host_alloc(sizeof(*softc), true);
	softc->agpm_id = pci_config_get32(config, PCI_CONF_VENID);
	softc->agpm_acc_hdl = config;
	softc->agpm_dev_type = DEVICE_IS_AGP;
	softc->agpm_data.agpm_acaptr = capability;
	leak_add(&softc_leak, softc, 0, CALLER());
	*out = softc;
	return DDI_SUCCESS;
}

void agpmaster_detach(agp_master_softc_t **softc)
{
	if (!leak_remove(&softc_leak, *softc, NULL))
		driver_bug(CALLER(), "agpmaster_detach: %p did not come from agpmaster_attach", (void *)*softc);
	softc_drop(*softc, 0);
	*softc = NULL;
}

int agpmaster_ioctl(dev_t dev, int cmd, intptr_t arg, int mode, cred_t *cred, int *rvalp, agp_master_softc_t *softc)
{
	uint32_t command;

	if (secpolicy_gart_access(cred) != 0)
		return EPERM;
	switch (cmd) {
	case DEVICE_DETECT:
		return ddi_copyout(&softc->agpm_dev_type, (void *)arg, sizeof(int), mode) != 0 ? EFAULT : 0;
	case AGP_MASTER_SETCMD:
		if (ddi_copyin((void *)arg, &command, sizeof(command), mode) != 0)
			return EFAULT;
		pci_config_put32(softc->agpm_acc_hdl, softc->agpm_data.agpm_acaptr + AGP_CONF_COMMAND, command);
		return 0;
	default:
		return EINVAL;
	}
}
