# SPDX-License-Identifier: BSD-2-Clause
"""Memory that is shared with a driver, and forks: the child has what was there at the fork, and parent and driver go on."""

import os
import signal
import subprocess

import pytest

from harness import LONG, NOBODY, SLOW, TIMEOUT
from locked import agents_killed, locked_run, wraps


def splits(world, part, model="64", **kw):
    locked_run(world, "splits", part, model, timeout=(600 if LONG else 60) * SLOW, **kw)


TIMES = "2000" if LONG else "60"
FORK = ["exact held", "exact free", f"promoting {TIMES}", f"promoting {TIMES} 3", f"handlers {TIMES}", f"driving {TIMES}", f"driving {TIMES} 3",
        f"talking {TIMES}", f"talking {TIMES} 2", "parent 20"]


@pytest.mark.timeout((700 if LONG else 100) * SLOW)
@pytest.mark.parametrize("part", FORK)
def test_a_child_has_what_was_there_at_the_fork(world, engine, part):
    splits(world, part)


@pytest.mark.timeout((700 if LONG else 100) * SLOW)
@pytest.mark.parametrize("part", FORK)
def test_a_child_has_what_was_there_at_the_fork_32(world, m32, part):
    splits(world, part, m32)


@pytest.mark.root
@pytest.mark.timeout((700 if LONG else 100) * SLOW)
@pytest.mark.parametrize("who", ["nobody", "nobody-nouffd"])
@pytest.mark.parametrize("part", FORK)
def test_a_child_has_what_was_there_at_the_fork_unprivileged(world, who, part):
    splits(world, part, wrap=wraps(world, who))


@pytest.mark.root
def test_a_fork_that_linux_refuses_changes_nothing(world):
    splits(world, "refused", wrap=NOBODY)


def begin(server, world, *argv):
    return server.popen(world.app("splits"), *argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_the_agent_is_killed(world, engine):
    server = world.server("lockdrv")
    agents_killed(server, begin(server, world, "driving", "60", "2"))


def test_killed_while_it_forks(world, engine, seed):
    """Killed at any instant: the server comes out of it as it was."""
    server = world.server("lockdrv")
    server.exec(world.app("splits"), "driving", "3", "2").ok()
    before = server.use()
    for i in range(100 if LONG else 10):
        child = begin(server, world, "driving", "100000", "2")
        assert child.stdout.readline() == b"begun\n"
        for _ in range((seed + i * 7919) % 500):  # some time later, by the scheduler's choice
            os.sched_yield()
        os.killpg(child.pid, signal.SIGKILL)
        child.wait(TIMEOUT)
    server.settle(before)
    server.stop()


@pytest.mark.timeout((700 if LONG else 100) * SLOW)
@pytest.mark.parametrize("held", ["", "held"])
def test_forks_without_end_32(world, m32, held):
    """More of them than one file has places for the memory of a 32-bit program."""
    splits(world, f"many 4200 {held}", m32)


@pytest.mark.parametrize("held", ["", "held"])
def test_what_a_child_has_never_touched_stays_zero(world, engine, held):
    splits(world, f"holes {held}")


SLEEP = ["join", "semaphore", "semaphore-timed", "mutex", "condition"]
WHEN = ["shared", "private", "fork"]


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("what", SLEEP)
def test_a_thread_that_sleeps_on_a_futex_there_is_woken(world, engine, what, when):
    splits(world, f"sleepers {what} {when}")


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("what", SLEEP)
def test_a_thread_that_sleeps_on_a_futex_there_is_woken_32(world, m32, what, when):
    splits(world, f"sleepers {what} {when}", m32)


def test_a_program_of_one_thread_that_sleeps_there_is_woken_by_another_one(world, engine):
    splits(world, "alone")


DREAMS = "dreams " + ("30000" if LONG else "1000")


@pytest.mark.timeout((700 if LONG else 100) * SLOW)
def test_a_sleeper_whose_own_stack_is_shared(world, engine):
    splits(world, DREAMS)


@pytest.mark.root
@pytest.mark.timeout((700 if LONG else 100) * SLOW)
@pytest.mark.parametrize("who", ["nobody", "nobody-nouffd"])
def test_a_sleeper_whose_own_stack_is_shared_unprivileged(world, who):
    splits(world, DREAMS, wrap=wraps(world, who))
