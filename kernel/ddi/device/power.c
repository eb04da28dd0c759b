/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pm_raise_power(9F) and its kin.  Nothing here lowers a component by itself: the framework's own part is to remember
 * levels, to call power(9E) for one change of an instance after the other, and to say what is out of range.
 *
 * Components come from pm_create_components(9F), or from the property pm-components(9P), which is read when a component is
 * first asked for.  Their level is unknown until somebody sets it.
 */
#include "kernel/ddi/device/power.h"
#include "kernel/ddi/core/kthread.h"
#include "kernel/ddi/device/power_parse.h"
#include "kernel/host.h"
#include "kernel/lib/message.h"
#include <sys/sunddi.h>
#include <sys/sunpm.h>

#define UNKNOWN (-1) /* level */

struct component {
	struct power_levels levels; /* constant */
	int level, normal;
	uint_t busy;
};

/* The lock of all is a leaf lock. */
struct power {
	int count; /* constant */
	struct component *component;
	kthread_t *changing; /* calls power(9E); it may come back for another component */
	unsigned depth;
};

static struct {
	struct host_mutex lock; /* protects dip->power and what it points to; dropped for power(9E) */
	struct host_cond changed;
} powers;

/* ---- making ---- */

static struct power *power_make(int count)
{
	struct power *p = host_alloc(sizeof(*p), true);

	p->count = count;
	p->component = host_alloc((size_t)count * sizeof(*p->component), true);
	for (int i = 0; i < count; i++)
		p->component[i].level = p->component[i].normal = UNKNOWN;
	return p;
}

static void power_free(struct power *p)
{
	if (p == NULL)
		return;
	host_free(p->component, (size_t)p->count * sizeof(*p->component));
	host_free(p, sizeof(*p));
}

/* Two threads may have made one: the first stays. */
static bool power_set(struct dev_info *dip, struct power *p)
{
	bool first;

	host_mutex_lock(&powers.lock);
	first = dip->power == NULL;
	if (first)
		dip->power = p;
	host_mutex_unlock(&powers.lock);
	if (!first)
		power_free(p);
	return first;
}

/* Waits for a power(9E) that runs. */
static struct power *power_take(struct dev_info *dip)
{
	struct power *p;

	host_mutex_lock(&powers.lock);
	while ((p = dip->power) != NULL && p->changing != NULL && p->changing != kthread_self())
		(void)host_cond_wait(&powers.changed, &powers.lock, HOST_FOREVER, false);
	if (p != NULL && p->changing != NULL)
		driver_bug(dip->ops->devo_power, "power(9E) of %s%d destroys its own components", dip->name, dip->instance);
	dip->power = NULL;
	host_mutex_unlock(&powers.lock);
	return p;
}

void power_detach(struct dev_info *dip)
{
	power_free(power_take(dip));
}

static bool power_known(struct dev_info *dip)
{
	bool known;

	host_mutex_lock(&powers.lock);
	known = dip->power != NULL;
	host_mutex_unlock(&powers.lock);
	return known;
}

static void power_from_property(struct dev_info *dip)
{
	const size_t bytes = POWER_COMPONENTS_MAX * sizeof(struct power_levels);
	struct power_levels *levels = host_alloc(bytes, true);
	int count = power_parse(dip, levels);

	if (count > 0) {
		struct power *p = power_make(count);

		for (int i = 0; i < count; i++) {
			p->component[i].levels = levels[i];
			p->component[i].normal = levels[i].level[levels[i].count - 1];
		}
		(void)power_set(dip, p);
	}
	host_free(levels, bytes);
}

/* The component, with the lock held; NULL, and it is not: there is none of that number. */
static struct component *component_enter(dev_info_t *dip, int number)
{
	if (dip == NULL)
		return NULL;
	if (!power_known(dip))
		power_from_property(dip);
	host_mutex_lock(&powers.lock);
	if (dip->power != NULL && number >= 0 && number < dip->power->count)
		return &dip->power->component[number];
	host_mutex_unlock(&powers.lock);
	return NULL;
}

int pm_create_components(dev_info_t *dip, int count)
{
	if (dip == NULL || count < 1)
		return DDI_FAILURE;
	return power_set(dip, power_make(count)) ? DDI_SUCCESS : DDI_FAILURE;
}

void pm_destroy_components(dev_info_t *dip)
{
	if (dip != NULL)
		power_detach(dip);
}

/* ---- levels ---- */

static bool level_valid(const struct power_levels *levels, int level)
{
	if (levels->count == 0)
		return level >= 0;
	for (int i = 0; i < levels->count; i++)
		if (levels->level[i] == level)
			return true;
	return false;
}

