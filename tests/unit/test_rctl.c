/* SPDX-License-Identifier: BSD-2-Clause */
/* Resource controls on locked memory: each sentence of the specification by its name. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#include "host/conf/rctl.h"
#include "host/embed/as.h"
#include "host/posix/posix.h"
#include "kernel/rctl/rctl.h"
#include "kernel/sys/sys.h"

#define K UINT64_C(1024)
#define NO_LIMIT UINT64_MAX
#define MEDIA 100 /* a project of the tests */

/* ---- a system, and processes in it ---- */

static struct proc_of_test {
	struct sys_proc *sys;
	struct host_as *as;
	int signo; /* the last signal it got */
} app, other;

static pthread_mutex_t said_lock = PTHREAD_MUTEX_INITIALIZER;
static char said[4096]; /* the last debug message about a refusal; threads write it under the lock */

static void log_line(void *arg, enum host_log_level level, const char *text)
{
	(void)arg;
	pthread_mutex_lock(&said_lock);
	if (level == HOST_LOG_DEBUG && strstr(text, "locking memory refused") != NULL)
		(void)snprintf(said, sizeof(said), "%s", text);
	else
		print_message("%s\n", text);
	pthread_mutex_unlock(&said_lock);
}

static void got_signal(void *arg, int signo)
{
	((struct proc_of_test *)arg)->signo = signo;
}

static void process_start(struct proc_of_test *p, int pid, int32_t zone, int32_t project, bool privileged)
{
	struct sys_proc_info info = {.pid = pid,
				     .name = pid % 2 == 0 ? "even" : "odd",
				     .zone = zone,
				     .project = project,
				     .cred = {.euid = 1000, .privileged = privileged}};

	*p = (struct proc_of_test){.as = as_create(false)};
	as_signal_to(p->as, got_signal, p);
	sys_thread_enter(NULL);
	assert_int_equal(sys_proc_create(&info, p->as, &p->sys), 0);
	sys_thread_leave();
}

static void process_end(struct proc_of_test *p)
{
	if (p->sys == NULL)
		return;
	sys_thread_enter(p->sys);
	sys_proc_destroy(p->sys);
	sys_thread_leave();
	as_destroy(p->as);
	*p = (struct proc_of_test){0};
}

static int setup(void **state)
{
	(void)state;
	posix_init(&(struct posix_config){.verbose = true});
	posix_log_sink(log_line, NULL);
	said[0] = '\0';
	assert_int_equal(sys_boot(&(struct sys_config){.verbose = true}), 0);
	assert_int_equal(sys_project_create(0, MEDIA, "media"), 0);
	process_start(&app, 1000, 0, MEDIA, false);
	process_start(&other, 1001, 0, MEDIA, false);
	return 0;
}

static void leak_is_error(void *arg, const struct sys_leak *leak)
{
	++*(unsigned *)arg;
	print_error("leak: %s\n", leak->kind);
}

static int teardown(void **state)
{
	unsigned leaks = 0;

	(void)state;
	process_end(&app);
	process_end(&other);
	sys_thread_enter(NULL);
	assert_int_equal(sys_halt(leak_is_error, &leaks), 0);
	sys_thread_leave();
	assert_int_equal(leaks, 0);
	posix_log_sink(NULL, NULL);
	return 0;
}

/* ---- short names ---- */

static const struct sys_rctl_target media = {SYS_RCTL_PROJECT, 0, MEDIA};
static const struct sys_rctl_target global = {SYS_RCTL_ZONE, 0, 0};
static const struct sys_rctl_target app_process = {SYS_RCTL_PROCESS, 0, 1000};

static int charge(struct proc_of_test *p, size_t len, struct rctl_charge *c)
{
	return rctl_locked_charge((struct proc *)(void *)p->sys, len, c);
}

static struct sys_rctl_state state_of(struct sys_rctl_target target)
{
	struct sys_rctl_state s;

	assert_int_equal(sys_rctl_get(&target, &s), 0);
	return s;
}

static uint64_t used(struct sys_rctl_target target)
{
	return state_of(target).used;
}

/* "(privileged,128K,deny)" of one control, as a host would set it. */
static int set_as(struct sys_rctl_target target, const char *text, bool privileged)
{
	struct rctl_setting setting;
	const char *why;
	char message[300];
	int error = rctl_parse_values(target.control, text, &setting, message, sizeof(message));

	if (error != 0)
		return error;
	return sys_rctl_change(&target, NULL, &setting.values[0], privileged, &why);
}

static void set(struct sys_rctl_target target, const char *text)
{
	assert_int_equal(set_as(target, text, true), 0);
}

