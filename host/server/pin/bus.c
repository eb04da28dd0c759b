/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bus.c: views of files that applications share with others.  Whoever may write such a file may cut it short, and then an
 * access of the driver to a page behind its end is a SIGBUS of ours.  It gets a page of zeros instead.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "host/server/pin/pins.h"

/* Never freed, used again: the handler walks the list without a lock. */
struct guard {
	_Atomic uintptr_t start, end; /* end 0: free */
	struct guard *next;
};
static pthread_mutex_t guards_lock = PTHREAD_MUTEX_INITIALIZER; /* for those that change the list */
static struct guard *_Atomic guards;
static struct sigaction before;

static bool is_guarded(uintptr_t addr)
{
	for (struct guard *g = atomic_load(&guards); g != NULL; g = g->next)
		if (addr < atomic_load(&g->end) && addr >= atomic_load(&g->start))
			return true;
	return false;
}

static void on_bus(int signo, siginfo_t *info, void *context)
{
	uintptr_t page = (uintptr_t)info->si_addr & ~(uintptr_t)PAGE_MASK;
	int error = errno;

	if (info->si_code <= 0 || !is_guarded(page) ||
	    mmap((void *)page, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
		    MAP_FAILED)
		(void)sigaction(SIGBUS, &before, NULL); /* the access is made again */
	errno = error;
}

static struct guard *guard_take(void)
{
	struct sigaction action = {.sa_sigaction = on_bus, .sa_flags = SA_SIGINFO | SA_NODEFER};
	struct guard *g;

	for (g = atomic_load(&guards); g != NULL; g = g->next)
		if (atomic_load(&g->end) == 0)
			return g;
	if (atomic_load(&guards) == NULL && sigaction(SIGBUS, &action, &before) != 0)
		return NULL;
	g = calloc(1, sizeof(*g));
	if (g != NULL) {
		g->next = atomic_load(&guards);
		atomic_store(&guards, g);
	}
	return g;
}

struct guard *bus_guard(const void *address, size_t len)
{
	struct guard *g;

	pthread_mutex_lock(&guards_lock);
	g = guard_take();
	if (g != NULL) {
		atomic_store(&g->start, (uintptr_t)address);
		atomic_store(&g->end, (uintptr_t)address + len);
	}
	pthread_mutex_unlock(&guards_lock);
	return g;
}

void bus_unguard(struct guard *g)
{
	pthread_mutex_lock(&guards_lock);
	atomic_store(&g->end, 0);
	pthread_mutex_unlock(&guards_lock);
}
