# SPDX-License-Identifier: BSD-2-Clause
"""drivers/pin: a capture card fills an application's own memory while another process watches the same pages."""

import os
import signal
import subprocess

import pytest

from harness import BUILD, NOBODY, TIMEOUT, until

LIMIT = "project.max-locked-memory=(privileged,128K,deny)"


def pin(model="64"):
    return os.path.join(BUILD, "apps", "pin" if model == "64" else "pin32")


@pytest.mark.parametrize("model", ["64", "32"])
def test_capture_and_watch(world, engine, model):
    if not os.path.exists(pin(model)):
        pytest.skip("needs gcc-multilib")
    r = world.sundog_run("pin", pin(model), "capture", "-w", "-f", "300").ok()
    assert r.out.endswith("300 frames came into the program's own memory\n"), str(r)
    assert r.err == "pin: the watcher saw frame 300, the last of 300\n", str(r)


@pytest.mark.root
def test_capture_unprivileged(world):
    world.sundog_run("pin", pin(), "capture", "-w", "-b", "1024", wrap=NOBODY).ok()


def test_one_buffer_too_many(world):
    """ENOMEM, and at -v why: what was requested, in use, the limit, and who holds the most."""
    r = world.sundog_run("pin", pin(), "capture", "-n", "3", options=["-v", "-x", LIMIT])
    assert r.status == 1 and r.out.count("is locked") == 2, str(r)
    assert "pin: buffer 3 of 64 KiB: Cannot allocate memory" in r.err, str(r)
    why = [line for line in r.err.splitlines() if "refused" in line]
    assert len(why) == 1 and "requested 65536" in why[0] and "limit 131072" in why[0], str(r)


def test_the_refused_charge_is_given_back(world):
    """The limit is free again for the next process."""
    server = world.server("pin", options=["-x", LIMIT])
    for _ in range(3):
        assert server.exec(pin(), "capture", "-n", "3").status == 1
        server.exec(pin(), "capture", "-n", "2", "-f", "10").ok()
    assert server.stop() == ""


def test_killed_while_the_card_writes(world, engine):
    """The rest of the frames goes nowhere; pages, charge and bindings are given back by close(9E)."""
    server = world.server("pin", options=["-x", LIMIT])
    server.exec(pin(), "capture", "-w", "-f", "10").ok()
    before = server.use()
    for watched in ([], ["-w"]):
        child = server.popen(pin(), "capture", "-f", "100000000", *watched, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)
        assert b"is locked" in child.stdout.readline()
        until(lambda: len(os.listdir(f"/proc/{server.pid}/fd")) > before[0], "nothing happens")
        os.killpg(child.pid, signal.SIGKILL)
        child.wait(TIMEOUT)
        server.settle(before)
        server.exec(pin(), "capture", "-n", "2", "-f", "10").ok()
    # The watcher may have the device open a moment longer than the one whose memory it is lives.
    meant = ("the memory's process is gone", "after exit(2) or exec(2)")
    left = [line for line in server.stop().splitlines() if not any(m in line for m in meant)]
    assert left == []
