# SPDX-License-Identifier: BSD-2-Clause
"""bench/run measures every case and every curve.  What it measures is not judged here."""

import json
import os
import subprocess

import pytest

from harness import BUILD, FLAVOUR, SUNDOG, TOP


pytestmark = [
    pytest.mark.skipif(FLAVOUR != "plain" or not SUNDOG.startswith(BUILD), reason="measures the plain build in its tree"),
    pytest.mark.timeout(300),
]
RUN = os.path.join(TOP, "bench", "run")


def listed(*options):
    done = subprocess.run([RUN, *options, "--list"], capture_output=True, text=True, check=True)
    return len(done.stdout.splitlines())


def results(name):
    with open(os.path.join(BUILD, "bench", name), encoding="ascii") as f:
        return json.load(f)


def test_quick(world):
    r = world.run([RUN, "--quick", "--rounds", "2", "--build", BUILD], timeout=280).ok()
    assert r.err == "", str(r)
    entries = results("results.json")
    assert len(entries) in (listed(), sum(c["cpus"] == 1 for c in entries))
    for entry in entries:
        assert set(entry) == {"case", "cpus", "ours_us", "peer_us", "ratio", "ratio_min", "ratio_max", "target", "met"}
        assert entry["ours_us"] > 0 and entry["peer_us"] > 0


def test_quick_curves(world):
    r = world.run([RUN, "--curves", "--quick", "--build", BUILD], timeout=280).ok()
    assert r.err == "", str(r)
    entries = results("curves.json")
    assert len(entries) == listed("--curves")
    for entry in entries:
        assert set(entry) == {"curve", "what", "points", "exponent", "law", "peer", "peer_points", "limit", "met"}
        assert len(entry["points"]) > 1 and all(ns > 0 for _, ns in entry["points"] + entry["peer_points"])
        assert [n for n, _ in entry["peer_points"]] == [n for n, _ in entry["points"] if entry["peer"]]
