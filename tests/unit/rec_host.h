/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rec_host.h: the test's half of the recording driver: a script for each callback, and a log of them.
 *
 * The log has a line for each callback; handles are h0, h1, ... and private data p1, p2, ... in the order in
 * which they appear; offsets and lengths are counted in pages where they are whole pages.
 */
#ifndef TESTS_UNIT_REC_HOST_H
#define TESTS_UNIT_REC_HOST_H

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <fcntl.h>

#include <cmocka.h>

#include <sundog/embed.h>

#include "rec.h"

#define PAGE 4096ul
#define PU 8u /* PROT_USER */
#define PROT_DDI_ALL 15u

/* The DDI's numbers. */
#define UMEM_NOSLEEP 1
#define UMEM_PAGEABLE 2
#define UMEM_TRASHY 4
#define INVALID 1u
#define ALLOW_REMAP 2u
#define FC_PROTECTION 4
#define FC_ERRNO_OF(e) (((e) << 8) | 3)
#define HOST_WARNINGS 64

/* What devmap(9E) does for one handle; the default is a whole umem setup of the asked length. */
struct rec_part {
	void *cookie;
	long long koff;
	size_t len, maplen; /* 0: as asked, whole pages */
	unsigned maxprot, flags, callbacks;
	bool skip_setup, no_maplen;
	int result; /* of devmap(9E) */
	int setup;  /* out: result of devmap_umem_setup */
};

static struct {
	struct sundog_system *system;
	pthread_mutex_t lock; /* protects the log and the names */
	char log[65536];
	size_t log_len;
	void *handles[256];
	size_t nhandles;
	char warnings[HOST_WARNINGS][256];
	size_t nwarnings;
	size_t leaks;

	/* the script */
	struct rec_part parts[8];
	size_t nparts, part; /* part: of the next devmap(9E) call; the last one repeats */
	int (*access)(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw);
	int map_result[8], dup_result[8];
	size_t maps, dups;
	intptr_t next_pvtp;
	void (*on_unmap)(void *dhp);
	void (*on_dup)(void *dhp, void *new_dhp);
	int (*on_ioctl)(int cmd, long arg, int *rval);
	int (*on_mmap)(long off, int prot);
	void (*on_cleanup)(void *cookie);
	void (*on_map)(void *dhp);
	void (*on_close)(int flag);
	int (*on_segmap)(long off, void *as, char **addrp, long len, unsigned prot, unsigned maxprot, unsigned flags);
	unsigned model; /* out: of the last devmap(9E) */
	bool quiet;     /* nothing is logged: for races */
	bool relabel;   /* unmap stores new private data for the parts */
} rec = {.lock = PTHREAD_MUTEX_INITIALIZER};

static inline void
rec_say(const char *format, ...)
{
	va_list ap;

	if (rec.quiet)
		return;
	pthread_mutex_lock(&rec.lock);
	va_start(ap, format);
	rec.log_len += (size_t)vsnprintf(rec.log + rec.log_len, sizeof(rec.log) - rec.log_len, format, ap);
	va_end(ap);
	assert_true(rec.log_len < sizeof(rec.log));
	pthread_mutex_unlock(&rec.lock);
}

/* The handle's name; four names may be in use at once. */
static inline const char *
rec_name(void *dhp)
{
	static __thread char names[4][16];
	static __thread unsigned next;
	char *name = names[next++ % 4];
	size_t i;

	if (dhp == NULL || rec.quiet)
		return "-";
	pthread_mutex_lock(&rec.lock);
	for (i = 0; i < rec.nhandles && rec.handles[i] != dhp; i++)
		;
	if (i == rec.nhandles)
		rec.handles[rec.nhandles++] = dhp;
	pthread_mutex_unlock(&rec.lock);
	snprintf(name, 16, "h%zu", i);
	return name;
}

static inline void *
rec_handle(size_t i)
{
	return rec.handles[i];
}

/* ---- callbacks ---- */

static inline struct rec_part *
rec_next_part(void)
{
	struct rec_part *part;

	pthread_mutex_lock(&rec.lock);
	part = &rec.parts[rec.part < rec.nparts ? rec.part : rec.nparts - 1];
	rec.part++;
	pthread_mutex_unlock(&rec.lock);
	return part;
}

