/* SPDX-License-Identifier: BSD-2-Clause */
/* locks: locked memory of every kind, shared with another address of the same cookie, and what becomes of it. */
#include "locks.h"

int device;

int main(int argc, char **argv)
{
	device = open_device("/dev/lockdrv", O_RDWR);
	return part_main(argc, argv);
}
