/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hooks.c: what each part of the library does around a fork.  It is the order of locks, too: one further down is taken
 * while one further up is held, never the other way round.
 */
#define _GNU_SOURCE
#include "client/calls/calls.h"

const struct fork_hook fork_hooks[] = {
	{.lock = fault_fork_lock, .unlock = fault_fork_unlock},
	{.lock = signals_fork_lock, .unlock = signals_fork_unlock},
	{.child = call_fork_child, .vfork_enter = call_vfork_enter, .vfork_leave = call_vfork_leave},
	{connection_fork_lock, connection_fork_unlock, connection_fork_child, connection_vfork_enter, connection_vfork_leave},
	{descriptor_fork_lock, descriptor_fork_unlock, descriptor_fork_child, descriptor_vfork_enter, descriptor_vfork_leave},
	{.child = fault_fork_child, .vfork_enter = fault_vfork_enter},
	{.child = promote_fork_child},
	{.lock = ranges_fork_lock, .unlock = ranges_fork_unlock},
	{.lock = epoll_fork_lock, .unlock = epoll_fork_unlock},
	{.lock = stream_fork_lock, .unlock = stream_fork_unlock},
	{.lock = spawn_fork_lock, .unlock = spawn_fork_unlock},
};
const size_t fork_hooks_count = sizeof(fork_hooks) / sizeof(fork_hooks[0]);
