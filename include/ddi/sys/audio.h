/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/audio.h>: audio devices. */
#ifndef _SYS_AUDIO_H
#define _SYS_AUDIO_H

#include <sys/types.h>
#include <sys/audioio.h>
#include <sys/mutex.h>
#include <sys/time.h>

#define AUDIO_PLAY 1
#define AUDIO_RECORD 2
#define AUDIO_BOTH 3
#define AUDIO_SLEEP 8

#define AUDIO_GET_CH_NUMBER 16650
#define AUDIO_GET_CH_TYPE 16651
#define AUDIO_GET_NUM_CHS 16652
#define AUDIO_GET_AD_DEV 16653
#define AUDIO_GET_APM_DEV 16654
#define AUDIO_GET_AS_DEV 16655

#define AIOC 0x4100
#define ATIME 5
#define AUDIO_NO_SLEEP 4

typedef enum audio_device_type {
	AUDIO = 1,
	AUDIOCTL = 2,
	MIDI = 4,
	UNDEFINED = 0,
	USER1 = 9,
	USER2 = 10,
	USER3 = 11,
	WTABLE = 3,
} audio_device_type_e;

typedef struct audio_channel {
	pid_t pid;
	uint_t ch_number;
	audio_device_type_e dev_type;
	size_t info_size;
	void *info;
} audio_channel_t;

/* What comes along with it. */
#include <sys/ioccom.h>

#endif
