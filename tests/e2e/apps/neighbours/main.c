/* SPDX-License-Identifier: BSD-2-Clause */
/* neighbours PART: what other code in a process does at bad moments for the library that it shares the process with. */
#include "neighbours.h"

int main(int argc, char **argv)
{
	return part_main(argc, argv);
}
