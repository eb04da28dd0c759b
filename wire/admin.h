/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin.h: what a command that looks into a running server sends to it: one request on a connection of its own, to
 * the server's socket, after a struct wire_hello of kind WIRE_ADMIN and its welcome (wire.h).
 *
 * Each message is one line of text without its newline, at most ADMIN_LINE_MAX bytes, its fields separated by tabs;
 * no field has a tab or another control character.  Sizes are bytes, in decimal.
 *
 *   command -> server   show KIND ID          KIND: project (ID a name or number), zone (likewise), process (a pid),
 *                                             or all, with an empty ID
 *                       change VERB KIND ID CONTROL PRIVILEGE VALUE ENABLE DISABLE
 *                                             VERB: set, replace, delete, action.  PRIVILEGE, VALUE: as people write
 *                                             them, empty when they were not given; ENABLE, DISABLE: actions with
 *                                             commas between them
 *                       kstat                 every named statistic
 *                       task PROJECT          the asking process, whatever program it executes next, begins in it
 *                       move PID PROJECT      the process and what is charged to it change their project
 *
 *   server -> command   target KIND ID NAME CONTROL USED LIMIT REFUSALS
 *                                             KIND: as above, or server: what Linux lets it lock (RLIMIT_MEMLOCK)
 *                       value PRIVILEGE VALUE ACTIONS           of the target before it, ascending
 *                       most PID NAME BYTES dead|alive          likewise, if anybody holds any
 *                       refusal SECONDS CONTROL ID NAME REQUESTED USED LIMIT PID PROCESS PID NAME BYTES
 *                                             newest first; the last three: who held the most, PID 0: nobody
 *                       statistic MODULE INSTANCE NAME STATISTIC VALUE
 *                       end                   this was all, or the change is made
 *                       failed WHAT: WHY      instead of end
 *
 * Everybody may look; the server's own user and root hold the privilege to set limits; others may set basic values of
 * their own processes.
 */
#ifndef WIRE_ADMIN_H
#define WIRE_ADMIN_H

#define ADMIN_LINE_MAX 1024u

#endif
