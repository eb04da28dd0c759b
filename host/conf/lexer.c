/* SPDX-License-Identifier: BSD-2-Clause */
#include "host/conf/lexer.h"
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static enum token lexer_bad(struct lexer *l, const char *what)
{
	l->what = what;
	return TOKEN_BAD;
}

static void lexer_skip(struct lexer *l)
{
	bool comment = false;

	for (; l->at < l->end; l->at++) {
		if (*l->at == '\n') {
			comment = false;
			l->line++;
		} else if (*l->at == '#') {
			comment = true;
		} else if (!comment && !isspace((unsigned char)*l->at)) {
			return;
		}
	}
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* The character after a backslash; -1: not one we know, or NUL. */
static int lexer_escape(struct lexer *l)
{
	static const char names[] = "\"\\'ntr", values[] = "\"\\'\n\t\r";
	const char *name;
	int value = 0;

	if (is_octal(*l->at)) {
		for (int i = 0; i < 3 && l->at < l->end && is_octal(*l->at); i++)
			value = value * 8 + (*l->at++ - '0');
		return value > 0 && value < 256 ? value : -1;
	}
	name = *l->at != '\0' ? strchr(names, *l->at) : NULL;
	if (name == NULL)
		return -1;
	l->at++;
	return values[name - names];
}

static enum token lexer_string(struct lexer *l)
{
	char *text = l->text;

	for (l->at++; l->at < l->end && *l->at != '"';) {
		int c = (unsigned char)*l->at++;

		if (c == '\n')
			return lexer_bad(l, "a string does not end on its line");
		if (c == '\\') {
			if (l->at == l->end || (c = lexer_escape(l)) < 0)
				return lexer_bad(l, "unknown escape in a string");
		} else if (c == '\0') {
			return lexer_bad(l, "a NUL in a string");
		}
		*text++ = (char)c;
	}
	if (l->at == l->end)
		return lexer_bad(l, "a string does not end");
	l->at++;
	*text = '\0';
	return TOKEN_STRING;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || (c != '\0' && strchr("_-.+*:@/", c) != NULL);
}

/* 0x80000000 to 0xffffffff are the negative numbers of the same bits. */
static enum token lexer_integer(struct lexer *l)
{
	bool negative = *l->at == '-', any = false;
	int64_t value = 0;
	int base = 10;

	if (*l->at == '-' || *l->at == '+')
		l->at++;
	if (l->end - l->at > 1 && l->at[0] == '0') {
		base = tolower((unsigned char)l->at[1]) == 'x' ? 16 : 8;
		l->at += base == 16 ? 2 : 0;
	}
	for (; l->at < l->end && digit_of(*l->at) < base; l->at++) {
		value = value * base + digit_of(*l->at);
		any = true;
		if (value > UINT32_MAX)
			return lexer_bad(l, "an integer beyond 32 bits");
	}
	if (!any || (l->at < l->end && is_name(*l->at)))
		return lexer_bad(l, "a malformed integer");
	value = negative ? -value : value;
	if (value < INT32_MIN || (value > INT32_MAX && base == 10))
		return lexer_bad(l, "an integer beyond 32 bits");
	l->integer = (int32_t)value;
	return TOKEN_INTEGER;
}

static enum token lexer_name(struct lexer *l)
{
	char *text = l->text;

	while (l->at < l->end && is_name(*l->at))
		*text++ = *l->at++;
	*text = '\0';
	return TOKEN_NAME;
}

enum token lexer_next(struct lexer *l)
{
	lexer_skip(l);
	l->token_line = l->line;
	if (l->at == l->end)
		return TOKEN_END;
	switch (*l->at) {
	case '=':
		l->at++;
		return TOKEN_EQUALS;
	case ',':
		l->at++;
		return TOKEN_COMMA;
	case ';':
		l->at++;
		return TOKEN_SEMICOLON;
	case '"':
		return lexer_string(l);
	default:
		break;
	}
	if (isdigit((unsigned char)*l->at) || *l->at == '-' || *l->at == '+')
		return lexer_integer(l);
	if (isalpha((unsigned char)*l->at) || *l->at == '_')
		return lexer_name(l);
	return lexer_bad(l, "unexpected character");
}
