/* SPDX-License-Identifier: BSD-2-Clause */
/* rec_fork PART: fork, vfork, posix_spawn, by section 9 of the specification. */
#include "rec.h"

static char *p; /* the part's mapping */

static void nothing(void *arg)
{
}

static pid_t known_child(void (*fn)(void *), void *arg)
{
	pid_t pid = child_runs(fn, arg);

	name_process(pid, "child");
	return pid;
}

/* ---- dup ---- */

PART(fork_dups_every_handle_in_address_order_in_the_parents_context)
{
	LAYOUT(PIECE(3, REC_A, 0), PIECE(5, REC_B, 0));
	p = map_pages(8, RW);
	char *q = map_from(1, 1, RW);
	CHECK(q > p || munmap(q, PAGE) == 0);
	forget_events();
	reap(known_child(nothing, NULL));
	if (q > p)
		EXPECT("dup h1 d1 to h4 d4\ndup h2 d2 to h5 d5\ndup h3 d3 to h6 d6\n"
		       "unmap h4 d4 off 0 len 3 before - after - by child\nunmap h5 d5 off 3 len 5 before - after - by child\n"
		       "unmap h6 d6 off 1 len 1 before - after - by child\n");
	else
		EXPECT("dup h1 d1 to h4 d4\ndup h2 d2 to h5 d5\nunmap h4 d4 off 0 len 3 before - after - by child\n"
		       "unmap h5 d5 off 3 len 5 before - after - by child\n");
}

static void touches_all(void *arg)
{
	for (unsigned i = 0; i < 3; i++)
		CHECK(*word(p, i) == (int)i + 1);
}

PART(fork_child_has_no_translations)
{
	p = map_pages(3, RW);
	for (unsigned i = 0; i < 3; i++)
		*word(p, i) = (int)i + 1;
	forget_events();
	pid_t child = known_child(touches_all, NULL);
	reap(child);
	EXPECT("dup h1 d1 to h2 d2\naccess h2 d2 off 0 len 1 type 0 rw 1 by child\n"
	       "access h2 d2 off 1 len 1 type 0 rw 1 by child\naccess h2 d2 off 2 len 1 type 0 rw 1 by child\n"
	       "unmap h2 d2 off 0 len 3 before - after - by child\n");
	touches_all(NULL); /* and the parent still has its own */
	EXPECT("");
}

PART(fork_without_dup_inherits_the_private_data)
{
	LAYOUT({3, REC_A, 0, ALLOW_REMAP, REC_CB_MAP | REC_CB_ACCESS, PROT_ALL});
	p = map_pages(3, RW);
	poke(0, 1), poke(1, 2), poke(2, 3);
	forget_events();
	reap(known_child(touches_all, NULL));
	EXPECT("access h2 d1 off 0 len 1 type 0 rw 1 by child\naccess h2 d1 off 1 len 1 type 0 rw 1 by child\n"
	       "access h2 d1 off 2 len 1 type 0 rw 1 by child\n");
}

/* The report of what stays behind when dup is refused: nothing but the parent's own. */
static void refused(int result, int error)
{
	LAYOUT(PIECE(2, REC_A, 0), PIECE(3, REC_B, 0), PIECE(3, REC_A, 5));
	p = map_pages(8, RW);
	*word(p, 0) = 5;
	forget_events();
	rule(REC_DUP, 5, REC_RETURN, result);
	CHECK_ERRNO(fork(), error);
	EXPECT("dup h1 d1 to h4 d4\ndup h2 d2 to h5 d5\ndup h3 d3 to h6 d6\n"
	       "unmap h4 d4 off 0 len 2 before - after - foreign\nunmap h5 d5 off 2 len 3 before - after - foreign\n");
	CHECK(ioctl(dev, REC_HANDLES) == 3 && *word(p, 0) == 5);
	EXPECT("");
	no_rules();
	reap(child_runs(nothing, NULL));
}

