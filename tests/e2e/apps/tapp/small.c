/* SPDX-License-Identifier: BSD-2-Clause */
/* small.c: small parts, of which a test runs several processes. */
#include "tapp.h"

APP_PART("info", part_info)
{
	struct tdrv_info info;

	CHECK(ioctl(open_device(DEV, O_RDWR), TDRV_INFO, &info) == 0);
	printf("pid %s uid %u gid %u model %u\n", info.pid == getpid() ? "mine" : "wrong", info.uid, info.gid,
	       info.model);
}

APP_PART("stats", part_stats)
{
	struct tdrv_stats s;

	CHECK(ioctl(open_device(DEV, O_RDONLY), TDRV_STATS, &s) == 0);
	printf("clones %u mappings %u sleepers %u open %x\n", s.clones, s.mappings, s.sleepers, s.open);
}

/* poke N BYTE, peek N: for the memory outliving a process. */
APP_PART("poke", part_poke)
{
	char *p = map_at(open_device(DEV, O_RDWR), 0, PAGE, PROT_READ | PROT_WRITE);

	p[atoi(argv[0])] = (char)atoi(argv[1]);
}

APP_PART("peek", part_peek)
{
	unsigned char *p = map_at(open_device(DEV, O_RDONLY), 0, PAGE, PROT_READ);

	printf("%d\n", p[atoi(argv[0])]);
}

/* hold: opens and maps, says so, and keeps it until the end of its input. */
APP_PART("hold", part_hold)
{
	int fd = open_device(DEV, O_RDWR), clone = open_device(DEV ".clone", O_RDWR);
	char *p = map_at(fd, TDRV_AT_TRACKED, PAGE, PROT_READ | PROT_WRITE);
	char c;

	map_at(clone, 0, PAGE, PROT_READ);
	p[0] = 1;
	CHECK(write(1, "ready\n", 6) == 6);
	while (read(0, &c, 1) > 0)
		continue;
	CHECK(ioctl(fd, TDRV_ECHO, 5) == 5);
	CHECK(write(1, "done\n", 5) == 5);
}

/* orphan: the server is killed meanwhile; calls then fail with EIO or ENXIO, accesses at worst with SIGBUS. */
APP_PART("orphan", part_orphan)
{
	int fd = open_device(DEV, O_RDWR);
	char *p = map_at(fd, TDRV_AT_MEMORY, PAGE, PROT_READ | PROT_WRITE);
	char c;

	CHECK(write(1, "ready\n", 6) == 6);
	CHECK(read(0, &c, 1) == 0);
	errno = 0;
	CHECK(ioctl(fd, TDRV_ECHO, 5) == -1);
	int error = errno;
	int open_error = open(DEV, O_RDWR) < 0 ? errno : 0;
	int signo = access_signal(p, true);
	printf("ioctl %d open %d signal %d\n", error, open_error, signo);
	CHECK(munmap(p, PAGE) == 0);
	CHECK(close(fd) == 0);
}
