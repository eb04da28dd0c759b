/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/kstat.h>: statistics that the system shows, kstat_create(9F). */
#ifndef _SYS_KSTAT_H
#define _SYS_KSTAT_H

#include <sys/ksynch.h>
#include <sys/time.h>
#include <sys/types.h>

typedef int kid_t;

#define KSTAT_STRLEN 31

/* ks_type */
#define KSTAT_TYPE_RAW 0
#define KSTAT_TYPE_NAMED 1
#define KSTAT_TYPE_INTR 2
#define KSTAT_TYPE_IO 3
#define KSTAT_TYPE_TIMER 4

/* ks_flags */
#define KSTAT_FLAG_VIRTUAL 0x01     /* the driver provides ks_data */
#define KSTAT_FLAG_VAR_SIZE 0x02
#define KSTAT_FLAG_WRITABLE 0x04
#define KSTAT_FLAG_PERSISTENT 0x08
#define KSTAT_FLAG_DORMANT 0x10
#define KSTAT_FLAG_INVALID 0x20
#define KSTAT_FLAG_LONGSTRINGS 0x40

/* rw of ks_update */
#define KSTAT_READ 0
#define KSTAT_WRITE 1

/* data_type */
#define KSTAT_DATA_CHAR 0
#define KSTAT_DATA_INT32 1
#define KSTAT_DATA_UINT32 2
#define KSTAT_DATA_INT64 3
#define KSTAT_DATA_UINT64 4
#define KSTAT_DATA_STRING 9
#define KSTAT_DATA_LONG 7
#define KSTAT_DATA_ULONG 8
#define KSTAT_DATA_LONGLONG KSTAT_DATA_INT64
#define KSTAT_DATA_ULONGLONG KSTAT_DATA_UINT64

/* Drivers touch ks_data, ks_data_size, ks_ndata, ks_lock, ks_update, ks_private, ks_snapshot: ABI. */
typedef struct kstat {
	hrtime_t ks_crtime;
	struct kstat *ks_next;
	kid_t ks_kid;
	char ks_module[KSTAT_STRLEN];
	uchar_t ks_resv;
	int ks_instance;
	char ks_name[KSTAT_STRLEN];
	uchar_t ks_type;
	char ks_class[KSTAT_STRLEN];
	uchar_t ks_flags;
	void *ks_data;
	uint_t ks_ndata;
	size_t ks_data_size;
	hrtime_t ks_snaptime;
	int (*ks_update)(struct kstat *, int);
	void *ks_private;
	int (*ks_snapshot)(struct kstat *, void *, int);
	void *ks_lock; /* a kmutex_t of the driver's, or NULL */
} kstat_t;

typedef struct kstat_named {
	char name[KSTAT_STRLEN];
	uchar_t data_type;
	union {
		char c[16];
		int32_t i32;
		uint32_t ui32;
		struct {
			union {
				char *ptr;
				uint64_t padding_;
			} addr;
			uint32_t len; /* with the final zero */
		} str;
		int64_t i64;
		uint64_t ui64;
		long l;
		ulong_t ul;
		longlong_t ll;
		u_longlong_t ull;
		float f;
		double d;
	} value;
} kstat_named_t;

#define KSTAT_NAMED_PTR(ksp) ((kstat_named_t *)(ksp)->ks_data)
#define KSTAT_NAMED_STR_PTR(knp) ((knp)->value.str.addr.ptr)
#define KSTAT_NAMED_STR_BUFLEN(knp) ((knp)->value.str.len)

#define KSTAT_INTR_HARD 0
#define KSTAT_INTR_SOFT 1
#define KSTAT_INTR_WATCHDOG 2
#define KSTAT_INTR_SPURIOUS 3
#define KSTAT_INTR_MULTSVC 4
#define KSTAT_NUM_INTRS 5

