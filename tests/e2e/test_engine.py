# SPDX-License-Identifier: BSD-2-Clause
"""The two fault engines: which one is used, and what has gone wrong with either of them when it was tried."""

import os
import re
import signal
import subprocess
import sys

import pytest

from harness import NOBODY, comm, comm_of_task, processes, state, uffd_forbidden, until

needs_uffd = pytest.mark.skipif(uffd_forbidden() is not None, reason=str(uffd_forbidden()))


def engines(text):
    return set(re.findall(r"^sundog: process \d+: fault engine: (.*)$", text, re.M))


# ---- which one ----

@needs_uffd
def test_default_is_uffd_where_it_works(world):
    r = world.sundog_run("gate", world.app("gate"), "touch", options=["-v"]).ok()
    assert {e.split(",")[0] for e in engines(r.err)} == {"uffd"}, str(r)


def test_default_falls_back_where_userfaultfd_is_denied(world, model):
    r = world.sundog_run("gate", world.app("gate", model), "touch", options=["-v"], wrap=[world.app("nouffd")]).ok()
    assert engines(r.err) == {"sigsegv, userfaultfd: Operation not permitted"}, str(r)


@pytest.mark.parametrize("command", [("gate", "signals", "before"), ("gate", "blocked"), ("gate", "interrupted", "restart"),
                                     ("gate", "fork"), ("gate", "remap"), ("engine", "handler_waits"), ("engine", "layout"),
                                     ("engine", "failures"), ("engine", "vfork"), ("engine", "readonly")], ids="-".join)
def test_everything_works_where_userfaultfd_is_denied(world, command):
    r = world.sundog_run("gate", world.app(command[0]), *command[1:], options=["-v"], wrap=[world.app("nouffd")]).ok()
    assert {e.split(",")[0] for e in engines(r.err)} == {"sigsegv"}, str(r)


def test_falls_back_where_it_is_denied_to_one_process_only(world):
    server = world.server("gate", options=["-v"])
    server.exec(world.app("nouffd"), world.app("engine"), "failures").quiet()
    server.exec(world.app("engine"), "failures").quiet()
    used = engines(server.stop())
    assert "sigsegv, userfaultfd: Operation not permitted" in used
    assert uffd_forbidden() or len(used) == 2, used


def test_uffd_that_is_denied_is_an_error_if_asked_for(world):
    r = world.sundog_run("gate", world.app("gate"), "touch", options=["--fault-engine=uffd"], wrap=[world.app("nouffd")])
    assert r.status == 1 and "fault engine uffd: userfaultfd: Operation not permitted" in r.err, str(r)
    assert "Operation not permitted" in r.err.splitlines()[-1], str(r)


@pytest.mark.parametrize("options", [["--fault-engine"], ["--fault-engine=best"], ["--fault-engine="]], ids=" ".join)
def test_engine_that_does_not_exist(world, options):
    r = world.sundog("run", *options)
    assert r.status == 125 and len(r.err.splitlines()) == 1 and "uffd" in r.err and "sigsegv" in r.err, str(r)


# ---- what each must get right ----

@pytest.mark.parametrize("part", ["handler_waits", "handler_leaves", "dispositions", "storm", "layout", "failures",
                                  "vfork", "readonly", "core"])
def test_part(world, engine, model, part):
    world.sundog_run("gate", world.app("engine", model), part).quiet()


def test_waits_take_threads_and_leave_few(world, engine):
    """However many accesses wait; no more than a few threads of the server are kept for the next ones."""
    server = world.server("gate")
    before = server.use()
    many = server.popen(world.app("engine"), "many", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert many.stdout.readline() == b"done\n"

    def serving():
        return [t for t in os.listdir(f"/proc/{server.pid}/task") if comm_of_task(server.pid, t) == "fault"]

    until(lambda: len(serving()) <= 3, lambda: f"{len(serving())} threads serve faults")
    if engine == "uffd" and os.geteuid() == 0:
        # Each event wakes all who sit in read(2): only one does, the others wait for the seat.
        calls = [open(f"/proc/{server.pid}/task/{t}/syscall", encoding="utf-8").read().split()[0] for t in serving()]
        assert calls.count("0") == 1, calls
    many.communicate(b"\n")
    assert many.returncode == 0
    server.settle(before)
    assert server.stop() == ""


def test_nothing_is_left_in_the_server(world, engine):
    server = world.server("gate")
    app, gate = world.app("engine"), world.app("gate")
    server.exec(gate, "fork").quiet()
    before = server.use()
    for _ in range(5):
        server.exec(gate, "fork").quiet()
        server.exec(app, "layout").quiet()
        server.exec(app, "failures").quiet()
        server.exec(app, "vfork").quiet()
    server.settle(before)
    assert server.stop() == ""


def test_parent_ends_before_its_child(world, engine):
    """Its userfaultfd is not kept for as long as the child lives."""
    server = world.server("gate")

    def uffds():
        return server.descriptors().count("[userfaultfd]")

    daemon = server.popen(sys.executable, "-c", SUBREAPER, world.app("engine"), stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE)
    assert daemon.stdout.readline() == b"alone\n"
    until(lambda: uffds() == (engine == "uffd"), server.descriptors)
    daemon.communicate(b"\n", timeout=60)
    assert daemon.returncode == 0
    assert server.exec(world.app("gate"), "mappings").quiet().out == "0\n"
    until(lambda: uffds() == 0, server.descriptors)
    assert server.stop() == ""


# Adopts its grandchild, and ends with its status; the parent's agent comes along, which the server ends.
SUBREAPER = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
pid = os.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], "daemon", str(os.getppid())])
os.waitpid(pid, 0)
codes = []
while True:
    try:
        codes.append(os.waitstatus_to_exitcode(os.wait()[1]))
    except ChildProcessError:
        sys.exit(0 if 0 in codes and not set(codes) - {0, -9} else 1)
