/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine, its processes, its calendar, and what it says. */
#include <sys/bootconf.h>
#include <sys/cpuvar.h>
#include <sys/mem_config.h>
#include <sys/panic.h>
#include <sys/policy.h>
#include <sys/promif.h>
#include <sys/random.h>
#include <sys/reboot.h>
#include <sys/strlog.h>
#include <sys/systeminfo.h>
#include <sys/uadmin.h>
#include <sys/utsname.h>

#include "card.h"

void check_identity(void)
{
	VERIFY(strcmp(utsname.sysname, "SunOS") == 0 && strcmp(utsname.release, "5.11") == 0 && strcmp(utsname.machine, "i86pc") == 0);
	VERIFY(strcmp(architecture, "amd64") == 0 && strcmp(architecture_32, "i386") == 0 && strcmp(platform, "sundog") == 0);
	VERIFY(boothowto == 0 && netboot == 0 && strplumb() == 0 && audit_active == 0 && do_polled_io == 0 && panicstr == NULL);
}

void check_processors(void)
{
	mutex_enter(&cpu_lock);
	VERIFY(max_ncpus == ncpus && boot_max_ncpus == ncpus && max_cpuid == ncpus - 1);
	for (int i = 0; i < ncpus; i++) {
		VERIFY(cpu_get(i) == cpu[i] && cpu[i]->cpu_id == i && cpu[i]->cpu_seqid == i);
		VERIFY(cpu[i]->cpu_type_info.pi_state == P_ONLINE);
	}
	VERIFY(cpu_get(-1) == NULL && cpu_get(ncpus) == NULL && cpu[ncpus] == NULL);
	mutex_exit(&cpu_lock);
}

void bug_processor_unlocked(void)
{
	(void)cpu_get(0);
}

/* ---- privilege ---- */

static int (*const questions[])(const cred_t *) = {secpolicy_sys_devices, secpolicy_blacklist, secpolicy_console, secpolicy_gart_access,
						   secpolicy_gart_map, secpolicy_power_mgmt, secpolicy_ucode_update,
						   secpolicy_resource, secpolicy_lock_memory};

void check_privilege(void)
{
	for (int i = 0; i < 9; i++)
		VERIFY0(questions[i](kcred));
}

/* In a process of user 5. */
void check_privilege_missing(void)
{
	for (int i = 0; i < 9; i++)
		VERIFY3S(questions[i](CRED()), ==, EPERM);
	VERIFY(kadmin(A_SHUTDOWN, AD_HALT, NULL, CRED()) == EPERM);
	VERIFY(kadmin(A_DUMP, 0, NULL, CRED()) == ENOTSUP && kadmin(99, 0, NULL, CRED()) == EINVAL);
}

/* ---- processes ---- */

void check_parameters(void)
{
	clock_t ticks = -1;
	time_t now = -1;
	proc_t *p = NULL;
	pid_t pid = -1;
	cred_t *cred = NULL;

	VERIFY(drv_getparm(LBOLT, &ticks) == 0 && ddi_get_lbolt() - ticks < 100 && ticks >= 0);
	VERIFY(drv_getparm(TIME, &now) == 0 && ddi_get_time() - now <= 1);
	VERIFY(drv_getparm(UPROCP, &p) == 0 && p == curproc);
	VERIFY(drv_getparm(PPID, &pid) == 0 && pid == ddi_get_pid());
	VERIFY(drv_getparm(UCRED, &cred) == 0 && cred == CRED());
	VERIFY(drv_getparm(PPGRP, &pid) == -1 && drv_getparm(PSID, &pid) == -1 && drv_getparm(99, &pid) == -1);
}

void check_process_found(void)
{
	mutex_enter(&pidlock);
	VERIFY(prfind(ddi_get_pid()) == curproc && prfind(0) == &p0);
	VERIFY(prfind(ddi_get_pid() + 100000) == NULL && prfind(-1) == NULL);
	mutex_exit(&pidlock);
	VERIFY(curproc != &p0);
	check_parameters();
}

void bug_process_unlocked(void)
{
	(void)prfind(1);
}

/* ---- the calendar ---- */

void check_calendar(void)
{
	static const struct {
		time_t utc;
		todinfo_t tod; /* second, minute, hour, day of the week, day, month, year */
	} dates[] = {
		{0, {0, 0, 0, 5, 1, 1, 70}},
		{-1, {59, 59, 23, 4, 31, 12, 69}},
		{951782400, {0, 0, 0, 3, 29, 2, 100}},
		{951868800, {0, 0, 0, 4, 1, 3, 100}},
		{4107542399, {59, 59, 23, 1, 28, 2, 200}},
		{4107542400, {0, 0, 0, 2, 1, 3, 200}}, /* 2100 has no 29 February */
		{2147483648, {8, 14, 3, 3, 19, 1, 138}},
		{-2208988800, {0, 0, 0, 2, 1, 1, 0}},
		{253402300799, {59, 59, 23, 6, 31, 12, 8099}},
	};

	for (int i = 0; i < 9; i++) {
		todinfo_t tod = utc_to_tod(dates[i].utc);

		VERIFY0(memcmp(&tod, &dates[i].tod, sizeof(tod)));
		VERIFY3S(tod_to_utc(tod), ==, dates[i].utc);
	}
}

