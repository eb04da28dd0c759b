/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/mixer.h>: mixers of audio devices. */
#ifndef _SYS_MIXER_H
#define _SYS_MIXER_H

#include <sys/types.h>
#include <sys/audioio.h>

#define AM_DEFAULT_CHANNELS 1
#define AM_DEFAULT_ENCODING 1
#define AM_DEFAULT_PRECISION 8
#define AM_DEFAULT_GAIN 127
#define AM_DEFAULT_SAMPLERATE 8000

#define AUDIO_MIXERCTL_GETINFO 19725
#define AUDIO_MIXERCTL_SETINFO 19726
#define AUDIO_MIXERCTL_GET_CHINFO 19727
#define AUDIO_MIXERCTL_SET_CHINFO 19728
#define AUDIO_MIXERCTL_GET_MODE 19729
#define AUDIO_MIXERCTL_SET_MODE 19730

#define AUDIO_MIXER_MULTIPLE_OPEN 19722
#define AUDIO_MIXER_SINGLE_OPEN 19723
#define AUDIO_MIXER_GET_SAMPLE_RATES 19724

#define AM_COMPAT_MODE 1
#define AM_MIXER 1
#define AM_MIXER_MODE 0
#define MIOC 0x4d00
#define MIXER_SR_LIMITS 1

typedef struct am_control {
	audio_info_t dev_info;
	int8_t ch_open[1];
} am_control_t;

typedef struct am_sample_rates {
	uint_t type;
	uint_t flags;
	uint_t num_samp_rates;
	uint_t samp_rates[1];
} am_sample_rates_t;

#define AUDIO_MIXER_CTL_STRUCT_SIZE(channels) (sizeof(am_control_t) + ((channels)-1) * sizeof(int8_t))

/* What comes along with it. */
#include <sys/audio.h>

#endif