"""


@pytest.mark.parametrize("how", ["killed", "stopped", "killed-after-an-agent"])
def test_server_goes(world, engine, how):
    """Who waits for it and who touches its memory gets SIGBUS; nobody hangs or sees memory that nobody guards."""
    server = world.server("gate")
    orphan = server.popen(world.app("engine"), "orphan", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert orphan.stdout.readline() == b"ready\n"
    server.exec(world.app("gate"), "entered", "1").quiet()
    if how == "killed-after-an-agent":  # another one takes its place
        for agent in [p for p in processes(world.mark) if comm(p) == "sundog-agent"]:
            os.kill(agent, signal.SIGKILL)
        assert server.exec(world.app("gate"), "unload").quiet().out != ""
        until(lambda: "another one has taken its place" in server.stderr(), "no other agent came")
    if how.startswith("killed"):
        os.kill(server.pid, signal.SIGKILL)
    else:
        assert server.stop() == ""
    out, err = orphan.communicate(timeout=30)
    assert (orphan.returncode, out, err) == (0, b"survived\n", b"")
    server.command.wait(30)
    server.stderr()


# ---- stopped processes ----

def spinner_of(server, world, *wrap):
    command = server.popen(*wrap, world.app("gate"), "spin", stdout=subprocess.PIPE)
    assert command.stdout.readline() == b"ready\n"
    return command, until(lambda: [p for p in processes(world.mark) if comm(p) == "gate-64"], "no spinner")[0]


def unload_and_go_on(server, world, go_on):
    """The page is taken from it while it stands still; it writes on, so it must fault: once."""
    app = world.app("gate")
    assert server.exec(app, "unload").quiet().out == "1\n"
    assert server.exec(app, "count").quiet().out == "1\n"
    go_on()
    until(lambda: server.exec(app, "count").quiet().out == "2\n", "the unloaded page was written without a fault")


# A job of its own, as in an interactive shell: a group whose members' parent is outside of it.
JOB = """
import os, sys
if os.fork() == 0:
    os.setpgid(0, 0)
    os.execvp(sys.argv[1], sys.argv[1:])
os.wait()
"""


def test_unload_after_ctrl_z(world, engine):
    """What the terminal sends, to a job that a shell watches."""
    server = world.server("gate")
    shell, pid = spinner_of(server, world, sys.executable, "-c", JOB)
    os.killpg(os.getpgid(pid), signal.SIGTSTP)
    until(lambda: state(pid) == "T", "it does not stop")
    unload_and_go_on(server, world, lambda: os.killpg(os.getpgid(pid), signal.SIGCONT))
    os.kill(pid, signal.SIGKILL)
    shell.wait(30)
    assert server.exec(world.app("gate"), "mappings").quiet().out == "0\n"
    assert server.stop() == ""


@pytest.mark.needs("gdb")
def test_unload_in_gdb(world, engine):
    server = world.server("gate")
    spinner, pid = spinner_of(server, world)
    gdb = world.popen(["gdb", "-nx", "-q", "-p", pid], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                      stderr=subprocess.STDOUT)
    gdb.stdin.write(b"handle SIGSEGV nostop noprint pass\nprint 40 + 2\n")
    gdb.stdin.flush()
    for line in gdb.stdout:
        if b"$1 = 42" in line:
            break
    assert state(pid) == "t"
    unload_and_go_on(server, world, lambda: gdb.communicate(b"detach\nquit\n", timeout=60))
    assert gdb.returncode == 0
    spinner.kill()
    spinner.wait()
    assert server.stop() == ""


# ---- system calls ----

@needs_uffd
@pytest.mark.root
@pytest.mark.skipif(not os.path.exists("/dev/userfaultfd"), reason="no /dev/userfaultfd")
@pytest.mark.parametrize("who", ["root", "nobody"])
@pytest.mark.parametrize("part", [("calls", "full"), ("call_then_access",), ("call_and_signals",)], ids="-".join)
def test_system_calls_reach_unloaded_pages(world, model, who, part):
    """Of applications without privileges, too, where the server may open /dev/userfaultfd."""
    world.engine = "uffd"
    world.sundog_run("gate", *(NOBODY if who == "nobody" else []), world.app("engine", model), *part).quiet()


@needs_uffd
@pytest.mark.root
def test_system_calls_of_users_without_the_device(world):
    """The library's calls are another matter (test_callbacks.py)."""
    r = world.sundog_run("gate", world.app("engine"), "calls", "user", options=["-v", "--fault-engine=uffd"], wrap=NOBODY).ok()
    assert engines(r.err) == {"uffd, not for system calls"}, str(r)
