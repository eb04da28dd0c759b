/* SPDX-License-Identifier: BSD-2-Clause */
/* splits: what forks of a process with shared memory, and its sleeping threads, must not notice. */
#include "locks.h"

int device;

int main(int argc, char **argv)
{
	device = open_device("/dev/lockdrv", O_RDWR);
	return part_main(argc, argv);
}
