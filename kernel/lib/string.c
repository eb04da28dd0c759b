/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/string.h>

/* The four functions that the compiler may call anyway; <sys/string.h> has given their names away. */
void *plain_memcpy(void *, const void *, size_t) __asm__("memcpy");
void *plain_memmove(void *, const void *, size_t) __asm__("memmove");
void *plain_memset(void *, int, size_t) __asm__("memset");
int plain_memcmp(const void *, const void *, size_t) __asm__("memcmp");

void *memcpy(void *to, const void *from, size_t len)
{
	return plain_memcpy(to, from, len);
}

void *memmove(void *to, const void *from, size_t len)
{
	return plain_memmove(to, from, len);
}

void *memset(void *to, int c, size_t len)
{
	return plain_memset(to, c, len);
}

int memcmp(const void *a, const void *b, size_t len)
{
	return plain_memcmp(a, b, len);
}

void bcopy(const void *from, void *to, size_t len)
{
	plain_memmove(to, from, len);
}

void ovbcopy(const void *from, void *to, size_t len)
{
	plain_memmove(to, from, len);
}

void bzero(void *to, size_t len)
{
	plain_memset(to, 0, len);
}

int bcmp(const void *a, const void *b, size_t len)
{
	return plain_memcmp(a, b, len) != 0;
}

void *memchr(const void *s, int c, size_t len)
{
	const unsigned char *p = s;

	for (; len > 0; len--, p++)
		if (*p == (unsigned char)c)
			return (void *)(uintptr_t)p;
	return NULL;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n] != '\0')
		n++;
	return n;
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n] != '\0')
		n++;
	return n;
}

char *strcpy(char *to, const char *from)
{
	plain_memcpy(to, from, strlen(from) + 1);
	return to;
}

char *strncpy(char *to, const char *from, size_t len)
{
	size_t n = strnlen(from, len);

	plain_memcpy(to, from, n);
	plain_memset(to + n, 0, len - n);
	return to;
}

size_t strlcpy(char *to, const char *from, size_t size)
{
	size_t n = strlen(from), copied = n < size ? n : size - 1;

	if (size > 0) {
		plain_memcpy(to, from, copied);
		to[copied] = '\0';
	}
	return n;
}

char *strcat(char *to, const char *from)
{
	strcpy(to + strlen(to), from);
	return to;
}

char *strncat(char *to, const char *from, size_t len)
{
	char *end = to + strlen(to);
	size_t n = strnlen(from, len);

	plain_memcpy(end, from, n);
	end[n] = '\0';
	return to;
}

size_t strlcat(char *to, const char *from, size_t size)
{
	size_t n = strnlen(to, size);

	return n + (n == size ? strlen(from) : strlcpy(to + n, from, size - n));
}

int strcmp(const char *a, const char *b)
{
	for (; *a == *b && *a != '\0'; a++, b++)
		;
	return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t len)
{
	for (; len > 0 && *a == *b && *a != '\0'; len--, a++, b++)
		;
	return len == 0 ? 0 : (unsigned char)*a - (unsigned char)*b;
}

static int lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

int strcasecmp(const char *a, const char *b)
{
	for (; lower(*a) == lower(*b) && *a != '\0'; a++, b++)
		;
	return lower(*a) - lower(*b);
}

int strncasecmp(const char *a, const char *b, size_t len)
{
	for (; len > 0 && lower(*a) == lower(*b) && *a != '\0'; len--, a++, b++)
		;
	return len == 0 ? 0 : lower(*a) - lower(*b);
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (*s == '\0')
			return NULL;
	return (char *)(uintptr_t)s;
}

char *strrchr(const char *s, int c)
{
	const char *found = NULL;

	do
		if (*s == (char)c)
			found = s;
	while (*s++ != '\0');
	return (char *)(uintptr_t)found;
}

char *strstr(const char *s, const char *what)
{
	size_t n = strlen(what);

	for (; strncmp(s, what, n) != 0; s++)
		if (*s == '\0')
			return NULL;
	return (char *)(uintptr_t)s;
}

size_t strspn(const char *s, const char *set)
{
	size_t n = 0;

	while (s[n] != '\0' && strchr(set, s[n]) != NULL)
		n++;
	return n;
}

size_t strcspn(const char *s, const char *set)
{
	size_t n = 0;

	while (s[n] != '\0' && strchr(set, s[n]) == NULL)
		n++;
	return n;
}

char *strpbrk(const char *s, const char *set)
{
	s += strcspn(s, set);
	return *s == '\0' ? NULL : (char *)(uintptr_t)s;
}
