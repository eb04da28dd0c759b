/* SPDX-License-Identifier: BSD-2-Clause */
/* ddi_strtol(9F) and its kin; ddi_swap32(9F). */
#include <stdbool.h>
#include <sys/ddiacc.h>
#include <sys/errno.h>
#include <sys/sunddi.h>

struct number {
	const char *end; /* of its digits; the text itself if there are none */
	uint64_t magnitude;
	bool negative, overflow;
};

static unsigned digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A') + 10;
	return 99;
}

static const char *prefix_skip(const char *s, int *base)
{
	bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && digit_of(s[2]) < 16;

	if (hex && (*base == 0 || *base == 16)) {
		*base = 16;
		return s + 2;
	}
	if (*base == 0)
		*base = s[0] == '0' ? 8 : 10;
	return s;
}

/* Blanks, a sign, digits.  EINVAL: no number there, or no such base. */
static int number_read(const char *text, int base, struct number *n)
{
	const char *s = text, *digits;

	*n = (struct number){.end = text};
	if (base < 0 || base == 1 || base > 36)
		return EINVAL;
	while (*s == ' ' || (*s >= '\t' && *s <= '\r'))
		s++;
	if (*s == '-' || *s == '+')
		n->negative = *s++ == '-';
	digits = s = prefix_skip(s, &base);
	for (; digit_of(*s) < (unsigned)base; s++)
		if (__builtin_mul_overflow(n->magnitude, (uint64_t)base, &n->magnitude) ||
		    __builtin_add_overflow(n->magnitude, digit_of(*s), &n->magnitude))
			n->overflow = true;
	if (s == digits)
		return EINVAL;
	n->end = s;
	return 0;
}

/* EINVAL, ERANGE.  The result is untouched on an error. */
int ddi_strtoull(const char *text, char **end, int base, u_longlong_t *result)
{
	struct number n;
	int error = number_read(text, base, &n);

	if (end != NULL)
		*end = (char *)(uintptr_t)n.end;
	if (error != 0)
		return error;
	if (n.overflow)
		return ERANGE;
	*result = n.negative ? -n.magnitude : n.magnitude;
	return 0;
}

int ddi_strtoll(const char *text, char **end, int base, longlong_t *result)
{
	struct number n;
	int error = number_read(text, base, &n);

	if (end != NULL)
		*end = (char *)(uintptr_t)n.end;
	if (error != 0)
		return error;
	if (n.overflow || n.magnitude > (uint64_t)LLONG_MAX + n.negative)
		return ERANGE;
	*result = (longlong_t)(n.negative ? -n.magnitude : n.magnitude);
	return 0;
}

int ddi_strtol(const char *text, char **end, int base, long *result)
{
	longlong_t value;
	int error = ddi_strtoll(text, end, base, &value);

	if (error == 0)
		*result = (long)value;
	return error;
}

int ddi_strtoul(const char *text, char **end, int base, unsigned long *result)
{
	u_longlong_t value;
	int error = ddi_strtoull(text, end, base, &value);

	if (error == 0)
		*result = (unsigned long)value;
	return error;
}

uint16_t ddi_swap16(uint16_t value)
{
	return __builtin_bswap16(value);
}

uint32_t ddi_swap32(uint32_t value)
{
	return __builtin_bswap32(value);
}

uint64_t ddi_swap64(uint64_t value)
{
	return __builtin_bswap64(value);
}
