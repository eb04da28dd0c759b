# SPDX-License-Identifier: BSD-2-Clause
"""A disk driver: strategy(9E), physio(9F) from and to the memory of processes, simulated DMA and interrupts."""

import os
import random
import signal
import subprocess

import pytest

from harness import LONG, NOBODY, SUNDOG, TIMEOUT


@pytest.mark.parametrize("part", ["kinds", "private_file", "errors", "vectors", "large", "threads", "processes", "fork",
                                  "forks_meanwhile"])
def test_physio(world, model, part):
    world.sundog_run("disk", world.app("disk", model), part).quiet()


@pytest.mark.parametrize("part", ["kinds", "private_file", "errors", "vectors", "large", "threads", "processes", "fork",
                                  "forks_meanwhile"])
def test_bp_mapin(world, model, part):
    """The same with a driver that asks for an address: the pages are shared with the process from then on."""
    world.sundog_run("disk-pio", world.app("disk", model), part).quiet()


@pytest.mark.root
@pytest.mark.parametrize("driver", ["disk", "disk-pio"])
def test_memory_that_linux_hides(world, driver):
    """Of a program that is not dumpable; the server has no privilege."""
    world.sundog_run(driver, world.app("disk"), "nondumpable", wrap=NOBODY).quiet()


def test_tools_on_both_nodes(world):
    """dd, cmp: any bytes of the block node, whole blocks of the character node, the same disk behind them."""
    data = os.path.join(world.tmp, "data")
    with open(data, "wb") as f:
        f.write(random.randbytes(3000 * 1024))
    script = f"""set -e; cd {world.tmp}
        dd if=data of=/dev/disk bs=777 conv=notrunc status=none
        dd if=/dev/disk bs=1000 count=3072 of=copy status=none; cmp data copy
        dd if=/dev/disk,raw bs=512k of=raw status=none; cmp -n 3072000 data raw
        test $(wc -c <raw) = 4194304
        dd if=/dev/zero of=/dev/disk,raw bs=512 seek=1 count=2 conv=notrunc status=none
        dd if=/dev/zero of=data bs=512 seek=1 count=2 conv=notrunc status=none
        dd if=/dev/disk bs=4096 count=750 of=copy status=none; cmp data copy
        dd if=/dev/zero of=/dev/disk bs=1M count=5 status=none 2>full && exit 3
        grep -q 'No space left' full"""
    world.sundog_run("disk", "sh", "-c", script).quiet()


@pytest.mark.parametrize("driver", ["disk", "disk-pio"])
def test_killed_in_the_middle(world, driver):
    """The device's I/O ends, the next process finds the disk as usable as before, and nothing has leaked."""
    app, rounds = world.app("disk"), 40 if LONG else 8
    script = os.path.join(world.tmp, "script")
    with open(script, "w", encoding="utf-8") as f:
        f.write(f"""for i in $(seq {rounds}); do
            mkfifo fifo$i; {app} loop >fifo$i & read line <fifo$i; kill -9 $!; wait $!; [ $? = 137 ] || exit 4
        done 2>/dev/null
        exec {app} vectors""")
    world.sundog_run(driver, "sh", script).quiet()


def test_counted(world):
    """What the controller has moved: the list of each command, and the blocks; nothing is bound but its list."""
    script = "dd if=/dev/zero of=/dev/disk,raw bs=4096 count=3 conv=notrunc status=none; " + f"{SUNDOG} kstat sundog:0:dma"
    lines = world.sundog_run("disk", "sh", "-c", script).quiet().out.splitlines()
    values = {line.split("\t")[0].rsplit(":", 1)[1]: int(line.split("\t")[1]) for line in lines}
    assert values.pop("bytes_read") > 3 * 4096, lines
    assert values == {"bound": 1, "bytes_written": 0, "refused": 0, "bytes_discarded": 0}


def test_interrupted(world):
    """Ctrl-C while the disk works."""
    child = world.popen([SUNDOG, "run", "-d", world.driver("disk"), "--", world.app("disk"), "loop"],
                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout.readline() == b"loop\n"
    os.killpg(child.pid, signal.SIGINT)
    assert child.communicate(timeout=TIMEOUT) == (b"", b"")
    assert child.returncode == 128 + signal.SIGINT


@pytest.mark.root
def test_long_locks_that_linux_hides(world):
    """What a device would write could neither be shared nor copied: refused, with the reason, rather than lost."""
    r = world.sundog_run("pin", world.app("hidden"), wrap=NOBODY).ok()
    assert r.out == "refused\n" and "Linux hides them (the program is not dumpable)" in r.err, str(r)
    assert world.sundog_run("pin", world.app("hidden")).quiet().out == "captured\n"  # the server has privilege
