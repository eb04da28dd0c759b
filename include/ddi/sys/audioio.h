/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/audioio.h>: audio devices: what applications ask for. */
#ifndef _SYS_AUDIOIO_H
#define _SYS_AUDIOIO_H

#include <sys/types.h>

/* differs: of this only the size is published in the tables that these headers are made from. */
typedef struct audio_info {
	uint_t _opaque[33];
} audio_info_t;

#endif