/* The kernel part's own rules, whatever the parser lets through. */
static int set_raw(struct sys_rctl_target target, enum sys_rctl_privilege privilege, unsigned action,
		   int signo)
{
	struct sys_rctl_value v = {privilege, 4 * K, action, signo};
	const char *why;

	return sys_rctl_change(&target, NULL, &v, true, &why);
}

static struct sys_rctl_value value_of(enum sys_rctl_privilege privilege, uint64_t bytes)
{
	return (struct sys_rctl_value){privilege, bytes, SYS_RCTL_DENY, 0};
}

static void expect_used(uint64_t project, uint64_t zone, uint64_t process)
{
	assert_int_equal(used(media), project);
	assert_int_equal(used(global), zone);
	assert_int_equal(used(app_process), process);
}

#define TEST(name) TEST_WITH(name, setup, teardown)

/* ---- the limits ---- */

TEST(no_value_is_unlimited)
{
	struct rctl_charge c;

	(void)state;
	assert_int_equal(state_of(media).limit, NO_LIMIT);
	assert_int_equal(charge(&app, SIZE_MAX / 4, &c), 0);
	expect_used(SIZE_MAX / 4, SIZE_MAX / 4, SIZE_MAX / 4);
	rctl_locked_uncharge(&c);
	expect_used(0, 0, 0);
}

TEST(use_up_to_the_limit_is_admitted)
{
	struct rctl_charge a, b;

	(void)state;
	set(media, "(privileged,128K,deny)");
	assert_int_equal(charge(&app, 64 * K, &a), 0);
	assert_int_equal(charge(&app, 64 * K + 1, &b), ENOMEM);
	assert_int_equal(charge(&app, 64 * K, &b), 0);
	rctl_locked_uncharge(&a);
	rctl_locked_uncharge(&b);
}

TEST(a_refused_lock_charges_nothing)
{
	static const struct sys_rctl_target controls[] = {
		{SYS_RCTL_PROJECT, 0, MEDIA}, {SYS_RCTL_ZONE, 0, 0}, {SYS_RCTL_PROCESS, 0, 1000}};
	struct rctl_charge held, c;

	(void)state;
	assert_int_equal(charge(&app, 4 * K, &held), 0);
	for (size_t i = 0; i < 3; i++) {
		struct sys_rctl_value v = value_of(SYS_RCTL_PRIVILEGED, 8 * K);
		const char *why;

		set(controls[i], "(privileged,8K,deny)");
		memset(&c, 0xff, sizeof(c));
		assert_int_equal(charge(&app, 4 * K + 1, &c), ENOMEM);
		assert_null(c.account);
		expect_used(4 * K, 4 * K, 4 * K);
		assert_int_equal(sys_rctl_change(&controls[i], &v, NULL, true, &why), 0);
	}
	rctl_locked_uncharge(&held);
}

TEST(the_order_is_project_zone_process)
{
	static const struct sys_rctl_target controls[] = {
		{SYS_RCTL_PROCESS, 0, 1000}, {SYS_RCTL_ZONE, 0, 0}, {SYS_RCTL_PROJECT, 0, MEDIA}};
	struct sys_refusal last[SYS_REFUSALS_MAX];
	struct rctl_charge c;

	(void)state;
	for (size_t i = 0; i < 3; i++) { /* each comes before those that are there already */
		set(controls[i], "(privileged,4K,deny)");
		assert_int_equal(charge(&app, 8 * K, &c), ENOMEM);
		assert_int_equal(sys_refusals(last), i + 1);
		assert_int_equal(last[0].target.control, controls[i].control);
	}
}

TEST(an_overflow_is_refused)
{
	struct rctl_charge held, c;

	(void)state;
	assert_int_equal(charge(&app, 4 * K, &held), 0);
	assert_int_equal(charge(&app, SIZE_MAX, &c), ENOMEM);
	assert_int_equal(charge(&app, SIZE_MAX - 4 * K + 1, &c), ENOMEM);
	assert_int_equal(charge(&app, SIZE_MAX - 4 * K, &c), 0);
	assert_int_equal(charge(&other, 1, &(struct rctl_charge){0}), ENOMEM);
	rctl_locked_uncharge(&c);
	set(media, "(privileged,8K,deny)");
	assert_int_equal(charge(&app, SIZE_MAX, &c), ENOMEM);
	assert_int_equal(charge(&app, SIZE_MAX - 4 * K + 1, &c), ENOMEM);
	expect_used(4 * K, 4 * K, 4 * K);
	rctl_locked_uncharge(&held);
}

