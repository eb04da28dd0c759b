# SPDX-License-Identifier: BSD-2-Clause
"""Where a server listens, who may find it there, and whom a client obeys (wire/address.h)."""

import glob
import os
import signal
import subprocess

import pytest

from harness import NOBODY, SUNDOG

DIRECTORIES = {0: "/run/sundog", 65534: "/tmp/sundog-65534"}
NEWNET = ["unshare", "-n"]


def directory(uid=None):
    return DIRECTORIES[os.geteuid() if uid is None else uid]


def files(uid=None):
    return set(glob.glob(directory(uid) + "/*"))


@pytest.fixture
def no_runtime_dir(monkeypatch):
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)


@pytest.fixture
def stranger(world):
    """Somebody else's program that has bound the name first, listens, and would take whatever comes."""
    script = ("import socket,sys\ns=socket.socket(socket.AF_UNIX,socket.SOCK_SEQPACKET)\n"
              "s.bind('\\0'+sys.argv[1])\ns.listen(8)\nprint('ready',flush=True)\n"
              "while True: s.accept()\n")

    def start(name):
        child = world.popen([*NOBODY, "/usr/bin/python3", "-c", script, name], stdout=subprocess.PIPE)
        assert child.stdout.readline() == b"ready\n"
        return child
    return start


@pytest.mark.root
def test_a_strangers_server_is_not_obeyed(world, stranger):
    name = "e2e-" + world.mark
    child = stranger(f"sundog.0.{name}")
    said = f"sundog: the server named {name} is user 65534's, not root's or uid 0's: not obeyed\n"
    for argv in (["exec", "-n", name, "--", "true"], ["prctl", "--name", name], ["kstat", "--name", name]):
        r = world.sundog(*argv)
        assert (r.status, r.err) == (125, said), str(r)
    child.kill()


@pytest.mark.root
def test_a_program_sees_no_device_of_a_strangers(world, model, stranger):
    """The name may be taken over when a server has ended."""
    server = world.server("tdrv")
    child = server.popen("sh", "-c", 'echo ready; read line; exec "$@"', "sh", world.app("tapp", model), "close_first",
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert child.stdout.readline() == b"ready\n"
    server.stop()
    other = stranger(f"sundog.0.{server.name}")
    out, _ = child.communicate(b"\n")
    assert child.returncode != 0 and b"No such file" in out, out
    other.kill()


@pytest.mark.root
def test_roots_server_is_obeyed_by_anybody(world):
    server = world.server("tdrv")
    r = server.exec(*NOBODY, world.app("tapp"), "close_first")
    assert r.status == 0, str(r)
    server.stop()


@pytest.mark.root
@pytest.mark.parametrize("wrap", [[], NOBODY], ids=["root", "nobody"])
def test_file_in_a_directory_of_the_users_own(world, no_runtime_dir, wrap):
    uid = 65534 if wrap else 0
    before = files(uid)
    server = world.server("tdrv", wrap=wrap)
    new = files(uid) - before
    assert new == {f"{directory(uid)}/{server.name}"}
    st = os.stat(directory(uid))
    assert st.st_uid == uid and st.st_mode & 0o777 == 0o700
    server.stop()
    assert files(uid) == before


@pytest.mark.root
def test_files_of_killed_servers_go(world, no_runtime_dir):
    """The command takes away that of its own server; the next server those of commands that were killed as well."""
    before = files()
    server = world.server("tdrv")
    os.kill(server.pid, signal.SIGKILL)
    server.command.wait()
    assert files() == before
    both = world.popen([SUNDOG, "server", "-n", "e2e-" + world.mark, "-d", world.driver("tdrv")], stdout=subprocess.PIPE)
    assert both.stdout.readline() == b"ready\n"
    both.kill()
    both.wait()
    world.sundog_run("tdrv", "true").ok()
    assert files() == before


@pytest.mark.root
def test_another_network_namespace(world, model, no_runtime_dir):
    """The program, its fork children and the command itself find the server by its file."""
    world.sundog_run("tdrv", *NEWNET, world.app("tapp", model), "lifetime").quiet()
    server = world.server("tdrv")
    world.run([*NEWNET, *server.exec_argv(world.app("tapp", model), "lifetime")]).quiet()
    assert world.run([*NEWNET, SUNDOG, "prctl", "--name", server.name]).status == 0
    server.stop()


@pytest.mark.root
def test_socket_by_its_path(world, no_runtime_dir):
    """SUNDOG_SOCKET may be a path: in a container the directory lies elsewhere."""
    server = world.server("tdrv")
    path = f"{directory()}/{server.name}"
    r = world.run([*NEWNET, *server.exec_argv("env", "-u", "SUNDOG_SOCKET_FILE", f"SUNDOG_SOCKET={path}",
                                              world.app("tapp"), "close_first")])
    assert r.status == 0, str(r)
    assert world.sundog("prctl", "--socket", path).status == 0
    server.stop()


@pytest.mark.root
def test_a_directory_that_is_not_ours_is_not_used(world, no_runtime_dir):
    """nobody's directory was made by root: the server runs without the file, and says so at -v."""
    path = directory(65534)
    assert not os.path.exists(path)
    os.mkdir(path, 0o777)
    try:
        r = world.sundog_run("tdrv", world.app("tapp"), "close_first", wrap=NOBODY, options=["-v"])
        assert r.status == 0 and "programs in other network namespaces do not find this server" in r.err, str(r)
        assert not os.listdir(path)
    finally:
        os.rmdir(path)


def test_xdg_runtime_dir(world):
    path = os.path.join(world.tmpdir, "runtime")
    os.mkdir(path, 0o700)
    r = world.sundog_run("tdrv", "sh", "-c", f"ls {path}/sundog | wc -l; echo $SUNDOG_SOCKET_FILE", env={"XDG_RUNTIME_DIR": path})
    assert r.ok().out.startswith(f"1\n{path}/sundog/"), str(r)
    assert not os.listdir(path)
    os.rmdir(path)
