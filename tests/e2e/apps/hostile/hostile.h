/* SPDX-License-Identifier: BSD-2-Clause */
/* hostile.h: what the parts of hostile share: connections that they make themselves. */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "app.h"
#include "lockdrv.h"

#include "wire/channel.h"
#include "wire/address.h"
#include "wire/wire.h"

extern uint64_t rng_state;
/* Below that number, which is not 0. */
uint32_t rng(uint32_t below);
/* Edges of numbers half of the time. */
uint64_t rng64(void);

/* A connection, or -1: nobody has time for it. */
int dial(void);
/* Sends bytes with descriptors and, with cred, credentials. */
bool say(int fd, const void *bytes, size_t len, const int *fds, unsigned nfds, bool cred);
extern struct wire_image image; /* that we say we are */
struct wire_hello hello_for(uint32_t kind);
/* The descriptor of the welcome, or -1. */
int hear_welcome(int fd, struct wire_welcome *w);

extern int process_fd;
extern uint64_t first_dev, public_dev; /* of the first node, and of the first one that anybody may open */
/* A process connection that the server accepts. */
void process_open(void);

/* A thread's connection, with its channel. */
struct line {
	struct channel ch;
	int socket, memory;
};
bool line_open(struct line *l);
void line_close(struct line *l);
/* One call; its steps are answered with an error.  The error of the reply, or -1: nothing came. */
int call(struct line *l, struct wire_message *m, const int *fds);

#endif
