/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Link names: a driver-visible function or variable keeps its C name, but the linker sees it as
 * sundog_NAME, so that it collides neither with libc (timeout, delay, panic, _init) nor with Linux kernel
 * symbols.  Used once after each prototype:
 *
 *	timeout_id_t timeout(void (*)(void *), void *, clock_t) SUNDOG_LINK(timeout);
 *
 * tools/link-names prints all of them.
 */
#ifndef _SYS_SUNDOG_LINK_H
#define _SYS_SUNDOG_LINK_H

#define SUNDOG_LINK(name) __asm__("sundog_" #name) __attribute__((visibility("default")))
/*
 * The same for what is declared so that sources compile, and is not provided: a driver that uses it is refused when it is
 * loaded.  tools/link-names --absent prints them.
 */
#define SUNDOG_ABSENT(name) __asm__("sundog_" #name) __attribute__((visibility("default")))

/* Around declarations whose argument lists are open on purpose: drivers hand over functions of any arguments. */
#ifdef __cplusplus
#define SUNDOG_OPEN_BEGIN
#define SUNDOG_OPEN_END
#else
#define SUNDOG_OPEN_BEGIN _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wstrict-prototypes\"")
#define SUNDOG_OPEN_END _Pragma("GCC diagnostic pop")
#endif

#endif
