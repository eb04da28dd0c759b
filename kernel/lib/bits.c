/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/bitmap.h>
#include <sys/systm.h>

static int lowbit64(uint64_t word)
{
	return word == 0 ? 0 : __builtin_ctzll(word) + 1;
}

int highbit64(uint64_t word)
{
	return word == 0 ? 0 : 64 - __builtin_clzll(word);
}

int lowbit(ulong_t word)
{
	return lowbit64(word);
}

int highbit(ulong_t word)
{
	return highbit64(word);
}

int ffs(uintmax_t word)
{
	return lowbit64(word);
}
