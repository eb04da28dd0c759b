/* SPDX-License-Identifier: BSD-2-Clause */
#include "png.h"

#include <stdio.h>
#include <string.h>

/* ---- checksums ---- */

static uint32_t crc_add(uint32_t crc, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return crc;
}

struct adler {
	uint32_t a, b;
};

static void adler_add(struct adler *sum, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		sum->a = (sum->a + bytes[i]) % 65521;
		sum->b = (sum->b + sum->a) % 65521;
	}
}

/* ---- chunks ---- */

struct chunk {
	FILE *f;
	uint32_t crc;
};

static void put32(uint8_t *to, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(n >> (24 - 8 * i));
}

static void chunk_add(struct chunk *c, const void *bytes, size_t n)
{
	(void)fwrite(bytes, 1, n, c->f);
	c->crc = crc_add(c->crc, bytes, n);
}

static void chunk_begin(struct chunk *c, const char *type, uint32_t length)
{
	uint8_t bytes[4];

	put32(bytes, length);
	(void)fwrite(bytes, 1, 4, c->f);
	c->crc = ~0u;
	chunk_add(c, type, 4);
}

static void chunk_end(struct chunk *c)
{
	uint8_t bytes[4];

	put32(bytes, ~c->crc);
	(void)fwrite(bytes, 1, 4, c->f);
}

static void chunk_header(struct chunk *c, uint32_t width, uint32_t height)
{
	uint8_t bytes[13] = {[8] = 8, [9] = 2}; /* 8 bits for each of red, green, blue */

	put32(bytes, width);
	put32(bytes + 4, height);
	chunk_begin(c, "IHDR", sizeof(bytes));
	chunk_add(c, bytes, sizeof(bytes));
	chunk_end(c);
}

/* Each line is a stored block: last?, its length, its complement, a zero for "no filter", the pixels. */
static void line_add(struct chunk *c, struct adler *sum, const uint32_t *pixels, uint32_t width, int last)
{
	uint32_t length = 1 + 3 * width;
	uint8_t head[6] = {(uint8_t)last, (uint8_t)length, (uint8_t)(length >> 8), (uint8_t)~length, (uint8_t)(~length >> 8), 0};

	chunk_add(c, head, sizeof(head));
	adler_add(sum, head + 5, 1);
	for (uint32_t x = 0; x < width; x++) {
		uint8_t rgb[3] = {(uint8_t)(pixels[x] >> 16), (uint8_t)(pixels[x] >> 8), (uint8_t)pixels[x]};

		chunk_add(c, rgb, sizeof(rgb));
		adler_add(sum, rgb, sizeof(rgb));
	}
}

static void chunk_picture(struct chunk *c, const uint32_t *pixels, uint32_t width, uint32_t height)
{
	struct adler sum = {1, 0};
	uint8_t bytes[4];

	chunk_begin(c, "IDAT", 2 + height * (6 + 3 * width) + 4);
	chunk_add(c, "\x78\x01", 2);
	for (uint32_t y = 0; y < height; y++)
		line_add(c, &sum, pixels + (size_t)y * width, width, y == height - 1);
	put32(bytes, sum.b << 16 | sum.a);
	chunk_add(c, bytes, sizeof(bytes));
	chunk_end(c);
}

int png_write(const char *path, const uint32_t *pixels, uint32_t width, uint32_t height)
{
	struct chunk c = {.f = fopen(path, "wb")};
	int failed;

	if (c.f == NULL)
		return -1;
	(void)fwrite("\x89PNG\r\n\x1a\n", 1, 8, c.f);
	chunk_header(&c, width, height);
	chunk_picture(&c, pixels, width, height);
	chunk_begin(&c, "IEND", 0);
	chunk_end(&c);
	failed = ferror(c.f);
	return fclose(c.f) != 0 || failed ? -1 : 0;
}
