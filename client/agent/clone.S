/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * long agent_clone(unsigned long flags, void *stack, int (*main)(void *), void *arg): clone(2) without libc, whose clone(3) a
 * sanitizer's runtime replaces by one that takes the child for a fork.  Returns the child's pid, or -errno; the child
 * runs main(arg) on the stack that ends at stack, and leaves with what it returns.
 *
 *	stack - 16 or more:  main, arg   (of the child)
 */
	.text
	.globl agent_clone
	.hidden agent_clone
	.type agent_clone, @function
agent_clone:
	.cfi_startproc
#ifdef __x86_64__
	andq $-16, %rsi
	subq $16, %rsi
	movq %rdx, (%rsi)
	movq %rcx, 8(%rsi)
	xorl %edx, %edx
	xorl %r10d, %r10d
	xorl %r8d, %r8d
	movl $56, %eax
	syscall
	testq %rax, %rax
	jz 1f
	ret
	.cfi_endproc
1:	.cfi_startproc
	.cfi_undefined rip
	xorl %ebp, %ebp
	popq %rax
	.cfi_adjust_cfa_offset -8
	popq %rdi
	.cfi_adjust_cfa_offset -8
	call *%rax
	movl %eax, %edi
	movl $231, %eax
	syscall
	hlt
	.cfi_endproc
#else
	pushl %ebx
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset ebx, 0
	pushl %esi
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset esi, 0
	pushl %edi
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset edi, 0
	movl 16(%esp), %ebx
	movl 20(%esp), %ecx
	andl $-16, %ecx
	subl $16, %ecx
	movl 24(%esp), %edx
	movl %edx, 4(%ecx)
	movl 28(%esp), %edx
	movl %edx, (%ecx)
	xorl %edx, %edx
	xorl %esi, %esi
	xorl %edi, %edi
	movl $120, %eax
	int $0x80
	testl %eax, %eax
	jz 1f
	popl %edi
	.cfi_adjust_cfa_offset -4
	.cfi_restore edi
	popl %esi
	.cfi_adjust_cfa_offset -4
	.cfi_restore esi
	popl %ebx
	.cfi_adjust_cfa_offset -4
	.cfi_restore ebx
	ret
	.cfi_endproc
1:	.cfi_startproc
	.cfi_undefined eip
	xorl %ebp, %ebp
	call *4(%esp)
	movl %eax, %ebx
	movl $252, %eax
	int $0x80
	hlt
	.cfi_endproc
#endif
	.size agent_clone, . - agent_clone
	.section .note.GNU-stack, "", @progbits
