/* SPDX-License-Identifier: BSD-2-Clause */
/* Strings of the kernel and of processes, and times of queues. */
#include <sys/kstat.h>
#include <sys/systm.h>

#include "card.h"

void check_strings_within(void)
{
	char to[8];
	size_t length = 99;

	VERIFY(copystr("abc", to, 8, &length) == 0 && length == 4 && strcmp(to, "abc") == 0);
	VERIFY(copystr("abc", to, 4, NULL) == 0);
	VERIFY(copystr("abcd", to, 4, &length) == ENAMETOOLONG && length == 4 && memcmp(to, "abcd", 4) == 0);
	VERIFY(copystr("", to, 1, &length) == 0 && length == 1);
	VERIFY(copystr("a", to, 0, &length) == ENAMETOOLONG && length == 0);
	/* a thread of the system's has no process */
	VERIFY(copyinstr("abc", to, 8, &length) == EFAULT && copyoutstr("abc", to, 8, &length) == EFAULT);
}

/* The process's memory holds text at its end, and there is nothing behind it. */
void check_strings_in(void)
{
	const char *text = "0123456789";
	char *end = (char *)card_memory + CARD_MEMORY, to[16];
	size_t length = 99;

	VERIFY0(copyout(text, end - 11, 11));
	VERIFY(copyinstr(end - 11, to, 16, &length) == 0 && length == 11 && strcmp(to, text) == 0);
	VERIFY(copyinstr(end - 11, to, 11, NULL) == 0);
	VERIFY(copyinstr(end - 11, to, 10, &length) == ENAMETOOLONG && length == 10);
	VERIFY(copyinstr(end - 11, to, 0, &length) == ENAMETOOLONG);
	VERIFY0(copyout(text, end - 10, 10)); /* no zero */
	length = 99;
	VERIFY(copyinstr(end - 10, to, 16, &length) == EFAULT && length == 99);
	VERIFY(copyinstr(end - 10, to, 10, &length) == ENAMETOOLONG && length == 10);
	VERIFY(copyinstr(end, to, 4, &length) == EFAULT && copyinstr(NULL, to, 4, &length) == EFAULT);
	/* across a page */
	VERIFY0(copyout(text, (char *)card_memory + PAGESIZE - 5, 11));
	VERIFY(copyinstr((char *)card_memory + PAGESIZE - 5, to, 16, &length) == 0 && length == 11 && strcmp(to, text) == 0);
	VERIFY0(copyout("", (char *)card_memory + PAGESIZE, 1));
	VERIFY(copyinstr((char *)card_memory + PAGESIZE - 5, to, 16, &length) == 0 && length == 6);
	VERIFY0(copyout("", (char *)card_memory + PAGESIZE - 1, 1));
	VERIFY(copyinstr((char *)card_memory + PAGESIZE - 5, to, 16, &length) == 0 && length == 5);
}

void check_strings_out(void)
{
	char *end = (char *)card_memory + CARD_MEMORY, back[16];
	size_t length = 99;

	VERIFY(copyoutstr("abc", end - 4, 4, &length) == 0 && length == 4);
	VERIFY(copyin(end - 4, back, 4) == 0 && strcmp(back, "abc") == 0);
	VERIFY(copyoutstr("abcd", end - 4, 4, &length) == ENAMETOOLONG && length == 4);
	length = 99;
	VERIFY(copyoutstr("abc", end - 3, 4, &length) == EFAULT && length == 99);
	VERIFY(copyoutstr("abc", (char *)card_constant, 4, &length) == EFAULT);
	VERIFY(copyoutstr("abc", NULL, 0, &length) == ENAMETOOLONG && length == 0);
}

/* ---- queues ---- */

static void pass_time(void)
{
	hrtime_t since = gethrtime();

	while (gethrtime() - since < 1000)
		;
}

void check_io_queues(void)
{
	kstat_io_t io = {0};
	hrtime_t busy;
	int told = warnings();

	kstat_waitq_enter(&io);
	VERIFY(io.wcnt == 1 && io.wtime == 0 && io.wlastupdate != 0); /* it was empty until now */
	pass_time();
	kstat_waitq_enter(&io);
	VERIFY(io.wcnt == 2 && io.wtime >= 1000 && io.wlentime == io.wtime);
	busy = io.wtime;
	pass_time();
	kstat_waitq_to_runq(&io);
	VERIFY(io.wcnt == 1 && io.rcnt == 1 && io.rtime == 0);
	VERIFY3S(io.wlentime - busy, ==, 2 * (io.wtime - busy)); /* two waited */
	VERIFY3S(io.wlastupdate, ==, io.rlastupdate);
	pass_time();
	kstat_runq_back_to_waitq(&io);
	VERIFY(io.wcnt == 2 && io.rcnt == 0 && io.rtime >= 1000 && io.rlentime == io.rtime);
	kstat_waitq_exit(&io);
	kstat_waitq_exit(&io);
	kstat_runq_enter(&io);
	busy = io.rtime;
	VERIFY3S(io.rlentime, ==, busy); /* an empty queue ages nothing */
	kstat_runq_exit(&io);
	VERIFY(io.wcnt == 0 && io.rcnt == 0 && warnings() == told);
	kstat_runq_exit(&io);
	VERIFY(io.rcnt == 0 && warnings() == told + 1 && strstr(last_warning(), "kstat_runq_exit: the queue is empty") != NULL);
	kstat_waitq_exit(&io);
	VERIFY3S(warnings(), ==, told + 2);
}
