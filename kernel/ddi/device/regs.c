/* SPDX-License-Identifier: BSD-2-Clause */
/* Register sets, and the kernel's mappings of them: ddi_regs_map_setup(9F), ddi_dev_nregs(9F). */
#include "kernel/ddi/device/regs.h"
#include "kernel/ddi/device/access.h"
#include "kernel/ddi/core/leak.h"
#include "kernel/lib/message.h"
#include "kernel/ddi/device/prop.h"
#include "kernel/vm/page_object.h"
#include <sundog/sim.h>
#include <sys/sunddi.h>

#define REG_INTS 3u /* of the property, for each set */

struct register_set {
	struct regspec spec; /* as declared */
	size_t size;
	struct page_object *object;
};

/* Constant while the instance is in the tree. */
struct registers {
	size_t count;
	struct register_set set[];
};

static size_t registers_bytes(size_t count)
{
	return sizeof(struct registers) + count * sizeof(struct register_set);
}

/* ---- attach and detach ---- */

static void registers_destroy(struct registers *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->count; i++)
		page_object_release(r->set[i].object);
	host_free(r, registers_bytes(r->count));
}

static int reg_bad(const struct dev_info *dip, const char *why)
{
	message(HOST_LOG_WARN, "%s%d: property reg: %s", dip->name, dip->instance, why);
	return EINVAL;
}

/*
 *	reg=  space, address, size,  space, address, size,  ...
 *	      |----- set 0 ------|   |----- set 1 ------|
 */
static int registers_create(const struct dev_info *dip, const uint32_t *reg, size_t count, struct registers **out)
{
	struct registers *r = host_alloc(registers_bytes(count), true);

	r->count = count;
	for (size_t i = 0; i < count; i++) {
		struct register_set *set = &r->set[i];
		int error;

		set->spec = (struct regspec){reg[i * REG_INTS], reg[i * REG_INTS + 1], reg[i * REG_INTS + 2]};
		set->size = set->spec.regspec_size;
		error = set->size == 0 ? reg_bad(dip, "a register set of 0 bytes")
				       : page_object_create(page_ceil(set->size), HOST_PAGES_LOCKED, &set->object);
		if (error != 0) {
			registers_destroy(r);
			return error;
		}
		set->object->registers = true;
	}
	*out = r;
	return 0;
}

static bool reg_exists(struct dev_info *dip)
{
	size_t length;
	char *value;
	int found = prop_copy(dip, DDI_DEV_T_ANY, "reg", ~0u, &value, &length);

	host_free(value, length);
	return found == DDI_PROP_SUCCESS;
}

int regs_attach(struct dev_info *dip)
{
	const size_t bytes = REG_INTS * sizeof(int32_t);
	size_t length;
	char *value;
	int error, found = prop_copy(dip, DDI_DEV_T_ANY, "reg", DDI_PROP_TYPE_INT, &value, &length);

	if (found != DDI_PROP_SUCCESS)
		return reg_exists(dip) ? reg_bad(dip, "integers are expected") : 0;
	if (length == 0 || length % bytes != 0)
		error = reg_bad(dip, "three integers are expected for each register set: space, address, size");
	else
		error = registers_create(dip, (const uint32_t *)(const void *)value, length / bytes, &dip->registers);
	host_free(value, length);
	return error;
}

void regs_detach(struct dev_info *dip)
{
	registers_destroy(dip->registers);
	dip->registers = NULL;
}

/* ---- looking ---- */

static const struct register_set *set_of(const struct dev_info *dip, unsigned set)
{
	if (dip == NULL || dip->registers == NULL || set >= dip->registers->count)
		return NULL;
	return &dip->registers->set[set];
}

struct page_object *regs_hold(const struct dev_info *dip, unsigned number, size_t *size)
{
	const struct register_set *set = set_of(dip, number);

	if (set == NULL)
		return NULL;
	page_object_hold(set->object);
	*size = set->size;
	return set->object;
}

