/* SPDX-License-Identifier: BSD-2-Clause */
/* The one beeper of the system: tones wait in a queue for those before them. */
#include <stdbool.h>
#include <sys/beep.h>
#include <sys/ddi.h>
#include <sys/sunddi.h>

struct tone {
	int frequency, duration;
};

static struct {
	kmutex_t lock; /* protects the fields below; held while the driver's functions run */
	beep_on_func_t on;
	beep_off_func_t off;
	beep_freq_func_t frequency;
	void *arg;
	bool ready, sounding;
	struct tone tone[BEEP_QUEUE_SIZE];
	int first, count;
	timeout_id_t end;
} beeper;

/* Called with the lock held. */
static void tone_start(struct tone tone)
{
	beeper.frequency(beeper.arg, tone.frequency);
	beeper.on(beeper.arg);
	beeper.sounding = true;
	beeper.end = timeout(beep_timeout, NULL, drv_usectohz((clock_t)tone.duration * 1000));
}

/* The tone has ended: the next one, or silence. */
void beep_timeout(void *arg)
{
	mutex_enter(&beeper.lock);
	if (beeper.sounding) {
		beeper.off(beeper.arg);
		beeper.sounding = false;
	}
	if (beeper.count > 0) {
		struct tone next = beeper.tone[beeper.first];

		beeper.first = (beeper.first + 1) % BEEP_QUEUE_SIZE;
		beeper.count--;
		tone_start(next);
	}
	mutex_exit(&beeper.lock);
}

int beep_init(void *arg, beep_on_func_t on, beep_off_func_t off, beep_freq_func_t frequency)
{
	if (on == NULL || off == NULL || frequency == NULL)
		return -1;
	mutex_enter(&beeper.lock);
	beeper.arg = arg;
	beeper.on = on;
	beeper.off = off;
	beeper.frequency = frequency;
	beeper.ready = true;
	mutex_exit(&beeper.lock);
	return 0;
}

/* On return none of the driver's functions runs or is called any more. */
int beep_fini(void)
{
	timeout_id_t end;

	mutex_enter(&beeper.lock);
	if (beeper.sounding)
		beeper.off(beeper.arg);
	beeper.ready = beeper.sounding = false;
	beeper.count = 0;
	end = beeper.end;
	beeper.end = NULL;
	mutex_exit(&beeper.lock);
	if (end != NULL)
		(void)untimeout(end);
	return 0;
}

int beep_busy(void)
{
	int busy;

	mutex_enter(&beeper.lock);
	busy = beeper.sounding;
	mutex_exit(&beeper.lock);
	return busy;
}

int beep_mktone(int frequency, int duration)
{
	struct tone tone = {frequency, duration};
	int error = 0;

	if (frequency <= 0 || duration <= 0)
		return EINVAL;
	mutex_enter(&beeper.lock);
	if (!beeper.ready)
		error = ENXIO;
	else if (!beeper.sounding)
		tone_start(tone);
	else if (beeper.count == BEEP_QUEUE_SIZE)
		error = EAGAIN;
	else
		beeper.tone[(beeper.first + beeper.count++) % BEEP_QUEUE_SIZE] = tone;
	mutex_exit(&beeper.lock);
	return error;
}
