/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/ddi.h>
#include <sys/sunddi.h>

#include "ddi_checks.h"

void check_strings(void)
{
	char a[16] = "abcabc";

	VERIFY3U(strlen(""), ==, 0);
	VERIFY3U(strlen("four"), ==, 4);
	VERIFY3U(strnlen("four", 3), ==, 3);
	VERIFY(strcmp("a", "a") == 0 && strcmp("a", "b") < 0 && strcmp("\xff", "a") > 0 && strcmp("ab", "a") > 0);
	VERIFY(strncmp("abc", "abd", 2) == 0 && strncmp("abc", "abd", 3) < 0 && strncmp("a", "b", 0) == 0);
	VERIFY(strcasecmp("HeLLo", "hEllO") == 0 && strcasecmp("a", "B") < 0 && strncasecmp("ABx", "aby", 2) == 0);
	VERIFY(strchr(a, 'b') == a + 1 && strchr(a, 'x') == NULL && strchr(a, '\0') == a + 6);
	VERIFY(strrchr(a, 'b') == a + 4 && strrchr(a, 'x') == NULL && strrchr(a, '\0') == a + 6);
	VERIFY(strstr(a, "ca") == a + 2 && strstr(a, "") == a && strstr(a, "abcabcd") == NULL);
	VERIFY(strspn(a, "ab") == 2 && strcspn(a, "c") == 2 && strcspn(a, "") == 6 && strpbrk(a, "xc") == a + 2);
	VERIFY(strpbrk(a, "xyz") == NULL);
	VERIFY(memchr(a, 'c', 2) == NULL && memchr(a, 'c', 3) == a + 2);
	VERIFY(memcmp("ab\0c", "ab\0d", 4) < 0 && memcmp("x", "y", 0) == 0 && bcmp("ab", "ac", 2) != 0);
}

void check_string_sizes(void)
{
	char a[8];

	memset(a, 'x', sizeof(a));
	VERIFY(strncpy(a, "ab", 4) == a && memcmp(a, "ab\0\0xxxx", 8) == 0);
	VERIFY(strncpy(a, "abcdef", 3) == a && memcmp(a, "abc\0xxxx", 8) == 0);
	VERIFY(strlcpy(a, "abcdefghij", sizeof(a)) == 10 && strcmp(a, "abcdefg") == 0);
	VERIFY(strlcpy(a, "k", 0) == 1 && a[0] == 'a');
	VERIFY(strlcpy(a, "ab", sizeof(a)) == 2 && strlcat(a, "cdefghi", sizeof(a)) == 9 && strcmp(a, "abcdefg") == 0);
	VERIFY(strlcat(a, "z", 3) == 4 && strcmp(a, "abcdefg") == 0);
	VERIFY(strcpy(a, "ab") == a && strcat(a, "c") == a && strncat(a, "defgh", 2) == a && strcmp(a, "abcde") == 0);
	ovbcopy(a, a + 1, 5); /* overlapping */
	VERIFY(memcmp(a, "aabcde", 6) == 0);
	bcopy(a + 1, a, 5);
	VERIFY(memcmp(a, "abcde", 5) == 0);
	bcopy(a, a + 1, 5);
	VERIFY(memcmp(a, "aabcde", 6) == 0);
	memmove(a, a + 1, 5);
	VERIFY(memcmp(a, "abcde", 5) == 0);
	bzero(a, sizeof(a));
	VERIFY(a[0] == 0 && a[7] == 0);
}

/* The length of what vsprintf() made; *length: what vsprintf_len() says. */
static size_t format_old(char *to, size_t *length, const char *format, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, format);
	VERIFY(vsprintf(to, format, ap) == to);
	n = strlen(to);
	va_end(ap);
	va_start(ap, format);
	*length = vsprintf_len(4, to, format, ap);
	va_end(ap);
	return (n);
}

static void expect(const char *want, const char *format, ...)
{
	char got[128];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(got, sizeof(got), format, ap);
	va_end(ap);
	if (strcmp(got, want) != 0 || n != (int)strlen(want))
		panic("format %s: got [%s] (%d), want [%s]", format, got, n, want);
}

