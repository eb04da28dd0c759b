/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * death: victims for random deaths.
 *
 *   death many SEED COUNT [accesses]
 *                           for each seed starts a victim in a process group of its own, kills the group after a
 *                           random number of its operations or a random time, and asks the driver whether all
 *                           that was the victim's is gone; accesses: the victims also map what drivers see each access to
 *   death victim SEED [accesses]
 *                           one victim, until it is killed or a call says that the server has died
 */
#include "app.h"

#include <time.h>

#include "gate.h"
#include "stress.h"
#include "waits.h"

#define DEV "/dev/tdrv"

static bool accesses;
static _Atomic unsigned *operations; /* of the victim, in memory shared with its killer */

static uint64_t rng_state;
static unsigned rng(unsigned below)
{
	rng_state = rng_state * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)(rng_state >> 33) % below;
}

/* What a dead server says. */
static bool server_died(void)
{
	return errno == EIO || errno == ENXIO || errno == EPIPE || errno == ECONNREFUSED || errno == ECONNRESET ||
	       errno == ENODEV || errno == ENOENT;
}

#define STEP(what) \
	do { \
		atomic_fetch_add(operations, 1); \
		errno = 0; \
		if (!(what)) { \
			if (server_died()) \
				_exit(7); \
			CHECK(!#what); \
		} \
	} while (0)

static void on_bus(int signo)
{
	_exit(7);
}

/* What a victim leaves open and mapped: the last few things, so that it can run for long. */
#define KEEP 12
static struct {
	char *p;
	size_t len, hole; /* the page at hole is unmapped already, and may be somebody else's; len: none */
	int fd;
} kept[KEEP];

static void keep(char *p, size_t len, size_t hole, int fd)
{
	unsigned i = rng(KEEP);

	if (kept[i].p) {
		if (kept[i].hole > 0)
			STEP(munmap(kept[i].p, kept[i].hole) == 0);
		if (kept[i].hole + PAGE < kept[i].len)
			STEP(munmap(kept[i].p + kept[i].hole + PAGE, kept[i].len - kept[i].hole - PAGE) == 0);
		if (kept[i].fd >= 0)
			STEP(close(kept[i].fd) == 0);
	}
	kept[i].p = p;
	kept[i].len = len;
	kept[i].hole = hole;
	kept[i].fd = fd;
}

static void one_clone(void)
{
	int clone;
	char *p;

	STEP((clone = open(DEV ".clone", O_RDWR)) >= 0);
	STEP((p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, clone, 0)) != MAP_FAILED);
	if (rng(2)) {
		STEP(close(clone) == 0);
		clone = -1;
	}
	keep(p, PAGE, PAGE, clone);
}

static void one_map(int fd)
{
	size_t len = (1 + rng(TDRV_PAGES)) * PAGE;
	off_t at = rng(2) ? TDRV_AT_TRACKED : TDRV_AT_MEMORY;
	char *p;

	STEP((p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, at)) != MAP_FAILED);
	p[rng((unsigned)len)] = 1;
	size_t hole = len;
	if (rng(2)) {
		hole = PAGE * rng((unsigned)(len / PAGE));
		STEP(munmap(p + hole, PAGE) == 0);
	}
	keep(p, len, hole, -1);
}

/* ---- mappings whose accesses the drivers see ---- */

static void one_context(void)
{
	size_t first = rng(STRESS_CTX_PAGES), pages = 1 + rng((unsigned)(STRESS_CTX_PAGES - first)), hole = pages;
	int fd;
	char *p;

	STEP((fd = open("/dev/stress", O_RDWR)) >= 0);
	STEP((p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, rng(2) ? MAP_SHARED : MAP_PRIVATE, fd,
		       (off_t)((STRESS_CTX + first) * PAGE))) != MAP_FAILED);
	for (unsigned i = rng(4); i > 0; i--)
		p[rng((unsigned)(pages * PAGE))] = 1;
	if (rng(2)) {
		hole = rng((unsigned)pages);
		STEP(munmap(p + hole * PAGE, PAGE) == 0);
		if (hole > 0)
			p[rng((unsigned)(hole * PAGE))] = 2;
	}
	keep(p, pages * PAGE, hole * PAGE, fd);
}

