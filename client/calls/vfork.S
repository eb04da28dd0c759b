/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfork() returns twice on one stack: the child's callers overwrite the return address, so it is kept in a
 * register across the system call, and the library's own work is done before the call and, in the parent,
 * after it.
 */
	.text
	.globl vfork, __vfork
	.type vfork, @function
	.set __vfork, vfork
#ifdef __x86_64__
vfork:
	.cfi_startproc
	subq $8, %rsp
	.cfi_adjust_cfa_offset 8
	call process_vfork_enter
	addq $8, %rsp
	.cfi_adjust_cfa_offset -8
	popq %rdi
	.cfi_adjust_cfa_offset -8
	movl $58, %eax
	syscall
	pushq %rdi
	.cfi_adjust_cfa_offset 8
	testq %rax, %rax
	jz 1f
	subq $8, %rsp
	.cfi_adjust_cfa_offset 8
	movq %rax, %rdi
	call process_vfork_leave
	addq $8, %rsp
	.cfi_adjust_cfa_offset -8
1:	ret
	.cfi_endproc
#else
vfork:
	.cfi_startproc
	subl $12, %esp
	.cfi_adjust_cfa_offset 12
	call process_vfork_enter
	addl $12, %esp
	.cfi_adjust_cfa_offset -12
	popl %ecx
	.cfi_adjust_cfa_offset -4
	movl $190, %eax
	int $0x80
	pushl %ecx
	.cfi_adjust_cfa_offset 4
	testl %eax, %eax
	jz 1f
	subl $8, %esp
	.cfi_adjust_cfa_offset 8
	pushl %eax
	.cfi_adjust_cfa_offset 4
	call process_vfork_leave
	addl $12, %esp
	.cfi_adjust_cfa_offset -12
1:	ret
	.cfi_endproc
#endif
	.size vfork, . - vfork
	.section .note.GNU-stack, "", @progbits