TEST(the_process_limit_does_not_bind_the_privileged)
{
	struct rctl_charge a, b;

	(void)state;
	set(app_process, "(basic,4K,deny)");
	assert_int_equal(charge(&app, 8 * K, &a), ENOMEM);
	assert_int_equal(sys_proc_setcred(app.sys, &(struct sys_cred){.euid = 1000, .privileged = true}), 0);
	assert_int_equal(charge(&app, 8 * K, &a), 0);
	set(media, "(privileged,8K,deny)"); /* the others do */
	assert_int_equal(charge(&app, 4 * K, &b), ENOMEM);
	assert_int_equal(sys_proc_setcred(app.sys, &(struct sys_cred){.euid = 1000}), 0);
	rctl_locked_uncharge(&a);
	expect_used(0, 0, 0);
}

TEST(full_price_two_locks_of_one_range_cost_both)
{
	struct rctl_charge a, b;

	(void)state;
	set(media, "(privileged,2M,deny)");
	assert_int_equal(charge(&app, 1024 * K, &a), 0);
	assert_int_equal(charge(&other, 1024 * K, &b), 0);
	assert_int_equal(used(media), 2048 * K);
	assert_int_equal(charge(&app, 1, &(struct rctl_charge){0}), ENOMEM);
	rctl_locked_uncharge(&a);
	rctl_locked_uncharge(&b);
}

TEST(a_limit_below_the_use_revokes_nothing)
{
	struct rctl_charge a, b, c;

	(void)state;
	assert_int_equal(charge(&app, 64 * K, &a), 0);
	assert_int_equal(charge(&app, 64 * K, &b), 0);
	set(media, "(privileged,100K,deny)");
	expect_used(128 * K, 128 * K, 128 * K);
	assert_int_equal(charge(&app, 4 * K, &c), ENOMEM);
	rctl_locked_uncharge(&a); /* use falls below it */
	assert_int_equal(charge(&app, 36 * K, &c), 0);
	rctl_locked_uncharge(&b);
	rctl_locked_uncharge(&c);
	expect_used(0, 0, 0);
}

TEST(a_lock_made_without_limits_counts_once_one_is_set)
{
	struct rctl_charge a, b;

	(void)state;
	assert_int_equal(charge(&app, 96 * K, &a), 0);
	set(global, "(privileged,128K,deny)");
	assert_int_equal(charge(&other, 64 * K, &b), ENOMEM);
	rctl_locked_uncharge(&a); /* and is given back */
	assert_int_equal(charge(&other, 128 * K, &b), 0);
	rctl_locked_uncharge(&b);
}

TEST(the_zone_counts_all_of_its_projects)
{
	struct proc_of_test elsewhere;
	struct rctl_charge a, b;

	(void)state;
	process_start(&elsewhere, 1002, 0, SYS_PROJECT_DEFAULT, false);
	set(global, "(privileged,8K,deny)");
	assert_int_equal(charge(&app, 4 * K, &a), 0);
	assert_int_equal(charge(&elsewhere, 8 * K, &b), ENOMEM);
	assert_int_equal(charge(&elsewhere, 4 * K, &b), 0);
	assert_int_equal(used(media), 4 * K);
	assert_int_equal(used(global), 8 * K);
	rctl_locked_uncharge(&a);
	rctl_locked_uncharge(&b);
	process_end(&elsewhere);
}

TEST(zones_do_not_share_limits)
{
	static const struct sys_rctl_target web = {SYS_RCTL_ZONE, 0, 7},
					    web_media = {SYS_RCTL_PROJECT, 7, MEDIA};
	struct proc_of_test inside;
	struct rctl_charge a, b;

	(void)state;
	assert_int_equal(sys_zone_create(7, "web"), 0);
	assert_int_equal(sys_zone_create(7, "again"), EEXIST);
	assert_int_equal(sys_zone_create(8, "web"), EEXIST);
	assert_int_equal(sys_zone_create(8, "global"), EEXIST);
	process_start(&inside, 1002, 7, MEDIA, false);
	set(web, "(privileged,8K,deny)");
	set(media, "(privileged,4K,deny)"); /* the global zone's project of that number */
	assert_int_equal(charge(&inside, 8 * K, &a), 0);
	assert_int_equal(charge(&inside, 1, &b), ENOMEM);
	assert_int_equal(charge(&app, 4 * K, &b), 0);
	assert_int_equal(used(web), 8 * K);
	assert_int_equal(used(web_media), 8 * K);
	assert_int_equal(used(global), 4 * K);
	rctl_locked_uncharge(&a);
	rctl_locked_uncharge(&b);
	process_end(&inside);
}

/* ---- the life of a charge ---- */

