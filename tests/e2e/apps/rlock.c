/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rlock WORD...: an application of the driver rlock.  Each word is done in turn and reported on a line of its own:
 *
 *	lock:BYTES     lock BYTES of fresh memory: "lock BYTES: SLOT" or "lock BYTES: ERRNO's name"
 *	unlock:SLOT    "unlock SLOT: 0", or the errno's name
 *	project, zone  "project: NUMBER"
 *	wait           "ready", then one line is read
 *	catch:SIGNAL   count this signal; its count is reported at the end of the program
 *	fork, spawn, exec   the rest of the words in a fork child (waited for), in a new process (waited for), after an exec
 *	threads:N      N threads lock and unlock a page 200 times each: "threads: LOCKED REFUSED OTHER", in all
 *	setuid:UID     "setuid UID: 0"
 *	die            no exit(3), no close
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rlock.h"

extern char **environ;
static volatile sig_atomic_t caught;

static void on_signal(int signo)
{
	caught++;
}

static const char *result(int rval)
{
	static char text[16];

	if (rval < 0)
		return strerrorname_np(errno);
	snprintf(text, sizeof(text), "%d", rval);
	return text;
}

static void lock(int fd, const char *bytes)
{
	struct rlock_range range = {.len = strtoull(bytes, NULL, 10)};
	size_t len = range.len < (1u << 30) ? range.len : 4096;
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(p, 1, len);
	range.addr = (unsigned long)p;
	printf("lock %s: %s\n", bytes, result(ioctl(fd, RLOCK_LOCK, &range)));
}

static int thread_fd;
static atomic_uint locked, refused, other;

static void *thread_main(void *page)
{
	struct rlock_range range = {.addr = (unsigned long)page, .len = 4096};

	for (int i = 0; i < 200; i++) {
		int slot = ioctl(thread_fd, RLOCK_LOCK, &range);

		if (slot < 0)
			atomic_fetch_add(errno == ENOMEM ? &refused : &other, 1);
		else if (ioctl(thread_fd, RLOCK_UNLOCK, (long)slot) == 0)
			atomic_fetch_add(&locked, 1);
	}
	return NULL;
}

static void threads(int fd, int n)
{
	char *pages = mmap(NULL, (size_t)n * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t id[64];

	thread_fd = fd;
	for (int i = 0; i < n; i++)
		if (pthread_create(&id[i], NULL, thread_main, pages + i * 4096) != 0)
			exit(5);
	for (int i = 0; i < n; i++)
		pthread_join(id[i], NULL);
	printf("threads: %u %u %u\n", locked, refused, other);
}

static int wait_for(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

static int start(char **words, const char *self)
{
	char *args[64] = {(char *)self};
	pid_t pid;

	for (int i = 0; i < 62 && words[i] != NULL; i++)
		args[i + 1] = words[i];
	return posix_spawn(&pid, self, NULL, NULL, args, environ) == 0 ? wait_for(pid) : 1;
}

static void word_do(int fd, const char *word)
{
	char line[16];

	if (strncmp(word, "lock:", 5) == 0)
		lock(fd, word + 5);
	else if (strncmp(word, "unlock:", 7) == 0)
		printf("unlock %s: %s\n", word + 7, result(ioctl(fd, RLOCK_UNLOCK, (long)atoi(word + 7))));
	else if (strcmp(word, "project") == 0)
		printf("project: %s\n", result(ioctl(fd, RLOCK_PROJECT, 0)));
	else if (strcmp(word, "zone") == 0)
		printf("zone: %s\n", result(ioctl(fd, RLOCK_ZONE, 0)));
	else if (strncmp(word, "catch:", 6) == 0)
		signal(atoi(word + 6), on_signal);
	else if (strncmp(word, "threads:", 8) == 0)
		threads(fd, atoi(word + 8));
	else if (strncmp(word, "setuid:", 7) == 0)
		printf("setuid %s: %s\n", word + 7, result(setuid((uid_t)atoi(word + 7))));
	else if (strcmp(word, "wait") == 0) {
		puts("ready");
		if (fgets(line, sizeof(line), stdin) == NULL)
			exit(3);
	} else
		exit(4);
}

int main(int argc, char **argv)
{
	int fd = open("/dev/rlock", O_RDWR | O_CLOEXEC);

	setvbuf(stdout, NULL, _IONBF, 0); /* children write beside us */
	if (fd < 0) {
		perror("/dev/rlock");
		return 1;
	}
	for (char **word = argv + 1; *word != NULL; word++) {
		if (strcmp(*word, "fork") == 0) {
			pid_t pid = fork();

			if (pid != 0)
				return wait_for(pid);
		} else if (strcmp(*word, "spawn") == 0) {
			return start(word + 1, argv[0]);
		} else if (strcmp(*word, "exec") == 0) {
			*word = argv[0];
			execv(argv[0], word);
			return 1;
		} else if (strcmp(*word, "die") == 0) {
			kill(getpid(), SIGKILL);
		} else {
			word_do(fd, *word);
		}
	}
	if (caught > 0)
		printf("caught: %d\n", (int)caught);
	return 0;
}
