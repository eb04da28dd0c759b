# SPDX-License-Identifier: BSD-2-Clause
"""Several modules in one system: whose functions they call, and in which order they come and go."""

import os

import pytest


def also(world, *names):
    return [word for name in names for word in ("-d", world.driver(name))]


@pytest.mark.parametrize("order", [("registry", "guest-a", "guest-b"), ("guest-b", "guest-a", "registry"),
                                   ("guest-a", "registry", "guest-b")])
def test_a_module_comes_before_its_callers_and_goes_after_them(world, order):
    """registry's _fini refuses while anybody is registered: nothing is said if the order is right."""
    r = world.sundog_run(order[-1], "true", options=also(world, *order[:-1])).ok()
    said = r.err.splitlines()
    assert [line[:-len("is number 1")] for line in sorted(said)] == [f"NOTICE: registry: guest-{g} " for g in "ab"], str(r)
    assert [int(line[-1]) for line in said] == [1, 2], str(r)


def test_a_module_alone(world):
    world.sundog_run("registry", "true").quiet()


def test_a_caller_alone(world):
    r = world.sundog_run("guest-a", "true").ok(125)
    assert r.err.count("\n") == 1 and r.err.endswith(" (it depends on misc/registry: -d)\n"), str(r)
    assert "calls functions that sundog does not provide: registry_" in r.err and "registry_add" in r.err, str(r)


def test_a_caller_in_a_server(world):
    server = world.server("guest-a", "registry")
    server.exec("test", "-e", "/dev/guest-a").ok()
    server.stop()


def test_modules_that_need_each_other(world):
    r = world.sundog_run("circle-a", "true", options=also(world, "registry", "circle-b")).ok(125)
    assert r.err.count("\n") == 1 and r.err.endswith(": none of them can be loaded first\n"), str(r)
    for word in ("circle_a of", "circle_b of", "circle-a/circle-a.so", "circle-b/circle-b.so"):
        assert word in r.err, str(r)


def test_two_modules_of_one_function(world):
    twin = os.path.join(os.path.dirname(world.driver("registry")), "..", "registry-twin", "registry.so")
    world.driver("registry-twin")
    r = world.sundog_run("guest-a", "true", options=also(world, "registry") + ["-d", twin]).ok(125)
    assert r.err.count("\n") == 1 and ": calls registry_" in r.err and ", which both " in r.err, str(r)
