/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * int touch_read(const void *), int touch_write(void *): one access that changes nothing; 0, or 1 if it failed.  The
 * handler of its signal goes on at touch_failed (signals_deliver()), so there is nothing to set up before.
 */
	.text
	.globl touch_read, touch_write, touch_read_at, touch_write_at, touch_failed
	.hidden touch_read, touch_write, touch_read_at, touch_write_at, touch_failed
	.type touch_read, @function
	.type touch_write, @function
touch_read:
	.cfi_startproc
#ifdef __x86_64__
touch_read_at:
	movb (%rdi), %al
#else
	movl 4(%esp), %eax
touch_read_at:
	movb (%eax), %al
#endif
	xorl %eax, %eax
	ret
	.cfi_endproc

touch_write:
	.cfi_startproc
#ifdef __x86_64__
touch_write_at:
	lock orb $0, (%rdi)
#else
	movl 4(%esp), %eax
touch_write_at:
	lock orb $0, (%eax)
#endif
	xorl %eax, %eax
	ret
touch_failed:
	movl $1, %eax
	ret
	.cfi_endproc
	.section .note.GNU-stack, "", @progbits