TEST(the_charge_outlives_its_process)
{
	struct rctl_charge c;

	(void)state;
	assert_int_equal(charge(&other, 4 * K, &c), 0);
	process_end(&other);
	assert_int_equal(used(media), 4 * K);
	assert_int_equal(used(global), 4 * K);
	assert_int_equal(state_of(media).most.pid, 1001);
	assert_false(state_of(media).most.alive);
	rctl_locked_uncharge(&c);
	expect_used(0, 0, 0);
	assert_int_equal(state_of(media).most.pid, 0);
}

TEST(charges_follow_a_process_that_changes_its_project)
{
	static const struct sys_rctl_target fallback = {SYS_RCTL_PROJECT, 0, SYS_PROJECT_DEFAULT};
	struct rctl_charge a, b;

	(void)state;
	assert_int_equal(charge(&app, 4 * K, &a), 0);
	assert_int_equal(charge(&app, 8 * K, &b), 0);
	assert_int_equal(sys_proc_setproject(app.sys, SYS_PROJECT_DEFAULT), 0);
	expect_used(0, 12 * K, 12 * K);
	assert_int_equal(used(fallback), 12 * K);
	rctl_locked_uncharge(&a); /* credited where the charge is then */
	assert_int_equal(used(fallback), 8 * K);
	assert_int_equal(sys_proc_setproject(app.sys, MEDIA), 0);
	process_end(&app);
	rctl_locked_uncharge(&b);
	assert_int_equal(used(media) + used(fallback) + used(global), 0);
}

TEST(a_project_that_refuses_the_charges_is_not_entered)
{
	static const struct sys_rctl_target fallback = {SYS_RCTL_PROJECT, 0, SYS_PROJECT_DEFAULT};
	struct rctl_charge c;

	(void)state;
	set(fallback, "(privileged,4K,deny)");
	assert_int_equal(charge(&app, 4 * K + 1, &c), 0);
	assert_int_equal(sys_proc_setproject(app.sys, SYS_PROJECT_DEFAULT), EAGAIN);
	expect_used(4 * K + 1, 4 * K + 1, 4 * K + 1);
	assert_int_equal(used(fallback), 0);
	assert_int_equal(state_of(app_process).project, MEDIA);
	rctl_locked_uncharge(&c);
	assert_int_equal(sys_proc_setproject(app.sys, SYS_PROJECT_DEFAULT), 0);
	assert_int_equal(state_of(app_process).project, SYS_PROJECT_DEFAULT);
	assert_int_equal(sys_proc_setproject(app.sys, -1), EINVAL);
}

/* A limit may be below the use: it refuses charges, and nobody who has none. */
TEST(a_process_without_charges_may_enter_any_project)
{
	struct rctl_charge c;

	(void)state;
	assert_int_equal(charge(&app, 16 * K, &c), 0);
	set(media, "(privileged,4K,deny)");
	assert_int_equal(sys_proc_setproject(app.sys, MEDIA), 0); /* where it is already */
	assert_int_equal(sys_proc_setproject(other.sys, SYS_PROJECT_DEFAULT), 0);
	assert_int_equal(sys_proc_setproject(other.sys, MEDIA), 0);
	assert_int_equal(used(media), 16 * K);
	rctl_locked_uncharge(&c);
}

TEST(a_fork_child_inherits_project_and_limits_and_no_charge)
{
	static const struct sys_rctl_target child_process = {SYS_RCTL_PROCESS, 0, 1002};
	struct sys_proc_info info = {.cred = {.euid = 1000}, .project = SYS_PROJECT_DEFAULT};
	struct proc_of_test child = {.as = as_create(false)};
	struct rctl_charge a, b;

	(void)state;
	set(app_process, "(basic,8K,deny)");
	assert_int_equal(charge(&app, 8 * K, &a), 0);
	sys_thread_enter(app.sys);
	assert_int_equal(sys_proc_fork(app.sys, &info, child.as, &child.sys), 0);
	sys_thread_leave();
	sys_proc_setpid(child.sys, 1002);
	assert_int_equal(used(child_process), 0);
	assert_int_equal(state_of(child_process).project, MEDIA);
	assert_int_equal(charge(&child, 8 * K + 1, &b), ENOMEM);
	assert_int_equal(charge(&child, 8 * K, &b), 0);
	assert_int_equal(used(media), 16 * K);
	rctl_locked_uncharge(&a);
	rctl_locked_uncharge(&b);
	process_end(&child);
}

