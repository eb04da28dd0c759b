/* SPDX-License-Identifier: BSD-2-Clause */
/* png.h: a picture as a PNG file, without a library: its bytes are stored, not compressed. */
#ifndef APPS_PNG_H
#define APPS_PNG_H

#include <stdint.h>

/* pixels: 0x00RRGGBB, line by line; a line is 1 to 20000 pixels.  0, or -1 and errno. */
int png_write(const char *path, const uint32_t *pixels, uint32_t width, uint32_t height);

#endif