struct regspec *ddi_rnumber_to_regspec(dev_info_t *dip, int number)
{
	const struct register_set *set = number < 0 ? NULL : set_of(dip, (unsigned)number);

	return set == NULL ? NULL : (struct regspec *)(uintptr_t)&set->spec;
}

int ddi_dev_nregs(dev_info_t *dip, int *count)
{
	if (dip == NULL || dip->registers == NULL || dip->registers->count == 0)
		return DDI_FAILURE;
	*count = (int)dip->registers->count;
	return DDI_SUCCESS;
}

int ddi_dev_regsize(dev_info_t *dip, uint_t number, off_t *size)
{
	const struct register_set *set = set_of(dip, number);

	if (set == NULL)
		return DDI_FAILURE;
	*size = (off_t)set->size;
	return DDI_SUCCESS;
}

void *sim_registers(struct dev_info *device, unsigned number, size_t *size)
{
	const struct register_set *set = set_of(device, number);

	if (set == NULL)
		return NULL;
	if (size != NULL)
		*size = set->size;
	return set->object->address;
}

/* ---- mappings ---- */

/*
 *	set     |------------------- size -------------------|
 *	                offset |--- len (0: to the end) ---|
 *
 * The length; 0: there is nothing such in the set.
 */
static size_t range_length(const struct register_set *set, offset_t offset, offset_t len)
{
	size_t left;

	if (offset < 0 || len < 0 || (size_t)offset >= set->size)
		return 0;
	left = set->size - (size_t)offset;
	if (len == 0)
		return left;
	return (size_t)len <= left ? (size_t)len : 0;
}

static void mapping_free(void *key, size_t bytes)
{
	access_destroy(key);
}

static const struct leak_kind mapping_leak = {"register mapping", mapping_free};

int ddi_regs_map_setup(dev_info_t *dip, uint_t number, caddr_t *addrp, offset_t offset, offset_t len,
		       const ddi_device_acc_attr_t *attr, ddi_acc_handle_t *handlep)
{
	const struct register_set *set = set_of(dip, number);
	size_t bytes = set == NULL ? 0 : range_length(set, offset, len);

	if (bytes == 0 || !access_attr_valid(attr))
		return DDI_FAILURE;
	page_object_hold(set->object);
	*handlep = access_create(set->object, set->object->address + offset, bytes, attr);
	leak_add(&mapping_leak, *handlep, bytes, CALLER());
	*addrp = set->object->address + offset;
	return DDI_SUCCESS;
}

void ddi_regs_map_free(ddi_acc_handle_t *handlep)
{
	if (!leak_remove(&mapping_leak, *handlep, NULL))
		driver_bug(CALLER(), "ddi_regs_map_free: %p is no register mapping, or has been freed before",
			   (void *)*handlep);
	access_destroy(*handlep);
	*handlep = NULL;
}

/* The old way: no handle, and no bytes are ever swapped.  The set stays as long as the instance. */
int ddi_map_regs(dev_info_t *dip, uint_t number, caddr_t *addrp, off_t offset, off_t len)
{
	const struct register_set *set = set_of(dip, number);

	if (set == NULL || range_length(set, offset, len) == 0)
		return DDI_FAILURE;
	*addrp = set->object->address + offset;
	return DDI_SUCCESS;
}

/* The address says which mapping it is; offset may be another than ddi_map_regs() got. */
void ddi_unmap_regs(dev_info_t *dip, uint_t number, caddr_t *addrp, off_t offset, off_t len)
{
	const struct register_set *set = set_of(dip, number);

	if (set == NULL || (uintptr_t)*addrp - (uintptr_t)set->object->address >= set->size)
		driver_bug(CALLER(), "ddi_unmap_regs: %p is no mapping of register set %u", (void *)*addrp, number);
	if (*addrp != set->object->address + offset)
		driver_note(CALLER(), "ddi_unmap_regs: %p is at offset %ld of register set %u, not at %ld", (void *)*addrp,
			    (long)(*addrp - set->object->address), number, (long)offset);
	*addrp = NULL;
}
