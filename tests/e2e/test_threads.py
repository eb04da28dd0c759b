# SPDX-License-Identifier: BSD-2-Clause
"""Threads of one process and a forked child calling on the same open: every reply reaches its caller."""

import pytest

from harness import FLAVOUR, LONG, SLOW


@pytest.mark.timeout(300 * SLOW)
def test_every_reply_reaches_its_caller(world):
    calls = 1000000 if LONG or FLAVOUR == "plain" else 100000
    r = world.sundog_run("tdrv", world.app("threads"), str(calls), timeout=280 * SLOW).quiet()
    assert r.out == f"{calls}\n"


def test_every_reply_reaches_its_32_bit_caller(world, model):
    r = world.sundog_run("tdrv", world.app("threads", model), "20000", timeout=100 * SLOW).quiet()
    assert r.out == "20000\n"


def test_descriptors_change_hands(world, model):
    server = world.server("tdrv")
    server.exec(world.app("tapp"), "stats").quiet()
    before = server.use()
    r = server.exec(world.app("threads", model), "4000", "churn", timeout=100 * SLOW).quiet()
    assert r.out == "4000\n"
    assert server.exec(world.app("tapp"), "stats").quiet().out == "clones 0 mappings 0 sleepers 0 open 1\n"
    server.settle(before)
    assert server.stop() == ""
