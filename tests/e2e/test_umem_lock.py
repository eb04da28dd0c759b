# SPDX-License-Identifier: BSD-2-Clause
"""Locked user memory: every kind of it shared with a driver, and the application's later life with those pages."""

import glob
import os
import re
import signal
import subprocess

import pytest

from harness import LONG, NOBODY, SLOW, TIMEOUT, until
from locked import agents_killed, locked_run, wraps

KINDS = ["anonymous", "heap", "static", "stack", "stack-end", "thread-stack", "private-file", "shared-file",
         "shared-anonymous", "sysv", "thp"]
LIVES = ["copy-on-write", "discard", "discard free", "fork", "fork-stack", "remap", "private-again", "unmapped", "waits munmap",
         "waits mprotect", "waits mmap", "waits mremap", "cleanup", "exec"]


def locks(world, part, model="64", **kw):
    return locked_run(world, "locks", part, model, **kw)


@pytest.mark.parametrize("kind", KINDS)
def test_data_identity(world, engine, kind):
    locks(world, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_data_identity_32(world, m32, kind):
    locks(world, kind, m32)


@pytest.mark.root
@pytest.mark.parametrize("who", ["nobody", "nobody-nouffd"])
@pytest.mark.parametrize("kind", [k for k in KINDS if not k.startswith(("shared", "sysv"))])
def test_data_identity_unprivileged(world, who, kind):
    locks(world, kind, wrap=wraps(world, who))


@pytest.mark.parametrize("part", KINDS + LIVES)
def test_before_linux_6_7(world, part):
    """Where Linux tells what is mapped as a text only."""
    locks(world, part, wrap=[world.app("oldlinux")])


@pytest.mark.root
def test_what_cannot_be_shared_says_so(world):
    """Shared memory without a name of its own: an ordinary user's server cannot have its file."""
    r = world.sundog_run("lockdrv", world.app("locks"), "shared-anonymous", wrap=NOBODY)
    assert r.status == 1 and "mapping of slot" in r.err and "cannot be exported" in r.err, str(r)


@pytest.mark.root
def test_a_file_that_is_cut_short_does_not_end_the_server(world):
    locks(world, "truncated")


def test_errors(world, model):
    """EFAULT, EACCES and the rules of long-term locks."""
    locks(world, "errors", model)


@pytest.mark.parametrize("life", LIVES)
def test_later_life(world, engine, life):
    locks(world, life)


@pytest.mark.parametrize("call", ["munmap", "mprotect"])
def test_who_waits_for_an_unlock_is_told(world, call):
    """Or a driver that never unlocks would leave a program that hangs and nothing else."""
    r = world.sundog_run("lockdrv", world.app("locks"), "waits", call, options=["-v"]).ok()
    told = re.findall(r"process \d+: munmap or mprotect waits until \d+ bytes at \w+ are unlocked, locked by lockdrv\+", r.err)
    assert told, str(r)


@pytest.mark.root
@pytest.mark.parametrize("who", ["nobody", "nobody-nouffd"])
@pytest.mark.parametrize("life", LIVES)
def test_later_life_unprivileged(world, who, life):
    locks(world, life, wrap=wraps(world, who))


@pytest.mark.parametrize("how", ["device", "munmap", "mprotect"])
@pytest.mark.parametrize("late", ["", "late"])
def test_a_change_of_locked_memory_holds_nobody_up(world, engine, how, late):
    """The thread that is to unlock it forks and maps meanwhile."""
    locks(world, f"waits-busy {how} {late}")


@pytest.mark.parametrize("life", LIVES)
def test_later_life_32(world, m32, life):
    locks(world, life, m32)


@pytest.mark.timeout((3000 if LONG else 150) * SLOW)
def test_no_write_is_lost(world, engine):
    """Four threads write 16 MiB while it is locked, shared, changed by the driver and unlocked."""
    locks(world, "writing " + ("1000 16" if LONG else "16 16"), timeout=(2900 if LONG else 120) * SLOW)


@pytest.mark.root
def test_no_write_is_lost_without_userfaultfd(world):
    locks(world, "writing 16 4", wrap=wraps(world, "nobody-nouffd"))


def test_no_write_to_missing_pages_is_lost(world, engine):
    locks(world, "missing 50")


@pytest.mark.root
@pytest.mark.parametrize("who", ["nobody", "nobody-nouffd"])
def test_no_write_to_missing_pages_is_lost_unprivileged(world, who):
    locks(world, "missing 50", wrap=wraps(world, who))


def test_the_agent_is_killed(world, engine):
    server = world.server("lockdrv")
    agents_killed(server, server.popen(world.app("locks"), "writing", "40", "8", stdout=subprocess.PIPE, stderr=subprocess.PIPE))


def test_the_agent_has_no_descriptor_to_spare(world, engine):
    """The lock is not mapped, and says why; when it has one again, it is."""
    r = world.sundog_run("lockdrv", world.app("locks"), "agent-descriptors").ok()
    assert r.err.count("cannot be shared") == 1, str(r)


def test_copyout_meanwhile(world, engine):
    """ddi_copyout into pages that are just becoming shared succeeds."""
    locks(world, "copyout 300")


@pytest.mark.root
@pytest.mark.parametrize("who", ["nobody", "nobody-nouffd"])
def test_copyout_meanwhile_unprivileged(world, who):
    locks(world, "copyout 300", wrap=wraps(world, who))


def jemalloc():
    found = glob.glob("/usr/lib/*/libjemalloc.so.2")
    return found[0] if found else None


@pytest.mark.timeout((1500 if LONG else 150) * SLOW)
@pytest.mark.parametrize("allocator", ["glibc", "jemalloc"])
def test_allocators_churn(world, engine, allocator):
    """Four threads allocate, check, lock, export, grow and free, while the process forks."""
    wrap = []
    if allocator == "jemalloc":
        if not jemalloc():
            pytest.skip("needs libjemalloc2")
        wrap = ["sh", "-c", 'LD_PRELOAD="$LD_PRELOAD:$0" exec "$@"', jemalloc()]
    server = world.server("lockdrv")
    r = server.exec(*wrap, world.app("locks"), "churn", "20000" if LONG else "600",
                    timeout=(1400 if LONG else 120) * SLOW)
    assert r.status == 0, str(r) + server.stderr()
    server.stop()


@pytest.mark.timeout((1500 if LONG else 150) * SLOW)
def test_sliding_ranges_cost_nothing(world, engine):
    """Neither lines of the application's memory map nor descriptors, threads or mappings of the server."""
    server = world.server("lockdrv")
    app, rounds = world.app("locks"), 100000 if LONG else 2000
    server.exec(app, "sliding", "100").ok()
    before = server.use()
    out = server.exec(app, "sliding", str(rounds), timeout=(1400 if LONG else 120) * SLOW).ok().out
    first, last = map(int, out.split())
    assert last <= first + 8, out
    server.settle(before)
    assert server.stop() == ""


# ---- deaths ----

def say(child, line):
    child.stdin.write(line.encode() + b"\n")
    child.stdin.flush()


def start(server, *argv):
    return server.popen(*argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_importer_keeps_the_pages_of_a_dead_exporter(world, engine):
    server = world.server("lockdrv")
    app = world.app("locks")
    exporter = start(server, app, "export")
    slot = exporter.stdout.readline().decode().strip()
    importer = start(server, app, "import", slot)
    assert importer.stdout.readline() == b"mapped\n"
    say(exporter, "die")
    assert exporter.wait(TIMEOUT) != 0
    say(importer, "go on")
    out, err = importer.communicate(timeout=TIMEOUT)
    assert importer.returncode == 0, err.decode()
    server.stop()


def test_a_killed_importer_takes_nothing_along(world, engine):
    server = world.server("lockdrv")
    app = world.app("locks")
    exporter = start(server, app, "export")
    slot = exporter.stdout.readline().decode().strip()
    first, second = start(server, app, "import", slot), start(server, app, "import", slot)
    assert first.stdout.readline() == b"mapped\n" and second.stdout.readline() == b"mapped\n"
    first.send_signal(signal.SIGKILL)
    first.wait(TIMEOUT)
    say(second, "go on")
    out, err = second.communicate(timeout=TIMEOUT)
    assert second.returncode == 0, err.decode()
    say(exporter, "die")
    exporter.wait(TIMEOUT)
    server.stop()


def test_killed_while_it_locks_and_shares(world, engine, seed):
    """Killed at any instant: the server comes out of it as it was."""
    server = world.server("lockdrv")
    app = world.app("locks")
    server.exec(app, "sliding", "100").ok()
    server.exec(app, "missing", "2").ok()  # one with threads, for which the server has another one of its own from then on
    before = server.use()
    for i in range(300 if LONG else 30):
        child = start(server, app, "writing" if i % 2 else "sliding", "100000", "2")
        until(lambda: child.poll() is not None or len(os.listdir(f"/proc/{server.pid}/fd")) > before[0],
              "nothing happens")
        # Some time later, by the scheduler's choice.
        for _ in range((seed + i * 7919) % 50):
            os.sched_yield()
        os.killpg(child.pid, signal.SIGKILL)
        child.wait(TIMEOUT)
    server.settle(before)
    server.stop()
