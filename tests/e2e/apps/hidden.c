/* SPDX-License-Identifier: BSD-2-Clause */
/* hidden: a program that is not dumpable wants its memory locked for drivers/pin: EFAULT, or frames that are there. */
#include "app.h"

#include "../../../drivers/pin/pin_ioctl.h"

int main(void)
{
	int fd = open_device("/dev/pin0", O_RDWR);
	struct pin_frame *frames = mmap(NULL, 16 * PIN_FRAME, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct pin_buffer buffer = {.addr = (uintptr_t)frames, .len = 16 * PIN_FRAME};
	struct pin_capture capture = {.frames = 10};

	CHECK(frames != MAP_FAILED && prctl(PR_SET_DUMPABLE, 0) == 0);
	if (ioctl(fd, PIN_LOCK, &buffer) != 0 && errno == EFAULT) {
		puts("refused");
		return 0;
	}
	capture.number = buffer.number;
	CHECK(ioctl(fd, PIN_CAPTURE, &capture) == 0);
	CHECK(frames[9].sequence == 10 && pin_checksum(&frames[9]) == frames[9].checksum);
	puts("captured");
	return 0;
}