/* Called with the lock held.  Waits for another thread's change; the thread that changes may go on inside it. */
static void change_begin(struct power *p)
{
	kthread_t *self = kthread_self();

	while (p->changing != NULL && p->changing != self)
		(void)host_cond_wait(&powers.changed, &powers.lock, HOST_FOREVER, false);
	p->changing = self;
	p->depth++;
}

static void change_end(struct power *p)
{
	if (--p->depth == 0)
		p->changing = NULL;
	host_cond_broadcast(&powers.changed);
}

/* Called with the lock held, which is dropped for the driver. */
static int driver_power(dev_info_t *dip, int number, int level)
{
	int (*power)(dev_info_t *, int, int) = dip->ops->devo_power;
	int result = DDI_FAILURE;

	host_mutex_unlock(&powers.lock);
	if (SLOT_USABLE(power))
		result = power(dip, number, level);
	host_mutex_lock(&powers.lock);
	return result;
}

enum direction {
	RAISE,
	LOWER,
	SET,
};

static bool level_reached(int now, int level, enum direction direction)
{
	if (now == UNKNOWN)
		return false;
	return direction == RAISE ? now >= level : direction == LOWER ? now <= level
								      : now == level;
}

/* The driver may have reported the new level itself, by pm_power_has_changed(). */
static int level_change(dev_info_t *dip, int number, int level, enum direction direction)
{
	struct component *c = component_enter(dip, number);
	int result = DDI_FAILURE;
	struct power *p;

	if (c == NULL)
		return DDI_FAILURE;
	p = dip->power;
	if (level_valid(&c->levels, level)) {
		change_begin(p);
		result = level_reached(c->level, level, direction) ? DDI_SUCCESS : driver_power(dip, number, level);
		if (result == DDI_SUCCESS && !level_reached(c->level, level, direction))
			c->level = level;
		change_end(p);
	}
	host_mutex_unlock(&powers.lock);
	return result == DDI_SUCCESS ? DDI_SUCCESS : DDI_FAILURE;
}

int pm_raise_power(dev_info_t *dip, int number, int level)
{
	return level_change(dip, number, level, RAISE);
}

int pm_lower_power(dev_info_t *dip, int number, int level)
{
	return level_change(dip, number, level, LOWER);
}

int ddi_dev_is_needed(dev_info_t *dip, int number, int level)
{
	return level_change(dip, number, level, RAISE);
}

int ddi_power(dev_info_t *dip, int number, int level)
{
	return level_change(dip, number, level, SET);
}

/* The hardware has changed it by itself. */
int pm_power_has_changed(dev_info_t *dip, int number, int level)
{
	struct component *c = component_enter(dip, number);
	bool valid;

	if (c == NULL)
		return DDI_FAILURE;
	valid = level_valid(&c->levels, level);
	if (valid)
		c->level = level;
	host_mutex_unlock(&powers.lock);
	return valid ? DDI_SUCCESS : DDI_FAILURE;
}

int pm_get_current_power(dev_info_t *dip, int number, int *level)
{
	const struct component *c = component_enter(dip, number);
	bool known;

	if (c == NULL)
		return DDI_FAILURE;
	known = c->level != UNKNOWN;
	if (known)
		*level = c->level;
	host_mutex_unlock(&powers.lock);
	return known ? DDI_SUCCESS : DDI_FAILURE;
}

void pm_set_normal_power(dev_info_t *dip, int number, int level)
{
	struct component *c = component_enter(dip, number);

	if (c == NULL)
		return;
	if (level_valid(&c->levels, level))
		c->normal = level;
	host_mutex_unlock(&powers.lock);
}

int pm_get_normal_power(dev_info_t *dip, int number)
{
	const struct component *c = component_enter(dip, number);
	int level;

	if (c == NULL)
		return DDI_FAILURE;
	level = c->normal;
	host_mutex_unlock(&powers.lock);
	return level == UNKNOWN ? DDI_FAILURE : level;
}

/* ---- busy ---- */

int pm_busy_component(dev_info_t *dip, int number)
{
	struct component *c = component_enter(dip, number);

	if (c == NULL)
		return DDI_FAILURE;
	c->busy++;
	host_mutex_unlock(&powers.lock);
	return DDI_SUCCESS;
}

int pm_idle_component(dev_info_t *dip, int number)
{
	struct component *c = component_enter(dip, number);
	bool busy;

	if (c == NULL)
		return DDI_FAILURE;
	busy = c->busy > 0;
	if (busy)
		c->busy--;
	host_mutex_unlock(&powers.lock);
	return busy ? DDI_SUCCESS : DDI_FAILURE;
}

/* No suspend takes the power of anything here. */
int ddi_removing_power(dev_info_t *dip)
{
	return 0;
}