PART(fork_dup_ENOMEM_is_ENOMEM)
{
	refused(ENOMEM, ENOMEM);
}

PART(fork_dup_other_error_is_EAGAIN)
{
	refused(EIO, EAGAIN);
}

PART(fork_dup_minus_1_is_EAGAIN)
{
	refused(-1, EAGAIN);
}

static void protections(void *arg)
{
	CHECK(touch(p, WRITE_IT) == 0 && touch(p + PAGE, READ_IT) == 0 && touch(p + 3 * PAGE, WRITE_IT) == 0);
	CHECK_SIGNAL(p + PAGE, WRITE_IT, SIGSEGV, SEGV_ACCERR, 0);
	CHECK_SIGNAL(p + 2 * PAGE, READ_IT, SIGSEGV, SEGV_ACCERR, 0);
}

PART(fork_inherits_protections_per_page)
{
	p = map_pages(4, RW);
	CHECK(mprotect(p + PAGE, PAGE, PROT_READ) == 0 && mprotect(p + 2 * PAGE, PAGE, PROT_NONE) == 0);
	reap(child_runs(protections, NULL));
}

static void finds_nothing(void *arg)
{
	CHECK_SIGNAL(p + 4, READ_IT, SIGBUS, BUS_OBJERR, 5); /* what devmap_load said, FC_NOMAP, passed on */
}

PART(fork_child_is_invalidated_inside_its_dup)
{
	p = map_pages(4, RW);
	*word(p, 0) = 8;
	rule(REC_DUP, REC_ANY, REC_INVALIDATE, 0);
	reap(child_runs(finds_nothing, NULL));
	CHECK(*word(p, 0) == 8);
}

static void cuts_and_forks(void *arg)
{
	CHECK(munmap(p + PAGE, PAGE) == 0);
	reap(child_runs(nothing, NULL));
	CHECK(*word(p, 2) == 3);
}

PART(fork_of_a_child_that_has_cut_its_mapping)
{
	p = map_pages(3, RW);
	poke(2, 3);
	forget_events();
	record(REC_BIT(REC_DUP));
	reap(known_child(cuts_and_forks, NULL));
	EXPECT("dup h1 d1 to h2 d2\ndup h2 d3 to h4 d5 by child\ndup h3 d4 to h5 d6 by child\n");
	CHECK(ioctl(dev, REC_HANDLES) == 1 && *word(p, 1) == 0);
}

/* ---- fork and accesses ---- */

static void *toucher(void *at)
{
	return (void *)(intptr_t)touch(at, WRITE_IT);
}

static void *forker(void *arg)
{
	will_sleep();
	reap(child_runs(nothing, NULL));
	return NULL;
}

PART(fork_waits_for_an_access_in_progress)
{
	pthread_t forks, touches;
	void *result;

	p = map_pages(2, RW);
	forget_events();
	record(REC_BIT(REC_ACCESS) | REC_BIT(REC_GO) | REC_BIT(REC_DUP));
	rule(REC_ACCESS, 1, REC_WAIT_DEAF, 0);
	CHECK(pthread_create(&touches, NULL, toucher, p + PAGE) == 0);
	wait_for_waiters(1);
	CHECK(pthread_create(&forks, NULL, forker, NULL) == 0);
	wait_until_asleep();
	release();
	CHECK(pthread_join(forks, &result) == 0 && pthread_join(touches, &result) == 0 && result == NULL);
	EXPECT("access h1 d1 off 1 len 1 type 0 rw 2\ngo\ndup h1 d1 to h2 d2\n");
}

static atomic_bool stop;

static void *faults(void *arg)
{
	volatile int *mine = arg;

	for (int i = 1; !stop; i++) {
		*mine = i;
		CHECK(*mine == i);
	}
	return NULL;
}

static void *unloads(void *arg)
{
	while (!stop)
		CHECK(ioctl(dev, REC_UNLOAD_ALL) >= 1);
	return NULL;
}