TEST(an_exec_keeps_the_account)
{
	struct sys_proc_info info = {.pid = 1000, .cred = {.euid = 1000}};
	struct rctl_charge a, b;

	(void)state;
	set(app_process, "(basic,8K,deny)");
	assert_int_equal(charge(&app, 4 * K, &a), 0);
	info.account = sys_proc_account(app.sys);
	process_end(&app);
	app.as = as_create(false);
	sys_thread_enter(NULL);
	assert_int_equal(sys_proc_create(&info, app.as, &app.sys), 0);
	sys_thread_leave();
	sys_account_release(info.account);
	expect_used(4 * K, 4 * K, 4 * K);
	assert_int_equal(charge(&app, 8 * K, &b), ENOMEM);
	rctl_locked_uncharge(&a);
	assert_int_equal(charge(&app, 8 * K, &b), 0);
	rctl_locked_uncharge(&b);
}

TEST(new_processes_begin_with_the_values_of_pid_0)
{
	static const struct sys_rctl_target begin = {SYS_RCTL_PROCESS, 0, 0},
					    third = {SYS_RCTL_PROCESS, 0, 1002};
	struct proc_of_test fresh;

	(void)state;
	set(begin, "(basic,16K,deny)");
	process_start(&fresh, 1002, 0, MEDIA, false);
	assert_int_equal(state_of(third).limit, 16 * K);
	assert_int_equal(state_of(app_process).limit, NO_LIMIT);
	process_end(&fresh);
}

/* ---- values ---- */

TEST(project_and_zone_take_privileged_values_only)
{
	(void)state;
	assert_int_equal(set_as(media, "(basic,4K,deny)", true), EINVAL);
	assert_int_equal(set_as(global, "(basic,4K,deny)", true), EINVAL);
	assert_int_equal(set_raw(media, SYS_RCTL_BASIC, SYS_RCTL_DENY, 0), EINVAL);
	assert_int_equal(set_raw(global, SYS_RCTL_BASIC, SYS_RCTL_DENY, 0), EINVAL);
	assert_int_equal(set_as(media, "(privileged,4K,deny)", true), 0);
	assert_int_equal(set_as(global, "(privileged,4K,deny)", true), 0);
}

TEST(the_system_maximum_is_fixed)
{
	struct sys_rctl_value system = value_of(SYS_RCTL_SYSTEM, NO_LIMIT),
			      v = value_of(SYS_RCTL_PRIVILEGED, 4 * K);
	const char *why;

	(void)state;
	assert_int_equal(set_as(media, "(system,4K,deny)", true), EINVAL);
	assert_int_equal(sys_rctl_change(&media, &system, NULL, true, &why), EINVAL);
	assert_int_equal(sys_rctl_change(&media, &system, &v, true, &why), EINVAL);
	assert_string_equal(why, "the system value is fixed");
}

TEST(every_value_must_deny)
{
	static const char *const bad[] = {"(privileged,4K,none)", "(privileged,4K,signal=TERM)"};
	static const struct sys_rctl_target all[] = {
		{SYS_RCTL_PROJECT, 0, MEDIA}, {SYS_RCTL_ZONE, 0, 0}, {SYS_RCTL_PROCESS, 0, 1000}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; k < 2; k++)
			assert_int_equal(set_as(all[i], bad[k], true), EINVAL);
		assert_int_equal(set_raw(all[i], SYS_RCTL_PRIVILEGED, 0, 0), EINVAL);
		assert_int_equal(set_raw(all[i], SYS_RCTL_PRIVILEGED, SYS_RCTL_SIGNAL, SIGTERM), EINVAL);
		assert_int_equal(state_of(all[i]).nvalues, 0);
	}
}

TEST(a_process_takes_basic_and_no_signal)
{
	(void)state;
	assert_int_equal(set_as(app_process, "(basic,4K,deny,signal=TERM)", true), EINVAL);
	assert_int_equal(set_as(app_process, "(privileged,4K,deny,signal=TERM)", true), EINVAL);
	assert_int_equal(set_raw(app_process, SYS_RCTL_BASIC, SYS_RCTL_DENY | SYS_RCTL_SIGNAL, SIGTERM),
			 EINVAL);
	assert_int_equal(set_raw(media, SYS_RCTL_PRIVILEGED, SYS_RCTL_DENY | SYS_RCTL_SIGNAL, 65), EINVAL);
	assert_int_equal(set_raw(media, SYS_RCTL_PRIVILEGED, SYS_RCTL_DENY | 4u, 0), EINVAL);
	assert_int_equal(set_as(app_process, "(basic,4K,deny)", false), 0);
	assert_int_equal(set_as(app_process, "(privileged,8K,deny)", true), 0);
	assert_int_equal(state_of(app_process).nvalues, 2);
}

