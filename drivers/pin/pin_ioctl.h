/* SPDX-License-Identifier: BSD-2-Clause */
/* pin_ioctl.h: what drivers/pin and its applications agree on; the includer has fixed-size types. */
#ifndef PIN_IOCTL_H
#define PIN_IOCTL_H

#define PIN_BUFFERS 16          /* at a time */
#define PIN_SPAN 0x1000000u     /* longest buffer; buffer n can be mapped at n * PIN_SPAN */
#define PIN_FRAME 4096u         /* bytes of a frame */

#define PIN_IOC(n) (('P' << 8) | (n))
#define PIN_LOCK PIN_IOC(1)     /* struct pin_buffer: whole pages of the caller's memory become a ring of frames -> number */
#define PIN_CAPTURE PIN_IOC(2)  /* struct pin_capture: the card fills that many frames of the ring; EINTR */
#define PIN_RELEASE PIN_IOC(3)  /* the number: the memory is the caller's alone again; EBUSY: it is captured into, or mapped */

struct pin_buffer {
	uint64_t addr, len;
	uint32_t number, pad;
};
struct pin_capture {
	uint32_t number, frames;
};

/* A frame in the ring.  The sequence of a buffer's frames begins at 1; checksum: of all words behind it, and the sequence. */
struct pin_frame {
	uint32_t sequence, checksum;
	uint32_t pixels[PIN_FRAME / 4 - 2];
};

static inline uint32_t
pin_checksum(const struct pin_frame *f)
{
	uint32_t sum = f->sequence;

	for (unsigned i = 0; i < PIN_FRAME / 4 - 2; i++)
		sum = sum * 31 + f->pixels[i];
	return (sum);
}

#endif
