# SPDX-License-Identifier: BSD-2-Clause
"""Memory that is shared with a driver, and forks: the child has what was there at the fork, and parent and driver go on."""

import pytest

from harness import LONG, NOBODY, SLOW

FORKS = "forks while"  # a driver's mistake, which is reported; these programs mean it


def splits(world, part, model="64", **kw):
    timeout = (600 if LONG else 60) * SLOW
    r = world.sundog_run("lockdrv", world.app("splits", model), *part.split(), timeout=timeout, **kw).ok()
    assert [line for line in r.err.splitlines() if FORKS not in line] == [], str(r)


def wraps(world, who):
    return {"nobody": NOBODY, "nobody-nouffd": [*NOBODY, world.app("nouffd")]}[who]


FORK = ["exact held", "exact free", "promoting " + ("2000" if LONG else "60"), "driving " + ("2000" if LONG else "60")]


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


@pytest.mark.parametrize("how", ["device", "munmap", "mprotect"])
@pytest.mark.parametrize("late", ["", "late"])
def test_a_change_of_locked_memory_holds_nobody_up(world, engine, how, late):
    """The thread that is to unlock it forks and maps meanwhile."""
    splits(world, f"waits {how} {late}")


@pytest.mark.timeout((700 if LONG else 100) * SLOW)
def test_forks_without_end_32(world, m32):
    """More of them than one file has places for the memory of a 32-bit program."""
    splits(world, "many 4200", m32)


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