typedef struct kstat_intr {
	uint_t intrs[KSTAT_NUM_INTRS];
} kstat_intr_t;
#define KSTAT_INTR_PTR(ksp) ((kstat_intr_t *)(ksp)->ks_data)

typedef struct kstat_io {
	u_longlong_t nread;
	u_longlong_t nwritten;
	uint_t reads;
	uint_t writes;
	hrtime_t wtime;
	hrtime_t wlentime;
	hrtime_t wlastupdate;
	hrtime_t rtime;
	hrtime_t rlentime;
	hrtime_t rlastupdate;
	uint_t wcnt;
	uint_t rcnt;
} kstat_io_t;
#define KSTAT_IO_PTR(ksp) ((kstat_io_t *)(ksp)->ks_data)

/*
 * module, instance, name, class, KSTAT_TYPE_*, records, KSTAT_FLAG_*.  NULL: no memory, or the name is
 * taken.
 */
kstat_t *kstat_create(const char *, int, const char *, const char *, uchar_t, uint_t, uchar_t)
	SUNDOG_LINK(kstat_create);
void kstat_install(kstat_t *) SUNDOG_LINK(kstat_install);
void kstat_delete(kstat_t *) SUNDOG_LINK(kstat_delete);
void kstat_delete_byname(const char *, int, const char *) SUNDOG_LINK(kstat_delete_byname);
void kstat_named_init(kstat_named_t *, const char *, uchar_t) SUNDOG_LINK(kstat_named_init);
void kstat_named_setstr(kstat_named_t *, const char *) SUNDOG_LINK(kstat_named_setstr);
void kstat_set_string(char *, const char *) SUNDOG_LINK(kstat_set_string);
/*
 * An I/O request enters or leaves the queue of those that wait, or of those that run; the driver's own lock is held.  Leaving
 * an empty queue changes nothing and is reported with a warning.  Source: kstat_queue(9F).
 */
void kstat_waitq_enter(kstat_io_t *) SUNDOG_LINK(kstat_waitq_enter);
void kstat_waitq_exit(kstat_io_t *) SUNDOG_LINK(kstat_waitq_exit);
void kstat_runq_enter(kstat_io_t *) SUNDOG_LINK(kstat_runq_enter);
void kstat_runq_exit(kstat_io_t *) SUNDOG_LINK(kstat_runq_exit);
void kstat_waitq_to_runq(kstat_io_t *) SUNDOG_LINK(kstat_waitq_to_runq);
void kstat_runq_back_to_waitq(kstat_io_t *) SUNDOG_LINK(kstat_runq_back_to_waitq);

/* Changes whenever a kstat comes or goes. */
extern kid_t kstat_chain_id SUNDOG_LINK(kstat_chain_id);
/*
 * The kstat of that number, in any zone, which nobody else holds or deletes until kstat_rele(); NULL: none.  Waits for the
 * one who holds it.
 */
kstat_t *kstat_hold_bykid(kid_t, zoneid_t) SUNDOG_LINK(kstat_hold_bykid);
void kstat_rele(kstat_t *) SUNDOG_LINK(kstat_rele);

#define KSTAT_IOC_CHAIN_ID 0x4b01
#define KSTAT_IOC_READ 0x4b02
#define KSTAT_IOC_WRITE 0x4b03

#define KSTAT_ENTER(ksp) \
	do { \
		if ((ksp)->ks_lock != NULL) \
			mutex_enter((kmutex_t *)(ksp)->ks_lock); \
	} while (0)
#define KSTAT_EXIT(ksp) \
	do { \
		if ((ksp)->ks_lock != NULL) \
			mutex_exit((kmutex_t *)(ksp)->ks_lock); \
	} while (0)
#define KSTAT_SNAPSHOT(ksp, buf, rw) ((*(ksp)->ks_snapshot)((ksp), (buf), (rw)))
#define KSTAT_UPDATE(ksp, rw) ((*(ksp)->ks_update)((ksp), (rw)))

#endif
