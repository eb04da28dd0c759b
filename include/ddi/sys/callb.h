/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/callb.h>: threads that can be stopped for a checkpoint of the system. */
#ifndef _SYS_CALLB_H
#define _SYS_CALLB_H

#include <sys/ksynch.h>
#include <sys/types.h>

#define CB_CL_CPR_DAEMON 0
#define CB_CL_CPR_VM 1
#define CB_CL_CPR_CALLOUT 2
#define CB_CL_CPR_OBP 3
#define CB_CL_CPR_FB 4
#define CB_CL_PANIC 5
#define CB_CL_CPR_RPC 6
#define CB_CL_CPR_POST_USER 12
#define CB_CL_UADMIN 8
#define CB_CL_ENTER_DEBUGGER 14

#define CB_CODE_CPR_CHKPT 0
#define CB_CODE_CPR_RESUME 1

typedef void *callb_id_t;

typedef struct callb_cpr {
	kmutex_t *cc_lockp; /* protects the events */
	char cc_events;
	callb_id_t cc_id;
	kcondvar_t cc_callb_cv;
	kcondvar_t cc_stop_cv;
} callb_cpr_t;

#define CALLB_CPR_START 1
#define CALLB_CPR_SAFE 2
#define CALLB_CPR_ALWAYS_SAFE 4

callb_id_t callb_add(boolean_t (*)(void *, int), void *, int, char *) SUNDOG_LINK(callb_add);
callb_id_t callb_add_thread(boolean_t (*)(void *, int), void *, int, char *, struct _kthread *)
	SUNDOG_LINK(callb_add_thread);
int callb_delete(callb_id_t) SUNDOG_LINK(callb_delete);
boolean_t callb_generic_cpr(void *, int) SUNDOG_LINK(callb_generic_cpr);
boolean_t callb_generic_cpr_safe(void *, int) SUNDOG_LINK(callb_generic_cpr_safe);

#define CALLB_CPR_INIT(cp, lockp, func, name)                               \
	do {                                                                \
		__builtin_memset((cp), 0, sizeof (callb_cpr_t));            \
		(cp)->cc_lockp = (lockp);                                   \
		(cp)->cc_id = callb_add((func), (cp), CB_CL_CPR_DAEMON, (name)); \
		cv_init(&(cp)->cc_callb_cv, NULL, CV_DEFAULT, NULL);        \
		cv_init(&(cp)->cc_stop_cv, NULL, CV_DEFAULT, NULL);         \
	} while (0)

/* Before and after a wait during which a checkpoint may be taken; the lock is held. */
#define CALLB_CPR_SAFE_BEGIN(cp)                                \
	do {                                                    \
		(cp)->cc_events |= CALLB_CPR_SAFE;              \
		if ((cp)->cc_events & CALLB_CPR_START)          \
			cv_signal(&(cp)->cc_callb_cv);          \
	} while (0)
#define CALLB_CPR_SAFE_END(cp, lockp)                           \
	do {                                                    \
		while ((cp)->cc_events & CALLB_CPR_START)       \
			cv_wait(&(cp)->cc_stop_cv, (lockp));    \
		(cp)->cc_events &= (char)~CALLB_CPR_SAFE;       \
	} while (0)
/* At the end of the thread, with the lock held; drops it. */
#define CALLB_CPR_EXIT(cp)                                      \
	do {                                                    \
		(cp)->cc_events |= CALLB_CPR_SAFE;              \
		if ((cp)->cc_events & CALLB_CPR_START)          \
			cv_signal(&(cp)->cc_callb_cv);          \
		mutex_exit((cp)->cc_lockp);                     \
		(void)callb_delete((cp)->cc_id);                \
		cv_destroy(&(cp)->cc_callb_cv);                 \
		cv_destroy(&(cp)->cc_stop_cv);                  \
	} while (0)

/* What comes along with it. */
#include <sys/taskq.h>

#endif
