# SPDX-License-Identifier: BSD-2-Clause
"""Locked user memory in huge pages of hugetlbfs, shared with a driver."""

import fcntl

import pytest

from harness import NOBODY

PARTS = ["private", "untouched", "private-file", "shared-file", "fork", "discard", "unmapped", "remapped", "private-again"]


@pytest.fixture(autouse=True)
def huge_pages():
    """Some may be had from ordinary memory for the test; others that run at the same time wait for their turn."""
    try:
        limit = open("/proc/sys/vm/nr_overcommit_hugepages", "r+")
    except OSError as error:
        pytest.skip(f"no huge pages: {error}")
    with limit:
        fcntl.flock(limit, fcntl.LOCK_EX)
        was = int(limit.read())
        limit.seek(0)
        limit.write(str(was + 16))
        limit.flush()
        yield
        limit.seek(0)
        limit.write(str(was))


def huge(world, part, model="64", **kw):
    r = world.sundog_run("lockdrv", world.app("huge", model), part, **kw)
    if r.status == 77:
        pytest.skip("this machine has no huge pages to spare")
    r.ok()
    return r


@pytest.mark.parametrize("part", PARTS)
def test_huge_pages(world, engine, part):
    huge(world, part)


@pytest.mark.parametrize("part", PARTS)
def test_huge_pages_32(world, m32, part):
    huge(world, part, m32)


@pytest.mark.root
@pytest.mark.parametrize("part", PARTS)
def test_huge_pages_unprivileged(world, part):
    huge(world, part, wrap=NOBODY)


@pytest.mark.parametrize("part", PARTS)
def test_huge_pages_before_linux_6_7(world, part):
    huge(world, part, wrap=[world.app("oldlinux")])


def test_a_file_of_huge_pages_is_not_shared_and_why(world):
    r = huge(world, "shared-file", options=["-v"])
    assert r.err.count("cannot be exported") == 3 and "has pages of 2097152 bytes" in r.err, str(r)
