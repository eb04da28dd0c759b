/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * driver.h: from a shared object to a driver of the system.  On an error message gets one line: the thing, then why.
 */
#ifndef HOST_CONF_DRIVER_H
#define HOST_CONF_DRIVER_H

#include <stddef.h>

struct conf;
struct loader_module;

/*
 * The configuration of the driver in so: the file conf_path, or for NULL DRIVER.conf beside DRIVER.so if there is one;
 * *conf is NULL if there is none.  conf_free() frees it.
 */
int driver_configure(const char *so, const char *driver, const char *conf_path, struct conf **conf, char *message,
		     size_t size);
/*
 * Runs the driver's _init and attaches its instances (sys_module_load()); conf may be NULL.  The calling thread is the
 * system's own.  label: what the message calls it.
 */
int driver_attach(const char *label, const struct loader_module *m, const struct conf *conf, char *message,
		  size_t size);

#endif