void check_sums_of_times(void)
{
	static const struct {
		struct timeval a, b, sum, difference;
	} t[] = {
		{{1, 2}, {3, 4}, {4, 6}, {-3, 999998}},
		{{5, 999999}, {1, 1}, {7, 0}, {4, 999998}},
		{{5, 0}, {5, 1}, {10, 1}, {-1, 999999}},
		{{0, 0}, {0, 0}, {0, 0}, {0, 0}},
	};
	struct timeval before, now;
	struct timeval32 narrow;

	for (int i = 0; i < 4; i++) {
		struct timeval sum = t[i].a, difference = t[i].a, b = t[i].b;

		timevaladd(&sum, &b);
		timevalsub(&difference, &b);
		VERIFY(sum.tv_sec == t[i].sum.tv_sec && sum.tv_usec == t[i].sum.tv_usec);
		VERIFY(difference.tv_sec == t[i].difference.tv_sec && difference.tv_usec == t[i].difference.tv_usec);
	}
	uniqtime(&before);
	for (int i = 0; i < 1000; i++) {
		uniqtime(&now);
		VERIFY(now.tv_sec > before.tv_sec || (now.tv_sec == before.tv_sec && now.tv_usec > before.tv_usec));
		VERIFY(now.tv_usec >= 0 && now.tv_usec < 1000000);
		before = now;
	}
	uniqtime32(&narrow);
	VERIFY(narrow.tv_sec - (int)now.tv_sec <= 1 && gethrestime_sec() - now.tv_sec <= 2);
}

/* ---- messages and memory ---- */

void check_other_messages(void)
{
	int told = warnings();

	VERIFY3S(strlog(3, 4, 5, SL_ERROR | SL_TRACE, "it %s", "failed"), ==, 1);
	VERIFY(warnings() == told + 1 && strstr(last_warning(), "strlog 3.4 level 5: it failed") != NULL);
	VERIFY(strlog(3, 4, 5, SL_TRACE, "fine") == 1 && strlog(3, 4, 5, SL_NOTE, "fine") == 1 && warnings() == told + 1);
	abort_sequence_enter("pressed");
	VERIFY(warnings() == told + 2 && strstr(last_warning(), "pressed: there is no debugger") != NULL);
	abort_sequence_enter(NULL);
	prom_printf("%s %d\n", "said", 1);
	VERIFY3S(warnings(), ==, told + 3);
}

void bug_halted(void)
{
	halt("too hot");
}

void bug_booted(void)
{
	mdboot(A_REBOOT, AD_BOOT, NULL, B_FALSE);
}

void bug_switched_off(void)
{
	(void)kadmin(A_SHUTDOWN, AD_POWEROFF, NULL, kcred);
}

void check_random_numbers(void)
{
	uint8_t a[64] = {0}, b[64] = {0};
	int bits = 0;

	VERIFY(random_get_bytes(a, 64) == 0 && random_get_pseudo_bytes(b, 64) == 0);
	VERIFY(memcmp(a, b, 64) != 0 && random_get_bytes(a, 0) == 0);
	for (int i = 0; i < 64 * 8; i++)
		bits += a[i / 8] >> i % 8 & 1;
	VERIFY(bits > 128 && bits < 384); /* of 512: 11 standard deviations */
	VERIFY(random_add_entropy(a, 64, 512) == 0 && random_add_entropy(b, 0, 0) == 0 && random_add_entropy(NULL, 1, 8) == -1);
	b[63] = 1;
	VERIFY(random_get_bytes(b, 63) == 0 && b[63] == 1);
}

void check_memory_changes(void)
{
	kphysm_setup_vector_t vector = {.version = KPHYSM_SETUP_VECTOR_VERSION}, wrong = {.version = 77};

	VERIFY3S(kphysm_setup_func_register(&wrong, NULL), ==, KPHYSM_ENOTSUP);
	VERIFY3S(kphysm_setup_func_register(&vector, NULL), ==, KPHYSM_OK);
	VERIFY3S(kphysm_setup_func_register(&vector, NULL), ==, KPHYSM_EDUP);
	VERIFY3S(kphysm_setup_func_register(&vector, &wrong), ==, KPHYSM_OK);
	kphysm_setup_func_unregister(&vector, NULL);
	kphysm_setup_func_unregister(&vector, NULL); /* nothing */
	VERIFY3S(kphysm_setup_func_register(&vector, NULL), ==, KPHYSM_OK);
	kphysm_setup_func_unregister(&vector, NULL);
	kphysm_setup_func_unregister(&vector, &wrong);
}
