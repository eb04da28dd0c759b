# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of limits on locked memory share: databases, programs that lock, a server with projects."""

import os
import re

import pytest

from harness import NOBODY, SUNDOG, until

MEDIA = "project.max-locked-memory"
K = 1024


def refused(result, *words):
    lines = result.err.splitlines()
    assert result.status == 125, str(result)
    assert len(lines) == 1 and lines[0].startswith("sundog: "), str(result)
    for word in words:
        assert word in lines[0], str(result)


def database(world, text, name="project"):
    path = os.path.join(world.tmp, name)
    with open(path, "w", encoding="ascii") as f:
        f.write(text)
    os.chmod(path, 0o644)
    return path


def app(world, *words):
    return [world.app("rlock"), *words]


def prctl(world, server, *args, wrap=(), **kw):
    return world.run([*wrap, SUNDOG, "prctl", "--name", server.name, *args], **kw)


def values(text, label):
    """The lines of one target's table: {privilege: (value, action)}."""
    block = re.split(r"\n\n", text)
    block = [b for b in block if b.startswith(label)]
    assert len(block) == 1, text
    rows = {}
    for line in block[0].splitlines()[2:]:
        words = line.removeprefix(MEDIA).split(None, 2) if not line.startswith((" ", "zone.", "process.")) else line.split(None, 2)
        if words[0].endswith("max-locked-memory"):
            words = line.split(None, 3)[1:]
        rows.setdefault(words[0], []).append(tuple(words[1:]))
    return rows


def preload():
    """What `sundog exec` puts into the environment."""
    text = os.popen(f"{SUNDOG} run -- sh -c 'echo $LD_PRELOAD'").read().strip()
    return [f"LD_PRELOAD={text}"]


def limited(world, *words, options=(), privileged=True):
    """Output of the application under limits, as an ordinary user where they bind nobody else."""
    wrap = [] if privileged or os.geteuid() != 0 else NOBODY
    return world.sundog_run("rlock", *app(world, *words), options=list(options), wrap=wrap)


class App:
    """An application that has done its words up to `wait`."""

    def __init__(self, world, server, *words, wrap=()):
        self.child = server.popen(*wrap, *app(world, *words), stdin=-1, stdout=-1)
        self.pid = self.child.pid
        self.said = []
        while not self.said or self.said[-1] not in ("ready", ""):
            self.said.append(self.child.stdout.readline().decode().strip())

    def go_on(self):
        return self.child.communicate(b"\n", 30)[0].decode().split("\n")

    def kill(self):
        self.child.kill()
        self.child.communicate()


def usage(world, server, kind="project", id_="media"):
    for line in prctl(world, server, "-P", "-i", kind, id_).quiet().out.splitlines():
        if line.startswith(f"target\t{kind}\t"):
            return int(line.split("\t")[5])
    raise AssertionError(kind + id_)


def settle(world, server, wanted):
    """A death is noticed in its own time."""
    until(lambda: usage(world, server) == wanted, lambda: f"media: {usage(world, server)} in use, wanted {wanted}")


@pytest.fixture
def server(world):
    path = database(world, f"default:3::*::\nmedia:100::*::{MEDIA}=(privileged,128K,deny)\nidle:200::::\n")
    s = world.server("rlock", options=["--projects", path, "-p", "media"])
    s.driver_bugs = []  # what is said of a driver that holds locks for too long
    yield s
    said = s.stop().splitlines()
    if s.driver_bugs is None:
        s.driver_bugs = [""] * len(said)
    assert len(said) == len(s.driver_bugs), said
    for line, bug in zip(said, s.driver_bugs):
        assert line.startswith("sundog: ") and "rlock+" in line and bug in line, said
