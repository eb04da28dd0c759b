/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * server.h: shared by the files of host/server only.
 *
 * Threads:
 *	main       options, supervisor, order of start and stop
 *	listener   accepts, reads hellos; never waits for anything else
 *	lifecycle  deaths, execs, closes that were not announced, interrupts
 *	one per WIRE_THREAD connection: the kernel half of an application's thread
 *	one per process with a userfaultfd sits in read(2) on it and serves what comes; more while some wait (fault/uffd/events.c)
 *	one per teardown or close that no caller waits for (jobs.c)
 *	demotion   shared pages that nobody holds (demote.c); begins with the first promotion, as the next one
 *	sleepers   threads that sleep on futexes in pages that have moved (sleepers.c)
 *
 * Locks, in the order in which they are taken:
 *
 *	pins.begin      while a process begins to have pins; held while its client answers
 *	pins.lock       its pinned memory; held while its agent answers
 *	agent.lock      one command at a time; held while the agent answers
 *	demotion.lock   whose shared pages are looked after; with pins.lock held, or alone
 *	sleepers.lock   whose threads are looked at; likewise
 *	guards_lock     ranges of bus.c; likewise
 *	server.lock     the tables of processes and opens, watches, the states of all three
 *	process.lock    its threads, its proven opens
 *	host_as.lock    its claimed ranges, its intercepted windows
 *	faults.lock     threads that serve its faults, failures
 *	services.lock   its faults in service
 *	jobs.lock       jobs in progress
 *
 * A thread that waits with pins.lock or agent.lock announces it, and may hand over its seat (fault/uffd/events.c), which takes
 * process.lock and faults.lock.  Taken alone are hellos.lock, heirs.lock, projects.lock and nodes.lock.
 *
 * The kernel part is called with no lock held, but for what takes no lock there or calls nothing back: accounts are held with
 * server.lock and released with heirs.lock, sys_devnode_each() runs with nodes.lock.  It calls us with locks of its own held
 * (host.h): what host_*() take comes behind those.
 */
#ifndef HOST_SERVER_SERVER_H
#define HOST_SERVER_SERVER_H

#include "host/server/call/call.h"

/* ---- listener.c ---- */

int listener_start(const char *name);
void listener_stop(void);

/* ---- driver.c ---- */

/*
 * Loads n "DRIVER.so[:CONF]", each after the modules that it calls or depends on; on failure message is what failed and why, and
 * those before it stay loaded.
 */
int drivers_load(const char *const *specs, size_t n, char *message, size_t size);
void driver_unload_all(void);

/* ---- report.c ---- */

/* Halts the kernel part, prints what was left behind, returns the number of kinds.  !*unload: drivers' code still runs. */
unsigned report_halt(bool *unload);
/* One line of counts. */
void report_stats(char *line, size_t size);

/* ---- supervisor.c ---- */

/* Serves the supervisor until it sends stop or goes. */
void supervisor_run(int fd);
void supervisor_say(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
