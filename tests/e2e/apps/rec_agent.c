/* SPDX-License-Identifier: BSD-2-Clause */
/* rec_agent PART: the agent is killed, and the application starts another one. */
#include "rec.h"

#include <dirent.h>

static char *p; /* the part's mapping */

/* The agent of this process: it shares its memory, but is no thread of it. */
static pid_t agent(void)
{
	DIR *proc = opendir("/proc");
	char path[300], text[512];
	pid_t found = 0;

	CHECK(proc != NULL);
	for (struct dirent *d; !found && (d = readdir(proc)) != NULL;) {
		int parent;
		char state;
		snprintf(path, sizeof(path), "/proc/%s/stat", d->d_name);
		FILE *f = fopen(path, "r");
		if (f == NULL)
			continue;
		size_t n = fread(text, 1, sizeof(text) - 1, f);
		fclose(f);
		text[n] = 0;
		if (strstr(text, "(sundog-agent)") && sscanf(strrchr(text, ')'), ") %c %d", &state, &parent) == 2 &&
		    parent == getpid() && state != 'Z' && state != 'X')
			found = atoi(d->d_name);
	}
	closedir(proc);
	return found;
}

static void kill_agent(int signo)
{
	pid_t pid = agent();

	CHECK(pid > 0 && kill(pid, signo) == 0);
	while (signo == SIGKILL && agent() == pid)
		sched_yield();
}

static atomic_bool stop;

/* Counts in the page, and notices if ever it goes back. */
static void *counts(void *arg)
{
	volatile int *count = arg;

	for (int i = 1; !stop; i++) {
		for (int reads = 0; reads < 100; reads++) /* an int is enough for a long time */
			CHECK(*count == i - 1);
		*count = i;
	}
	return NULL;
}

PART(killed_agent_is_replaced_and_no_write_is_lost)
{
	pthread_t thread;
	int last = 0;

	record(0);
	p = map_pages(8, RW);
	CHECK(pthread_create(&thread, NULL, counts, (void *)(uintptr_t)word(p, 1)) == 0);
	for (int i = 0; i < 20; i++) {
		while (*word(p, 1) == last)
			sched_yield();
		kill_agent(SIGKILL);
		CHECK(unload(1, 1, 1) == 0);
		int now = peek(1);
		CHECK(now > last);
		last = now;
	}
	stop = true;
	CHECK(pthread_join(thread, NULL) == 0);
	CHECK(*word(p, 1) >= last && peek(1) == *word(p, 1));
}

PART(agent_of_a_sleeping_process_is_replaced)
{
	int ends[2];
	char byte;

	p = map_pages(8, RW);
	CHECK(pipe(ends) == 0);
	pid_t child = fork_child();
	if (child == 0) {
		*word(p, 1) = 5;
		kill_agent(SIGKILL);
		poke(2, 1);
		CHECK(read(ends[0], &byte, 1) == 1); /* which is not interrupted */
		_exit(*word(p, 1) == 6 ? 0 : 1);
	}
	while (peek(2) == 0)
		sched_yield();
	CHECK(unload(2, 1, 1) == 0 && peek(1) == 5);
	poke(1, 6);
	CHECK(write(ends[1], "x", 1) == 1);
	reap(child);
}

static atomic_bool killed;

/* Several commands wait for the one that comes. */
static void *unloads(void *arg)
{
	while (!killed)
		CHECK(unload(1, (unsigned)(uintptr_t)arg, 1) == 0);
	return NULL;
}

PART(agent_is_replaced_while_several_threads_need_it)
{
	pthread_t counters[3], unloaders[3];

	record(0);
	p = map_pages(8, RW);
	for (uintptr_t i = 0; i < 3; i++) {
		CHECK(pthread_create(&counters[i], NULL, counts, (void *)(uintptr_t)word(p, (unsigned)i)) == 0);
		CHECK(pthread_create(&unloaders[i], NULL, unloads, (void *)i) == 0);
	}
	for (int i = 0; i < 5; i++) {
		pid_t pid;
		while ((pid = agent()) == 0)
			sched_yield();
		kill(pid, SIGKILL);
		while (agent() == pid)
			sched_yield();
	}
	killed = true;
	for (int i = 0; i < 3; i++)
		CHECK(pthread_join(unloaders[i], NULL) == 0);
	stop = true;
	for (int i = 0; i < 3; i++)
		CHECK(pthread_join(counters[i], NULL) == 0 && *word(p, (unsigned)i) == peek(i));
}

int main(int argc, char **argv)
{
	return rec_main(argc, argv);
}
