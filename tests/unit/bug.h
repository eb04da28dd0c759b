/* SPDX-License-Identifier: BSD-2-Clause */
/* bug.h: a driver's bug ends the program, with a message that says what it was. */
#ifndef TESTS_UNIT_BUG_H
#define TESTS_UNIT_BUG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* In a child of its own: begin() makes a new system in place of the one it inherited, 0 if it can; then bug(). */
static inline void expect_bug(int (*begin)(void), void (*bug)(void), const char *text)
{
	char said[4096];
	size_t length = 0;
	ssize_t n;
	int ends[2], status;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		if (dup2(ends[1], 2) != 2 || begin() != 0)
			_exit(1);
		bug();
		_exit(0);
	}
	close(ends[1]);
	while (length < sizeof(said) - 1 && (n = read(ends[0], said + length, sizeof(said) - 1 - length)) > 0)
		length += (size_t)n;
	said[length] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (strstr(said, text) == NULL)
		fail_msg("\"%s\" is not in: %s", text, said);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
}

#endif
