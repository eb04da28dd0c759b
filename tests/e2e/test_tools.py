# SPDX-License-Identifier: BSD-2-Clause
"""Tools around an application: sanitizers built into it, valgrind and fakeroot that run it."""

import functools
import os
import shutil
import subprocess

import pytest

from harness import BUILD, FLAVOUR, NOBODY, TOP

# They are about the application; and what they preload would come before a sanitized server's own runtime.
pytestmark = pytest.mark.skipif(FLAVOUR != "plain", reason="of the application only")

CTX = ["-n", "3", "-r", "30"]
PIN = ["capture", "-n", "2"]


@functools.cache
def compiles(compiler, *flags):
    """The compiler has that sanitizer's runtime."""
    done = subprocess.run([compiler, *flags, "-x", "c", "-", "-o", "/dev/null"], input="int main(void) { return 0; }", text=True,
                          capture_output=True)
    return done.returncode == 0


def build(world, name, compiler, *flags):
    out = os.path.join(world.tmp, f"{name}-app")
    world.run([compiler, "-g", "-O1", "-Wall", "-pthread", *flags, "-I", TOP, "-I", os.path.join(TOP, "drivers", name), "-o", out,
               os.path.join(TOP, "apps", name + ".c")], timeout=120).ok()
    return out


def runtime_directory(compiler, flags):
    """Where clang's shared runtimes lie: the loader does not look there."""
    if "-shared-libasan" not in flags:
        return {}
    out = subprocess.run([compiler, "-print-file-name=libclang_rt.asan-x86_64.so"], capture_output=True, text=True).stdout
    return {"LD_LIBRARY_PATH": os.path.dirname(out.strip())}


SANITIZERS = [
    ("gcc", "-fsanitize=address"), ("gcc", "-fsanitize=address", "-static-libasan"),
    ("gcc", "-fsanitize=thread"), ("gcc", "-fsanitize=thread", "-static-libtsan"),
    ("gcc", "-fsanitize=undefined"), ("gcc", "-fsanitize=leak"),
    ("clang", "-fsanitize=address"), ("clang", "-fsanitize=address", "-shared-libasan"),
    ("clang", "-fsanitize=thread"), ("clang", "-fsanitize=undefined"), ("clang", "-fsanitize=leak"), ("clang", "-fsanitize=memory"),
]


@pytest.mark.parametrize("who", [pytest.param(NOBODY, id="nobody", marks=pytest.mark.root), pytest.param([], id="self")])
@pytest.mark.parametrize("tool", SANITIZERS, ids="".join)
def test_sanitizer(world, engine, tool, who):
    """Nothing need be set for it, and it has nothing to say: not of what the driver writes, nor of our helper process."""
    if not shutil.which(tool[0]) or not compiles(*tool):
        pytest.skip("needs " + " ".join(tool))
    env = runtime_directory(*tool[:1], tool)
    r = world.sundog_run("ctx", build(world, "ctx", *tool), *CTX, wrap=who, env=env, timeout=100).quiet()
    assert "no update lost" in r.out
    r = world.sundog_run("pin", build(world, "pin", *tool), *PIN, wrap=who, env=env, timeout=100).quiet()
    assert "1000 frames came" in r.out


@pytest.mark.needs("valgrind", "valgrind")
@pytest.mark.parametrize("who", [pytest.param(NOBODY, id="nobody", marks=pytest.mark.root), pytest.param([], id="self")])
def test_valgrind(world, engine, who):
    """memcheck knows what the driver has written, by a call or into locked memory."""
    memcheck = ["valgrind", "-q", "--error-exitcode=9"]
    r = world.sundog_run("ctx", *memcheck, build(world, "ctx", "gcc"), "-n", "2", "-r", "10", wrap=who, timeout=140).quiet()
    assert "no update lost" in r.out
    r = world.sundog_run("pin", *memcheck, build(world, "pin", "gcc"), *PIN, wrap=who, timeout=140).quiet()
    assert "1000 frames came" in r.out
    world.sundog_run("tdrv", *memcheck, world.app("tapp"), "ring", wrap=who, timeout=140).quiet()


@pytest.mark.needs("fakeroot", "fakeroot")
@pytest.mark.parametrize("who", [pytest.param(NOBODY, id="nobody", marks=pytest.mark.root), pytest.param([], id="self")])
@pytest.mark.parametrize("inside", [True, False], ids=["inside", "outside"])
def test_fakeroot(world, engine, who, inside):
    """Its made-up credentials are not what the server goes by, and it may replace the same functions as we do."""
    around = [] if inside else ["fakeroot"]
    within = ["fakeroot"] if inside else []
    r = world.sundog_run("ctx", *within, "sh", "-c", f"id -u && {BUILD}/apps/ctx -n 2 -r 10 && test -c /dev/ctx", wrap=[*who, *around])
    assert r.ok().out.startswith("0\n2 processes"), str(r)


def test_uncommon_changes_of_a_mapping(world, engine, model):
    world.sundog_run("gate", world.app("keys", model), "/dev/gate").quiet()
