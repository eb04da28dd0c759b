/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions called again and again; kstats that are held; the beeper. */
#include <sys/beep.h>
#include <sys/cyclic.h>
#include <sys/kstat.h>

#include "card.h"

static struct {
	kmutex_t lock;
	kcondvar_t more;
	int calls, enough;
	ddi_periodic_t periodic;
	cyclic_id_t cyclic;
} c;

static void begin(int enough)
{
	mutex_enter(&c.lock);
	c.calls = 0;
	c.enough = enough;
	c.periodic = NULL;
	mutex_exit(&c.lock);
}

static void count(void *arg)
{
	mutex_enter(&c.lock);
	c.calls++;
	cv_broadcast(&c.more);
	mutex_exit(&c.lock);
}

static void wait_for(int calls)
{
	mutex_enter(&c.lock);
	while (c.calls < calls)
		cv_wait(&c.more, &c.lock);
	mutex_exit(&c.lock);
}

#define MS 1000000ll

void check_periodic_functions(void)
{
	ddi_periodic_t one, two;
	int calls;

	VERIFY(ddi_periodic_add(NULL, NULL, MS, DDI_IPL_0) == NULL && ddi_periodic_add(count, NULL, 0, DDI_IPL_0) == NULL);
	VERIFY(ddi_periodic_add(count, NULL, -1, DDI_IPL_0) == NULL && ddi_periodic_add(count, NULL, MS, 11) == NULL);
	VERIFY(ddi_periodic_add(count, NULL, MS, -1) == NULL);
	ddi_periodic_delete(NULL);
	begin(0);
	one = ddi_periodic_add(count, NULL, MS, DDI_IPL_0);
	two = ddi_periodic_add(count, NULL, 3600 * 1000 * MS, DDI_IPL_10);
	wait_for(3);
	ddi_periodic_delete(one);
	calls = c.calls;
	ddi_periodic_delete(two); /* it has never been called */
	VERIFY3S(c.calls, ==, calls);
}

static void delete_self(void *arg)
{
	mutex_enter(&c.lock);
	while (c.periodic == NULL)
		cv_wait(&c.more, &c.lock);
	mutex_exit(&c.lock);
	ddi_periodic_delete(c.periodic);
	count(arg);
}

void check_periodic_deletes_itself(void)
{
	begin(1);
	mutex_enter(&c.lock);
	c.periodic = ddi_periodic_add(delete_self, NULL, MS, DDI_IPL_0);
	cv_broadcast(&c.more);
	mutex_exit(&c.lock);
	wait_for(1);
	VERIFY3S(c.calls, ==, 1);
	ddi_periodic_delete(ddi_periodic_add(count, NULL, 3600 * 1000 * MS, 0)); /* whoever comes next clears it away */
}

void bug_periodic_unknown(void)
{
	ddi_periodic_t p = ddi_periodic_add(count, NULL, 3600 * 1000 * MS, 0);

	ddi_periodic_delete(p);
	ddi_periodic_delete(p);
}

/* ---- cyclics ---- */

static cyclic_id_t cyclic_begin(void (*fn)(void *), hrtime_t when, hrtime_t interval)
{
	cyc_handler_t handler = {fn, NULL, CY_LOW_LEVEL};
	cyc_time_t time = {when, interval};
	cyclic_id_t id;

	mutex_enter(&cpu_lock);
	id = cyclic_add(&handler, &time);
	mutex_exit(&cpu_lock);
	VERIFY(id != CYCLIC_NONE);
	return (id);
}

static void cyclic_end(cyclic_id_t id)
{
	mutex_enter(&cpu_lock);
	cyclic_remove(id);
	mutex_exit(&cpu_lock);
}

static void program_again(void *arg)
{
	mutex_enter(&c.lock);
	while (c.cyclic == CYCLIC_NONE)
		cv_wait(&c.more, &c.lock);
	if (++c.calls < c.enough)
		VERIFY3S(cyclic_reprogram(c.cyclic, gethrtime() + MS), ==, 1);
	cv_broadcast(&c.more);
	mutex_exit(&c.lock);
}

void check_cyclics(void)
{
	cyclic_id_t id;

	begin(0);
	id = cyclic_begin(count, 0, MS);
	wait_for(2);
	cyclic_end(id);
	begin(0);
	id = cyclic_begin(count, gethrtime() + MS, CY_INFINITY); /* once */
	wait_for(1);
	VERIFY3S(cyclic_reprogram(id, gethrtime()), ==, 1);
	wait_for(2);
	cyclic_end(id);
	VERIFY3S(c.calls, ==, 2);
	begin(3);
	c.cyclic = CYCLIC_NONE;
	mutex_enter(&c.lock);
	c.cyclic = cyclic_begin(program_again, CY_INFINITY, CY_INFINITY); /* not by itself */
	VERIFY3S(cyclic_reprogram(c.cyclic, 0), ==, 1);                   /* at once */
	cv_broadcast(&c.more);
	mutex_exit(&c.lock);
	wait_for(3);
	cyclic_end(c.cyclic);
	VERIFY3S(c.calls, ==, 3);
}

