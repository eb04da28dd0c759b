/* SPDX-License-Identifier: BSD-2-Clause */
/* processes.c: memory of one process in another, after exec, and with an agent in need. */
#include "locks.h"

#include <sys/resource.h>

/* export LEN: locks, says the slot on stdout, waits for a line, and dies by SIGKILL. */
APP_PART("export", export_and_die)
{
	char *p = anonymous(LEN, 0), line[16];

	fill(p, LEN, 'e');
	int slot = lock(p, LEN);
	printf("%d\n", slot);
	fflush(stdout);
	CHECK(fgets(line, sizeof(line), stdin) != NULL);
	kill(getpid(), SIGKILL);
}

/* import SLOT: maps it, says so, waits for a line; the memory must still be as it was. */
APP_PART("import", import)
{
	char line[16], *a = alias(atoi(argv[0]), LEN);

	CHECK(is_filled(a, LEN, 'e'));
	printf("mapped\n");
	fflush(stdout);
	CHECK(fgets(line, sizeof(line), stdin) != NULL);
	CHECK(is_filled(a, LEN, 'e'));
	fill(a, LEN, 'i');
	CHECK(is_filled(a, LEN, 'i'));
}

APP_PART("exec", exec_locked)
{
	char *p = anonymous(LEN, 0);
	int slot;

	CHECK(fcntl(device, F_SETFD, FD_CLOEXEC) == 0);
	CHECK(try_lock(p, LEN, LOCKDRV_WRITE | LOCKDRV_LONGTERM, &slot) == 0);
	CHECK(munmap(alias(slot, LEN), LEN) == 0);
	execl("/proc/self/exe", "locks", "unlocked", NULL);
	CHECK(!"exec");
}

APP_PART("unlocked", unlocked)
{
	CHECK(ioctl(device, LOCKDRV_LOCKS, 0) == 0);
}

static pid_t agent_pid(void)
{
	char path[64], text[256], name[32] = "";
	FILE *f;
	char *at = text, *end;
	long pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	f = fopen(path, "r");
	CHECK(f != NULL && fgets(text, sizeof(text), f) != NULL);
	fclose(f);
	while ((pid = strtol(at, &end, 10)) > 0) {
		at = end;
		snprintf(path, sizeof(path), "/proc/%ld/comm", pid);
		f = fopen(path, "r");
		if (f != NULL && fgets(name, sizeof(name), f) != NULL && strcmp(name, "sundog-agent\n") == 0)
			return (pid_t)pid;
		if (f != NULL)
			fclose(f);
	}
	return 0;
}

/* An agent that cannot take the descriptor of the shared pages gets it once more when it can. */
APP_PART("agent-descriptors", agent_without_descriptors)
{
	struct rlimit none = {0, 0}, was;
	char *p = anonymous(LEN, 0);
	int slot;

	fill(p, LEN, 'f');
	slot = lock(p, LEN);
	CHECK(agent_pid() > 0 && prlimit(agent_pid(), RLIMIT_NOFILE, NULL, &was) == 0);
	none.rlim_max = was.rlim_max;
	CHECK(prlimit(agent_pid(), RLIMIT_NOFILE, &none, NULL) == 0);
	CHECK(mmap64(NULL, LEN, PROT_READ, MAP_SHARED, device, (off64_t)LOCKDRV_AT(slot)) == MAP_FAILED);
	CHECK(is_filled(p, LEN, 'f'));
	CHECK(prlimit(agent_pid(), RLIMIT_NOFILE, &was, NULL) == 0);
	CHECK(munmap(alias(slot, LEN), LEN) == 0);
	unlock(slot);
	data_identity(p, LEN);
}
