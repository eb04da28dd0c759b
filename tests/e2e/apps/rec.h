/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rec.h: programs of many parts on one open of /dev/rec (drivers/rec).
 *
 * A PART is named after the row of the specification that it shows; test_callbacks.py finds the names in the
 * source.  What the driver saw is compared as text, offsets and lengths in pages:
 *
 *	map h1 d1 off 0 len 8 shared
 *	access h1 d1 off 2 len 1 type 0 rw 2 by child
 *	dup h1 d1 to h2 d2
 *	unmap h1 d1 off 3 len 2 before h1 d2 after h3 d3
 *	code h1 d1 code 0x5
 *	go                                      a callback that waited at the gate goes on
 *
 * h is a mapping handle, d its private data, numbered in the order of their making; "by" names a process that
 * is not the part's first one; "foreign" is said of a handle that is not of the current process.
 */
#ifndef APP_REC_H
#define APP_REC_H

#include "app.h"

#include <setjmp.h>
#include <sys/syscall.h>

#include "rec_ioctl.h"

#define DEV "/dev/rec"
#define RW (PROT_READ | PROT_WRITE)
#define PROT_ALL 0xfu

static int dev;   /* the part's open of the device */
static bool late; /* handlers for SIGSEGV and SIGBUS are installed after the first mapping */

/* ---- parts ---- */

struct rec_part {
	const char *name;
	void (*run)(void);
};
#define PART(name) \
	static void name(void); \
	static const struct rec_part part_##name = {#name, name}; \
	static const struct rec_part *const listed_##name __attribute__((section("parts"), used)) = &part_##name; \
	static void name(void)
extern const struct rec_part *const __start_parts[], *const __stop_parts[];

/* ---- telling the driver ---- */

static inline void rule_times(int kind, int page, int action, int value, int skip, int times)
{
	struct rec_rule r = {kind, page, action, value, skip, times};

	CHECK(ioctl(dev, REC_ADD_RULE, &r) == 0);
}

static inline void rule(int kind, int page, int action, int value)
{
	rule_times(kind, page, action, value, 0, 0);
}

static inline void no_rules(void)
{
	CHECK(ioctl(dev, REC_NO_RULES) == 0);
}

static inline void record(unsigned bits)
{
	CHECK(ioctl(dev, REC_RECORD, bits) == 0);
}

#define LAYOUT(...) \
	do { \
		const struct rec_piece pieces_[] = {__VA_ARGS__}; \
		struct rec_layout layout_ = {.count = sizeof(pieces_) / sizeof(pieces_[0])}; \
		memcpy(layout_.piece, pieces_, sizeof(pieces_)); \
		CHECK(ioctl(dev, REC_SET_LAYOUT, &layout_) == 0); \
	} while (0)
#define ALLOW_REMAP 2u
/* pages, source, first page of it */
#define PIECE(n, from, at) \
	{ \
		(n), (from), (at), ALLOW_REMAP, REC_CB_ALL, PROT_ALL \
	}
#define PIECE_WITHOUT_ACCESS(n, from, at) \
	{ \
		(n), (from), (at), ALLOW_REMAP, REC_CB_ALL & ~REC_CB_ACCESS, PROT_ALL \
	}

static inline int unload(int handle, unsigned off, unsigned pages)
{
	struct rec_range r = {.handle = handle, .off = (uint64_t)off * PAGE, .len = (uint64_t)pages * PAGE};

	return ioctl(dev, REC_UNLOAD, &r);
}

/* 0 or -1, the DDI's. */
static inline int remap(int handle, unsigned source, unsigned first, unsigned pages)
{
	struct rec_remap r = {.handle = handle, .source = source, .first = first, .pages = pages, .maxprot = PROT_ALL};

	return ioctl(dev, REC_REMAP, &r) - 1;
}

static inline int peek(int page)
{
	return ioctl(dev, REC_PEEK, page);
}

static inline void poke(int page, int value)
{
	CHECK(ioctl(dev, REC_POKE, page * 256 + value) == 0);
}

/* ---- what it saw ---- */

static struct {
	pid_t pid;
	const char *name;
} known[8];
static int known_count;