int rec_on_devmap(void *dhp, long long off, size_t len, size_t *maplen, unsigned model)
{
	struct rec_part *part = rec_next_part();
	size_t whole = (len + PAGE - 1) & ~(PAGE - 1);
	struct rec_umem umem = {part->cookie, part->koff, part->len != 0 ? part->len : whole,
				part->maxprot != 0 ? part->maxprot : PROT_DDI_ALL, part->flags, part->callbacks};
	int setup = 0;

	__atomic_store_n(&rec.model, model, __ATOMIC_RELAXED);
	rec_say("devmap %s off %lld len %zu\n", rec_name(dhp), off, len);
	if (!part->skip_setup)
		setup = rec_umem_setup(dhp, &umem);
	if (!rec.quiet)
		part->setup = setup;
	if (!part->no_maplen)
		*maplen = part->maplen != 0 ? part->maplen : whole;
	return part->result != 0 ? part->result : setup;
}

int rec_on_map(void *dhp, unsigned flags, long long off, size_t len, void **pvtp)
{
	int result = rec.map_result[rec.maps++ % 8];

	*pvtp = (void *)++rec.next_pvtp;
	rec_say("map %s flags %u off %lld len %zu -> p%ld\n", rec_name(dhp), flags, off / (long long)PAGE, len / PAGE,
		(long)rec.next_pvtp);
	if (rec.on_map != NULL)
		rec.on_map(dhp);
	return result;
}

int rec_on_access(void *dhp, void *pvtp, long long off, size_t len, unsigned type, unsigned rw)
{
	rec_say("access %s p%ld off %lld len %zu type %u rw %u\n", rec_name(dhp), (long)(intptr_t)pvtp,
		off / (long long)PAGE, len / PAGE, type, rw);
	return rec.access != NULL ? rec.access(dhp, pvtp, off, len, type, rw) : rec_load(dhp, off, len, type, rw);
}

int rec_on_dup(void *dhp, void *pvtp, void *new_dhp, void **new_pvtp)
{
	int result = rec.dup_result[rec.dups++ % 8];

	rec_say("dup %s p%ld -> %s p%ld\n", rec_name(dhp), (long)(intptr_t)pvtp, rec_name(new_dhp),
		(long)rec.next_pvtp + 1);
	*new_pvtp = (void *)++rec.next_pvtp;
	if (rec.on_dup != NULL)
		rec.on_dup(dhp, new_dhp);
	return result;
}

void rec_on_unmap(void *dhp, void *pvtp, long long off, size_t len, void *new_dhp1, void **new_pvtp1, void *new_dhp2,
		  void **new_pvtp2)
{
	rec_say("unmap %s p%ld off %lld len %zu before %s after %s\n", rec_name(dhp), (long)(intptr_t)pvtp,
		off / (long long)PAGE, len / PAGE, rec_name(new_dhp1), rec_name(new_dhp2));
	assert_true((new_dhp1 == NULL) == (new_pvtp1 == NULL));
	assert_true((new_dhp2 == NULL) == (new_pvtp2 == NULL));
	if (new_pvtp1 != NULL)
		assert_ptr_equal(*new_pvtp1, pvtp);
	if (new_pvtp2 != NULL)
		assert_ptr_equal(*new_pvtp2, pvtp);
	if (rec.relabel && new_pvtp1 != NULL)
		*new_pvtp1 = (void *)++rec.next_pvtp;
	if (rec.relabel && new_pvtp2 != NULL)
		*new_pvtp2 = (void *)++rec.next_pvtp;
	if (rec.on_unmap != NULL)
		rec.on_unmap(dhp);
}

int rec_on_segmap(long off, void *as, char **addrp, long len, unsigned prot, unsigned maxprot, unsigned flags)
{
	rec_say("segmap off %ld len %ld prot %u maxprot %u flags %u\n", off, len, prot, maxprot, flags);
	if (rec.on_segmap != NULL)
		return rec.on_segmap(off, as, addrp, len, prot, maxprot, flags);
	return rec_setup(off, as, addrp, (size_t)len, prot, maxprot, flags);
}

int rec_on_mmap(long off, int prot)
{
	rec_say("mmap off %ld prot %d\n", off / (long)PAGE, prot);
	return rec.on_mmap != NULL ? rec.on_mmap(off, prot) : -1;
}

/* A function of the test that an ioctl runs in the driver's place. */
struct rec_run {
	int (*fn)(void *arg);
	void *arg;
};
#define REC_RUN 0x5252

int rec_on_ioctl(int cmd, long arg, int *rval)
{
	struct rec_run *run = (struct rec_run *)arg;

	if (cmd == REC_RUN)
		return run->fn(run->arg);
	return rec.on_ioctl != NULL ? rec.on_ioctl(cmd, arg, rval) : ENOTTY;
}

void rec_on_close(int flag)
{
	rec_say("close %d\n", flag);
	if (rec.on_close != NULL)
		rec.on_close(flag);
}

void rec_on_cleanup(void *cookie)
{
	if (rec.on_cleanup != NULL)
		rec.on_cleanup(cookie);
}

