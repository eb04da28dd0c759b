/* SPDX-License-Identifier: BSD-2-Clause */
/* message.h: the kernel part's own messages, and reports of drivers' bugs. */
#ifndef KERNEL_DDI_MESSAGE_H
#define KERNEL_DDI_MESSAGE_H

#include "kernel/host.h"

/* One line; no newline at its end. */
void message(enum host_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The return address of the function that calls this: in an entry point, the driver's call. */
#define CALLER() (__builtin_return_address(0))

/* "shm+0x1234", or the address if it is in no driver. */
void caller_format(const void *caller, char *to, size_t size);
/* "driver bug: shm+0x1234: TEXT" and panic.  caller: an address in the driver, see CALLER(). */
_Noreturn void driver_bug(const void *caller, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same as a warning, where the framework can go on. */
void driver_warning(const void *caller, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Logs CE_CONT text that still waits for its newline. */
void message_flush(void);

#endif
