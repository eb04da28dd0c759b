/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/beep.h>: the system's beeper: a driver gives it a sound, others let it sound.
 *
 * Locks: one, held while the driver's functions run: they may not call these.  Context: user and kernel.
 */
#ifndef _SYS_BEEP_H
#define _SYS_BEEP_H

#include <sys/mutex.h>
#include <sys/types.h>

enum beep_type {
	BEEP_DEFAULT = 0,
	BEEP_CONSOLE = 1,
	BEEP_TYPE4 = 2
};

#define BEEP_QUEUE_SIZE 1000

typedef void (*beep_on_func_t)(void *);
typedef void (*beep_off_func_t)(void *);
typedef void (*beep_freq_func_t)(void *, int);

typedef struct beep_params {
	enum beep_type type;
	int frequency; /* hertz */
	int duration;  /* milliseconds */
} beep_params_t;

typedef struct beep_entry {
	unsigned short frequency;
	unsigned short duration;
} beep_entry_t;

typedef struct beep_state {
	void *arg;
	enum {
		BEEP_UNINIT = 0,
		BEEP_OFF = 1,
		BEEP_TIMED = 2,
		BEEP_ON = 3
	} mode;
	beep_freq_func_t beep_freq;
	beep_on_func_t beep_on;
	beep_off_func_t beep_off;
	timeout_id_t timeout_id;
	kmutex_t mutex;
	int queue_head;
	int queue_tail;
	int queue_size;
	beep_entry_t *queue;
} beep_state_t;

/* arg, on(arg), off(arg), frequency(arg, hertz): of the driver that has a beeper.  0, or -1: one is NULL. */
int beep_init(void *, beep_on_func_t, beep_off_func_t, beep_freq_func_t) SUNDOG_LINK(beep_init);
/* Silence; on return none of the driver's functions runs or is called any more: before it is unloaded.  0. */
int beep_fini(void) SUNDOG_LINK(beep_fini);
/* Does it sound? */
int beep_busy(void) SUNDOG_LINK(beep_busy);
/*
 * A tone of so many hertz and milliseconds, behind those that wait.  0; ENXIO: no driver has a beeper; EINVAL: not above 0;
 * EAGAIN: BEEP_QUEUE_SIZE wait already.
 */
int beep_mktone(int, int) SUNDOG_LINK(beep_mktone);
/* The end of a tone. */
void beep_timeout(void *) SUNDOG_LINK(beep_timeout);
int beep(enum beep_type) SUNDOG_ABSENT(beep);
int beep_polled(enum beep_type) SUNDOG_ABSENT(beep_polled);
int beeper_freq(enum beep_type, int) SUNDOG_ABSENT(beeper_freq);
int beeper_on(enum beep_type) SUNDOG_ABSENT(beeper_on);
int beeper_off(void) SUNDOG_ABSENT(beeper_off);

#endif