static void one_duel(void)
{
	int fd;
	char *p;

	STEP((fd = open("/dev/stress", O_RDWR)) >= 0);
	STEP((p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, STRESS_DUEL * PAGE)) != MAP_FAILED);
	STEP(close(fd) == 0);
	for (unsigned i = 0; i < 10; i++) {
		p[rng(PAGE)] = 1;
		atomic_fetch_add(operations, 1);
	}
	keep(p, PAGE, PAGE, -1);
}

/* What others have mapped is unloaded, or shows other memory from now on, whatever they do at that moment. */
static void one_gate(void)
{
	size_t len = GATE_PAGES * PAGE, hole = rng(3) ? len : GATE_ERROR * PAGE;
	int fd;
	char *p;

	STEP((fd = open("/dev/gate", O_RDWR)) >= 0);
	STEP((p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) != MAP_FAILED);
	for (unsigned i = 0; i < 4; i++) {
		p[rng(PAGE)] = 1;
		if (rng(2))
			STEP(ioctl(fd, GATE_UNLOAD) > 0);
		if (rng(4) == 0)
			STEP(ioctl(fd, GATE_REMAP, rng(2)) == 0);
		if (rng(4) == 0)
			STEP(mprotect(p, PAGE, PROT_READ) == 0 && p[0] < 2 && mprotect(p, PAGE, PROT_READ | PROT_WRITE) == 0);
		p[3 * PAGE + rng(PAGE)] = 1;
	}
	if (hole != len)
		STEP(munmap(p + hole, PAGE) == 0);
	keep(p, len, hole, fd);
}

/* The lock may be another's, or this process's own by another mapping: for ever, then. */
static void one_lock(void)
{
	size_t len = WAITS_PAGES * PAGE;
	int fd;
	char *p;

	STEP((fd = open("/dev/waits", O_RDWR)) >= 0);
	STEP((p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) != MAP_FAILED);
	STEP(close(fd) == 0);
	atomic_fetch_add(operations, 1000000);
	p[WAITS_LOCK * PAGE] = 1;
	atomic_fetch_sub(operations, 1000000);
	if (rng(2))
		p[WAITS_UNLOCK * PAGE] = 1;
	keep(p, len, len, -1);
}

static void one_access(void)
{
	unsigned which = accesses ? rng(12) : 12;

	if (which < 5)
		one_context();
	else if (which < 8)
		one_duel();
	else if (which < 11)
		one_gate();
	else if (which == 11)
		one_lock();
}

static void *other_thread(void *arg)
{
	int fd = *(int *)arg;

	for (int i = 0; i < 50; i++) {
		struct tdrv_answer a = {.question = (uint64_t)i};
		STEP(ioctl(fd, TDRV_ANSWER, &a) == 0);
		CHECK(a.answer == TDRV_ANSWER_OF(a.question));
	}
	return NULL;
}

static void one_call(int fd)
{
	static char buf[20000];
	struct tdrv_copy copy = {.magic = TDRV_MAGIC, .buf = buf, .len = 1 + rng(sizeof(buf))};

	STEP(ioctl(fd, TDRV_COPY, &copy) == 0);
	STEP(ioctl(fd, TDRV_ECHO, 5) == 5);
}

static _Noreturn void victim(uint64_t seed)
{
	int fd, depth = 0, forks = 0;
	pthread_t thread;

	rng_state = seed;
	signal(SIGBUS, on_bus);
	STEP((fd = open(DEV, O_RDWR)) >= 0);
	for (;;) {
		one_access();
		switch (rng(10)) {
		case 0:
		case 1:
			one_map(fd);
			break;
		case 2:
			one_clone();
			break;
		case 3:
			if (depth < 3 && forks < 3 && rng(3) == 0) {
				forks++;
				pid_t pid;
				STEP((pid = fork()) >= 0);
				if (pid == 0)
					depth++;
				rng_state += (uint64_t)pid;
			}
			break;
		case 4:
			STEP(pthread_create(&thread, NULL, other_thread, &fd) == 0);
			STEP(rng(2) ? pthread_join(thread, NULL) == 0 : pthread_detach(thread) == 0);
			break;
		case 5:
			if (rng(40) == 0) {
				atomic_fetch_add(operations, 1000000); /* no more of them: let the killer come */
				STEP(ioctl(fd, TDRV_SLEEP, 0) == 0);
			}
			break;
		default:
			one_call(fd);
		}
	}
}

