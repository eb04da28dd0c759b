# SPDX-License-Identifier: BSD-2-Clause
"""Many accesses at once, for long: contexts, drivers that hold their mutex, waits, forks, deaths.

SUNDOG_LONG=1 runs all of it, otherwise a fiftieth; with a sanitizer a little of that."""

import pytest

from harness import FLAVOUR, LONG, SLOW

PART = 1 if LONG else 50
LIMIT = (2400 if LONG else 100) * SLOW  # seconds, only so that a hang is one


def share(whole):
    """Of what the issue asks for."""
    return max(whole // PART // (1 if FLAVOUR == "plain" or LONG else 4), 1)


@pytest.fixture
def stress(world, engine):
    def run(driver, *args, app=None):
        r = world.sundog_run(driver, app or world.app(driver), *map(str, args), timeout=LIMIT).quiet()
        print(f"engine {engine}: {' '.join(map(str, args))}: {r.out}", end="")
        return r
    return run


pytestmark = pytest.mark.timeout(LIMIT + 60)


@pytest.mark.parametrize("ticks,switches", [(0, 100000), (1, 2000), (10, 200)])
def test_at_most_one_process_has_the_context(stress, engine, ticks, switches):
    """No lost and no foreign update; the observer looks while the driver holds its mutex."""
    stress("stress", "switch", engine, 8, share(switches), ticks)


def test_duel_with_the_mutex_held(stress):
    """Two processes fault on each other's page; the driver unloads both and loads one, all under its mutex."""
    stress("stress", "duel", share(1000000))


def test_fork_storm(stress):
    """Children inherit contexts, touch, cut and die, while the parent switches between its own."""
    for _ in range(share(50)):
        stress("stress", "forks", 50)


def test_forks_while_other_threads_map_and_unmap(world, stress):
    """The child's mappings are the same here and in Linux."""
    stress("stress", "forks", share(5000), app=world.app("layout"))


def test_layout_changes_of_threads(world, stress):
    """... cuts, protections, MAP_FIXED over a mapping, and touches."""
    stress("stress", "threads", share(15000), app=world.app("layout"))


def test_pageable_memory_never_written(stress):
    """Its first touch, a read or a write, reaches devmap_access."""
    stress("stress", "pageable")


@pytest.mark.parametrize("restart", [[], ["restart"]], ids=["plain", "restart"])
def test_wait_ended_by_another_fault(stress, restart):
    """... and interrupted by signals on the way: no access is lost and none is served twice."""
    rounds = share(100000)
    stress("waits", "ball", rounds, rounds // 2, *restart)


def test_lock_made_of_accesses(stress):
    stress("waits", "lock", 8, share(20000))


def test_waiter_and_holder_are_killed(stress):
    stress("waits", "kills", share(3000))