/* fn(arg) in a thread of p, inside an ioctl of the driver; its errno. */
static inline int
rec_run(struct sundog_process *p, int fd, int (*fn)(void *arg), void *arg)
{
	struct rec_run run = {fn, arg};

	return sundog_ioctl(p, fd, REC_RUN, (uint64_t)(uintptr_t)&run, NULL);
}

/* ---- a system for each test ---- */

static inline void
rec_log_host(void *arg, int level, const char *text)
{
	pthread_mutex_lock(&rec.lock);
	if (level >= 2 && rec.nwarnings < HOST_WARNINGS)
		snprintf(rec.warnings[rec.nwarnings++], sizeof(rec.warnings[0]), "%s", text);
	pthread_mutex_unlock(&rec.lock);
}

static inline void
rec_leaked(void *arg, const struct sundog_leak *leak)
{
	print_error("leak: %s %zu bytes\n", leak->kind, leak->bytes);
	rec.leaks++;
}

/* Options of one handle over cookie with all callbacks. */
static inline void
rec_script(void *cookie, unsigned callbacks)
{
	rec.nparts = 1;
	rec.part = 0;
	memset(rec.parts, 0, sizeof(rec.parts));
	rec.parts[0].cookie = cookie;
	rec.parts[0].callbacks = callbacks;
}

static inline int
rec_setup_system(void **state)
{
	struct sundog_options options = {.log = rec_log_host};
	char message[256];

	memset(&rec, 0, sizeof(rec));
	pthread_mutex_init(&rec.lock, NULL);
	assert_int_equal(sundog_system_create(&options, &rec.system), 0);
	rec_slots(REC_NULL, REC_OWN, REC_NODEV, true);
	if (sundog_driver_attach(rec.system, "rec", rec_init, rec_info, rec_fini, NULL, message, sizeof(message)) != 0)
		fail_msg("%s", message);
	return 0;
}

static inline int
rec_teardown_system(void **state)
{
	assert_int_equal(sundog_system_destroy(rec.system, rec_leaked, NULL), 0);
	assert_int_equal(rec.leaks, 0);
	pthread_mutex_destroy(&rec.lock);
	return 0;
}

static inline struct sundog_process *
rec_process(void)
{
	struct sundog_process *p;

	assert_int_equal(sundog_process_create(rec.system, SUNDOG_LP64, 0, 0, &p), 0);
	return p;
}

static inline int
rec_open_device(struct sundog_process *p, int flags)
{
	int fd;

	assert_int_equal(sundog_open(p, "/dev/rec", flags, &fd), 0);
	return fd;
}

/* The same driver's other minor node. */
static inline int
rec_open_other(struct sundog_process *p)
{
	int fd;

	assert_int_equal(sundog_open(p, "/dev/rec.b", O_RDWR, &fd), 0);
	return fd;
}

/* Maps pages [off, off + n) shared, readable and writable; the address. */
static inline uint64_t
rec_mmap_pages(struct sundog_process *p, int fd, long off, size_t n)
{
	uint64_t addr = 0;

	assert_int_equal(sundog_mmap(p, &addr, n * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, off * (long)PAGE), 0);
	return addr;
}

/* The log so far is exactly this; it is empty then. */
#define rec_expect(text) rec_expect_at(text, __FILE__, __LINE__)
static inline void
rec_expect_at(const char *text, const char *file, int line)
{
	static char log[sizeof(rec.log)];

	pthread_mutex_lock(&rec.lock);
	memcpy(log, rec.log, rec.log_len + 1);
	rec.log_len = 0;
	rec.log[0] = 0;
	pthread_mutex_unlock(&rec.lock);
	_assert_string_equal(log, text, file, line);
}

static inline void
rec_forget(void)
{
	rec.log_len = 0;
	rec.log[0] = 0;
}

static inline void
rec_write(struct sundog_process *p, uint64_t addr, uint32_t value)
{
	struct sundog_signal_info info = sundog_poke(p, addr, &value, sizeof(value));

	assert_int_equal(info.signo, 0);
}

static inline uint32_t
rec_read(struct sundog_process *p, uint64_t addr)
{
	uint32_t value = 0;
	struct sundog_signal_info info = sundog_peek(p, addr, &value, sizeof(value));

	assert_int_equal(info.signo, 0);
	return value;
}

static inline void
rec_expect_signal(struct sundog_signal_info info, int signo, int code, int error)
{
	assert_int_equal(info.signo, signo);
	assert_int_equal(info.code, code);
	assert_int_equal(info.error, error);
}

static inline bool
rec_warned(const char *part)
{
	for (size_t i = 0; i < rec.nwarnings; i++) {
		if (strstr(rec.warnings[i], part) != NULL)
			return true;
	}
	return false;
}

#endif
