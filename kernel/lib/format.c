/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/lib/format.h"
#include <stdbool.h>
#include <sys/cmn_err.h>
#include <sys/int_limits.h>
#include <sys/types.h>

struct sink {
	char *to;
	size_t size;
	size_t length; /* of the whole text, whether it fits or not */
};

struct spec {
	bool left, plus, space, alternate, zero;
	int width, precision; /* precision -1: none given */
	int size;             /* bytes of an integer argument */
};

static void sink_char(struct sink *s, char c)
{
	if (s->length + 1 < s->size)
		s->to[s->length] = c;
	s->length++;
}

static void sink_repeat(struct sink *s, char c, long count)
{
	for (; count > 0; count--)
		sink_char(s, c);
}

static void sink_padded(struct sink *s, const struct spec *spec, const char *text, long length)
{
	if (!spec->left)
		sink_repeat(s, ' ', spec->width - length);
	for (long i = 0; i < length; i++)
		sink_char(s, text[i]);
	if (spec->left)
		sink_repeat(s, ' ', spec->width - length);
}

static int digits_of(char *end, uint64_t value, unsigned base, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	int n = 0;

	for (; value != 0; value /= base)
		end[-++n] = digits[value % base];
	return n;
}

/* sign or prefix, zeros up to precision (or width, with the 0 flag), digits; blanks around. */
static void sink_number(struct sink *s, const struct spec *spec, const char *prefix, uint64_t value,
			unsigned base, bool upper)
{
	char buffer[24], *end = buffer + sizeof(buffer);
	int n = digits_of(end, value, base, upper), plen = 0, zeros;

	while (prefix[plen] != '\0')
		plen++;
	zeros = (spec->precision < 0 ? 1 : spec->precision) - n;
	if (base == 8 && spec->alternate && zeros <= 0 && value != 0)
		zeros = 1;
	if (zeros < 0)
		zeros = 0;
	if (spec->zero && !spec->left && spec->precision < 0 && spec->width > plen + zeros + n)
		zeros = spec->width - plen - n;
	if (!spec->left)
		sink_repeat(s, ' ', (long)spec->width - plen - zeros - n);
	for (int i = 0; i < plen; i++)
		sink_char(s, prefix[i]);
	sink_repeat(s, '0', zeros);
	for (int i = n; i > 0; i--)
		sink_char(s, end[-i]);
	if (spec->left)
		sink_repeat(s, ' ', (long)spec->width - plen - zeros - n);
}

static void sink_string(struct sink *s, const struct spec *spec, const char *text)
{
	long length = 0;

	if (text == NULL)
		text = "(null)";
	while ((spec->precision < 0 || length < spec->precision) && text[length] != '\0')
		length++;
	sink_padded(s, spec, text, length);
}

/*
 * %b: a number and the names of its bits.  The description's first byte is the base, then for each bit its
 * number from 1 as one byte and a name of printing characters.
 */
static void sink_bits(struct sink *s, const struct spec *spec, uint64_t value, const char *names)
{
	unsigned base = (unsigned char)*names == 8 ? 8 : (unsigned char)*names == 10 ? 10
										     : 16;
	char separator = '<';

	if (*names != '\0')
		names++;
	sink_number(s, spec, base == 16 && spec->alternate ? "0x" : "", value, base, false);
	while (*names != '\0') {
		unsigned bit = (unsigned char)*names++;
		bool set = bit >= 1 && bit <= 32 && (value >> (bit - 1) & 1) != 0;

		if (set) {
			sink_char(s, separator);
			separator = ',';
		}
		for (; (unsigned char)*names > ' '; names++)
			if (set)
				sink_char(s, *names);
	}
	if (separator == ',')
		sink_char(s, '>');
}

/* A va_list in a struct can be handed on by address everywhere. */
struct args {
	va_list ap;
};

static uint64_t arg_unsigned(struct args *a, int size)
{
	switch (size) {
	case 1:
		return (unsigned char)va_arg(a->ap, int);
	case 2:
		return (unsigned short)va_arg(a->ap, int);
	case 8:
		return va_arg(a->ap, uint64_t);
	default:
		return va_arg(a->ap, unsigned);
	}
}

static int64_t arg_signed(struct args *a, int size)
{
	switch (size) {
	case 1:
		return (signed char)va_arg(a->ap, int);
	case 2:
		return (short)va_arg(a->ap, int);
	case 8:
		return va_arg(a->ap, int64_t);
	default:
		return va_arg(a->ap, int);
	}
}