static inline void name_process(pid_t pid, const char *name)
{
	known[known_count].pid = pid;
	known[known_count++].name = name;
}

static inline const char *process_name(pid_t pid)
{
	for (int i = known_count - 1; i >= 0; i--)
		if (known[i].pid == pid)
			return known[i].name;
	return "somebody";
}

/* All that has happened, in buffer; how many. */
static inline int take(struct rec_event *events, int most)
{
	int n = 0;
	ssize_t got;

	while (n < most && (got = read(dev, &events[n], (size_t)(most - n) * sizeof(*events))) > 0)
		n += (int)((size_t)got / sizeof(*events));
	return n;
}

static inline int write_part(char *to, size_t size, const char *word, int handle, int data)
{
	return handle ? snprintf(to, size, " %s h%d d%d", word, handle, data) : snprintf(to, size, " %s -", word);
}

static inline int write_details(char *to, size_t size, const struct rec_event *e)
{
	unsigned off = (unsigned)(e->off / PAGE), len = (unsigned)(e->len / PAGE);
	int n = 0;

	switch (e->kind) {
	case REC_MAP:
		return snprintf(to, size, " off %u len %u %s", off, len,
				(e->flags & MAP_TYPE) == MAP_SHARED ? "shared" : "private");
	case REC_ACCESS:
		return snprintf(to, size, " off %u len %u type %u rw %u", off, len, e->type, e->rw);
	case REC_DUP:
		return snprintf(to, size, " to h%d d%d%s", e->new1, e->new1_data, e->new_own_space ? " MINE" : "");
	case REC_UNMAP:
		n = snprintf(to, size, " off %u len %u", off, len);
		n += write_part(to + n, size - (size_t)n, "before", e->new1, e->new1_data);
		n += write_part(to + n, size - (size_t)n, "after", e->new2, e->new2_data);
		return n + snprintf(to + n, size - (size_t)n, "%s", e->code ? "" : " OTHER DATA");
	case REC_CODE:
		return snprintf(to, size, " code 0x%x", (unsigned)e->code);
	case REC_OPEN:
	case REC_CLOSE:
		return snprintf(to, size, "%s flag %u", e->code == 1 ? " a" : e->code == 2 ? " b"
											   : "",
				e->flags);
	case REC_DEVMAP:
		return snprintf(to, size, " off %u bytes %llu", off, e->len);
	default:
		return 0;
	}
}

static inline int write_event(char *to, size_t size, const struct rec_event *e)
{
	static const char *const kinds[] = {"?", "open", "close", "segmap", "devmap", "map", "access", "dup", "unmap",
					    "code", "go"};
	const char *by = process_name(e->pid);
	int n = snprintf(to, size, "%s", kinds[e->kind]);

	if (e->handle)
		n += snprintf(to + n, size - (size_t)n, " h%d d%d", e->handle, e->data);
	n += write_details(to + n, size - (size_t)n, e);
	if (e->handle && !e->own_space)
		n += snprintf(to + n, size - (size_t)n, " foreign");
	if (*by)
		n += snprintf(to + n, size - (size_t)n, " by %s", by);
	return n + snprintf(to + n, size - (size_t)n, "\n");
}

#define EVENTS_MAX 256

static inline void expect_at(const char *file, int line, const char *wanted)
{
	static struct rec_event events[EVENTS_MAX];
	static char got[EVENTS_MAX * 128];
	int count = take(events, EVENTS_MAX), n = 0;

	got[0] = 0;
	for (int i = 0; i < count; i++)
		n += write_event(got + n, sizeof(got) - (size_t)n, &events[i]);
	if (strcmp(got, wanted) == 0)
		return;
	fprintf(stderr, "%s:%d: the driver saw\n%sinstead of\n%s", file, line, got, wanted);
	_exit(1);
}
/* Exactly these since the last time. */
#define EXPECT(wanted) expect_at(__FILE__, __LINE__, wanted)

#define USUAL \
	(REC_BIT(REC_MAP) | REC_BIT(REC_ACCESS) | REC_BIT(REC_DUP) | REC_BIT(REC_UNMAP) | REC_BIT(REC_CODE))

