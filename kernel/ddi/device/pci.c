/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI configuration space, pci_config_get8(9F).  As on a PCI bus it is register set 0 of a device, here of one that has a
 * property "vendor-id".  The properties that describe it fill the header when it is first mapped:
 *
 *	name="card" parent="pseudo" vendor-id=0x8086 device-id=0x1234 reg=0,0,256, 1,0,65536;
 */
#include "kernel/ddi/device/access.h"
#include "kernel/lib/message.h"
#include <sys/pci.h>
#include <sys/sunddi.h>

#define HEADER_SIZE 64u

static uint32_t id_of(dev_info_t *dip, char *property)
{
	return (uint32_t)ddi_prop_get_int(DDI_DEV_T_ANY, dip, DDI_PROP_DONTPASS, property, 0);
}

static void header_fill(dev_info_t *dip, ddi_acc_handle_t handle)
{
	uint32_t class = id_of(dip, "class-code");

	pci_config_put16(handle, PCI_CONF_VENID, (uint16_t)id_of(dip, "vendor-id"));
	pci_config_put16(handle, PCI_CONF_DEVID, (uint16_t)id_of(dip, "device-id"));
	pci_config_put8(handle, PCI_CONF_REVID, (uint8_t)id_of(dip, "revision-id"));
	pci_config_put8(handle, PCI_CONF_PROGCLASS, (uint8_t) class);
	pci_config_put8(handle, PCI_CONF_SUBCLASS, (uint8_t)(class >> 8));
	pci_config_put8(handle, PCI_CONF_BASCLASS, (uint8_t)(class >> 16));
	pci_config_put16(handle, PCI_CONF_SUBVENID, (uint16_t)id_of(dip, "subsystem-vendor-id"));
	pci_config_put16(handle, PCI_CONF_SUBSYSID, (uint16_t)id_of(dip, "subsystem-id"));
}

int pci_config_setup(dev_info_t *dip, ddi_acc_handle_t *handlep)
{
	static ddi_device_acc_attr_t attr = {DDI_DEVICE_ATTR_V0, DDI_STRUCTURE_LE_ACC, DDI_STRICTORDER_ACC, 0};
	caddr_t address;

	if (!ddi_prop_exists(DDI_DEV_T_ANY, dip, DDI_PROP_DONTPASS, "vendor-id") ||
	    ddi_regs_map_setup(dip, 0, &address, 0, 0, &attr, handlep) != DDI_SUCCESS)
		return DDI_FAILURE;
	if ((*handlep)->len < HEADER_SIZE) {
		ddi_regs_map_free(handlep);
		return DDI_FAILURE;
	}
	if (pci_config_get32(*handlep, PCI_CONF_VENID) == 0)
		header_fill(dip, *handlep);
	return DDI_SUCCESS;
}

void pci_config_teardown(ddi_acc_handle_t *handlep)
{
	ddi_regs_map_free(handlep);
}

/* [offset, offset + width) is in the space: else the driver is named. */
static void *config_at(ddi_acc_handle_t handle, off_t offset, size_t width, const void *caller)
{
	if (offset < 0 || width > handle->len || (size_t)offset > handle->len - width)
		driver_bug(caller, "pci_config: %lu bytes at offset %ld: the space has %lu", width, offset, handle->len);
	return handle->address + offset;
}

#define CONFIG(bits, type) \
	type pci_config_get##bits(ddi_acc_handle_t handle, off_t offset) \
	{ \
		return ddi_get##bits(handle, config_at(handle, offset, sizeof(type), CALLER())); \
	} \
	void pci_config_put##bits(ddi_acc_handle_t handle, off_t offset, type value) \
	{ \
		ddi_put##bits(handle, config_at(handle, offset, sizeof(type), CALLER()), value); \
	}

CONFIG(8, uint8_t)
CONFIG(16, uint16_t)
CONFIG(32, uint32_t)
CONFIG(64, uint64_t)
