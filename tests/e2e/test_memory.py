# SPDX-License-Identifier: BSD-2-Clause
"""Memory is shared, zero-filled, separate per data model, and lives as long as it should."""

import os

import pytest

from harness import BUILD, have_m32


@pytest.mark.parametrize("part", ["basic", "close_first", "fixed", "errors", "lengths", "protect", "lifetime", "dupfail",
                                  "scm"])
def test_mapping(world, model, part):
    world.sundog_run("tdrv", world.app("tapp", model), part).quiet()


def test_segmap_of_its_own(world, model):
    world.sundog_run("segdrv", world.app("tapp", model), "segmap").quiet()


def test_trash(world, model):
    world.sundog_run("tdrv", world.app("tapp", model), "trash").quiet()


def test_old_mmap_entry(world, model):
    world.sundog_run("oldmap", world.app("tapp", model), "oldmap").quiet()


def test_no_access_and_FC_HWERR_is_SIGBUS_ADRERR(world, model, engine):
    r = world.sundog_run("oddmap", world.app("oddmap", model)).ok()
    assert [line.split(": ", 1)[1] for line in r.err.splitlines()] == [
        "mmap(9E) of device %s: no memory has page frame 0x7ffffff0" % r.err.split("device ")[1].split(":")[0]], str(r)


@pytest.mark.parametrize("how", ["mmap", "mmap-dma", "cookie", "cookie-dma"])
def test_memory_by_other_addresses(world, how):
    """What a driver names by frame number, the kernel's or its device's, or shows at other addresses, is that very memory."""
    script = ("import mmap, os; m = mmap.mmap(os.open('/dev/frames', os.O_RDWR), 8192); print(m[:14], m[4096:4111]); "
              "m[:3] = b'THE'; m[4096:4099] = b'The'")
    r = world.sundog_run("frames-" + how, "python3", "-c", script).ok()
    assert r.out == "b'the first page' b'the second page'\n", str(r)
    assert r.err == "at the end: THE first page, The second page\n", str(r)


def test_memory_outlives_processes(world):
    app = world.app("tapp")
    script = f"{app} peek 7; {app} poke 7 123; {app} peek 7"
    assert world.sundog_run("tdrv", "sh", "-c", script).quiet().out == "0\n123\n"


def test_two_runs_are_two_worlds(world):
    """Each `sundog run` has a server, and memory, of its own."""
    app = world.app("tapp")
    world.sundog_run("tdrv", app, "poke", "7", "1").quiet()
    assert world.sundog_run("tdrv", app, "peek", "7").quiet().out == "0\n"


def shm(bits):
    path = os.path.join(BUILD, "apps", "shm" if bits == 64 else "shm32")
    if not os.path.exists(path):
        pytest.skip("no 32-bit application was built" if bits == 32 else "apps/shm is not built")
    return path


def test_shm_write_and_read(world):
    r = world.sundog_run("shm", "sh", "-c", f"{shm(64)} write 'hello there'; {shm(64)} read").quiet()
    assert "read: hello there" in r.out


@pytest.mark.skipif(not have_m32(), reason="needs gcc-multilib")
def test_shm_separate_per_data_model(world):
    script = (f"{shm(64)} write sixty-four; {shm(32)} read; {shm(32)} write thirty-two;"
              f"{shm(64)} read; {shm(32)} read")
    lines = world.sundog_run("shm", "sh", "-c", script).quiet().out.splitlines()
    assert [line for line in lines if "read" in line] == [
        "32-bit read: ", "64-bit read: sixty-four", "32-bit read: thirty-two"]


@pytest.mark.parametrize("bits", [64, 32])
def test_shm_chat(world, bits):
    """Two processes at once."""
    script = f"{shm(bits)} hear 5 & {shm(bits)} say a b c d e; wait"
    out = world.sundog_run("shm", "sh", "-c", script).quiet().out
    assert [line[-1] for line in out.splitlines() if "heard" in line] == list("abcde")
