/* SPDX-License-Identifier: BSD-2-Clause */
/* message.h: the kernel part's own messages, and reports of drivers' bugs. */
#ifndef KERNEL_LIB_MESSAGE_H
#define KERNEL_LIB_MESSAGE_H

#include "kernel/host.h"

/* One line; no newline at its end. */
void message(enum host_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The return address of the function that calls this: in an entry point, the driver's call. */
#define CALLER() (__builtin_return_address(0))

/* The offset of address in the driver that it lies in; *name is NULL if it lies in none. */
typedef uintptr_t caller_namer(const void *address, const char **name);
/* Who knows the drivers' addresses; called by module_boot(). */
void caller_set_namer(caller_namer *namer);

/* "shm+0x1234", or the address if it is in no driver. */
void caller_format(const void *caller, char *to, size_t size);
/* "driver bug: shm+0x1234: TEXT" and panic.  caller: an address in the driver, see CALLER(). */
_Noreturn void driver_bug(const void *caller, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same as a warning, where the framework can go on. */
void driver_warning(const void *caller, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "driver note: ...", at -v: what does no harm, and what the original does not mind. */
void driver_note(const void *caller, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
