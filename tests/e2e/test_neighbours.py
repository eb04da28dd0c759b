# SPDX-License-Identifier: BSD-2-Clause
"""The library lives in other people's processes: what other code there does at bad moments."""

import pytest


@pytest.mark.parametrize("part", ["siginterrupt", "siginterrupt after", "siginterrupt sigset"])
def test_signal_functions_of_other_times_interrupt_calls(world, model, part):
    world.sundog_run("tdrv", world.app("neighbours", model), *part.split()).quiet()


@pytest.mark.parametrize("part", ["epoll-again", "epoll-time64", "number-of-libc", "bad-select", "lowest-number", "proc"])
def test_numbers_change_hands(world, model, part):
    world.sundog_run("tdrv", world.app("neighbours", model), part).quiet()


@pytest.mark.parametrize("part", ["no-numbers-first", "no-environment"])
def test_first_use_at_a_bad_moment(world, model, part):
    world.sundog_run("tdrv", world.app("neighbours", model), part).quiet()


@pytest.mark.parametrize("part", ["cancel-first", "cancel-calls", "cancel-read", "cancel-read handler"])
def test_cancellation(world, model, part):
    world.sundog_run("tdrv", world.app("neighbours", model), *part.split()).quiet()


@pytest.mark.parametrize("part", ["raw-fork", "raw-fork calls", "fork-in-handler", "fork-in-handler restart"])
def test_forks_of_other_kinds(world, model, part):
    world.sundog_run("tdrv", world.app("neighbours", model), *part.split()).quiet()


def test_application_takes_the_numbers_of_the_library(world, model):
    world.sundog_run("tdrv", world.app("neighbours", model), "takes-numbers").quiet()


@pytest.mark.parametrize("part", ["sigsuspend", "ppoll", "pselect", "epoll_pwait"])
def test_handler_touches_memory_while_all_else_is_blocked(world, engine, model, part):
    world.sundog_run("gate", world.app("masks", model), part).quiet()


@pytest.mark.parametrize("part", ["cancelled", "jumped", "jumped restart", "other", "other restart"])
def test_reader_who_has_gone_takes_nothing(world, model, part):
    world.sundog_run("tdrv", world.app("neighbours", model), "gone-reader", *part.split()).quiet()


def test_lengths_that_do_not_fit(world, model):
    world.sundog_run("tdrv", world.app("neighbours", model), "lengths").quiet()


@pytest.mark.parametrize("part", [range(8, 40, 4), range(40, 80, 4)], ids=["8-40", "40-80"])
def test_little_address_space(world, model, part):
    app, server = world.app("masks", model), world.server("gate")
    for megabytes in part:
        r = server.exec(app, "memory", str(megabytes))
        # the dynamic linker may not find the room either
        assert r.status == 0 or "cannot map" in r.err or "cannot allocate" in r.err.lower(), f"{megabytes} MiB: {r}"
    assert server.stop() == ""


@pytest.mark.root
@pytest.mark.needs("unshare", "util-linux")
@pytest.mark.parametrize("spaces", ["-U", "-Umpf --mount-proc", "-pf --mount-proc", "-Urpf --mount-proc"])
def test_namespaces_of_its_own(world, spaces):
    world.sundog_run("tdrv", "unshare", *spaces.split(), world.app("neighbours"), "gone-reader", "jumped").quiet()
    world.sundog_run("gate", "unshare", *spaces.split(), world.app("masks"), "sigsuspend").quiet()


@pytest.mark.parametrize("who", ["", "epoll", "processes"])
def test_two_wait_for_one_open(world, model, who):
    world.sundog_run("tdrv", world.app("neighbours", model), "two-wait", *who.split()).quiet()