static void sink_signed(struct sink *s, const struct spec *spec, int64_t value)
{
	uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;

	sink_number(s, spec, value < 0 ? "-" : spec->plus ? "+"
				       : spec->space      ? " "
							  : "",
		    magnitude, 10, false);
}

static const char *parse_flags(const char *f, struct spec *spec)
{
	for (;; f++) {
		switch (*f) {
		case '-':
			spec->left = true;
			break;
		case '+':
			spec->plus = true;
			break;
		case ' ':
			spec->space = true;
			break;
		case '#':
			spec->alternate = true;
			break;
		case '0':
			spec->zero = true;
			break;
		default:
			return f;
		}
	}
}

static const char *parse_count(const char *f, struct args *a, int *count)
{
	*count = 0;
	if (*f == '*') {
		*count = va_arg(a->ap, int);
		return f + 1;
	}
	for (; *f >= '0' && *f <= '9'; f++)
		*count = *count > 100000 ? *count : *count * 10 + (*f - '0');
	return f;
}

static const char *parse_size(const char *f, struct spec *spec)
{
	spec->size = 4;
	if (f[0] == 'h') {
		spec->size = f[1] == 'h' ? 1 : 2;
		return f + (f[1] == 'h' ? 2 : 1);
	}
	for (; *f == 'l' || *f == 'j' || *f == 'z' || *f == 't'; f++)
		spec->size = 8;
	return f;
}

static const char *parse_spec(const char *f, struct args *a, struct spec *spec)
{
	*spec = (struct spec){.precision = -1};
	f = parse_count(parse_flags(f, spec), a, &spec->width);
	if (spec->width < 0) {
		spec->left = true;
		spec->width = spec->width == INT_MIN ? 0 : -spec->width;
	}
	if (*f == '.')
		f = parse_count(f + 1, a, &spec->precision);
	return parse_size(f, spec);
}

/* The conversion at f; returns what follows it. */
static const char *sink_conversion(struct sink *s, const char *f, struct args *a)
{
	struct spec spec;
	uint64_t value;
	char c;

	f = parse_spec(f, a, &spec);
	switch (*f) {
	case 'd':
	case 'i':
		sink_signed(s, &spec, arg_signed(a, spec.size));
		break;
	case 'u':
		sink_number(s, &spec, "", arg_unsigned(a, spec.size), 10, false);
		break;
	case 'o':
		sink_number(s, &spec, "", arg_unsigned(a, spec.size), 8, false);
		break;
	case 'x':
	case 'X':
		value = arg_unsigned(a, spec.size);
		sink_number(s, &spec, !spec.alternate || value == 0 ? "" : *f == 'x' ? "0x"
										     : "0X",
			    value, 16,
			    *f == 'X');
		break;
	case 'p':
		sink_number(s, &spec, "", (uintptr_t)va_arg(a->ap, void *), 16, false);
		break;
	case 'c':
		c = (char)va_arg(a->ap, int);
		sink_padded(s, &spec, &c, 1);
		break;
	case 's':
		sink_string(s, &spec, va_arg(a->ap, const char *));
		break;
	case 'b':
		value = arg_unsigned(a, spec.size);
		sink_bits(s, &spec, value, va_arg(a->ap, const char *));
		break;
	case '\0':
		return f;
	case '%':
		sink_char(s, '%');
		break;
	default:
		sink_char(s, '%');
		sink_char(s, *f);
		break;
	}
	return f + 1;
}

size_t format_text(char *to, size_t size, const char *format, va_list ap)
{
	struct sink s = {.to = to, .size = size};
	struct args a;

	va_copy(a.ap, ap);
	while (*format != '\0') {
		if (*format == '%')
			format = sink_conversion(&s, format + 1, &a);
		else
			sink_char(&s, *format++);
	}
	va_end(a.ap);
	if (size > 0)
		to[s.length < size ? s.length : size - 1] = '\0';
	return s.length;
}

size_t vsnprintf(char *to, size_t size, const char *format, va_list ap)
{
	return format_text(to, size, format, ap);
}

char *vsprintf(char *to, const char *format, va_list ap)
{
	(void)format_text(to, SIZE_MAX, format, ap);
	return to;
}

size_t snprintf(char *to, size_t size, const char *format, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, format);
	n = vsnprintf(to, size, format, ap);
	va_end(ap);
	return n;
}

char *sprintf(char *to, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsprintf(to, format, ap);
	va_end(ap);
	return to;
}

size_t vsprintf_len(size_t size, char *to, const char *format, va_list ap)
{
	return format_text(to, size, format, ap);
}
