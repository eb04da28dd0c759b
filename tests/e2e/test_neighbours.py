# SPDX-License-Identifier: BSD-2-Clause
"""The library lives in other people's processes: what other code there does at bad moments."""

import pytest


@pytest.mark.parametrize("part", ["siginterrupt", "siginterrupt after", "siginterrupt sigset"])
def test_signal_functions_of_other_times_interrupt_calls(world, model, part):
    world.sundog_run("tdrv", world.app("neighbours", model), *part.split()).quiet()


@pytest.mark.parametrize("part", ["epoll-again", "epoll-time64", "number-of-libc", "bad-select"])
def test_numbers_change_hands(world, model, part):
    world.sundog_run("tdrv", world.app("neighbours", model), part).quiet()


@pytest.mark.parametrize("part", ["no-numbers-first", "no-environment"])
def test_first_use_at_a_bad_moment(world, model, part):
    world.sundog_run("tdrv", world.app("neighbours", model), part).quiet()
