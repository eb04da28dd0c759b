# SPDX-License-Identifier: BSD-2-Clause
"""What a driver forgot is reported by kind, size and the function that allocated it; exit status 99."""

import pytest

LEAKS = {
    "leak-cookie": ("cookie", "12288", "leaky_alloc_cookie"),
    "leak-state": ("soft state", None, "leaky_alloc_state"),
    "leak-kmem": ("kmem", "1234", "leaky_alloc_kmem"),
}


@pytest.mark.parametrize("driver", LEAKS)
def test_leak(world, driver):
    kind, size, function = LEAKS[driver]
    r = world.sundog_run(driver, "true")
    assert r.status == 99, str(r)
    assert kind in r.err and "leaky" in r.err, str(r)
    for word in (size, function):
        assert word is None or word in r.err, str(r)
    assert all(line.startswith("sundog: ") for line in r.err.splitlines()), str(r)


def test_minor_nodes_that_detach_leaves(world):
    """They are removed for the driver, as it was used to: a note at -v, and no leak."""
    world.sundog_run("leak-node", "true").quiet()
    r = world.sundog_run("leak-node", "true", options=["-v"]).ok()
    assert "its detach(9E) has left the minor node" in r.err and "leak: " not in r.err, str(r)


def test_a_failed_command_keeps_its_status(world):
    r = world.sundog_run("leak-kmem", "sh", "-c", "exit 3")
    assert r.status == 3 and "leaky_alloc_kmem" in r.err, str(r)


def test_leak_of_a_driver_whose_attach_fails(world):
    """It is told by its name and function, although the driver never was there."""
    r = world.sundog_run("leak-attach", "true").ok(125)
    leak, refusal = r.err.splitlines()
    assert leak.startswith("sundog: leak: leak") and leak.endswith(": 1 kmem, 1234 bytes, by leaky_alloc_kmem"), str(r)
    assert refusal.endswith("attach of instance 0 failed: its probe(9E) or attach(9E) refused"), str(r)


def test_leak_in_a_server(world):
    server = world.server("leak-cookie")
    server.exec("true").quiet()
    assert "leaky_alloc_cookie" in server.stop(99)


def test_no_leak_nothing_said(world):
    world.sundog_run("tdrv", world.app("tapp"), "basic").quiet()


def test_verbose_says_something(world):
    r = world.sundog_run("tdrv", "true", options=["-v"]).ok()
    assert "sundog: /dev/tdrv is /devices/pseudo/tdrv@0:tdrv\n" in r.err, str(r)


def test_functions_that_never_return(world):
    """The end does not wait for them for ever: what still runs is told, and the code stays where it is."""
    r = world.sundog_run("stuck", "true").ok(99)
    assert sorted(r.err.splitlines()) == [
        "sundog: leak: stuck: 1 taskq, 0 bytes, by small_attach",
        "sundog: leak: stuck: 1 timeout that has not returned, 0 bytes, by stuck_timeout",
        "sundog: stuck: a task of task queue stuck has not returned",
        "sundog: stuck: a task of task queue system_taskq has not returned",
    ], str(r)