TEST(privileged_values_need_privilege)
{
	struct sys_rctl_value old = value_of(SYS_RCTL_PRIVILEGED, 4 * K),
			      raised = value_of(SYS_RCTL_PRIVILEGED, 8 * K);
	const char *why;

	(void)state;
	assert_int_equal(set_as(media, "(privileged,4K,deny)", false), EPERM);
	set(media, "(privileged,4K,deny)");
	assert_int_equal(sys_rctl_change(&media, &old, &raised, false, &why), EPERM);
	assert_int_equal(sys_rctl_change(&media, &old, NULL, false, &why), EPERM);
	assert_string_equal(why, "privileged values need privilege");
	assert_int_equal(state_of(media).limit, 4 * K);
	assert_int_equal(sys_rctl_change(&media, &old, &raised, true, &why), 0);
	assert_int_equal(state_of(media).limit, 8 * K);
}

TEST(the_lowest_exceeded_value_decides)
{
	struct sys_refusal last[SYS_REFUSALS_MAX];
	struct rctl_charge c;

	(void)state;
	set(media, "(privileged,16K,deny,signal=USR2)");
	set(media, "(privileged,8K,deny,signal=USR1)");
	set(media, "(privileged,32K,deny)");
	assert_int_equal(charge(&app, 64 * K, &c), ENOMEM); /* exceeds all three */
	assert_int_equal(app.signo, SIGUSR1);
	assert_int_equal(other.signo, 0);
	assert_true(sys_refusals(last) == 1);
	assert_int_equal(last[0].value.value, 8 * K);
	assert_int_equal(last[0].limit, 8 * K);
}

TEST(a_value_without_signal_sends_none)
{
	(void)state;
	set(media, "(privileged,8K,deny)");
	assert_int_equal(charge(&app, 64 * K, &(struct rctl_charge){0}), ENOMEM);
	assert_int_equal(app.signo, 0);
}

/* Values of one size are told apart by their privilege; of them the basic one decides. */
TEST(basic_and_privileged_values_of_one_size)
{
	struct sys_rctl_value basic = value_of(SYS_RCTL_BASIC, 8 * K), privileged = value_of(SYS_RCTL_PRIVILEGED, 8 * K);
	struct sys_refusal last[SYS_REFUSALS_MAX];
	const char *why;

	(void)state;
	assert_int_equal(sys_rctl_change(&app_process, NULL, &privileged, true, &why), 0);
	assert_int_equal(sys_rctl_change(&app_process, NULL, &basic, false, &why), 0);
	assert_int_equal(charge(&app, 8 * K + 1, &(struct rctl_charge){0}), ENOMEM);
	assert_int_equal(sys_refusals(last), 1);
	assert_int_equal(last[0].value.privilege, SYS_RCTL_BASIC);
	assert_int_equal(sys_rctl_change(&app_process, &basic, NULL, false, &why), 0);
	assert_int_equal(state_of(app_process).nvalues, 1);
	assert_int_equal(state_of(app_process).values[0].privilege, SYS_RCTL_PRIVILEGED);
}

TEST(the_signal_of_a_value_without_that_action_is_forgotten)
{
	struct sys_rctl_value v = value_of(SYS_RCTL_PRIVILEGED, 8 * K);
	const char *why;

	(void)state;
	v.signal = SIGUSR1;
	assert_int_equal(sys_rctl_change(&media, NULL, &v, true, &why), 0);
	assert_int_equal(state_of(media).values[0].signal, 0);
	assert_int_equal(charge(&app, 64 * K, &(struct rctl_charge){0}), ENOMEM);
	assert_int_equal(app.signo, 0);
}

TEST(values_are_set_replaced_and_deleted_one_by_one)
{
	struct sys_rctl_value a = value_of(SYS_RCTL_PRIVILEGED, 8 * K),
			      b = value_of(SYS_RCTL_PRIVILEGED, 4 * K);
	struct sys_rctl_state s;
	const char *why;

	(void)state;
	assert_int_equal(sys_rctl_change(&media, NULL, &a, true, &why), 0);
	assert_int_equal(sys_rctl_change(&media, NULL, &a, true, &why), EEXIST);
	assert_int_equal(sys_rctl_change(&media, &b, NULL, true, &why), ENOENT);
	assert_int_equal(sys_rctl_change(&media, NULL, &b, true, &why), 0);
	assert_int_equal(sys_rctl_change(&media, &a, &b, true, &why), EEXIST);
	s = state_of(media);
	assert_int_equal(s.nvalues, 2);
	assert_int_equal(s.values[0].value, 4 * K);
	assert_int_equal(s.limit, 4 * K);
	assert_int_equal(sys_rctl_change(&media, &b, NULL, true, &why), 0);
	assert_int_equal(state_of(media).limit, 8 * K);
	assert_int_equal(sys_rctl_change(&media, &a, NULL, true, &why), 0);
	assert_int_equal(state_of(media).limit, NO_LIMIT);
}