void check_format_numbers(void)
{
	expect("0 -1 2147483647 -2147483648", "%d %d %i %d", 0, -1, INT_MAX, INT_MIN);
	expect("4294967295 ffffffff FFFFFFFF 37777777777", "%u %x %X %o", -1, -1, -1, -1);
	expect("-9223372036854775808 18446744073709551615", "%lld %llu", LLONG_MIN, ULLONG_MAX);
	expect("-5 5 7 9", "%ld %lu %zu %jd", -5l, 5ul, (size_t)7, (intmax_t)9);
	expect("-1 255 -1 65535", "%hhd %hhu %hd %hu", -1, -1, -1, -1);
	expect("[   42][42   ][00042][+42][ 42]", "[%5d][%-5d][%05d][%+d][% d]", 42, 42, 42, 42, 42);
	expect("[  042][-0042][  -42][-42  ]", "[%5.3d][%05d][%5d][%-5d]", 42, -42, -42, -42);
	expect("[][ ][0]", "[%.0d][%1.0d][%.1d]", 0, 0, 0);
	expect("0x2a 0X2A 052 0 0", "%#x %#X %#o %#x %#o", 42, 42, 42, 0, 0);
	expect("[0x002a][  0x2a][0x2a  ]", "[%#06x][%#6x][%-#6x]", 42, 42, 42);
	expect("[   7][7   ]", "[%*d][%*d]", 4, 7, -4, 7);
	expect("[007]", "[%.*d]", 3, 7);
}

void check_format_rest(void)
{
	char small[4] = "xxx", old[16];
	size_t length;

	expect("deadbeef", "%p", (void *)0xdeadbeefUL);
	expect("abc ab (null) c %", "%s %.2s %s %c %%", "abc", "abc", (char *)NULL, 'c');
	expect("[  abc][abc  ][ c]", "[%5s][%-5s][%2c]", "abc", "abc", 'c');
	expect("5<one,three> 0", "%b %b", 5, "\020\1one\2two\3three", 0, "\020\1one");
	expect("%y", "%y");
	VERIFY(snprintf(small, sizeof(small), "abcdef") == 6 && strcmp(small, "abc") == 0);
	VERIFY(snprintf(small, 0, "xyz") == 3 && small[0] == 'a');
	VERIFY(snprintf(small, 1, "xyz") == 3 && small[0] == '\0');
	VERIFY(format_old(old, &length, "%s-%d", "abcdef", 12) == 9 && length == 9 && strcmp(old, "abc") == 0);
	VERIFY(sprintf(small, "%d", 12) == small && strcmp(small, "12") == 0);
}

static void say_list(int level, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vcmn_err(level, format, ap);
	va_end(ap);
	va_start(ap, format);
	vzcmn_err(0, level, format, ap);
	va_end(ap);
}

void say_messages(void)
{
	say_list(CE_NOTE, "list %d", 2);
	zcmn_err(0, CE_WARN, "zone %d", 3);
	(void)printf("printed\n");
	cmn_err(CE_NOTE, "note %d", 1);
	cmn_err(CE_WARN, "!quiet %s", "warning");
	cmn_err(CE_WARN, "^loud\n");
	cmn_err(CE_CONT, "half ");
	cmn_err(CE_CONT, "line\n");
	cmn_err(CE_CONT, "?only verbose\n");
	cmn_err(CE_CONT, "unfinished");
	cmn_err(CE_IGNORE, "never");
	cmn_err(CE_NOTE, "last");
	dev_err(NULL, CE_WARN, "nobody's");
}

void bug_panic(void)
{
	panic("the driver's %dnd panic\n", 42);
}

void bug_cmn_err_panic(void)
{
	cmn_err(CE_PANIC, "it is over: %d", 7);
}

void bug_verify(void)
{
	int one = 1;

	VERIFY3S(one, ==, 2);
}

static void give_up(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vpanic(format, ap);
}

void bug_vpanic(void)
{
	give_up("vpanic %d", 3);
}

void bug_verify_plain(void)
{
	int one = 1;

	VERIFY(one == 2);
}