static void touches_its_copy(void *arg)
{
	for (unsigned i = 4; i < 8; i++)
		CHECK(*word(p, i) == (int)i && touch(p + i * PAGE + 8, WRITE_IT) == 0);
	CHECK(munmap(p + 5 * PAGE, PAGE) == 0);
}

PART(threads_call_fork_while_others_fault)
{
	pthread_t threads[4];

	record(0);
	p = map_pages(8, RW);
	for (unsigned i = 4; i < 8; i++)
		*word(p, i) = (int)i;
	CHECK(pthread_create(&threads[0], NULL, faults, p) == 0);
	CHECK(pthread_create(&threads[1], NULL, faults, p + PAGE) == 0);
	CHECK(pthread_create(&threads[2], NULL, faults, p + PAGE + 64) == 0);
	CHECK(pthread_create(&threads[3], NULL, unloads, NULL) == 0);
	for (int i = 0; i < 20; i++)
		reap(child_runs(touches_its_copy, NULL));
	stop = true;
	for (int i = 0; i < 4; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	CHECK(ioctl(dev, REC_HANDLES) == 1);
}

/* ---- the parent's address space, used by somebody else ---- */

PART(vfork_makes_no_dup_and_unmaps_nothing)
{
	p = map_pages(4, RW);
	*word(p, 0) = 5;
	forget_events();
	pid_t child = vfork();
	if (child == 0)
		_exit(0);
	reap(child);
	child = vfork();
	if (child == 0) {
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	reap(child);
	EXPECT("");
	CHECK(ioctl(dev, REC_HANDLES) == 1 && *word(p, 0) == 5);
}

PART(posix_spawn_makes_no_dup_and_unmaps_nothing)
{
	char *argv[] = {(char *)"true", NULL};
	pid_t child;

	p = map_pages(4, RW);
	*word(p, 0) = 5;
	forget_events();
	CHECK(posix_spawn(&child, "/bin/true", NULL, NULL, argv, environ) == 0);
	reap(child);
	EXPECT("");
	CHECK(ioctl(dev, REC_HANDLES) == 1 && *word(p, 0) == 5);
}

PART(vfork_child_touches_its_parents_mapping)
{
	p = map_pages(4, RW);
	poke(1, 6);
	forget_events();
	pid_t child = vfork();
	if (child == 0) {
		*word(p, 2) = *word(p, 1) + 1;
		_exit(0);
	}
	reap(child);
	CHECK(peek(2) == 7 && *word(p, 2) == 7);
	EXPECT("access h1 d1 off 1 len 1 type 0 rw 1\naccess h1 d1 off 2 len 1 type 0 rw 2\n");
}

static void vforks(void *arg)
{
	pid_t child = vfork();

	if (child == 0) {
		*word(p, 2) = *word(p, 1) + 1;
		_exit(0);
	}
	reap(child);
	CHECK(peek(2) == 7 && *word(p, 2) == 7);
}

PART(vfork_child_of_a_fork_child_that_has_touched_nothing)
{
	p = map_pages(4, RW);
	poke(1, 6);
	reap(child_runs(vforks, NULL));
}

static void *vfork_thread(void *arg)
{
	vforks(arg);
	return NULL;
}

PART(vfork_child_of_a_thread_that_has_called_nothing)
{
	pthread_t thread;

	p = map_pages(4, RW);
	poke(1, 6);
	CHECK(pthread_create(&thread, NULL, vfork_thread, NULL) == 0 && pthread_join(thread, NULL) == 0);
}

PART(vfork_child_whose_access_fails_gets_the_signal)
{
	int status;

	p = map_pages(4, RW);
	rule(REC_ACCESS, 1, REC_RETURN, EIO);
	CHECK(signal(SIGBUS, SIG_DFL) != SIG_ERR);
	pid_t child = vfork();
	if (child == 0) {
		(void)*word(p, 1);
		_exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	CHECK(touch(p, WRITE_IT) == 0);
}

int main(int argc, char **argv)
{
	return rec_main(argc, argv);
}