TEST(there_is_room_for_eight_values)
{
	struct sys_rctl_value v;
	const char *why;

	(void)state;
	for (uint64_t i = 0; i < SYS_RCTL_VALUES_MAX; i++) {
		v = value_of(SYS_RCTL_PRIVILEGED, (SYS_RCTL_VALUES_MAX - i) * K);
		assert_int_equal(sys_rctl_change(&media, NULL, &v, true, &why), 0);
	}
	v = value_of(SYS_RCTL_PRIVILEGED, 100 * K);
	assert_int_equal(sys_rctl_change(&media, NULL, &v, true, &why), ENOSPC);
	assert_int_equal(state_of(media).limit, K);
}

TEST(what_is_not_there_is_not_found)
{
	struct sys_rctl_state s;

	(void)state;
	assert_int_equal(sys_rctl_get(&(struct sys_rctl_target){SYS_RCTL_PROJECT, 0, 4711}, &s), ESRCH);
	assert_int_equal(sys_rctl_get(&(struct sys_rctl_target){SYS_RCTL_PROJECT, 9, MEDIA}, &s), ESRCH);
	assert_int_equal(sys_rctl_get(&(struct sys_rctl_target){SYS_RCTL_ZONE, 0, 9}, &s), ESRCH);
	assert_int_equal(sys_rctl_get(&(struct sys_rctl_target){SYS_RCTL_PROCESS, 0, 4711}, &s), ESRCH);
	assert_int_equal(set_as((struct sys_rctl_target){SYS_RCTL_PROCESS, 0, 4711}, "(basic,1,deny)", true),
			 ESRCH);
}

/* ---- what is told ---- */

TEST(a_refusal_says_why)
{
	struct sys_refusal last[SYS_REFUSALS_MAX];
	struct rctl_charge held, c;

	(void)state;
	set(media, "(privileged,128K,deny)");
	assert_int_equal(charge(&other, 100 * K, &held), 0);
	assert_int_equal(charge(&app, 64 * K, &c), ENOMEM);
	assert_int_equal(sys_refusals(last), 1);
	assert_int_equal(last[0].requested, 64 * K);
	assert_int_equal(last[0].used, 100 * K);
	assert_int_equal(last[0].limit, 128 * K);
	assert_int_equal(last[0].target.id, MEDIA);
	assert_string_equal(last[0].name, "media");
	assert_int_equal(last[0].pid, 1000);
	assert_int_equal(last[0].most.pid, 1001);
	assert_int_equal(last[0].most.bytes, 100 * K);
	assert_string_equal(
		said, "locking memory refused: project.max-locked-memory: process 1000 (even) requested "
		      "65536 bytes; project media (100) has 102400 in use, limit 131072; "
		      "process 1001 (odd) holds the most, 102400");
	assert_int_equal(state_of(media).refusals, 1);
	rctl_locked_uncharge(&held);
}

TEST(the_last_sixteen_refusals_are_kept)
{
	struct sys_refusal last[SYS_REFUSALS_MAX];

	(void)state;
	set(global, "(privileged,0,deny)");
	for (size_t i = 1; i <= 20; i++)
		assert_int_equal(charge(&app, i, &(struct rctl_charge){0}), ENOMEM);
	assert_int_equal(sys_refusals(last), 16);
	assert_int_equal(last[0].requested, 20);
	assert_int_equal(last[15].requested, 5);
	assert_string_equal(last[0].name, "global");
}

struct found {
	unsigned count;
	int32_t ids[8];
};

static void found_one(void *arg, const struct sys_rctl_state *s)
{
	struct found *f = arg;

	if (f->count < 8)
		f->ids[f->count] = s->target.id;
	f->count++;
}

TEST(projects_zones_and_processes_are_listed)
{
	struct found projects = {0}, zones = {0}, processes = {0};

	(void)state;
	sys_rctl_each(SYS_RCTL_PROJECT, found_one, &projects);
	sys_rctl_each(SYS_RCTL_ZONE, found_one, &zones);
	sys_rctl_each(SYS_RCTL_PROCESS, found_one, &processes);
	assert_int_equal(projects.count, 4); /* system, noproject, default, media */
	assert_int_equal(zones.count, 1);
	assert_int_equal(zones.ids[0], 0);
	assert_int_equal(processes.count, 2);
	assert_int_equal(processes.ids[0] + processes.ids[1], 2001);
}

