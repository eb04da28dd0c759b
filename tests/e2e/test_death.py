# SPDX-License-Identifier: BSD-2-Clause
"""Random deaths: of an application, of the whole command, of the server.  Nothing may be left behind."""

import os
import random
import signal
import subprocess
import time

import pytest

from harness import LONG, NOBODY, SLOW, SUNDOG, processes, stacks

SEEDS = 20000 if LONG else 2000
COMMANDS = SEEDS // 20   # of these seeds kill a whole command ...
ACCESSES = SEEDS // 4    # ... more, whose accesses drivers see
SERVERS = SEEDS // 20    # ... and as many a server


@pytest.mark.timeout((3000 if LONG else 400) * SLOW)
def test_applications(world, seed):
    """All in one server, which must come out of it as it was."""
    server = world.server("tdrv")
    app = world.app("death")
    server.exec(app, "many", str(seed), "20").quiet()
    before = server.use()
    count = SEEDS - COMMANDS - SERVERS
    server.exec(app, "many", str(seed + 20), str(count), timeout=(2900 if LONG else 300) * SLOW).quiet()
    server.settle(before)
    assert server.exec(world.app("tapp"), "stats").quiet().out == "clones 0 mappings 0 sleepers 0 open 1\n"
    assert server.stop() == ""


@pytest.mark.timeout((3000 if LONG else 400) * SLOW)
def test_applications_with_accesses(world, seed, engine):
    """The same with contexts, duels and locks whose accesses the drivers see."""
    server = world.server("tdrv", "stress", "waits", "gate")
    app = world.app("death")
    server.exec(app, "many", str(seed), "20", "accesses").quiet()
    before = server.use()
    server.exec(app, "many", str(seed + 20), str(ACCESSES), "accesses", timeout=(2900 if LONG else 300) * SLOW).quiet()
    server.settle(before)
    assert server.stop() == ""
    print(f"engine {engine}: {ACCESSES} deaths")


@pytest.mark.root
def test_applications_of_a_user(world, seed):
    server = world.server("tdrv", wrap=NOBODY)
    app = world.app("death")
    server.exec(app, "many", str(seed), "100", wrap=NOBODY, timeout=100 * SLOW).quiet()
    assert server.stop() == ""


@pytest.mark.timeout(300 * SLOW)
def test_applications_of_32_bits(world, model, seed):
    server = world.server("tdrv")
    server.exec(world.app("death", model), "many", str(seed), "100", timeout=250 * SLOW).quiet()
    assert server.stop() == ""


def all_gone(world, why):
    end = time.monotonic() + 20 * SLOW
    while processes(world.mark):
        if time.monotonic() > end:
            raise AssertionError(f"{why}: still there:\n" + stacks(world.mark))
        time.sleep(0.002)


def run_victim(world, seed):
    drivers = [arg for name in ("tdrv", "stress", "waits", "gate") for arg in ("-d", world.driver(name))]
    accesses = ["accesses"] if seed % 2 else []  # else none of what drivers see comes into it
    child = world.popen([SUNDOG, "run", *drivers, "--", world.app("death"), "victim", str(seed), *accesses],
                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout.readline() == b"ready\n", child.stderr.read().decode()
    return child


def pause(rng):
    """A random moment, not a synchronisation."""
    time.sleep(rng.random() * 0.01)


@pytest.mark.timeout((3000 if LONG else 300) * SLOW)
def test_commands(world, seed):
    """SIGKILL for `sundog run` itself, or for it and the command at once."""
    for s in range(seed, seed + COMMANDS):
        rng = random.Random(s)
        child = run_victim(world, s)
        pause(rng)
        if rng.random() < 0.5:
            child.kill()
        else:
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        all_gone(world, f"seed {s}: the command was killed")
        world.children.remove(child)


@pytest.mark.timeout((3000 if LONG else 300) * SLOW)
def test_servers(world, seed):
    """The victims get errors, and `sundog run` says what happened and ends."""
    for s in range(seed, seed + SERVERS):
        rng = random.Random(s)
        child = run_victim(world, s)
        pid = world.server_pid()
        pause(rng)
        os.kill(pid, signal.SIGKILL)
        try:
            _, err = child.communicate(timeout=20 * SLOW)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"seed {s}: the server was killed:\n" + stacks(world.mark)) from None
        assert child.returncode == 125, f"seed {s}: status {child.returncode}\n{err.decode()}"
        assert b"sundog: " in err, f"seed {s}: {err.decode()}"
        all_gone(world, f"seed {s}: the server was killed")
        world.children.remove(child)