static void wait_for_operations(unsigned wanted, pid_t pid)
{
	int status;

	while (atomic_load(operations) < wanted)
		if (waitpid(pid, &status, WNOHANG | WNOWAIT) == pid || sched_yield() != 0)
			break;
}

static void kill_one(uint64_t seed)
{
	int status;

	atomic_store(operations, 0);
	rng_state = seed * 2654435761u + 1;
	bool by_time = rng(2);
	unsigned count = rng(60), nanoseconds = rng(4000000);
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		CHECK(setpgid(0, 0) == 0);
		victim(seed);
	}
	setpgid(pid, pid);
	if (by_time) {
		struct timespec t = {0, nanoseconds};
		nanosleep(&t, NULL);
	} else {
		wait_for_operations(count, pid);
	}
	CHECK(kill(-pid, SIGKILL) == 0);
	/* its children too: they come to us */
	for (;;) {
		pid_t dead = wait(&status);
		if (dead < 0 && errno == ECHILD)
			break;
		CHECK(dead > 0);
		if (accesses && WIFEXITED(status) && WEXITSTATUS(status) == 0)
			continue; /* no victim, but the agent of one that is dead: subreapers see it */
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
			fprintf(stderr, "seed %llu: a victim ended with status %x\n", (unsigned long long)seed, status);
			_exit(1);
		}
		kill(-pid, SIGKILL); /* one that was being forked */
	}
}

static void check_gone(int fd, uint64_t seed)
{
	struct tdrv_stats s;

	CHECK(ioctl(fd, TDRV_STATS, &s) == 0);
	if (s.clones || s.mappings || s.sleepers) {
		fprintf(stderr, "seed %llu: left: %u clones, %u mappings, %u sleepers\n", (unsigned long long)seed,
			s.clones, s.mappings, s.sleepers);
		_exit(1);
	}
}

static void check_accesses_gone(int stress, int waits, int gate, uint64_t seed)
{
	int mappings = ioctl(stress, STRESS_COUNT, STRESS_MAPPINGS), locks = ioctl(waits, WAITS_COUNT, WAITS_MAPPINGS),
	    waiters = ioctl(waits, WAITS_COUNT, WAITS_WAITERS), owner = ioctl(waits, WAITS_COUNT, WAITS_OWNER),
	    gates = ioctl(gate, GATE_MAPPINGS);

	if (mappings == 0 && locks == 0 && waiters == 0 && owner == 0 && gates == 0)
		return;
	fprintf(stderr, "seed %llu: left: %d contexts and duellists, %d locks, %d waiters, owner %d, %d gates\n",
		(unsigned long long)seed, mappings, locks, waiters, owner, gates);
	_exit(1);
}

APP_PART("many", part_many)
{
	uint64_t seed = strtoull(argv[0], NULL, 10), count = strtoull(argv[1], NULL, 10);
	int fd = open_device(DEV, O_RDWR), stress = -1, waits = -1, gate = -1;

	accesses = argc > 2;
	if (accesses) {
		stress = open_device("/dev/stress", O_RDWR);
		waits = open_device("/dev/waits", O_RDWR);
		gate = open_device("/dev/gate", O_RDWR);
	}
	CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
	for (uint64_t i = 0; i < count; i++) {
		kill_one(seed + i);
		check_gone(fd, seed + i);
		if (accesses)
			check_accesses_gone(stress, waits, gate, seed + i);
	}
	printf("%llu\n", (unsigned long long)count);
}

APP_PART("victim", part_victim)
{
	accesses = argc > 1;
	CHECK(write(1, "ready\n", 6) == 6);
	victim(strtoull(argv[0], NULL, 10));
}

int main(int argc, char **argv)
{
	operations = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(operations != MAP_FAILED);
	return part_main(argc, argv);
}
