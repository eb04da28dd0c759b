/* SPDX-License-Identifier: BSD-2-Clause */
/* say: prints what the driver hello has put into its page. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>

int main(void)
{
	int fd = open("/dev/hello", O_RDWR);
	const char *page;

	if (fd < 0) {
		perror("/dev/hello");
		return 1;
	}
	page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	puts(page);
	return 0;
}
