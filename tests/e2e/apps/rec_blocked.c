/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rec_blocked PART: one process waits in a callback for as long as it likes; whatever another one does goes on.  So no
 * lock that others need is held across that callback, on the path of a fault or anywhere else.
 */
#include "rec.h"

#define ROUNDS 20

static char *p; /* the part's own mapping, made before anything waits */

/* ---- what the others do ---- */

static void child_touches(void *arg)
{
	*word(p, 3) = 3;
}

static void faults_go_on(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		CHECK(unload(1, 0, 0) == 0);
		*word(p, 0) = i;
		*word(p, 1) = i;
		CHECK(peek(0) == i && peek(1) == i);
	}
}

static void others_go_on(void)
{
	faults_go_on();
	for (int i = 0; i < 3; i++) {
		int fd = open_device(DEV ".b", O_RDWR);
		char *q = map_at(fd, 0, 4 * PAGE, RW);
		*word(q, 2) = i;
		CHECK(munmap(q + PAGE, PAGE) == 0 && *word(q, 2) == i);
		CHECK(munmap(q, PAGE) == 0 && munmap(q + 2 * PAGE, 2 * PAGE) == 0 && close(fd) == 0);
	}
	CHECK(mprotect(p, PAGE, PROT_READ) == 0 && mprotect(p, PAGE, RW) == 0);
	reap(child_runs(child_touches, NULL));
	pid_t child = child_runs(child_touches, NULL);
	CHECK(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child);
	faults_go_on();
}

/* The first callback of that kind but skip waits; the mapping of this process is made already. */
static pid_t victim_waits(int kind, int skip, void (*victim)(void *))
{
	p = map_pages(8, RW);
	record(0);
	rule_times(kind, REC_ANY, REC_WAIT_DEAF, 0, skip, 1);
	pid_t pid = child_runs(victim, NULL);
	wait_for_waiters(1);
	return pid;
}

static void others_go_on_while(int kind, int skip, void (*victim)(void *))
{
	pid_t pid = victim_waits(kind, skip, victim);

	others_go_on();
	release();
	reap(pid);
	CHECK(ioctl(dev, REC_HANDLES) == 1);
}

/* ---- what waits ---- */

static void opens(void *arg)
{
	(void)close(open_device(DEV ".a", O_RDWR));
}

static void maps(void *arg)
{
	(void)map_pages(4, RW);
}

static void touches(void *arg)
{
	*word(map_pages(4, RW), 1) = 1;
}

static void forks(void *arg)
{
	reap(child_runs(touches, NULL));
}

static void unmaps(void *arg)
{
	char *q = map_pages(4, RW);

	*word(q, 1) = 1;
	CHECK(munmap(q + PAGE, PAGE) == 0);
}

static void pauses(void *arg)
{
	for (;;)
		pause();
}

PART(others_go_on_while_open_waits)
{
	others_go_on_while(REC_OPEN, 0, opens);
}

PART(others_go_on_while_close_waits)
{
	others_go_on_while(REC_CLOSE, 0, opens);
}

PART(others_go_on_while_devmap_waits)
{
	others_go_on_while(REC_DEVMAP, 0, maps);
}

PART(others_go_on_while_devmap_map_waits)
{
	others_go_on_while(REC_MAP, 0, maps);
}

PART(others_go_on_while_devmap_access_waits)
{
	others_go_on_while(REC_ACCESS, 0, touches);
}

/* One dup is that of this process when it forks the victim. */
PART(others_go_on_while_devmap_dup_waits)
{
	others_go_on_while(REC_DUP, 1, forks);
}

PART(others_go_on_while_devmap_unmap_waits)
{
	others_go_on_while(REC_UNMAP, 0, unmaps);
}

PART(others_go_on_while_devmap_unmap_at_exit_waits)
{
	others_go_on_while(REC_UNMAP, 0, maps);
}

PART(others_go_on_while_devmap_unmap_of_a_dead_process_waits)
{
	p = map_pages(8, RW);
	record(0);
	rule_times(REC_UNMAP, REC_ANY, REC_WAIT_DEAF, 0, 0, 1);
	pid_t pid = child_runs(pauses, NULL);
	CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
	wait_for_waiters(1);
	others_go_on();
	release();
}

int main(int argc, char **argv)
{
	return rec_main(argc, argv);
}
