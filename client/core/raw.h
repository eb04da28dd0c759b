/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * raw.h: system calls without libc: no errno, no cancellation point, no thread-local storage.
 * For the agent, which runs in the application's memory but is no thread that libc knows.
 * Returns what Linux returns: -errno on failure.
 */
#ifndef CLIENT_RAW_H
#define CLIENT_RAW_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>

#define KERNEL_SIGSET 8 /* bytes of the kernel's signal set */
#define SIGNAL_BIT(signo) (UINT64_C(1) << ((signo)-1))

#ifdef __x86_64__
static inline long raw_syscall(long n, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}
#else
static inline long raw_syscall(long n, long a, long b, long c, long d, long e, long f)
{
	const long args[7] = {n, a, b, c, d, e, f}; /* %ebx and %ebp may be the compiler's own */
	long result = (long)args;

	__asm__ volatile("pushl %%ebx\n\tpushl %%ebp\n\t"
			 "movl 4(%%eax), %%ebx\n\tmovl 8(%%eax), %%ecx\n\tmovl 12(%%eax), %%edx\n\t"
			 "movl 16(%%eax), %%esi\n\tmovl 20(%%eax), %%edi\n\tmovl 24(%%eax), %%ebp\n\t"
			 "movl (%%eax), %%eax\n\tint $0x80\n\t"
			 "popl %%ebp\n\tpopl %%ebx"
			 : "+a"(result)
			 :
			 : "ecx", "edx", "esi", "edi", "memory");
	return result;
}
#endif

static inline long sys3(long n, long a, long b, long c)
{
	return raw_syscall(n, a, b, c, 0, 0, 0);
}

static inline bool is_error(long r)
{
	return r < 0 && r > -4096;
}

static inline long raw_mmap(long addr, long len, long prot, long flags, long fd, uint64_t offset)
{
#ifdef __x86_64__
	return raw_syscall(SYS_mmap, addr, len, prot, flags, fd, (long)offset);
#else
	return raw_syscall(SYS_mmap2, addr, len, prot, flags, fd, (long)(offset / 4096));
#endif
}

static inline long raw_pwrite(long fd, long from, long len, uint64_t offset)
{
#ifdef __x86_64__
	return raw_syscall(SYS_pwrite64, fd, from, len, (long)offset, 0, 0);
#else
	return raw_syscall(SYS_pwrite64, fd, from, len, (long)(uint32_t)offset, (long)(offset >> 32), 0);
#endif
}

#endif
