/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * interface.h: checks of the interface by family, on the driver's side of the headers, beside a driver of two instances.
 * Each function panics where something is not as it should be; those named bug_ must panic.  No header behind it: both
 * sides include it.
 */
#ifndef TESTS_UNIT_INTERFACE_H
#define TESTS_UNIT_INTERFACE_H

/* In a thread of the system's. */
#define INTERFACE_CHECKS(X) \
	X(words) \
	X(bit_maps) \
	X(identifiers) \
	X(identifiers_wait) \
	X(hash_strings) \
	X(hash_numbers) \
	X(hash_own) \
	X(hash_reserved) \
	X(hash_random) \
	X(strings_within) \
	X(io_queues) \
	X(old_properties) \
	X(undefined_properties) \
	X(size_properties) \
	X(neighbours) \
	X(walks) \
	X(getinfos) \
	X(node_answers) \
	X(power_by_property) \
	X(power_by_number) \
	X(power_malformed) \
	X(power_fails) \
	X(power_nests) \
	X(power_busy) \
	X(identity) \
	X(processors) \
	X(privilege) \
	X(parameters) \
	X(calendar) \
	X(sums_of_times) \
	X(other_messages) \
	X(random_numbers) \
	X(memory_changes) \
	X(periodic_functions) \
	X(periodic_deletes_itself) \
	X(cyclics) \
	X(kstats_held) \
	X(beeps) \
	X(event_cookies) \
	X(events) \
	X(events_beside) \
	X(i2c) \
	X(pair_numbers) \
	X(pair_others) \
	X(pair_names) \
	X(pair_arguments) \
	X(pairs_packed) \
	X(pairs_xdr) \
	X(pairs_damaged) \
	X(pairs_deep) \
	X(system_events) \
	X(layered_identities) \
	X(layered_opens) \
	X(layered_numbers) \
	X(layered_calls) \
	X(register_specs) \
	X(soft_cookies) \
	X(ports) \
	X(blacklists) \
	X(handle_errors) \
	X(pci_errors) \
	X(agp) \
	X(agp_missing) \
	X(pmem) \
	X(kernel_frames) \
	X(addresses) \
	X(message_blocks)

/* In an ioctl(2) of a process. */
#define INTERFACE_USER_CHECKS(X) \
	X(strings_in) \
	X(strings_out) \
	X(privilege_missing) \
	X(process_found) \
	X(layered_beside) \
	X(gfx_mapped)

#define INTERFACE_BUGS(X) \
	X(identifier_free, "id_free: ids: 7 is not allocated") \
	X(hash_unknown, "is not a hash") \
	X(power_destroyed, "destroys its own components") \
	X(processor_unlocked, "cpu_get: cpu_lock is not held") \
	X(process_unlocked, "prfind: pidlock is not held") \
	X(halted, "the machine is halted by a driver: too hot") \
	X(booted, "the machine is booted again by a driver") \
	X(switched_off, "the machine is switched off by a driver") \
	X(periodic_unknown, "is no periodic function") \
	X(cyclic_unlocked, "cyclic_add: cpu_lock is not held") \
	X(cyclic_without_interval, "cyclic_add: an interval of 0") \
	X(cyclic_unknown, "is no cyclic") \
	X(i2c_transfer_unknown, "is not an I2C transfer") \
	X(i2c_client_unknown, "is not an I2C client") \
	X(list_inner, "is not a list, or one within another") \
	X(layered_identity, "is not an identity") \
	X(handle_version, "version 9 of ddi_fm_error_t") \
	X(agp_unknown, "did not come from agpmaster_attach") \
	X(pmem_unknown, "is not a pmem cookie") \
	X(gfx_cookie_unknown, "did not come from gfxp_umem_cookie_init") \
	X(message_block_twice, "freeb: ")

#define INTERFACE_DECLARE(name, ...) void check_##name(void);
#define INTERFACE_BUG_DECLARE(name, ...) void bug_##name(void);
INTERFACE_CHECKS(INTERFACE_DECLARE)
INTERFACE_USER_CHECKS(INTERFACE_DECLARE)
INTERFACE_BUGS(INTERFACE_BUG_DECLARE)

struct modinfo;
int card_init(void);
int card_info(struct modinfo *);
int card_fini(void);

#define CARD_CALL 1   /* the ioctl's argument is a function */
#define CARD_DOUBLE 2 /* returns twice the argument */

/*
 * Memory of the process: CARD_MEMORY bytes at this simulated address, nothing behind them; and nothing at all when it is
 * 0, in a thread of the system's.
 */
#define CARD_MEMORY 8192ul
extern unsigned long card_memory;
/* A page of the process that it may only read. */
extern unsigned long card_constant;

/* The process maps a page of card0, expects the text there, and writes the other one. */
void map_and_expect(const char *there, const char *then);
/* Another thread of execution than the caller's, made by the test: fn runs beside; and its end is waited for. */
void beside(void (*fn)(void *), void *arg);
void beside_wait(void);
/* How many warnings have been said, and the last of them. */
int warnings(void);
const char *last_warning(void);
const char *last_note(void);

#endif
