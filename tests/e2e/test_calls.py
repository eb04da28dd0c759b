# SPDX-License-Identifier: BSD-2-Clause
"""open, read, write, ioctl, poll; credentials; signals."""

import os
import signal
import subprocess

import pytest

from harness import NOBODY, SUNDOG, comm, processes, state, until


@pytest.mark.parametrize("part", ["calls", "nodes", "ring", "signals"])
def test_part(world, model, part):
    world.sundog_run("tdrv", world.app("tapp", model), part).quiet()


def test_info(world, model):
    bits = model[:2]
    out = world.sundog_run("tdrv", world.app("tapp", model), "info").quiet().out
    assert out == f"pid mine uid {os.geteuid()} gid {os.getegid()} model {bits}\n"


@pytest.mark.root
def test_credentials_that_changed(world):
    """The server knows them at each call, not since the connection was made."""
    out = world.sundog_run("tdrv", *NOBODY, world.app("tapp"), "info").ok().out
    assert out == "pid mine uid 65534 gid 65534 model 64\n"
    world.sundog_run("tdrv", *NOBODY, world.app("tapp"), "nodes").ok()


def test_several_commands_and_one_server(world):
    server = world.server("tdrv")
    app = world.app("tapp")
    server.exec(app, "poke", "9", "99").quiet()
    assert server.exec(app, "peek", "9").quiet().out == "99\n"
    before = server.use()
    for _ in range(20):
        server.exec(app, "close_first").quiet()
    server.settle(before)
    assert server.exec(app, "stats").quiet().out == "clones 0 mappings 0 sleepers 0 open 1\n"
    assert server.stop() == ""


def test_killed_while_asleep_in_a_call(world):
    server = world.server("tdrv")
    app = world.app("tapp")
    before = server.use()
    sleepers = [server.popen(app, "sleep") for _ in range(3)]
    server.exec(app, "sleepers", "3").quiet()
    for s, signo in zip(sleepers, (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)):
        s.send_signal(signo)
        assert s.wait(20) == -signo
    assert server.exec(app, "stats").quiet().out == "clones 0 mappings 0 sleepers 0 open 1\n"
    server.settle(before)
    assert server.stop() == ""


def test_stopped_and_continued(world):
    """SIGSTOP in a call, SIGCONT, and the call goes on."""
    server = world.server("tdrv")
    app = world.app("tapp")
    sleeper = server.popen(app, "sleep")
    server.exec(app, "sleepers", "1").quiet()
    sleeper.send_signal(signal.SIGSTOP)
    until(lambda: state(sleeper.pid) == "T", "not stopped")
    sleeper.send_signal(signal.SIGCONT)
    assert server.exec(app, "wake").quiet().out == "1\n"
    assert sleeper.wait(20) == 0
    assert server.stop() == ""


def test_server_dies_under_an_application(world):
    """Errors and SIGBUS, not a hang."""
    server = world.server("tdrv")
    orphan = server.popen(world.app("tapp"), "orphan", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert orphan.stdout.readline() == b"ready\n"
    os.kill(server.pid, signal.SIGKILL)
    server.command.wait(20)
    orphan.stdin.close()
    words = orphan.stdout.readline().decode().split()
    assert orphan.wait(20) == 0
    assert words[0:6:2] == ["ioctl", "open", "signal"]
    assert int(words[1]) in (5, 6), "EIO or ENXIO"
    assert int(words[3]) in (2, 5, 6), "ENOENT, EIO or ENXIO"
    assert int(words[5]) in (0, signal.SIGBUS)


def test_sleeper_when_the_server_dies(world):
    server = world.server("tdrv")
    sleeper = server.popen(world.app("tapp"), "sleep", stderr=subprocess.PIPE)
    server.exec(world.app("tapp"), "sleepers", "1").quiet()
    os.kill(server.pid, signal.SIGKILL)
    server.command.wait(20)
    assert sleeper.wait(20) == 1
    assert b"errno 5 " in (text := sleeper.stderr.read()) or b"errno 6 " in text


def test_exit_status(world):
    assert world.sundog_run("tdrv", "sh", "-c", "exit 7").status == 7
    assert world.sundog_run("tdrv", "sh", "-c", "kill -TERM $$").status == 128 + 15
    assert world.sundog_run("tdrv", "sh", "-c", "kill -KILL $$").status == 128 + 9


def test_waits_for_descendants_that_hold_the_device(world):
    """The command ends at once; its background child does not."""
    app = world.app("tapp")
    fifo = os.path.join(world.tmp, "fifo")
    os.mkfifo(fifo)
    child = world.popen([SUNDOG, "run", "-d", world.driver("tdrv"), "--", "sh", "-c",
                         f"{app} hold <{fifo} & exec 3>{fifo}; read x; exit 3"],
                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"ready\n"
    writer = os.open(fifo, os.O_WRONLY)
    child.stdin.close()
    until(lambda: "sh" not in map(comm, processes(world.mark)), "the command does not end")
    assert child.poll() is None
    os.close(writer)
    assert child.stdout.read() == b"done\n"
    assert child.wait(30) == 3


def test_kill_after(world):
    app = world.app("tapp")
    fifo = os.path.join(world.tmp, "fifo")
    os.mkfifo(fifo)
    keep = os.open(fifo, os.O_RDWR)
    script = f"{app} hold <{fifo} >{world.tmp}/said & {app} sleepers 0; until grep -q ready {world.tmp}/said; do :; done"
    r = world.sundog_run("tdrv", "sh", "-c", script, options=["--kill-after", "0"])
    os.close(keep)
    assert r.status == 0, str(r)
