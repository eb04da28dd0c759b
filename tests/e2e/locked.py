# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of locked memory share: programs on the driver lockdrv, who runs them, and the end of their agents."""

import os
import signal

from harness import NOBODY, TIMEOUT, comm, until

MEANT = ("forks while", "while mappings still export it")  # a driver's mistakes, which are reported; these programs mean them


def locked_run(world, program, part, model="64", **kw):
    """Runs PROGRAM PART on lockdrv, which must succeed and print nothing else."""
    r = world.sundog_run("lockdrv", world.app(program, model), *part.split(), **kw).ok()
    assert [line for line in r.err.splitlines() if not any(text in line for text in MEANT)] == [], str(r)
    return r


def wraps(world, who):
    return {"nobody": NOBODY, "nobody-nouffd": [*NOBODY, world.app("nouffd")]}[who]


def agents(pid):
    """The agents of that process."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as f:
            return [int(c) for c in f.read().split() if comm(int(c)) == "sundog-agent"]
    except OSError:
        return []


def agents_killed(server, child):
    """Kills its agent five times in the middle of its work: another one goes on with what the dead one left half done."""
    assert child.stdout.readline() == b"begun\n"
    for _ in range(5):
        found = until(lambda: child.poll() is not None or agents(child.pid), "there is no agent")
        for pid in found if found is not True else []:
            os.kill(pid, signal.SIGKILL)
    assert child.wait(TIMEOUT) == 0, server.stderr() + child.stderr.read().decode()
    assert "another one has taken its place" in server.stop()
