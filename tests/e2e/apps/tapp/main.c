/* SPDX-License-Identifier: BSD-2-Clause */
/* tapp: calls and mappings of tdrv, one part a test. */
#include "tapp.h"

int main(int argc, char **argv)
{
	return part_main(argc, argv);
}
