# SPDX-License-Identifier: BSD-2-Clause
"""The same as root, as nobody, with userfaultfd denied, with little lockable memory."""

import os
import subprocess

import pytest

from harness import NOBODY

SMALL_LOCK = ["prlimit", "--memlock=65536"]
PARTS = ["basic", "fixed", "errors", "protect", "lifetime", "calls", "ring"]


def wraps(world, who):
    return {
        "nobody": NOBODY,
        "nouffd": [world.app("nouffd")],
        "nobody-nouffd": [*NOBODY, world.app("nouffd")],
        "nobody-memlock": [*SMALL_LOCK, *NOBODY],
    }[who]


@pytest.mark.root
@pytest.mark.parametrize("who", ["nobody", "nouffd", "nobody-nouffd", "nobody-memlock"])
@pytest.mark.parametrize("part", PARTS)
def test_part(world, model, who, part):
    world.sundog_run("tdrv", world.app("tapp", model), part, wrap=wraps(world, who)).quiet()


@pytest.mark.root
@pytest.mark.parametrize("who", ["nobody", "nobody-nouffd"])
@pytest.mark.parametrize("part", ["start", "closeall", "generations", "dup"])
def test_program(world, who, part):
    world.sundog_run("tdrv", world.app("programs"), part, wrap=wraps(world, who)).ok()


@pytest.mark.root
def test_memory_that_cannot_be_locked_is_told_once(world):
    """Four allocations, one line at -v, and the driver runs all the same."""
    r = world.sundog_run("biglock", "true", wrap=[*SMALL_LOCK, *NOBODY], options=["-v"]).ok()
    lines = [line for line in r.err.splitlines() if "be locked" in line]
    assert len(lines) == 1, str(r)
    assert lines[0].startswith("sundog: "), lines[0]


@pytest.mark.root
def test_strict_lock(world):
    r = world.sundog_run("biglock", "true", wrap=[*SMALL_LOCK, *NOBODY], options=["--strict-lock"])
    assert r.status == 125 and len(r.err.splitlines()) >= 1, str(r)
    assert "lock" in r.err or "attach" in r.err, str(r)


@pytest.mark.root
def test_strict_lock_when_it_fits(world):
    world.sundog_run("tdrv", world.app("tapp"), "basic", options=["--strict-lock"]).quiet()


@pytest.fixture
def set_user_id(world):
    """A program of root's that anybody may run as root; where it begins is known."""
    path = os.path.join(world.tmp, "set-user-id")
    subprocess.run(["gcc", "-static", "-no-pie", "-x", "c", "-o", path, "-"], check=True,
                   input=b"#include <unistd.h>\nint main(void) { if (geteuid() != 0) return 1; for (;;) pause(); }\n")
    os.chmod(path, 0o4755)
    return path


@pytest.mark.root
@pytest.mark.parametrize("part", ["exec-cred", "exec-copy", "exec-fork"])
def test_an_exec_ends_the_process_whoever_holds_its_connection(world, part, set_user_id):
    """A set-user-ID program's credentials are not those of the child that goes on in its name, nor is its memory its."""
    server = world.server("tdrv", options=["-v"])
    r = server.exec("env", "-u", "LD_PRELOAD", *NOBODY, world.app("hostile"), part, "1", set_user_id)
    assert r.out == "refused\n", str(r)
    server.exec(world.app("tapp"), "close_first").quiet()
    server.stop()
    assert "has executed a program of other privileges: ended here" in server.stderr()