struct wanted {
	const char *name, *statistic;
	int instance;
	char value[80]; /* "" until it is found */
};

static void statistic_one(void *arg, const struct sys_kstat *k)
{
	struct wanted *w = arg;

	if (strcmp(k->module, "caps") != 0 || strcmp(k->name, w->name) != 0 ||
	    strcmp(k->statistic, w->statistic) != 0)
		return;
	assert_string_equal(w->value, "");
	assert_int_equal(k->instance, w->instance);
	(void)snprintf(w->value, sizeof(w->value), "%s", k->value);
}

static void expect_statistic(const char *name, int instance, const char *statistic, const char *value)
{
	struct wanted w = {.name = name, .statistic = statistic, .instance = instance};

	sys_kstat_each(statistic_one, &w);
	assert_string_equal(w.value, value);
}

TEST(use_is_published_as_kstats)
{
	struct rctl_charge c;

	(void)state;
	set(media, "(privileged,128K,deny)");
	assert_int_equal(charge(&app, 64 * K, &c), 0);
	expect_statistic("lockedmem_project_100", 100, "usage", "65536");
	expect_statistic("lockedmem_project_100", 100, "value", "131072");
	expect_statistic("lockedmem_project_100", 100, "zonename", "global");
	expect_statistic("lockedmem_zone_0", 0, "usage", "65536");
	expect_statistic("lockedmem_zone_0", 0, "value", "18446744073709551615");
	expect_statistic("lockedmem_zone_0", 0, "zonename", "global");
	rctl_locked_uncharge(&c);
	expect_statistic("lockedmem_project_100", 100, "usage", "0");
	assert_int_equal(sys_zone_create(7, "web"), 0);
	expect_statistic("lockedmem_zone_7", 7, "zonename", "web");
}

/* ---- many at once ---- */

#define THREADS 8
#define ROUNDS 2000
static atomic_uint refused_rounds;

/* Charges of one page in a project with room for 4 pages: the 5th is refused, whoever it is. */
static void *churn(void *arg)
{
	struct rctl_charge c;

	(void)arg;
	for (unsigned i = 0; i < ROUNDS; i++) {
		if (charge(i % 2 == 0 ? &app : &other, 4 * K, &c) != 0) {
			atomic_fetch_add(&refused_rounds, 1);
			continue;
		}
		if (used(media) > 16 * K)
			abort();
		rctl_locked_uncharge(&c);
	}
	return NULL;
}

static void *move(void *arg)
{
	atomic_bool *stop = arg;

	for (bool away = false; !atomic_load(stop); away = !away)
		(void)sys_proc_setproject(app.sys, away ? SYS_PROJECT_DEFAULT : MEDIA);
	return NULL;
}

TEST(eight_threads_never_exceed_the_limit)
{
	pthread_t threads[THREADS];

	(void)state;
	set(media, "(privileged,16K,deny)");
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, churn, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	expect_used(0, 0, 0);
	assert_int_equal(state_of(media).refusals, atomic_load(&refused_rounds));
}

TEST(charges_and_moves_at_once_keep_the_sums)
{
	static const struct sys_rctl_target fallback = {SYS_RCTL_PROJECT, 0, SYS_PROJECT_DEFAULT};
	pthread_t threads[THREADS], mover;
	atomic_bool stop = false;

	(void)state;
	set(media, "(privileged,16K,deny)");
	assert_int_equal(pthread_create(&mover, NULL, move, &stop), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, churn, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	atomic_store(&stop, true);
	pthread_join(mover, NULL);
	expect_used(0, 0, 0);
	assert_int_equal(used(fallback), 0);
}

TEST(ten_thousand_projects_have_counters_of_their_own)
{
	static struct rctl_charge charges[10000];
	struct sys_rctl_target target = {SYS_RCTL_PROJECT, 0, 0};
	struct proc_of_test p;

	(void)state;
	process_start(&p, 1002, 0, MEDIA, false);
	for (int i = 0; i < 10000; i++) {
		/* A new account in each: what is charged to the old one stays with it. */
		process_end(&p);
		process_start(&p, 1002, 0, 1000 + i, false);
		assert_int_equal(charge(&p, (size_t)i + 1, &charges[i]), 0);
	}
	for (int i = 0; i < 10000; i++) {
		target.id = 1000 + i;
		assert_int_equal(used(target), i + 1);
		rctl_locked_uncharge(&charges[i]);
		assert_int_equal(used(target), 0);
	}
	assert_int_equal(used(global), 0);
	process_end(&p);
}
