# SPDX-License-Identifier: BSD-2-Clause
"""An application that ends, or has used something up, troubles itself: nobody else waits for it, and nothing falls over."""

import pytest

from harness import LONG, NOBODY, SLOW, have_m32

pytestmark = pytest.mark.usefixtures("engine")

ENDS = 2000 if LONG else 60
SOON = 3 * SLOW  # seconds: what must not be waited for is given up after ten


def ends(world, what, how, seed, model="64", wrap=()):
    server = world.server("ends", wrap=wrap)
    worst = server.exec(world.app("ends", model), "many", what, how, str(ENDS), str(seed), wrap=wrap,
                        timeout=(1500 if LONG else 150) * SLOW).quiet().out
    assert server.stop() == ""
    world.engines = world.engines or {world.engine}  # each may have ended before its first access
    assert float(worst) < SOON, f"the slowest call took {worst} s"
    print(f"slowest call {worst} s")


@pytest.mark.timeout((1600 if LONG else 200) * SLOW)
@pytest.mark.parametrize("how", ["kill", "exit", "exec"])
@pytest.mark.parametrize("what", ["map", "fault"])
def test_in_the_middle(world, what, how, seed):
    """... of an mmap, whose driver holds a mutex that devmap_unmap takes; of an access, with that mutex held."""
    ends(world, what, how, seed)


@pytest.mark.root
@pytest.mark.timeout((1600 if LONG else 200) * SLOW)
@pytest.mark.parametrize("what", ["map", "fault"])
def test_of_a_user(world, what, seed):
    ends(world, what, "kill", seed, wrap=NOBODY)


@pytest.mark.timeout((1600 if LONG else 200) * SLOW)
@pytest.mark.parametrize("what", ["map", "fault"])
def test_of_32_bits(world, what, seed, m32):
    ends(world, what, "exit", seed, model=m32)


@pytest.mark.skipif(SLOW > 1, reason="takes too long with a sanitizer")
@pytest.mark.timeout(300 * SLOW)
def test_without_mappings(world):
    """It maps until vm.max_map_count is reached: ENOMEM, and no panic for what had been set up by then."""
    server = world.server("ends")
    server.exec(world.app("ends"), "mappings", timeout=250).quiet()
    server.exec(world.app("ends"), "leader", "before").quiet()
    assert server.stop() == ""


@pytest.mark.parametrize("when", ["before", "after"])
def test_first_thread(world, when, model):
    """pthread_exit(3) in main(): copies, locks, mappings and forks of the others work."""
    server = world.server("ends")
    server.exec(world.app("ends", model), "leader", when).quiet()
    assert server.stop() == ""


@pytest.mark.parametrize("what", ["open", "map", "lock", "fork"])
def test_without_descriptors(world, what, request):
    """EMFILE, or what else says so; nothing waits, and all works when there are some again."""
    server = world.server("ends")
    for model in ["64", "32"] if have_m32() else ["64"]:
        server.exec(world.app("ends", model), "full", what).quiet()
    assert server.stop() == ""


def test_negative_offsets(world):
    """They reach devmap(9E), and none of our own drivers takes them for an index."""
    nodes = {"pin": "pin0", "ctx": "ctx", "tdrv": "tdrv", "gate": "gate", "stress": "stress", "waits": "waits",
             "segdrv": "segdrv", "lockdrv": "lockdrv", "oldmap": "oldmap", "oddmap": "oddmap"}
    server = world.server("ends", *nodes)
    server.exec(world.app("ends"), "leader", "before").quiet()
    server.exec(world.app("ends"), "negative", *[f"/dev/{node}" for node in nodes.values()]).quiet()
    assert server.stop() == ""


@pytest.mark.timeout(200 * SLOW)
@pytest.mark.parametrize("wrap", [(), pytest.param(NOBODY, marks=pytest.mark.root)], ids=["root", "user"])
def test_scattered_locks(world, wrap):
    """Pages that a driver has had an address of, here and there, are not a mapping each for ever."""
    server = world.server("ends", wrap=wrap)
    server.exec(world.app("ends"), "scattered", "2000" if SLOW == 1 else "300", "2", wrap=wrap, timeout=150 * SLOW).quiet()
    server.exec(world.app("ends"), "scattered", "200", "9", wrap=wrap, timeout=150 * SLOW).quiet()
    server.exec(world.app("ends"), "leader", "before", wrap=wrap).quiet()
    assert server.stop() == ""
