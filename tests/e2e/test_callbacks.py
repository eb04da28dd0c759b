# SPDX-License-Identifier: BSD-2-Clause
"""Every callback that a driver gets, by the rows of sections 6, 7, 9, 10 and 13 of the specification.

The programs apps/rec_*.c run on drivers/rec; each of their PARTs is a test here, named after its row.
"""

import os
import re
import signal
import subprocess

import pytest

from harness import HERE, LONG, NOBODY, SLOW, TIMEOUT

pytestmark = pytest.mark.usefixtures("engine")

REPORTED = {  # what the server says of the driver's own mistakes
    "exit_UNLOCKs_before_it_unmaps": "8192 bytes of process [0-9]+ at [0-9a-f]+ are still locked",
    "death_by_a_signal_UNLOCKs_and_others_go_on": "8192 bytes of process [0-9]+ at [0-9a-f]+ are still locked",
    "an_access_of_a_fork_child_waits_for_the_UNLOCK": "process [0-9]+ forks while 8192 bytes",
    "load_of_another_processs_handle_is_EINVAL": "devmap_load: handle [0-9a-f]+ is a mapping of another process",
}


def parts(program):
    with open(os.path.join(HERE, "apps", program + ".c"), encoding="utf-8") as f:
        text = f.read()
    names = re.findall(r"^PART\((\w+)\)", text, re.M)
    for name in re.findall(r"^KILLED\((\w+),", text, re.M):
        names += [f"killed_in_{name}", f"killed_in_{name}_that_goes_on"]
    return names


def run(world, program, part, *more, model="64"):
    r = world.sundog_run("rec", world.app(program, model), part, *more)
    if part in REPORTED:
        lines = r.ok().err.splitlines()
        assert len(lines) == 1 and re.search(REPORTED[part], lines[0]), str(r)
    else:
        r.quiet()


PROGRAMS = ("rec_fault", "rec_unmap", "rec_fork", "rec_calls", "rec_remap", "rec_signal", "rec_death", "rec_lock",
            "rec_blocked")


@pytest.mark.parametrize("model", ["64", "32"], indirect=True)
@pytest.mark.parametrize("part", [(p, q) for p in PROGRAMS for q in parts(p)], ids=lambda pair: pair[1])
def test_callbacks(world, part, model):
    run(world, *part, model=model)


@pytest.mark.parametrize("part", [p for p in parts("rec_fault") if "SIG" in p])
def test_fault_with_handlers_installed_after_mapping(world, part):
    run(world, "rec_fault", part, "late")


@pytest.mark.timeout(300 * SLOW)
def test_locks_at_random(world, seed):
    """Locks, cuts, forks and deaths of six processes on one device; the driver's ends of locks meet all of them."""
    r = world.sundog_run("rec", world.app("lock_random"), str(3000 if LONG else 100), str(seed), timeout=240 * SLOW).ok()
    lines = [line for line in r.err.splitlines() if not re.search("are still locked|forks while", line)]
    assert lines == [], str(r)


@pytest.mark.parametrize("part", parts("rec_flood"))
def test_more_handlers_than_a_stopped_server_hears_of(world, part, model):
    server = world.server("rec")
    app = server.popen(world.app("rec_flood", model), part, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert app.stdout.readline() == b"ready\n"
    os.kill(server.pid, signal.SIGSTOP)
    app.stdin.write(b"\n")
    app.stdin.flush()
    assert app.stdout.readline() == b"sent\n"
    os.kill(server.pid, signal.SIGCONT)
    assert app.wait(TIMEOUT) == 0
    server.stop()


@pytest.mark.parametrize("part", parts("rec_agent"))
def test_agents_that_are_killed(world, part, model):
    """Counted and reported; and nobody notices else."""
    r = world.sundog_run("rec", world.app("rec_agent", model), part).ok()
    told = [re.fullmatch(r"sundog: process (\d+): its agent has gone, and another one has taken its place "
                         r"\((\d+) so far\)", line) for line in r.err.splitlines()]
    assert told and all(told) and [int(m[2]) for m in told] == list(range(1, len(told) + 1)), str(r)


@pytest.mark.parametrize("part", parts("rec_calls"))
@pytest.mark.root
def test_buffers_of_system_calls_of_an_ordinary_user(world, part):
    """Who may not open /dev/userfaultfd: then Linux does not wait for a page with either engine."""
    world.sundog_run("rec", world.app("rec_calls"), part, wrap=NOBODY).quiet()
