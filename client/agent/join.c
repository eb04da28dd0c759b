/* SPDX-License-Identifier: BSD-2-Clause */
/* join.c: the agent's connection, on which the two sides first agree how accesses are intercepted. */
#define _GNU_SOURCE
#include "client/agent/agent.h"

#include <sys/mman.h>

#include "client/agent/fault.h"
#include "client/core/core.h"
#include "client/core/quiet.h"

/* A welcome without memory; its descriptor, if one comes, or -1. */
static int receive_answer(int fd, struct wire_welcome *w, int *with)
{
	bool lost;
	bool whole = connection_receive(fd, w, sizeof(*w), with, &lost);

	return !whole || w->magic != WIRE_MAGIC ? EIO : w->error ? w->error
						: lost           ? EMFILE
								 : 0;
}

/* How accesses are intercepted. */
static int agree(struct agent_means *m)
{
	struct wire_welcome w;
	int device;
	int error = receive_answer(m->socket, &w, &device);

	if (!error && w.size == WIRE_WANT_UFFD)
		error = uffd_offer(m->socket, device, &m->uffd);
	else if (!error && w.size == WIRE_WANT_KEEP)
		m->uffd = device;
	if (device >= 0 && device != m->uffd)
		quiet_close(device);
	if (error)
		return error;
	m->answer = connection_welcome(m->socket, PROT_READ | PROT_WRITE);
	if (m->answer == NULL)
		return errno;
	/* A fork child has an agent of its own, or none. */
	(void)REAL(madvise)(m->answer, sizeof(*m->answer), MADV_DONTFORK);
	error = receive_answer(m->socket, &w, &m->commands);
	return error ? error : m->commands < 0 ? EIO
					       : 0;
}

void agent_leave(struct agent_means *m)
{
	int fds[] = {m->socket, m->commands, m->uffd};

	for (int i = 0; i < 3; i++)
		if (fds[i] >= 0)
			quiet_close(fds[i]);
}

int agent_join(struct agent_means *m)
{
	*m = (struct agent_means){.socket = -1, .commands = -1, .uffd = -1};
	int error = connection_new(WIRE_AGENT, &m->socket, NULL);

	if (error)
		return error;
	error = agree(m);
	if (!error)
		return 0;
	if (m->answer)
		(void)REAL(munmap)(m->answer, sizeof(*m->answer));
	agent_leave(m);
	return error;
}