void bug_cyclic_unlocked(void)
{
	cyc_handler_t handler = {count, NULL, CY_LOW_LEVEL};
	cyc_time_t time = {0, MS};

	(void)cyclic_add(&handler, &time);
}

void bug_cyclic_without_interval(void)
{
	(void)cyclic_begin(count, 0, 0);
}

void bug_cyclic_unknown(void)
{
	(void)cyclic_reprogram((cyclic_id_t)&c, 0);
}

/* ---- kstats ---- */

static void hold_beside(void *arg)
{
	kstat_t *k = kstat_hold_bykid(*(kid_t *)arg, 0);

	VERIFY(k != NULL && k->ks_kid == *(kid_t *)arg);
	kstat_rele(k);
}

static void delete_beside(void *arg)
{
	kstat_delete(arg);
	count(NULL);
}

void check_kstats_held(void)
{
	kid_t chain = kstat_chain_id, id;
	kstat_t *k = kstat_create("card", 0, "held", "misc", KSTAT_TYPE_RAW, 4, 0);

	VERIFY(kstat_chain_id != chain);
	chain = kstat_chain_id;
	id = k->ks_kid;
	VERIFY(kstat_hold_bykid(id + 1000, 0) == NULL);
	VERIFY(kstat_hold_bykid(id, 0) == k);
	beside(hold_beside, &id); /* waits */
	kstat_rele(k);
	beside_wait();
	begin(0);
	VERIFY(kstat_hold_bykid(id, 0) == k);
	beside(delete_beside, k); /* waits */
	VERIFY3S(k->ks_kid, ==, id);
	kstat_rele(k);
	beside_wait();
	VERIFY(c.calls == 1 && kstat_hold_bykid(id, 0) == NULL && kstat_chain_id != chain);
}

/* ---- the beeper ---- */

static struct {
	kmutex_t lock;
	kcondvar_t more;
	int on, off, frequency[8], tones;
} heard;

static void beeper_begin(void *arg)
{
	mutex_enter(&heard.lock);
	VERIFY(arg == &heard);
	heard.on++;
	mutex_exit(&heard.lock);
}

static void beeper_end(void *arg)
{
	mutex_enter(&heard.lock);
	heard.off++;
	cv_broadcast(&heard.more);
	mutex_exit(&heard.lock);
}

static void beeper_tune(void *arg, int frequency)
{
	mutex_enter(&heard.lock);
	heard.frequency[heard.tones++] = frequency;
	mutex_exit(&heard.lock);
}

static void beeper_wait(int off)
{
	mutex_enter(&heard.lock);
	while (heard.off < off)
		cv_wait(&heard.more, &heard.lock);
	mutex_exit(&heard.lock);
}

void check_beeps(void)
{
	heard.on = heard.off = heard.tones = 0;
	VERIFY(beep_mktone(440, 10) == ENXIO && beep_busy() == 0 && beep_fini() == 0);
	VERIFY(beep_init(&heard, NULL, beeper_end, beeper_tune) == -1 && beep_init(&heard, beeper_begin, NULL, beeper_tune) == -1);
	VERIFY(beep_init(&heard, beeper_begin, beeper_end, NULL) == -1);
	VERIFY0(beep_init(&heard, beeper_begin, beeper_end, beeper_tune));
	VERIFY(beep_mktone(0, 10) == EINVAL && beep_mktone(440, 0) == EINVAL && beep_busy() == 0);
	VERIFY0(beep_mktone(440, 10));
	VERIFY0(beep_mktone(880, 10)); /* behind it */
	beeper_wait(2);
	VERIFY(heard.on == 2 && heard.tones == 2 && heard.frequency[0] == 440 && heard.frequency[1] == 880);
	VERIFY0(beep_mktone(100, 3600 * 1000));
	VERIFY(beep_busy() != 0);
	for (int i = 0; i < BEEP_QUEUE_SIZE; i++)
		VERIFY0(beep_mktone(200, 1));
	VERIFY3S(beep_mktone(200, 1), ==, EAGAIN);
	VERIFY0(beep_fini()); /* silence, at once */
	VERIFY(heard.on == 3 && heard.off == 3 && beep_busy() == 0 && beep_mktone(440, 10) == ENXIO);
}
