/* SPDX-License-Identifier: BSD-2-Clause */
/* rec_log.c: the ring of events, the rules, and the gate at which callbacks wait. */
#include "rec.h"

#define EVENTS 2048
#define USUAL (REC_BIT(REC_MAP) | REC_BIT(REC_ACCESS) | REC_BIT(REC_DUP) | REC_BIT(REC_UNMAP) | REC_BIT(REC_CODE))

static struct rec_event *events;
static uint_t first, count, kinds;

static struct rec_rule rules[REC_RULES];
static int rule_count;

static kcondvar_t gate_changed;
static int gate_open, gate_waiters, gate_came;

void
rec_log_init(void)
{
	events = kmem_zalloc(EVENTS * sizeof (*events), KM_SLEEP);
	cv_init(&gate_changed, NULL, CV_DRIVER, NULL);
	kinds = USUAL;
}

void
rec_log_fini(void)
{
	cv_destroy(&gate_changed);
	kmem_free(events, EVENTS * sizeof (*events));
}

void
rec_log_reset(void)
{
	first = count = 0;
	kinds = USUAL;
	rule_count = 0;
	gate_open = gate_came = 0;
}

/* ---- events ---- */

void
rec_log_kinds(uint_t bits)
{
	kinds = bits;
}

void
rec_log(const struct rec_event *event)
{
	if (!(kinds & REC_BIT(event->kind)))
		return;
	if (count == EVENTS) {
		cmn_err(CE_WARN, "rec: an event is lost, nobody reads them");
		return;
	}
	events[(first + count++) % EVENTS] = *event;
}

int
rec_log_take(struct rec_event *event)
{
	if (count == 0)
		return (0);
	*event = events[first];
	first = (first + 1) % EVENTS;
	count--;
	return (1);
}

/* ---- rules ---- */

int
rec_rule_add(const struct rec_rule *rule)
{
	if (rule_count == REC_RULES)
		return (ENOSPC);
	rules[rule_count++] = *rule;
	return (0);
}

void
rec_rules_clear(void)
{
	rule_count = 0;
}

/* times counts down; a rule that has been used so often stays at -1 and fits nothing. */
static int
rule_applies(struct rec_rule *rule)
{
	if (rule->skip > 0) {
		rule->skip--;
		return (0);
	}
	if (rule->times < 0)
		return (0);
	if (rule->times > 0 && --rule->times == 0)
		rule->times = -1;
	return (1);
}

struct rec_rule
rec_rule_find(int kind, offset_t off)
{
	struct rec_rule plain = { .kind = kind, .action = REC_PLAIN };
	int i;

	for (i = 0; i < rule_count; i++) {
		struct rec_rule *rule = &rules[i];

		if (rule->kind != kind || (rule->page != REC_ANY && rule->page != (int)btop(off)))
			continue;
		if (rule_applies(rule))
			return (*rule);
	}
	return (plain);
}

/* ---- the gate ---- */

int
rec_gate_wait(const struct rec_rule *rule)
{
	struct rec_event go = { 0 };
	int interrupted = 0;

	if (rule->action != REC_WAIT && rule->action != REC_WAIT_DEAF)
		return (0);
	gate_waiters++;
	gate_came++;
	cv_broadcast(&gate_changed);
	while (!gate_open && !interrupted) {
		if (rule->action == REC_WAIT_DEAF)
			cv_wait(&gate_changed, &rec_lock);
		else
			interrupted = cv_wait_sig(&gate_changed, &rec_lock) == 0;
	}
	gate_waiters--;
	cv_broadcast(&gate_changed);
	go.kind = REC_GO;
	go.pid = (int)ddi_get_pid();
	go.code = rule->kind;
	rec_log(&go);
	return (interrupted);
}

void
rec_gate_set(int open)
{
	gate_open = open;
	cv_broadcast(&gate_changed);
}

int
rec_gate_await(int waiters, int came)
{
	while (gate_waiters < waiters || gate_came < came) {
		if (cv_wait_sig(&gate_changed, &rec_lock) == 0)
			return (EINTR);
	}
	return (0);
}
