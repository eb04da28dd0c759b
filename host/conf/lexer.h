/* SPDX-License-Identifier: BSD-2-Clause */
/* lexer.h: the words of a driver.conf(4) file. */
#ifndef HOST_CONF_LEXER_H
#define HOST_CONF_LEXER_H

#include <stddef.h>
#include <stdint.h>

enum token {
	TOKEN_END,
	TOKEN_NAME,    /* text: name of a property */
	TOKEN_STRING,  /* text: without quotes and escapes */
	TOKEN_INTEGER, /* integer */
	TOKEN_EQUALS,
	TOKEN_COMMA,
	TOKEN_SEMICOLON,
	TOKEN_BAD, /* what is why */
};

struct lexer {
	const char *at, *end; /* what is left */
	unsigned line;        /* of at */
	unsigned token_line;  /* where the last token began */
	char *text;           /* of the last NAME or STRING: room for the whole input; the caller's */
	int32_t integer;
	const char *what;
};

enum token lexer_next(struct lexer *l);

#endif
