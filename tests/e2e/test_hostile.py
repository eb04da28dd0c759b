# SPDX-License-Identifier: BSD-2-Clause
"""A client that speaks the protocol itself and lies: the server neither crashes, hangs, leaks, nor gives away opens."""

import os
import signal
import subprocess

import pytest

from harness import LONG, NOBODY, SLOW

PARTS = ["hello", "silence", "messages", "lies", "scribble", "flood", "foreign", "supervisor", "offers"]
ROUNDS = 20 if LONG else 2


def hostile(server, world, part, seed, **kw):
    """Without the client library."""
    return server.exec("env", "-u", "LD_PRELOAD", world.app("hostile"), part, str(seed), timeout=100 * SLOW, **kw).quiet()


@pytest.mark.timeout(300 * SLOW * (10 if LONG else 1))
@pytest.mark.parametrize("part", PARTS)
def test_server_survives(world, part, seed):
    server = world.server("tdrv")
    app = world.app("tapp")
    holder = server.popen(app, "hold", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert holder.stdout.readline() == b"ready\n"
    hostile(server, world, part, seed)  # the first time fills the server's caches
    server.exec(app, "stats").quiet()
    before = server.use()
    for i in range(ROUNDS):
        hostile(server, world, part, seed + 1 + i)
        assert server.exec(app, "close_first").quiet().out == ""
    server.settle(before)
    assert server.exec(app, "stats").quiet().out == "clones 1 mappings 1 sleepers 0 open 1\n"
    _, err = holder.communicate()
    assert holder.returncode == 0, err.decode()
    assert server.exec(app, "stats").quiet().out == "clones 0 mappings 0 sleepers 0 open 1\n"
    server.stop()


@pytest.mark.timeout(300 * SLOW)
def test_locked_memory_of_liars(world, seed):
    """They lock, and neither client nor agent does what it says; an honest process is served as before."""
    server = world.server("lockdrv")
    app = world.app("locks")
    server.exec(app, "anonymous").ok()
    counts = []
    for i in range(ROUNDS):
        r = server.exec("env", "-u", "LD_PRELOAD", world.app("hostile"), "locks", str(seed + i), timeout=100 * SLOW)
        counts.append(r.out)
        server.exec(app, "anonymous").ok()
    assert any(int(n) > 0 for n in " ".join(counts).split()), counts
    server.stop()


@pytest.mark.root
def test_another_user_is_not_served(world, seed):
    """A server of root's is not everybody's unless that is wanted; whatever the answer, it survives."""
    server = world.server("tdrv")
    for part in ("hello", "supervisor"):
        server.exec("env", "-u", "LD_PRELOAD", *NOBODY, world.app("hostile"), part, str(seed), timeout=100 * SLOW)
    server.exec(world.app("tapp"), "close_first").quiet()
    server.stop()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("how", ["silent", "rings", "stopped"])
def test_owing_a_step(world, how):
    """The driver holds its mutex while the process is to do something: others get it in the end."""
    if how != "rings" and not LONG:
        pytest.skip("waits ten seconds, or five minutes: --long")
    server = world.server("segdrv")
    mute = server.popen("env", "-u", "LD_PRELOAD", world.app("hostile"), "mute", "1", how, stdout=subprocess.PIPE)
    assert mute.stdout.readline() == b"owing\n"
    server.exec(world.app("tapp"), "segmap", timeout=400).quiet()
    if how == "stopped":
        mute.send_signal(signal.SIGCONT)
    assert mute.wait(60) == 0
    assert f"a call fails: its thread {mute.pid} did not answer" in server.stop()


@pytest.mark.root
def test_an_answer_that_cannot_be_sent_is_an_error(world, model):
    """Linux counts the descriptors that a user has on the way: with too many the server can hand out none."""
    script = ("import os,socket,sys\nkeep=[]\n"
              "for i in range(12):\n"
              "    a,b=socket.socketpair()\n"
              "    socket.send_fds(a,[b'x'],[0]*50)\n"
              "    keep.append((a,b))\n"
              "print('ready',flush=True)\nsys.stdin.read()\n")
    server = world.server("tdrv", wrap=["prlimit", "--nofile=500", *NOBODY])
    assert server.exec(world.app("tapp", model), "close_first", wrap=NOBODY).status == 0
    full = world.popen([*NOBODY, "/usr/bin/python3", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert full.stdout.readline() == b"ready\n"
    r = server.exec(world.app("tapp", model), "close_first", wrap=NOBODY)
    assert r.status != 0 and "/dev/tdrv" in r.err, str(r)
    full.communicate()
    assert server.exec(world.app("tapp", model), "close_first", wrap=NOBODY).status == 0
    server.stop()


LINGERER = r"""
import socket, struct, sys

def lingering():
    '''A TCP socket whose last close waits for a peer that does not read.'''
    l = socket.socket(); l.bind(("127.0.0.1", 0)); l.listen(1)
    a = socket.create_connection(l.getsockname()); b, _ = l.accept()
    a.setblocking(False)
    try:
        while True:
            a.send(bytes(1 << 16))
    except BlockingIOError:
        pass
    a.setblocking(True)
    a.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 1000))
    return a, b

kept = []
def send(bytes):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.connect("\0" + sys.argv[1])
    a, b = lingering()
    try:
        socket.send_fds(s, [bytes], [a.fileno()])
    except PermissionError:
        a.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 0, 0))  # Linux refuses it
    fd = a.detach()
    kept.extend((s, b))
    import os
    os.close(fd)  # not the last one yet: the server is stopped

hello = struct.pack("<IIIIQQQIIII", 0x53554e44, 2, 1, 64, 7, 8, 0, 1, 0, 0, 0)
send(b"x")                                   # no hello
send(hello)                                  # a good one
send(hello[:4] + b"\xff" * (len(hello) - 4))  # a bad one
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.mark.root
@pytest.mark.parametrize("linux", ["new", "old"])
def test_descriptors_whose_close_takes_its_time(world, linux):
    """They come with messages to a server; nobody else waits for that, whether or not Linux can refuse them."""
    server = world.server("tdrv", wrap=[world.app("oldlinux")] if linux == "old" else [])
    os.kill(server.pid, signal.SIGSTOP)
    stranger = world.popen([*NOBODY, "/usr/bin/python3", "-c", LINGERER, f"sundog.0.{server.name}"],
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert stranger.stdout.readline() == b"ready\n"
    os.kill(server.pid, signal.SIGCONT)
    for _ in range(5):
        server.exec(world.app("tapp"), "close_first").quiet()
    stranger.kill()
    server.stop()
