# SPDX-License-Identifier: BSD-2-Clause
"""Applications that do not run: their pages are unloaded all the same, and nothing is lost when they go on."""

import fcntl
import os
import pty
import select
import shutil
import signal
import subprocess
import termios

import pytest

from harness import TIMEOUT, comm, processes, state, until

pytestmark = pytest.mark.usefixtures("engine")


class Holder:
    """A process that writes to one page of the device for ever, and what others see of it."""

    def __init__(self, world, server):
        self.server, self.app = server, world.app("gate")

    def ask(self, *part):
        return self.server.exec(self.app, *part).quiet().out.strip()

    def unload(self):
        """Takes the page away; how many accesses there have been."""
        return int(self.ask("unload"))

    def faults_again(self, before):
        until(lambda: int(self.ask("count")) > before, "it goes on, but its page is accessed without a fault")

    def is_still(self):
        assert self.ask("peek") == self.ask("peek"), "the page of a stopped process changes after it was unloaded"


def test_stopped_by_a_signal(world, model):
    server = world.server("gate")
    holder = Holder(world, server)
    app = server.popen(world.app("gate", model), "spin", stdout=subprocess.PIPE)
    assert app.stdout.readline() == b"ready\n"
    for _ in range(3):
        app.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, app.pid, os.WSTOPPED | os.WNOWAIT)
        before = holder.unload()
        holder.is_still()
        assert int(holder.ask("count")) == before
        app.send_signal(signal.SIGCONT)
        holder.faults_again(before)
    app.kill()
    app.wait()
    assert holder.ask("mappings") == "0"
    assert server.stop() == ""


@pytest.mark.needs("gdb")
def test_held_by_gdb(world):
    server = world.server("gate")
    holder = Holder(world, server)
    app = server.popen(world.app("gate"), "spin", stdout=subprocess.PIPE)
    assert app.stdout.readline() == b"ready\n"
    gdb = world.popen(["gdb", "-nx", "-q", "-p", app.pid], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                      stderr=subprocess.STDOUT)
    gdb.stdin.write(b"handle SIGSEGV nostop noprint pass\necho HELD\\n\n")
    gdb.stdin.flush()
    while b"HELD" not in gdb.stdout.readline():
        assert gdb.poll() is None
    assert state(app.pid) == "t"
    before = holder.unload()
    holder.is_still()
    assert int(holder.ask("count")) == before and state(app.pid) == "t"
    gdb.stdin.write(b"detach\nquit\n")
    gdb.stdin.flush()
    gdb.stdout.read()
    assert gdb.wait(60) == 0
    holder.faults_again(before)
    app.kill()
    app.wait()
    assert holder.ask("mappings") == "0"
    assert server.stop() == ""


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_stopped_from_the_terminal(world):
    """Ctrl-Z in a shell with job control, then fg."""
    server = world.server("gate")
    holder = Holder(world, server)
    terminal, slave = pty.openpty()
    shell = world.popen(["bash", "--norc", "-i"], stdin=slave, stdout=slave, stderr=slave,
                        env={"PS1": "$ ", "HISTFILE": ""}, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
    os.close(slave)
    text = b""

    def read_until(word):
        nonlocal text
        while word not in text:
            assert select.select([terminal], [], [], TIMEOUT)[0], f"{word} does not come after {text}"
            text += os.read(terminal, 4096)
        text = text.split(word, 1)[1]

    def spinners():
        return [p for p in processes(world.mark) if comm(p).startswith("gate-64") and p != shell.pid]

    line = " ".join(server.exec_argv(holder.app, "spin"))
    os.write(terminal, line.encode() + b"\n")
    read_until(b"ready\r\n")
    app = spinners()[0]
    os.write(terminal, b"\x1a")
    until(lambda: state(app) == "T", "Ctrl-Z does not stop it")
    before = holder.unload()
    holder.is_still()
    assert int(holder.ask("count")) == before
    os.write(terminal, b"fg\n")
    holder.faults_again(before)
    os.write(terminal, b"\x03")
    until(lambda: not spinners(), "Ctrl-C does not end it")
    os.write(terminal, b"exit\n")
    shell.wait(30)
    os.close(terminal)
    assert holder.ask("mappings") == "0"
    assert server.stop() == ""
