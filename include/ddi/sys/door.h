/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/door.h>: doors: calls of processes. */
#ifndef _SYS_DOOR_H
#define _SYS_DOOR_H

#include <sys/types.h>

typedef unsigned int door_attr_t;
typedef struct __door_handle *door_handle_t;
typedef unsigned long long door_id_t;

typedef struct door_desc {
	door_attr_t d_attributes;
	union {
		struct {
			int d_descriptor;
			door_id_t d_id;
		} __attribute__((packed, aligned(4))) d_desc;
		door_handle_t d_handle;
		int d_resv[5];
	} __attribute__((packed, aligned(4))) d_data;
} __attribute__((packed, aligned(4))) door_desc_t;

typedef struct door_arg {
	char *data_ptr;
	size_t data_size;
	door_desc_t *desc_ptr;
	uint_t desc_num;
	char *rbuf;
	size_t rsize;
} door_arg_t;

/* Not provided: what they are about is not simulated. */
void door_ki_hold(door_handle_t) SUNDOG_ABSENT(door_ki_hold);
door_handle_t door_ki_lookup(int) SUNDOG_ABSENT(door_ki_lookup);
void door_ki_rele(door_handle_t) SUNDOG_ABSENT(door_ki_rele);
int door_ki_upcall(door_handle_t, door_arg_t *) SUNDOG_ABSENT(door_ki_upcall);

/* What comes along with it. */
#include <sys/vnode.h>

#endif
