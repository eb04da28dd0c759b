/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/string.h>: string(9F).  The same names as in libc, with link names of their own. */
#ifndef _SYS_STRING_H
#define _SYS_STRING_H

#include <sys/types.h>

void bcopy(const void *, void *, size_t) SUNDOG_LINK(bcopy);
void ovbcopy(const void *, void *, size_t) SUNDOG_LINK(ovbcopy);
void bzero(void *, size_t) SUNDOG_LINK(bzero);
int bcmp(const void *, const void *, size_t) SUNDOG_LINK(bcmp);
void *memcpy(void *, const void *, size_t) SUNDOG_LINK(memcpy);
void *memmove(void *, const void *, size_t) SUNDOG_LINK(memmove);
void *memset(void *, int, size_t) SUNDOG_LINK(memset);
int memcmp(const void *, const void *, size_t) SUNDOG_LINK(memcmp);
void *memchr(const void *, int, size_t) SUNDOG_LINK(memchr);

size_t strlen(const char *) SUNDOG_LINK(strlen);
size_t strnlen(const char *, size_t) SUNDOG_LINK(strnlen);
char *strcpy(char *, const char *) SUNDOG_LINK(strcpy);
char *strncpy(char *, const char *, size_t) SUNDOG_LINK(strncpy);
size_t strlcpy(char *, const char *, size_t) SUNDOG_LINK(strlcpy);
char *strcat(char *, const char *) SUNDOG_LINK(strcat);
char *strncat(char *, const char *, size_t) SUNDOG_LINK(strncat);
size_t strlcat(char *, const char *, size_t) SUNDOG_LINK(strlcat);
int strcmp(const char *, const char *) SUNDOG_LINK(strcmp);
int strncmp(const char *, const char *, size_t) SUNDOG_LINK(strncmp);
int strcasecmp(const char *, const char *) SUNDOG_LINK(strcasecmp);
int strncasecmp(const char *, const char *, size_t) SUNDOG_LINK(strncasecmp);
char *strchr(const char *, int) SUNDOG_LINK(strchr);
char *strrchr(const char *, int) SUNDOG_LINK(strrchr);
char *strstr(const char *, const char *) SUNDOG_LINK(strstr);
char *strpbrk(const char *, const char *) SUNDOG_LINK(strpbrk);
size_t strspn(const char *, const char *) SUNDOG_LINK(strspn);
size_t strcspn(const char *, const char *) SUNDOG_LINK(strcspn);
char *strdup(const char *) SUNDOG_LINK(strdup);
void strfree(char *) SUNDOG_LINK(strfree);
char *ddi_strdup(const char *, int) SUNDOG_LINK(ddi_strdup);

#endif
