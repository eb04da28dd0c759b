# SPDX-License-Identifier: BSD-2-Clause
"""Drivers that see each access: context management, unload, fork, signals, deaths."""

import os
import re
import signal
import subprocess

import pytest

from harness import BUILD, LONG, SLOW, comm, processes, until

pytestmark = pytest.mark.usefixtures("engine")
CTX = os.path.join(BUILD, "apps", "ctx")


@pytest.mark.parametrize("ticks", [0, 1])
@pytest.mark.parametrize("count", [2, 3, 8])
def test_no_update_is_lost(world, count, ticks):
    rounds = (100000 if LONG else 5000) // count
    r = world.sundog_run("ctx", CTX, "-n", str(count), "-r", str(rounds), "-t", str(ticks), timeout=100 * SLOW).quiet()
    assert "no update lost" in r.out


def test_32_bits(world):
    if not os.path.exists(CTX + "32"):
        pytest.skip("needs gcc-multilib")
    script = f"{CTX} -n 3 -r 500 & {CTX}32 -n 3 -r 500 && wait $!"
    assert world.sundog_run("ctx", "sh", "-c", script).quiet().out.count("no update lost") == 2


def test_holders_and_waiters_are_killed(world):
    server = world.server("ctx")
    command = server.popen(CTX, "-n", "6", "-r", "1000000000", stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def workers():
        return [p for p in processes(world.mark) if comm(p) == "ctx" and p != command.pid]

    for left in range(6, 0, -1):
        os.kill(until(lambda n=left: len(workers()) == n and workers(), "not so many workers")[0], signal.SIGKILL)
    out, _ = command.communicate(timeout=30 * SLOW)
    assert command.returncode == 1 and b"FAILED" in out
    server.exec(CTX, "-n", "2", "-r", "200").quiet()
    assert server.stop() == ""


@pytest.mark.parametrize("part", [("touch",), ("signals", "before"), ("signals", "after"), ("blocked",), ("dies",),
                                  ("interrupted", "plain"), ("interrupted", "restart"), ("fork",), ("remap",)],
                         ids="-".join)
def test_part(world, model, part):
    world.sundog_run("gate", world.app("gate", model), *part).quiet()


def test_engine_is_named(world, engine):
    r = world.sundog_run("gate", world.app("gate"), "touch", options=["-v"]).ok()
    assert re.search(rf"^sundog: process \d+: fault engine: {engine}", r.err, re.M), str(r)


def stopped_spinner(world, server, model):
    spinner = server.popen(world.app("gate", model), "spin", stdout=subprocess.PIPE)
    assert spinner.stdout.readline() == b"ready\n"
    spinner.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, spinner.pid, os.WSTOPPED | os.WNOWAIT)
    return spinner


def test_death_of_a_stopped_holder(world):
    server = world.server("gate")
    spinner = stopped_spinner(world, server, "64")
    spinner.kill()
    spinner.wait()
    assert server.exec(world.app("gate"), "mappings").quiet().out == "0\n"
    assert server.stop() == ""


def test_death_of_a_waiter(world, model):
    server = world.server("gate")
    app = world.app("gate", model)
    waiter = server.popen(app, "wait")
    server.exec(app, "entered", "1").quiet()
    waiter.kill()
    waiter.wait()
    assert server.exec(app, "mappings").quiet().out == "0\n"
    assert server.stop() == ""


def test_agent_of_a_stopped_process_is_killed(world):
    """Without an agent a process cannot lose a translation, and one that is stopped starts no other."""
    server = world.server("gate")
    spinner = stopped_spinner(world, server, "64")
    agents = [p for p in processes(world.mark) if comm(p) == "sundog-agent"]
    assert len(agents) == 1
    os.kill(agents[0], signal.SIGKILL)
    assert server.exec(world.app("gate"), "unload").quiet().out == "1\n"
    assert spinner.wait(30) == -signal.SIGKILL
    assert f"process {spinner.pid} is killed: its agent" in server.stop()


def test_unload_of_what_is_not_loaded_needs_no_agent(world):
    """What the server knows not to be loaded costs no round trip: not even the agent's death is noticed."""
    server = world.server("gate")
    app = world.app("gate")
    spinner = stopped_spinner(world, server, "64")
    assert server.exec(app, "unload").quiet().out == "1\n"
    agents = [p for p in processes(world.mark) if comm(p) == "sundog-agent"]
    assert len(agents) == 1
    os.kill(agents[0], signal.SIGKILL)
    until(lambda: not [p for p in processes(world.mark) if comm(p) == "sundog-agent"], "the agent does not die")
    for _ in range(3):
        assert server.exec(app, "unload").quiet().out == "1\n"
    assert spinner.poll() is None
    spinner.kill()
    spinner.wait()
    assert server.exec(app, "mappings").quiet().out == "0\n"
    assert server.stop() == ""


def test_forkpty_copies_the_mappings(world):
    """Python's pty.fork() forks inside libc."""
    script = """
import mmap, os, pty
m = mmap.mmap(os.open("/dev/ctx", os.O_RDWR), 4096)
m[0:6] = b"parent"
pid, master = pty.fork()
if pid == 0:
    m[6:11] = b"child"
    print(os.isatty(0), m[6:11], flush=True)
    os._exit(0)
said = b""
while b"\\n" not in said:
    said += os.read(master, 100)
assert os.waitpid(pid, 0)[1] == 0
print(said.decode().strip(), m[:12])
"""
    out = world.sundog_run("ctx", "/usr/bin/python3", "-c", script).quiet().out
    assert out == "True b'child' b'parent\\x00\\x00\\x00\\x00\\x00\\x00'\n"
