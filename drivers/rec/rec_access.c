/* SPDX-License-Identifier: BSD-2-Clause */
/* rec_access.c: devmap_access(9E), with all that a rule may ask of it. */
#include "rec.h"

static void
log_code(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, int code)
{
	struct rec_event e;

	mutex_enter(&rec_lock);
	e = rec_event(REC_CODE, dhp, pvtp, off, len);
	e.code = code;
	rec_log(&e);
	mutex_exit(&rec_lock);
}

/* The page's translations of all others go before this handle gets its own, nobody in between. */
static int
access_take(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	struct rec_handle *h;
	int code = 0;

	mutex_enter(&rec_lock);
	for (h = rec_handles(); h != NULL && code == 0; h = h->next) {
		if (h->dhp != dhp)
			code = devmap_unload(h->dhp, off, len);
	}
	if (code == 0)
		code = devmap_load(dhp, off, len, type, rw);
	mutex_exit(&rec_lock);
	return (code);
}

static int context_result;

static int
context_fails(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	return (context_result);
}

/* Another process's handle, or one that is gone by now. */
static int
load_others(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw, int number)
{
	devmap_cookie_t other;
	int code = -1;

	mutex_enter(&rec_lock);
	other = rec_handle_find(number);
	if (other != NULL)
		code = devmap_load(other, off, len, type, rw);
	mutex_exit(&rec_lock);
	log_code(dhp, pvtp, off, len, code);
	return (0);
}

static int
access_remaps(devmap_cookie_t dhp, offset_t off, size_t len, uint_t type, uint_t rw, uint_t source)
{
	if (rec_remap(dhp, source, 0, REC_PAGES, PROT_ALL, 0) != DDI_SUCCESS)
		return (FC_MAKE_ERR(EIO));
	return (devmap_load(dhp, off, len, type, rw));
}

/* Without rec_lock. */
static int
access_by(const struct rec_rule *rule, devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type,
    uint_t rw)
{
	switch (rule->action) {
	case REC_RETURN:
		return (rule->value);
	case REC_LOAD_ALL:
		return (devmap_load(dhp, 0, 0, type, rw));
	case REC_LOAD_MORE:
		return (devmap_load(dhp, off, ptob(rule->value), type, rw));
	case REC_LOAD_AS:
		return (devmap_load(dhp, off, len, type, (uint_t)rule->value));
	case REC_LOAD_OTHERS:
		return (load_others(dhp, pvtp, off, len, type, rw, rule->value));
	case REC_LOAD_BAD:
		return (devmap_load(dhp, off + (offset_t)ptob(1 << 20), len, type, rw));
	case REC_DENIED_4:
		(void) devmap_load(dhp, off, len, type, DEVMAP_WRITE);
		return (EINTR);
	case REC_DEFAULT:
		return (devmap_default_access(dhp, pvtp, off, len, type, rw));
	case REC_TAKE:
		return (access_take(dhp, pvtp, off, len, type, rw));
	case REC_CONTEXT:
		devmap_set_ctx_timeout(dhp, (clock_t)rule->value);
		return (devmap_do_ctxmgt(dhp, pvtp, off, len, type, rw, access_take));
	case REC_CONTEXT_BAD:
		context_result = rule->value;
		return (devmap_do_ctxmgt(dhp, pvtp, off, len, type, rw, context_fails));
	case REC_REMAP_TO:
		return (access_remaps(dhp, off, len, type, rw, (uint_t)rule->value));
	default:
		return (devmap_load(dhp, off, len, type, rw));
	}
}

int
rec_access(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	struct rec_event e;
	struct rec_rule rule;
	int interrupted;

	mutex_enter(&rec_lock);
	e = rec_event(REC_ACCESS, dhp, pvtp, off, len);
	e.type = type;
	e.rw = rw;
	rec_log(&e);
	rule = rec_rule_find(REC_ACCESS, off);
	interrupted = rec_gate_wait(&rule);
	mutex_exit(&rec_lock);
	return (interrupted ? rule.value : access_by(&rule, dhp, pvtp, off, len, type, rw));
}

int
rec_access_other(devmap_cookie_t dhp, void *pvtp, offset_t off, size_t len, uint_t type, uint_t rw)
{
	return (rec_access(dhp, pvtp, off, len, type, rw));
}
