# SPDX-License-Identifier: BSD-2-Clause
"""A device's descriptor and its names look like those of Linux's own devices, to every call and in every spelling of it."""

import pytest

from locked import NOBODY


@pytest.mark.parametrize("who", ["root", "nobody"])
@pytest.mark.parametrize("part", ["file", "flags", "socket", "place", "names", "syscall", "aliases"])
def test_part(world, model, part, who):
    world.sundog_run("tdrv", *(NOBODY if who == "nobody" else []), world.app("looks", model), part).quiet()


@pytest.mark.parametrize("who", ["root", "nobody"])
@pytest.mark.parametrize("part", ["keys", "stdio"])
def test_intercepted(world, engine, model, part, who):
    world.sundog_run("gate", *(NOBODY if who == "nobody" else []), world.app("looks", model), part).quiet()


def test_copy_to_a_device(world):
    script = """
        exec 9<>/dev/tdrv.ring
        echo hello >$TMPDIR/file && cp $TMPDIR/file /dev/tdrv.ring && rm $TMPDIR/file && head -c 6 /dev/tdrv.ring
    """
    assert world.sundog_run("tdrv", "sh", "-c", script).quiet().out == "hello\n"


@pytest.mark.needs("bash", "bash")
def test_shell_is_not_called_from_afar(world):
    """bash takes itself for a child of rshd if its input has a peer, and reads ~/.bashrc."""
    script = """
        echo 'echo sourced' >$TMPDIR/.bashrc
        HOME=$TMPDIR env -u SHLVL bash -c 'echo command' </dev/tdrv; rm $TMPDIR/.bashrc
    """
    assert world.sundog_run("tdrv", "sh", "-c", script).quiet().out == "command\n"