static inline void forget_events(void)
{
	struct rec_event events[32];

	while (take(events, 32) == 32)
		;
}

/* ---- accesses and their signals ---- */

static _Thread_local sigjmp_buf back;
static _Thread_local siginfo_t got; /* of the last access that failed */

static inline void on_signal(int signo, siginfo_t *info, void *context)
{
	got = *info;
	siglongjmp(back, 1);
}

static inline void catch_signals(void)
{
	struct sigaction sa = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};

	CHECK(sigaction(SIGSEGV, &sa, NULL) == 0 && sigaction(SIGBUS, &sa, NULL) == 0);
}

enum way {
	READ_IT,
	WRITE_IT,
};

/* The signal that the access gets, or 0. */
static inline int touch(volatile void *at, enum way way)
{
	volatile char *c = at;

	memset(&got, 0, sizeof(got));
	if (sigsetjmp(back, 1))
		return got.si_signo;
	if (way == WRITE_IT)
		*c = 1;
	else
		(void)*c;
	return 0;
}

#define CHECK_SIGNAL(at, way, signo, code, error) \
	do { \
		volatile char *at_ = (volatile char *)(at); \
		int signo_ = touch(at_, way); \
		if (signo_ != (signo) || got.si_code != (code) || got.si_errno != (error) || \
		    got.si_addr != (void *)at_) { \
			fprintf(stderr, "%s:%d: signal %d code %d errno 0x%x address %p (%p)\n", __FILE__, __LINE__, \
				signo_, got.si_code, got.si_errno, got.si_addr, (void *)at_); \
			_exit(1); \
		} \
	} while (0)

/* ---- mappings ---- */

/* From page first of the device on. */
static inline char *map_from(unsigned first, unsigned pages, int prot)
{
	char *p = map_at(dev, (off_t)first * PAGE, pages * PAGE, prot);

	if (late)
		catch_signals();
	return p;
}

static inline char *map_pages(unsigned pages, int prot)
{
	return map_from(0, pages, prot);
}

static inline volatile int *word(char *mapping, unsigned page)
{
	return (volatile int *)(volatile void *)(mapping + (size_t)page * PAGE);
}

/* ---- children ---- */

/* fork(2); a child does not outlive a part that fails. */
static inline pid_t fork_child(void)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

/* A child that runs fn and exits with 0; the pid. */
static inline pid_t child_runs(void (*fn)(void *), void *arg)
{
	pid_t pid = fork_child();

	if (pid == 0) {
		fn(arg);
		_exit(0);
	}
	return pid;
}

static inline void wait_for_waiters(int n)
{
	CHECK(ioctl(dev, REC_WAITERS, n) == 0);
}

/* A thread says that it is about to sleep in a call; another waits until Linux shows that it does, or has ended. */
static atomic_int about_to_sleep;

static inline void will_sleep(void)
{
	about_to_sleep = gettid();
}

static inline void wait_until_asleep(void)
{
	char path[64], line[512], state = 'R';

	while (about_to_sleep == 0)
		sched_yield();
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", about_to_sleep);
	while (state == 'R') {
		FILE *f = fopen(path, "r");
		if (f == NULL || fgets(line, sizeof(line), f) == NULL)
			return;
		fclose(f);
		state = strrchr(line, ')')[2];
	}
}

static inline void release(void)
{
	CHECK(ioctl(dev, REC_RELEASE) == 0);
}

/* ---- the program ---- */

static inline int rec_main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	late = argc > 2 && strcmp(argv[2], "late") == 0;
	for (const struct rec_part *const *p = __start_parts; p < __stop_parts; p++) {
		if (strcmp((*p)->name, name) != 0)
			continue;
		if (!late)
			catch_signals();
		dev = open_device(DEV, O_RDWR);
		name_process(getpid(), "");
		CHECK(ioctl(dev, REC_RESET) == 0);
		(*p)->run();
		return 0;
	}
	fprintf(stderr, "usage: %s PART [late]\n", argv[0]);
	return 2;
}

#endif
