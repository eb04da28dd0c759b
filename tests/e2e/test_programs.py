# SPDX-License-Identifier: BSD-2-Clause
"""Ordinary programs do with a device what they do with any other."""

import shutil
import subprocess

import pytest

from harness import have_m32

SHELLS = [pytest.param(s, marks=pytest.mark.needs(s, s)) for s in ("dash", "bash")]
PYTHON = "/usr/bin/python3"


@pytest.mark.parametrize("part", ["paths", "stdio", "dup", "poll", "start", "closeall", "generations",
                                  "atfork", "atfork-waits"])
def test_part(world, model, part):
    r = world.sundog_run("tdrv", world.app("programs", model), part).ok()
    if part != "start":  # one of whose children says why it fails
        assert r.err == "", str(r)


def test_epoll(world, model):
    world.sundog_run("tdrv", world.app("programs", model), "epoll").quiet()


@pytest.mark.parametrize("shell", SHELLS)
def test_shell_redirections(world, shell):
    script = """
        set -e
        exec 3<>/dev/tdrv.ring
        echo one >&3
        read -r line <&3; echo "got $line"
        echo two >/dev/tdrv.ring
        read -r line </dev/tdrv.ring; echo "got $line"
        exec 4>&3; echo three >&4
        head -c 6 <&3
        exec 3>&- 4>&-
        { echo four; } >/dev/tdrv.ring; (head -c 5) </dev/tdrv.ring
        cat /dev/tdrv.log | head -n 1
        test -c /dev/tdrv -a -r /dev/tdrv -a -w /dev/tdrv.ring && echo char
    """
    # The ring forgets at its last close what is in it: keep it open.
    script = "exec 9<>/dev/tdrv.ring\n" + script
    out = world.sundog_run("tdrv", shell, "-c", script).quiet().out
    assert out == "got one\ngot two\nthree\nfour\nopen 1 3\nchar\n"


def test_cat_and_dd(world):
    script = """
        exec 9<>/dev/tdrv.ring
        dd if=/dev/zero of=/dev/tdrv.ring bs=100 count=7 2>/dev/null
        dd if=/dev/tdrv.ring bs=350 count=2 2>/dev/null | wc -c
        echo through cat | cat >/dev/tdrv.ring
        dd if=/dev/tdrv.ring bs=64 count=1 2>/dev/null
        cat /dev/tdrv.log | grep -c 'open 1'
    """
    out = world.sundog_run("tdrv", "sh", "-c", script).quiet().out
    assert [line.strip() for line in out.splitlines()] == ["700", "through cat", "5"]


def test_ls_and_stat(world):
    out = world.sundog_run("tdrv", "sh", "-c", "ls -l /dev/tdrv; stat -c %F /dev/tdrv").ok().out
    assert out.startswith("crw-rw-rw-") and "character special file" in out


def test_python(world):
    script = """
import fcntl, mmap, os, select, struct
fd = os.open("/dev/tdrv", os.O_RDWR)
m = mmap.mmap(fd, 16 * 4096)
assert m[:] == bytes(16 * 4096)
m[5:10] = b"hello"
assert fcntl.ioctl(fd, ord("T") << 8 | 10, 6) == ord("e")
q = bytearray(struct.pack("QQ", 3, 0))
assert fcntl.ioctl(fd, ord("T") << 8 | 11, q) == 0
assert struct.unpack("QQ", q) == (3, (3 * 0x9e3779b97f4a7c15 + 1) % 2**64)
try:
    mmap.mmap(fd, 17 * 4096)
except OSError as e:
    print("too long:", e.errno)
m.close()
with open("/dev/tdrv.ring", "r+b", buffering=0) as ring:
    ring.write(b"python")
    assert select.select([ring], [], [], 5)[0] == [ring]
    print(ring.read(100).decode())
os.close(fd)
print(os.stat("/dev/tdrv").st_mode & 0o777 == 0o666)
import subprocess
print(subprocess.run(["cat", "/dev/tdrv.log"], capture_output=True).stdout.decode().splitlines()[0])
"""
    out = world.sundog_run("tdrv", PYTHON, "-c", script).quiet().out
    assert out == "too long: 6\npython\nTrue\nopen 0 3\n"


def test_python_fork_and_threads(world):
    script = """
import fcntl, os, threading
fd = os.open("/dev/tdrv", os.O_RDWR)
def work():
    for i in range(200):
        assert fcntl.ioctl(fd, ord("T") << 8 | 1, i) == i
threads = [threading.Thread(target=work) for _ in range(4)]
[t.start() for t in threads]
pid = os.fork()
if pid == 0:
    work()
    os._exit(0)
[t.join() for t in threads]
assert os.waitpid(pid, 0)[1] == 0
print("ok")
"""
    assert world.sundog_run("tdrv", PYTHON, "-c", script).quiet().out == "ok\n"


@pytest.mark.needs("gdb")
@pytest.mark.parametrize("bits", ["64", "32"])
def test_gdb_on_the_application(world, bits):
    if bits == "32" and not have_m32():
        pytest.skip("needs gcc-multilib")
    app = world.app("tapp", bits)
    r = world.sundog_run("tdrv", "gdb", "-nx", "-batch", "-ex", "set startup-with-shell off", "-ex", "break part_basic",
                         "-ex", "handle SIGSEGV nostop noprint pass", "-ex", "run", "-ex", "next", "-ex", "next", "-ex", "info threads", "-ex", "continue",
                         "--args", app, "basic", timeout=100)
    assert r.status == 0, str(r)
    assert "Breakpoint 1, part_basic" in r.out and "exited normally" in r.out, str(r)


def gdb_while_one_sleeps(world, target, command):
    """What gdb prints of the application, or of the server, that has a call sleeping in the driver; it goes on as before."""
    server = world.server("tdrv")
    app = world.app("tapp")
    sleeper = server.popen(app, "sleep")
    server.exec(app, "sleepers", "1").quiet()
    pid = {"application": sleeper.pid, "server": server.pid}[target]
    r = world.run(["gdb", "-nx", "-batch", "-p", pid, "-ex", command, "-ex", "detach"], timeout=100)
    server.exec(app, "basic").quiet()
    assert server.exec(app, "wake").quiet().out == "1\n"
    assert sleeper.wait(20) == 0
    assert server.stop() == ""
    return r.out


@pytest.mark.needs("gdb")
def test_gdb_attaches_to_an_application(world):
    assert "part_sleep" in gdb_while_one_sleeps(world, "application", "bt")


@pytest.mark.needs("gdb")
def test_gdb_on_the_server(world):
    out = gdb_while_one_sleeps(world, "server", "thread apply all bt")
    assert "do_sleep" in out and "tdrv_ioctl" in out, out


def test_nothing_of_it_in_programs_that_do_not_use_it(world):
    """A program that touches no device is not changed: same descriptors, same output."""
    script = "ls -l /proc/self/fd | wc -l"
    plain = world.run(["sh", "-c", script]).out
    assert world.sundog_run("tdrv", "sh", "-c", script).quiet().out == plain


@pytest.mark.skipif(not shutil.which("script"), reason="needs bsdutils")
def test_terminal(world):
    """Job control and the terminal are the command's own."""
    from harness import SUNDOG
    driver = world.driver("tdrv")
    child = world.popen(["script", "-qec", f"{SUNDOG} run -d {driver} -- sh -c 'test -t 0 && test -t 1 && "
                         f"{world.app('tapp')} info && exit 5'", "/dev/null"], stdin=subprocess.DEVNULL,
                        stdout=subprocess.PIPE)
    out = child.stdout.read().decode()
    assert child.wait(30) == 5 and "pid mine" in out, out
