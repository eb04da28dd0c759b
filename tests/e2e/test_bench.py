# SPDX-License-Identifier: BSD-2-Clause
"""bench/run measures every case.  What it measures is not judged here."""

import json
import os
import subprocess

import pytest

from harness import BUILD, FLAVOUR, SUNDOG, TOP


@pytest.mark.skipif(FLAVOUR != "plain" or not SUNDOG.startswith(BUILD), reason="measures the plain build in its tree")
@pytest.mark.timeout(300)
def test_quick(world):
    r = world.run([os.path.join(TOP, "bench", "run"), "--quick", "--rounds", "2", "--build", BUILD], timeout=280).ok()
    assert r.err == "", str(r)
    with open(os.path.join(BUILD, "bench", "results.json"), encoding="ascii") as f:
        results = json.load(f)
    listed = subprocess.run([os.path.join(TOP, "bench", "run"), "--list"], capture_output=True, text=True, check=True)
    assert len(results) in (len(listed.stdout.splitlines()), sum(c["cpus"] == 1 for c in results))
    for entry in results:
        assert set(entry) == {"case", "cpus", "ours_us", "peer_us", "ratio", "ratio_min", "ratio_max", "target", "met"}
        assert entry["ours_us"] > 0 and entry["peer_us"] > 0
