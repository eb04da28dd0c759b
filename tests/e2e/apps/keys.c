/* SPDX-License-Identifier: BSD-2-Clause */
/* keys DEVICE: the uncommon ways to change a mapping: on the driver's pages they are obeyed by the driver, or refused. */
#include "app.h"

int mseal(void *addr, size_t len, unsigned long flags) __attribute__((weak));

/* Without a key it is mprotect(2): no page is open to the program before the driver has let it in. */
static void without_a_key(volatile char *m)
{
	CHECK(pkey_mprotect((void *)m, PAGE, PROT_NONE, -1) == 0);
	CHECK(pkey_mprotect((void *)m, PAGE, PROT_READ | PROT_WRITE, -1) == 0);
	m[0] = 'k';
	CHECK(m[0] == 'k');
}

static void with_a_key(void *m)
{
	char *plain = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int key = pkey_alloc(0, 0);

	if (key < 0)
		return;
	CHECK(pkey_mprotect(m, PAGE, PROT_READ, key) == -1 && errno == EINVAL);
	CHECK(pkey_mprotect(plain, PAGE, PROT_READ, key) == 0);
	pkey_free(key);
	munmap(plain, PAGE);
}

static void others(void *m)
{
	CHECK(remap_file_pages(m, PAGE, 0, 1, 0) == -1 && errno == EINVAL);
	CHECK(mseal && mseal(m, PAGE, 0) == -1 && errno == EPERM);
}

int main(int argc, char **argv)
{
	int fd = open(argv[1], O_RDWR);
	void *m = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	(void)argc;
	CHECK(fd >= 0 && m != MAP_FAILED);
	without_a_key(m);
	with_a_key(m);
	others(m);
	((volatile char *)m)[1] = 's';
	CHECK(munmap(m, PAGE) == 0 && close(fd) == 0);
	return 0;
}
