/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exec.c: a process that becomes a set-user-ID program while a child of its holds its connection, its channel and its open.
 * The child goes on in its name.
 *
 *	hostile exec-cred SEED PROGRAM    has its credentials read anew
 *	hostile exec-copy SEED PROGRAM    has the driver read the program's memory, at SECRET
 *	hostile exec-fork SEED PROGRAM    has a child of it made
 */
#include "hostile.h"

#define SECRET 0x400000u /* where a program that is not position-independent begins */

static struct line l;
static uint64_t open_id;
static char image_of_nothing[sizeof(struct tdrv_copy)];

/* TDRV_COPY reads a structure there, and refuses one without its magic number. */
static int copy_from(uint64_t from)
{
	struct wire_message m = {.op = WIRE_IOCTL, .a = open_id, .b = TDRV_COPY, .c = from};

	return call(&l, &m, NULL);
}

static void connect_and_open(void)
{
	struct wire_message m = {.op = WIRE_OPEN, .b = 3};

	process_open();
	CHECK(line_open(&l));
	m.a = public_dev;
	CHECK(call(&l, &m, NULL) == 0);
	open_id = m.a;
	CHECK(copy_from((uintptr_t)image_of_nothing) == EINVAL);
}

/* In the child: the program has begun when the pipe that closes on exec has ended. */
static void child_run(pid_t program, int pipe_end, const struct wire_message *what)
{
	struct wire_message m = *what;
	char byte;

	CHECK(read(pipe_end, &byte, 1) == 0);
	int error = m.op == WIRE_IOCTL ? copy_from(SECRET) : call(&l, &m, NULL);
	CHECK(error == EPERM || error == EFAULT || error == -1);
	/* It has been ended for that, whoever holds its connection. */
	m = (struct wire_message){.op = WIRE_SEEK, .a = open_id};
	while (error != -1)
		error = call(&l, &m, NULL);
	puts("refused");
	fflush(stdout);
	CHECK(kill(program, SIGKILL) == 0); /* its real user is still ours */
	_exit(0);
}

static void become(char *program, const struct wire_message *what)
{
	int ends[2];

	connect_and_open();
	CHECK(pipe2(ends, O_CLOEXEC) == 0);
	pid_t program_pid = getpid(), child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		close(ends[1]);
		child_run(program_pid, ends[0], what);
	}
	execl(program, program, NULL);
	CHECK(!"exec");
}

APP_PART("exec-cred", exec_cred)
{
	become(argv[argc - 1], &(struct wire_message){.op = WIRE_CRED});
}
APP_PART("exec-copy", exec_copy)
{
	become(argv[argc - 1], &(struct wire_message){.op = WIRE_IOCTL});
}
APP_PART("exec-fork", exec_fork)
{
	become(argv[argc - 1], &(struct wire_message){.op = WIRE_FORK});
}
